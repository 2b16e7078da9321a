/** All slides of a deck on one page, with their live blocks in place, and what of them does not
    fit.

    No server and no worker: a block shows the run that ships with it, and charts, whose drawing
    takes no room, stay empty. */

/** @import { Block, BlockContext, Handlers, RunSocket, Slide } from "/web/lib/types.js" */

import { mount } from "/web/blocks/kinds.js"
import { fit } from "/web/lecture/fit.js"
import { lowContrast, missingGlyphs, overlaps } from "./legible.js"

const SLACK = 4 // px: a descender may touch a line
const LEAST_CHART = 10.9 // hundredths of the stage's width: 140 px of 1280
const NEVER = new Promise(() => {})
/** @type {Omit<BlockContext, "socket">} with no library for charts, whose drawing takes no room */
const context = {
  lecture: "",
  base: "",
  plotly: () => NEVER,
  theme: () => "light",
  onTheme: () => () => {},
  announce() {},
  reducedMotion: () => true,
  address: { get: () => ({}), set() {}, autorun: () => false, link: () => "" },
}

/** @typedef {{by: number, side: string, what: string}} Fault of a slide; `by` in px, of contrast
    its ratio, of letters how many there are */

/**
 * Mount every block of `slides`, which stand in the page in this order.
 * @param {Slide[]} slides
 * @param {BlockContext["plotly"]} [plotly] draws the charts, if they are to be seen
 */
export async function mountAll(slides, plotly = context.plotly) {
  const sections = sectionsOfPage()
  /** @type {Promise<void>[]} */
  const runs = []
  slides.forEach((slide, k) => {
    for (const block of slide.blocks) {
      const place = allIn(sections[k], ".live[data-block]").find(
        (each) => each.dataset.block === block.id,
      )
      if (!place) continue
      mount(place, block, { ...context, plotly, socket: socketOf(block, runs) }).show()
      if (block.data.recorded)
        runs.push(until(() => place.querySelector(".live-state")?.textContent))
    }
  })
  await document.fonts.ready
  await Promise.all(runs)
}

/**
 * A server that knows one run: the recorded one of this block.
 * @param {Block} block
 * @param {Promise<void>[]} runs
 * @returns {RunSocket}
 */
function socketOf(block, runs) {
  /** @param {Handlers} hear */
  const answer = async (hear) => {
    const text = await (await fetch(`/${block.data.recorded}`)).text()
    const [about, ...lines] = text.split("\n").map((line) => JSON.parse(line))
    hear.onRun?.({ id: "recorded", params: about.params, notes: [], about: {} })
    hear.onFrames?.(lines.slice(0, -1), 0)
    hear.onState?.({ state: "done", position: 0, wait: 0, message: "" })
  }
  return {
    run(_sim, _params, hear) {
      if (block.data.recorded) runs.push(answer(hear))
      return { id: null, stop() {} }
    },
    check: () => NEVER,
    on: () => () => {},
  }
}

/** @param {() => unknown} isSo */
export async function until(isSo) {
  for (let tries = 0; tries < 200 && !isSo(); tries += 1)
    await new Promise((done) => setTimeout(done, 25))
}

/** Wait until everything has its place in a window of this size. */
export function settled() {
  return new Promise((done) =>
    setTimeout(() => requestAnimationFrame(() => requestAnimationFrame(done)), 120),
  )
}

/**
 * For each slide what spills most, what lies on what, and what is hard to read; none says that all
 * is well.
 * @param {boolean} reads whether letters and colours are looked at, which no size changes
 * @returns {Fault[][]}
 */
export function measure(reads) {
  const isPhone = innerWidth <= 640
  return sectionsOfPage().map((section) => {
    const found = isPhone
      ? [...sideways(section), ...panelFaults(section)]
      : [...slideFaults(section), ...panelFaults(section)]
    const worst = found.reduce((most, each) => (each.by > most.by ? each : most), {
      by: SLACK,
      side: "",
      what: "",
    })
    const legible = reads ? [...lowContrast(section), ...missingGlyphs(section)] : []
    return [...(worst.side ? [worst] : []), ...overlaps(section), ...legible]
  })
}

/**
 * A page that has to be pushed sideways, and the narrowest part that makes it so.
 * @param {HTMLElement} section
 * @returns {Fault[]}
 */
function sideways(section) {
  const by = section.scrollWidth - section.clientWidth
  const right = section.getBoundingClientRect().right
  const wide = allIn(section, "*").filter(
    (part) => part.getBoundingClientRect().right > right + SLACK,
  )
  return [{ by, side: "phone", what: wordsOf(wide.at(-1) ?? section) }]
}

/** @param {HTMLElement} section @returns {Fault[]} */
function slideFaults(section) {
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
function panelFaults(section) {
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

/** @returns {HTMLElement[]} */
const sectionsOfPage = () => [...document.querySelectorAll("section.slide")].map(asHtml)

/** @param {Element} element @param {string} selector */
const allIn = (element, selector) => [...element.querySelectorAll(selector)].map(asHtml)

/** @param {Element} element */
const asHtml = (element) => /** @type {HTMLElement} */ (element)

/** @param {Element} part */
function wordsOf(part) {
  const text = (part.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40)
  return text || part.getAttribute("class") || part.tagName
}
