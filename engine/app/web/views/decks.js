/** The deck of a view, as the server has it: the first one, and each after an edit. */

/** @import { Notices } from "../lecture/notices.js" */
/** @import { Deck, FreshDeck, ViewOptions } from "../lib/types.js" */

import { NO_DECK } from "../lecture/notices.js"
import { persist } from "../lib/fetching.js"
import { ask } from "../lib/source.js"
import { keep, recall } from "../lib/store.js"
import { begun, joined } from "./deck_parts.js"

const RELOADED = "practicum.reloaded" // the version for which this tab was loaded anew
const JUST_LOADED = 60_000 // ms

/**
 * What asks for a deck and hears of its edits.
 * @typedef {{options: ViewOptions, hash: string, leaving: AbortController,
 *   reload: (hash: string) => Promise<void>}} Reloading
 */
/** @typedef {Pick<ViewOptions, "base" | "slug" | "deck">} DeckPlace */

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
 * @param {(deck: Deck) => boolean} mayBegin whether a view can open with this first part of a deck
 * @returns {Promise<FreshDeck | null>} null when the reader left
 */
export async function firstDeck(options, signal, notices, mayBegin) {
  const look = async () => {
    const fresh = await askDeck(options, hashOf(options))
    if (!fresh) throw new Error("there is no slide")
    return fresh
  }
  const fresh = await persist(look, signal, () => notices.say("deck", NO_DECK))
  if (fresh) notices.say("deck")
  if (!fresh?.deck.more) return fresh
  const { hash, deck } = fresh
  const rest = async () => {
    const whole = await persist(
      () => askRest(options, deck),
      signal,
      () => notices.say("deck", NO_DECK),
    )
    notices.say("deck")
    return whole
  }
  if (mayBegin(deck)) return { hash, deck: begun(deck), rest }
  const whole = await rest()
  return whole && { hash, deck: whole }
}

/** @param {DeckPlace} options @param {Deck} deck its first part @returns {Promise<Deck>} */
async function askRest(options, deck) {
  const answer = await ask(`${options.base}${deck.more}`)
  return joined(deck, await answer.json())
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
  // A browser that keeps nothing would not know that it has just been loaded anew.
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
  return deck?.slides.length && now ? { hash: now, deck } : null
}
