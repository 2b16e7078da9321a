/** What stands around the slides in the reading view: the buttons at its top, and its contents. */

/** @import { Deck } from "../lib/types.js" */

import { keyFor } from "../lecture/commands.js"
import { addressOf } from "../lib/address.js"
import { el } from "../lib/dom.js"
import { icon } from "../lib/icons.js"

const WIDE = "(min-width: 1240px)" // the contents have a column of their own, as in reading.css

/**
 * @param {Deck} deck
 * @param {(action: string) => void} act
 */
export function buildHeader(deck, act) {
  /** @param {string} action @param {string} words */
  const button = (action, words) => {
    const made = el("button", {
      type: "button",
      title: `${words} (${keyFor(action)})`,
      "data-act": action,
      onclick: () => act(action),
    })
    made.innerHTML = `${icon(action)}<span>${words}</span>`
    return made
  }
  return el(
    "header",
    { class: "reading-head" },
    el("a", { class: "skip", href: "#", "data-skip": "" }, "Skip to the lecture"),
    el("strong", {}, deck.title),
    el(
      "div",
      { class: "reading-tools" },
      button("read", "Slides"),
      button("notes", "Notes"),
      button("search", "Search"),
      deck.glossary.length ? button("glossary", "Glossary") : null,
      button("theme", "Light or dark"),
    ),
  )
}

/** The parts of the lecture; a lecture without parts lists its slides. */
export class Contents {
  /** @param {Deck} deck */
  constructor(deck) {
    this.links = partsOf(deck).map(([title, index]) => {
      const { id } = deck.slides[index]
      const href = addressOf({ view: "read", slide: id })
      return el("a", { href, "data-jump": id, "data-index": index }, title)
    })
    const list = el("ol", {}, ...this.links.map((link) => el("li", {}, link)))
    this.element = el(
      "details",
      { class: "reading-contents", open: matchMedia(WIDE).matches },
      el("summary", {}, "Contents"),
      el("nav", { "aria-label": "Contents" }, list),
    )
  }

  toggle() {
    this.element.open = !this.element.open
  }

  /** Close where it lies over the slides. */
  makeWay() {
    if (!matchMedia(WIDE).matches) this.element.open = false
  }

  /**
   * Say which part is read.
   * @param {number} index of the slide
   */
  mark(index) {
    const here = this.links.findLast((link) => Number(link.dataset.index) <= index)
    for (const link of this.links) {
      if (link === here) link.setAttribute("aria-current", "true")
      else link.removeAttribute("aria-current")
    }
  }
}

/**
 * Title and first slide of each part.
 * @param {Deck} deck
 * @returns {[title: string, index: number][]}
 */
export function partsOf({ slides }) {
  /** @type {Map<string, number>} */
  const first = new Map()
  slides.forEach(({ section }, index) => {
    if (section && !first.has(section)) first.set(section, index)
  })
  return first.size > 1 ? [...first] : slides.map(({ title }, index) => [title, index])
}
