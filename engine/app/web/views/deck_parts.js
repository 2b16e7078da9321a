/** A long deck of an exported site comes in two parts: what its first slides need, then the rest.

    The first has the outline of all slides and, within a limit, those of the main path
    (engine/publish/site/deck_parts.py). The second is asked for when the shown slide has all that it
    needs, or with the first flip. */

/** @import { Deck, Slide } from "../lib/types.js" */

import { idle } from "../lecture/slides.js"
import { arrivals } from "../lib/fetching.js"
import { escapeHtml } from "../lib/format.js"

/** @typedef {{slides: Partial<Slide>[], references: Deck["references"],
 *   glossary: Deck["glossary"]}} Rest what the first part leaves out; of each slide in its place */

/**
 * Whether the first part shows the slide that an address names, or else the first slide.
 * @param {Deck} deck the first part, as it came
 * @param {string} id of a slide, or an alias; "" for none
 */
export function isInFirst(deck, id) {
  const asked = deck.slides.find((slide) => slide.id === id || slide.aliases.includes(id))
  return "html" in (asked ?? deck.slides[0])
}

/**
 * A deck of which the rest is still to come: slides that wait for it show their titles.
 * @param {Deck} deck
 * @returns {Deck}
 */
export function begun(deck) {
  const slides = deck.slides.map((slide) => {
    const html = `<h2 class="slide-title">${escapeHtml(slide.title)}</h2>`
    return Object.assign({ html, blocks: [], notes: "" }, slide)
  })
  return { ...deck, slides, references: [], glossary: [] }
}

/** @param {Deck} deck the first part @param {Rest} rest @returns {Deck} */
export function joined(deck, { slides, references, glossary }) {
  const whole = deck.slides.map((slide, index) => ({ ...slide, ...slides[index] }))
  return { ...deck, slides: whole, references, glossary }
}

/**
 * Bring the rest of a deck, once.
 * @param {() => Promise<Deck | null>} rest null when the reader left
 * @param {(deck: Deck) => void} take
 * @returns {() => void} brings it now
 */
export function bringLater(rest, take) {
  let isAsked = false
  const bring = async () => {
    if (isAsked) return
    isAsked = true
    const deck = await rest()
    if (deck) take(deck)
  }
  idle(() => arrivals().then(bring)) // the chart library of the shown slide comes first
  return bring
}
