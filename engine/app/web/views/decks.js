/** The deck of a view, as the server has it: the first one, and each after an edit. */

/** @import { Notices } from "../lecture/notices.js" */
/** @import { Deck, FreshDeck, ViewOptions } from "../lib/types.js" */
/** @import { FirstPart, Part } from "./deck_parts.js" */

import { NO_DECK } from "../lecture/notices.js"
import { persist } from "../lib/fetching.js"
import { ask } from "../lib/source.js"
import { keep, recall } from "../lib/store.js"
import { begun, joined } from "./deck_parts.js"

const RELOADED = "practicum.reloaded" // the version for which this tab was loaded again
const JUST_LOADED = 60_000 // ms

/**
 * What asks for a deck and hears of its edits.
 * @typedef {{options: ViewOptions, hash: string, leaving: AbortController,
 *   reload: (hash: string) => Promise<void>}} Reloading
 */
/** @typedef {Pick<ViewOptions, "base" | "slug" | "deck">} DeckPlace */
/** @typedef {(deck: Deck) => number | undefined} Needs which part of a deck a view waits for besides
 *   the first (deck_parts.js), 0 for none; undefined for all of them */

/**
 * Which version of a lecture the server shows first.
 * @param {Pick<ViewOptions, "deck">} options
 */
export function hashOf(options) {
  return /([^/]+)\.json$/.exec(options.deck)?.[1] ?? "newest"
}

/**
 * The address of one version of a lecture.
 * @param {Pick<ViewOptions, "base" | "slug">} options
 * @param {string} hash
 */
export function deckAddress(options, hash) {
  return `${options.base}api/decks/${encodeURIComponent(options.slug)}/${hash}.json`
}

/**
 * The deck that a view begins with, asked for until it comes; the view says so meanwhile.
 * @param {DeckPlace} options
 * @param {AbortSignal} signal
 * @param {Notices} notices
 * @param {Needs} needs
 * @returns {Promise<FreshDeck | null>} null when the reader left
 */
export async function firstDeck(options, signal, notices, needs) {
  const look = async () => {
    const fresh = await askDeck(options, hashOf(options))
    if (!fresh) throw new Error("there is no slide")
    return fresh
  }
  const fresh = await persist(look, signal, () => notices.say("deck", NO_DECK))
  if (fresh) notices.say("deck")
  if (!fresh?.deck.more) return fresh
  const first = /** @type {FirstPart} */ (/** @type {unknown} */ (fresh.deck))
  /** @param {Deck} deck @param {string[]} addresses */
  const grown = async (deck, addresses) => {
    const ask = () => Promise.all(addresses.map((address) => askPart(options, address)))
    const parts = await persist(ask, signal, () => notices.say("deck", NO_DECK))
    if (parts) notices.say("deck")
    if (!parts) return null
    return parts.reduce((whole, part) => joined(whole, part, first.bodies), deck)
  }
  const begin = begun(first)
  const part = needs(begin)
  const now = first.more.filter((_, place) => part === undefined || place === part - 1)
  const later = first.more.filter((address) => !now.includes(address))
  const deck = now.length ? await grown(begin, now) : begin
  if (!deck) return null
  const { hash } = fresh
  return later.length ? { hash, deck, rest: () => grown(deck, later) } : { hash, deck }
}

/** @param {DeckPlace} options @param {string} address @returns {Promise<Part>} */
async function askPart(options, address) {
  return (await ask(`${options.base}${address}`)).json()
}

/**
 * @param {DeckPlace} options
 * @param {string} hash
 * @param {AbortSignal} signal
 * @returns {Promise<FreshDeck | null>} the deck after an edit, null when half written
 */
export function fetchDeck(options, hash, signal) {
  return persist(() => askDeck(options, hash), signal)
}

/**
 * Edits and new versions of the server, while there was no connection, were told to nobody.
 * @param {Reloading} view
 */
export async function catchUp(view) {
  const look = () =>
    fetch(deckAddress(view.options, view.hash), { method: "HEAD", cache: "no-store" })
  const answer = await persist(look, view.leaving.signal)
  if (!answer?.ok) return
  // The address has slide and step.
  if (isOfAnotherVersion(answer, view.options)) return location.reload()
  const now = answer.headers.get("x-deck-hash")
  if (now && now !== view.hash) await view.reload(now)
}

/**
 * Whether an answer comes from a server with other modules than ours, which may not fit together.
 * True once for each version: behind a proxy two versions may answer in turn.
 * @param {Response} answer
 * @param {ViewOptions} options
 */
function isOfAnotherVersion(answer, options) {
  const now = answer.headers.get("x-web-hash")
  const mine = options.web.match(/([^/]+)\/$/)?.[1]
  if (!now || !mine || now === mine || recall(RELOADED, String, "session") === now) return false
  keep(RELOADED, now, "session")
  // A browser that keeps nothing would not know that it has just been loaded again.
  const [visit] = /** @type {PerformanceNavigationTiming[]} */ (
    performance.getEntriesByType("navigation")
  )
  return visit?.type !== "reload" || performance.now() > JUST_LOADED
}

/** @param {DeckPlace} options @param {string} hash @returns {Promise<FreshDeck | null>} */
async function askDeck(options, hash) {
  const answer = await ask(deckAddress(options, hash))
  if (!answer.ok && answer.status !== 404) throw new Error(`the server answers ${answer.status}`)
  const deck = answer.ok ? await answer.json() : null
  const now = answer.headers.get("x-deck-hash")
  const isShown = deck?.more || deck?.slides.length
  return isShown && now ? { hash: now, deck } : null
}
