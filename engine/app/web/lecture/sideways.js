/** Parts of a page that are wider than it: a sentence says so, and the keyboard reaches them. */

import { el } from "../lib/dom.js"

const PARTS = "p:has(> img), figure:has(> img), table, .katex-display, pre"
const WORDS = "Wider than the page: scroll it sideways →"

/**
 * Mark what can be pushed sideways on a slide that is laid out; what fits loses its mark. A picture
 * that comes later asks for it again (slides.js).
 * @param {HTMLElement} section
 */
export function markSideways(section) {
  for (const table of section.querySelectorAll("table")) widen(table)
  /** @type {NodeListOf<HTMLElement>} */
  const parts = section.querySelectorAll(PARTS)
  for (const part of parts) {
    if (part.closest(".live")) continue
    const isWider = part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0
    const isMarked = part.classList.toggle("is-sideways", isWider)
    if (!isMarked) {
      part.removeAttribute("tabindex")
      hintOf(part)?.remove()
    } else if (!hintOf(part)) addHint(part)
  }
}

const MOST_LINES = 4 // of a cell in a narrow column
const NARROW = 8 // em

/** Give columns whose cells are pillars of words more width. @param {HTMLTableElement} table */
function widen(table) {
  const cells = [...table.querySelectorAll("td")]
  for (const cell of cells) cell.classList.remove("is-squeezed")
  if (table.closest(".live") || getComputedStyle(table).display !== "block") return
  const em = Number.parseFloat(getComputedStyle(table).fontSize)
  const words = document.createRange()
  const squeezed = cells.filter((cell) => {
    words.selectNodeContents(cell)
    const isHigh = words.getBoundingClientRect().height > MOST_LINES * 1.3 * em
    return isHigh && cell.clientWidth < NARROW * em
  })
  for (const cell of squeezed) cell.classList.add("is-squeezed")
}

/** @param {HTMLElement} part */
function addHint(part) {
  part.tabIndex = 0
  const hint = el("p", { class: "sideways-hint", "aria-hidden": "true" }, WORDS)
  part.after(hint)
  part.addEventListener("scroll", () => (hint.hidden = true), { once: true, passive: true })
}

/** @param {HTMLElement} part */
function hintOf(part) {
  const next = part.nextElementSibling
  return next?.classList.contains("sideways-hint") ? next : null
}

/**
 * Keep what is read where it is while the page changes its width: a phone that is turned.
 * @param {HTMLElement} scroller
 * @param {() => HTMLElement} section that is shown
 * @param {AbortSignal} signal
 */
export function keepPlace(scroller, section, signal) {
  /** @type {{part: Element, above: number} | null} */
  let read = null
  let width = scroller.clientWidth
  const note = () => {
    if (scroller.clientWidth === width) read = scroller.scrollTop > 4 ? topmost(section()) : null
  }
  const turned = new ResizeObserver(() => {
    if (scroller.clientWidth === width) return
    width = scroller.clientWidth
    if (!read?.part.isConnected) return
    scroller.scrollTop += read.part.getBoundingClientRect().top - read.above
  })
  turned.observe(scroller)
  scroller.addEventListener("scroll", note, { passive: true, signal })
  signal.addEventListener("abort", () => turned.disconnect())
}

/**
 * The first part of a slide whose end is in sight, and where it begins.
 * @param {HTMLElement} section
 */
function topmost(section) {
  const parts = section.querySelectorAll("p, li, table, figure, pre, .live-view, .live-strip, h2")
  const part = [...parts].find((each) => each.getBoundingClientRect().bottom > 0)
  return part ? { part, above: Math.max(0, part.getBoundingClientRect().top) } : null
}
