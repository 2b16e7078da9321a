/** All slides of a deck on one page, with their live blocks in place, and what of them does not
    fit.

    No server and no worker: a block shows the run that ships with it, and charts, whose drawing
    takes no room, stay empty. */

/** @import { Fault } from "/web/lecture/spill.js" */
/** @import { Block, BlockContext, Handlers, RunSocket, Slide } from "/web/lib/types.js" */

import { mount } from "/web/blocks/kinds.js"
import { allIn, asHtml, panelFaults, SLACK, slideFaults, wordsOf } from "/web/lecture/spill.js"
import { lowContrast, missingGlyphs, overlaps } from "./legible.js"

const NEVER = new Promise(() => {})
/** @type {Omit<BlockContext, "socket">} with no library for charts, whose drawing takes no room */
const context = {
  lecture: "",
  base: "",
  plotly: () => NEVER,
  theme: () => (document.querySelector('.stage[data-theme="dark"]') ? "dark" : "light"),
  onTheme: () => () => {},
  announce() {},
  reducedMotion: () => true,
  address: { get: () => ({}), set() {}, autorun: () => false, link: () => "" },
}

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

/** @returns {HTMLElement[]} */
const sectionsOfPage = () => [...document.querySelectorAll("section.slide")].map(asHtml)
