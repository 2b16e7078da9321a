/** What a reader has seen of a lecture, run in it, and where they were: kept in their browser. */

/** @import { Deck, Slide } from "../lib/types.js" */

import { el } from "../lib/dom.js"
import { keep, recall } from "../lib/store.js"
import { isReferences } from "./path.js"

const LIVE = new Set(["sim", "play"])

/** @typedef {{seen: string[], ran: string[], last: string, name: string}} Kept ids of slides, of
 *   blocks, of a slide, and how the list of lectures calls that slide */

export class Seen {
  /** @param {string} slug of the lecture */
  constructor(slug) {
    this.key = `practicum.seen.${slug}`
    const { seen, ran, last, name } = recall(this.key, read) ?? NOTHING
    this.slides = new Set(seen)
    this.blocks = new Set(ran)
    this.last = last // where the visit before ended
    this.name = name
    this.here = { last, name }
  }

  /**
   * A slide is shown. Nobody leaves off at the first one: who only looked in keeps the place of
   * the visit before.
   * @param {Pick<Slide, "id" | "title" | "number">} slide
   * @param {boolean} isFirst
   */
  see({ id, title, number }, isFirst) {
    this.slides.add(id)
    if (!isFirst) this.here = { last: id, name: `${number}: ${title || "Untitled"}` }
    this.#keep()
  }

  /** An experiment was started. @param {string} block */
  ran(block) {
    this.blocks.add(block)
    this.#keep()
  }

  #keep() {
    const kept = { seen: [...this.slides], ran: [...this.blocks], ...this.here }
    keep(this.key, JSON.stringify(kept))
  }
}

/** @type {Kept} */
const NOTHING = { seen: [], ran: [], last: "", name: "" }

/** @param {string} text @returns {Kept | null} */
function read(text) {
  const kept = JSON.parse(text)
  const isList = (/** @type {unknown} */ list) =>
    Array.isArray(list) && list.every((each) => typeof each === "string")
  const isKept = isList(kept?.seen) && isList(kept?.ran) && typeof kept?.last === "string"
  const name = typeof kept?.name === "string" ? kept.name : "" // older pages kept none
  return isKept ? { ...kept, name } : null
}

/**
 * A small map of the lecture: a square for each slide of its path, and how much was seen and run.
 * @param {Deck} deck
 * @param {number} index of the shown slide
 * @param {Seen} seen
 */
export function mapOf(deck, index, seen) {
  const path = deck.slides.filter((slide) => !slide.is_aside && !isReferences(slide))
  const live = deck.slides.flatMap((slide) => slide.blocks).filter(({ kind }) => LIVE.has(kind))
  const map = el("div", { class: "map" })
  map.append(
    ...path.map((slide) => {
      const square = el("a")
      square.href = `?slide=${encodeURIComponent(slide.id)}`
      square.dataset.jump = slide.id
      const runs = slide.blocks.filter(({ kind }) => LIVE.has(kind))
      const hasRun = runs.some((block) => seen.blocks.has(block.id))
      const state = hasRun ? "run" : seen.slides.has(slide.id) ? "seen" : "not seen"
      square.dataset.state = state
      if (runs.length) square.dataset.live = ""
      if (slide === deck.slides[index]) square.setAttribute("aria-current", "page")
      square.title = `${slide.number}: ${slide.title || "Untitled"} (${state})`
      square.setAttribute("aria-label", square.title)
      return square
    }),
  )
  const numSeen = path.filter((slide) => seen.slides.has(slide.id)).length
  const ran = live.filter((block) => seen.blocks.has(block.id)).length
  const words = `Seen: ${numSeen} of ${path.length} slides. Run: ${ran} of ${live.length} experiments.`
  return [el("p", { class: "quiet" }, words), map]
}
