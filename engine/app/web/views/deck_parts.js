/** A long deck of an exported site comes in several parts: what its first slides need, then the rest.

    The first has the outline of all slides and, within a limit, those of the main path
    (engine/publish/site/deck_parts.py). The others are asked for when the shown slide has all that
    it needs, or with the first flip. */

/** @import { Deck, Slide } from "../lib/types.js" */

import { idle } from "../lecture/slides.js"
import { arrivals } from "../lib/fetching.js"
import { escapeHtml } from "../lib/format.js"

/** @typedef {Record<string, unknown[]>} Columns what is said of each slide in its place, by name */
/** @typedef {{html: (string | [string])[], blocks: Slide["blocks"][], pieces: string[],
 *   shared: unknown[]}} Bodies what the slides of a part draw (engine/publish/site/packed.py) */
/** @typedef {Partial<Pick<Deck, "references" | "glossary">> & {part?: number, bodies?: Bodies,
 *   slides?: Columns}} Part */
/** @typedef {Omit<Deck, "slides"> & {slides: Columns, bodies: Bodies, more: string[]}} FirstPart */

const [TITLE, NUMBER, PIECE] = ["\ue000", "\ue001", 0xe010] // letters that stand for something

/**
 * Which part has the slide that an address names, or else the first slide; 0 is the first.
 * @param {Deck} deck
 * @param {string} id of a slide, or an alias; "" for none
 */
export function partOf({ slides }, id) {
  const asked = slides.find((slide) => slide.id === id || slide.aliases.includes(id))
  return (asked ?? slides[0]).part ?? 0
}

/**
 * A deck of which parts are still to come: slides that wait for theirs show their titles.
 * @param {FirstPart} first
 * @returns {Deck}
 */
export function begun({ bodies, slides: columns, ...deck }) {
  const slides = columns.id.map((_, index) => {
    const said = /** @type {Slide} */ (rowOf(columns, index))
    const html = `<h2 class="slide-title">${escapeHtml(said.title)}</h2>`
    return Object.assign({ html, blocks: [], notes: "", citations: [], terms: [] }, said)
  })
  return joined({ ...deck, slides }, { part: 0, bodies }, bodies)
}

/**
 * A deck with one more of its parts.
 * @param {Deck} deck
 * @param {Part} more
 * @param {Bodies} first those of the first part, whose tables the others go on with
 * @returns {Deck}
 */
export function joined(deck, { part, bodies, slides: columns = {}, ...lists }, first) {
  const drawn = bodies && drawer(bodies, first)
  const slides = deck.slides.map((slide, index) => {
    const whole = { ...slide, ...rowOf(columns, index) }
    return drawn && slide.part === part ? { ...whole, ...drawn(slide) } : whole
  })
  return { ...deck, ...lists, slides }
}

/** @param {Columns} columns @param {number} index */
function rowOf(columns, index) {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[index]]))
}

/**
 * Called with each slide of a part in turn: what it draws.
 * @param {Bodies} bodies
 * @param {Bodies} first
 */
function drawer(bodies, first) {
  const isFirst = bodies === first
  const pieces = isFirst ? first.pieces : [...first.pieces, ...bodies.pieces]
  const shared = isFirst ? first.shared : [...first.shared, ...bodies.shared]
  let next = 0
  return (/** @type {Slide} */ { title, number }) => {
    const text = bodies.html[next]
    const blocks = bodies.blocks[next].map((block) => withShared(block, shared))
    next += 1
    if (typeof text !== "string") return { html: text[0], blocks }
    const html = text
      .replace(/[\ue010-\uf8ff]/g, (letter) => pieces[letter.charCodeAt(0) - PIECE])
      .replaceAll(NUMBER, number)
      .replace(TITLE, () => `<h2 class="slide-title">${escapeHtml(title)}</h2>`)
    return { html, blocks }
  }
}

/**
 * A live block with its fields and columns.
 * @param {Slide["blocks"][number]} block
 * @param {unknown[]} shared
 */
function withShared(block, shared) {
  const { fields, columns } = /** @type {any} */ (block.data)
  if (block.kind !== "sim" || !fields?.length) return block
  const of = (/** @type {any} */ row) => shared[row]
  const named = Object.entries(columns).map(([name, row]) => [name, of(row)])
  const data = { ...block.data, fields: fields.map(of), columns: Object.fromEntries(named) }
  return { ...block, data: /** @type {typeof block.data} */ (data) }
}

/**
 * Bring the other parts of a deck, once.
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
