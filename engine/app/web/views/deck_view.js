/** What the three views of a lecture have in common: their frame, the deck, and the shown slide. */

/** @import { Deck, FreshDeck, WayBack } from "../lib/types.js" */
/** @import { Frame } from "./frame.js" */

export class DeckView {
  /** @type {string} */
  hash
  /** @type {Deck} */
  deck
  index = 0
  /** @type {Record<string, WayBack>} the ways from paper back to blocks, by their ids */
  codes = {}

  /**
   * @param {Frame} frame
   * @param {FreshDeck} fresh
   */
  constructor(frame, { hash, deck }) {
    this.frame = frame
    this.options = frame.options
    this.root = frame.root
    this.theme = frame.theme
    this.title = frame.title
    this.leaving = frame.leaving
    this.hash = hash
    this.deck = deck
  }

  /** The shown slide. */
  get slide() {
    return this.deck.slides[this.index]
  }

  /**
   * Where a slide is, by its id or one of its aliases; -1 when there is none.
   * @param {string} id
   */
  find(id) {
    return this.deck.slides.findIndex((slide) => slide.id === id || slide.aliases.includes(id))
  }
}
