/** Formulas, code and tables that are wider than their column, made smaller until they fit.

    Down to a size that can still be read; what is wider even then can be pushed sideways in its
    place, never over the next column, and `check --render` names it. */

const PARTS = ".katex-display, pre, table"
const LEAST = 0.7 // of the usual size

/**
 * Fit the wide parts of a slide that is laid out; parts that fit stay as they are.
 * @param {HTMLElement} section
 * @returns {{part: HTMLElement, by: number}[]} those that are still too wide, by so many px
 */
export function fit(section) {
  /** @type {{part: HTMLElement, by: number}[]} */
  const left = []
  /** @type {NodeListOf<HTMLElement>} */
  const parts = section.querySelectorAll(PARTS)
  for (const part of parts) {
    if (part.closest(".live") || part.parentElement?.closest(PARTS)) continue
    part.style.zoom = ""
    part.classList.remove("is-too-wide")
    const [room, width] = measured(part)
    if (!room || width <= room + 1) continue
    const zoom = Math.max(LEAST, (0.995 * room) / width)
    part.style.zoom = String(zoom)
    const [, then] = measured(part)
    if (then * zoom <= room + 1) continue
    part.classList.add("is-too-wide")
    left.push({ part, by: then * zoom - room })
  }
  return left
}

/**
 * The room that a part has and the width that it wants, px of its own.
 * @param {HTMLElement} part
 */
function measured(part) {
  const parent = part.parentElement
  if (parent && part.matches("table")) {
    const { paddingLeft, paddingRight } = getComputedStyle(parent)
    const padding = Number.parseFloat(paddingLeft) + Number.parseFloat(paddingRight)
    const inside = parent.clientWidth - padding
    return [inside, part.offsetWidth]
  }
  const formula = part.querySelector(":scope > .katex > .katex-html")
  return [part.clientWidth, formula ? formula.scrollWidth : part.scrollWidth]
}
