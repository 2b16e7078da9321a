/** What of a slide that is laid out does not fit: below its footer, past its margin, or out of the
    card of a live block. `check --render` and `export pdf` name it. */

import { fit } from "./fit.js"

export const SLACK = 4 // px: a descender may touch a line
const LEAST_CHART = 10.9 // hundredths of the stage's width: 140 px of 1280

/** @typedef {{by: number, side: string, what: string}} Fault of a slide; `by` in px, of contrast
    its ratio, of letters how many there are */

/** @param {HTMLElement} section @returns {Fault[]} */
export function slideFaults(section) {
  const wide = fit(section).map(({ part, by }) => ({
    by,
    side: "wide",
    what: wordsOf(part.querySelector("annotation") ?? part),
  }))
  return [...wide, ...spilling(section)]
}

/** @param {HTMLElement} section */
function spilling(section) {
  const page = section.getBoundingClientRect()
  const right = page.right - Number.parseFloat(getComputedStyle(section).paddingRight)
  const lines = allIn(section, ".colloquium-footer, .colloquium-slide-meta")
  const bottom = Math.min(page.bottom, ...lines.map((line) => line.getBoundingClientRect().top))
  const inner = ".katex *, svg *, .live *, .colloquium-footer *, .colloquium-slide-meta *, pre *"
  /** @type {Fault[]} */
  const found = []
  for (const part of section.querySelectorAll(".slide-title, .slide-content, .slide-content *")) {
    const box = part.getBoundingClientRect()
    if (part.matches(inner) || !box.width || !box.height) continue
    const isClipped =
      part.matches("pre, .colloquium-box") && part.scrollHeight - part.clientHeight > 24
    const isPlain =
      part.clientWidth &&
      !part.matches("pre, .katex, .live, .is-too-wide") &&
      !part.querySelector(".katex, .live")
    const wider = isPlain ? part.scrollWidth - part.clientWidth : 0
    const what = wordsOf(part)
    found.push(
      { by: box.bottom - bottom, side: "below", what },
      { by: Math.max(box.right - right, wider), side: "right", what },
    )
    if (isClipped) found.push({ by: part.scrollHeight - part.clientHeight, side: "inside", what })
  }
  return found
}

const OVERLAYS =
  ".live-menu-list, .live-plot, .live-playhead, .live-scrub, .live-fallback, .live > table"

/**
 * What reaches out of a live block's card, names that are cut short, and charts with too little
 * height.
 * @param {HTMLElement} section
 */
export function panelFaults(section) {
  // A phone's charts have sizes of their own.
  const unit = Math.min(12.8, section.getBoundingClientRect().width / 100)
  /** @type {Fault[]} */
  const found = []
  for (const card of section.querySelectorAll(
    ".live-panel, .live:not(:has(.live-panel)), .live-view, .live-paper",
  )) {
    const box = card.getBoundingClientRect()
    for (const part of card.querySelectorAll("*")) {
      if (
        part.closest(OVERLAYS) ||
        (part.closest("svg, select") !== null && !part.matches("svg, select"))
      )
        continue
      const { right, bottom, width, height } = part.getBoundingClientRect()
      if (!width || !height) continue
      found.push({
        by: Math.max(right - box.right, bottom - box.bottom),
        side: "card",
        what: wordsOf(part),
      })
    }
  }
  for (const name of section.querySelectorAll(".live-name")) {
    found.push({ by: name.scrollWidth - name.clientWidth, side: "cut", what: wordsOf(name) })
  }
  for (const chart of section.querySelectorAll(".live-chart")) {
    found.push({
      by: LEAST_CHART * unit - chart.clientHeight,
      side: "low",
      what: `${Math.round(chart.clientHeight)} px`,
    })
  }
  return found
}

/** @param {Element} element @param {string} selector */
export const allIn = (element, selector) => [...element.querySelectorAll(selector)].map(asHtml)

/** @param {Element} element */
export const asHtml = (element) => /** @type {HTMLElement} */ (element)

/** @param {Element} part */
export function wordsOf(part) {
  const text = (part.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40)
  return text || part.getAttribute("class") || part.tagName
}
