/** What each view of a lecture (stage, reading view, presenter window) takes from the server. */

/** @import { Notices } from "../lecture/notices.js" */
/** @import { Connection } from "../lib/socket.js" */
/** @import { Theme } from "../lib/theme.js" */
/** @import { BlockContext, Deck, FreshDeck, RunSocket, ViewOptions } from "../lib/types.js" */

import { bringBlocks } from "../blocks/mounted.js"
import { NO_DECK, NO_LINE } from "../lecture/notices.js"
import { blockAddress } from "../lib/address.js"
import { loadPlotly, persist } from "../lib/fetching.js"
import { connect } from "../lib/socket.js"
import { keep, recall } from "../lib/store.js"
import { keptRuns } from "../player/kept.js"

const RELOADED = "practicum.reloaded" // the version for which this tab was loaded anew
const JUST_LOADED = 60_000 // ms
const PATIENCE = 4000 // ms without a connection before a sentence says so

/**
 * What asks for a deck and hears of its edits.
 * @typedef {{options: ViewOptions, hash: string, leaving: AbortController,
 *   reload: (hash: string) => Promise<void>}} Reloading
 */
/** @typedef {Pick<ViewOptions, "base" | "slug" | "deck">} DeckPlace */

/**
 * Fetch what the first live block needs before it is flipped to.
 * @param {string} web
 */
export function fetchAhead(web) {
  bringBlocks().catch(() => {}) // a block says so where it is missing
  return loadPlotly(web).catch(() => {})
}

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
 * @returns {Promise<FreshDeck | null>} null when the reader left
 */
export async function firstDeck(options, signal, notices) {
  const ask = async () => {
    const fresh = await askDeck(options, hashOf(options))
    if (!fresh) throw new Error("there is no slide")
    return fresh
  }
  const fresh = await persist(ask, signal, () => notices.say("deck", NO_DECK))
  if (fresh) notices.say("deck")
  return fresh
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
  const ask = () =>
    fetch(deckAddress(view.options, view.hash), { method: "HEAD", cache: "no-store" })
  const answer = await persist(ask, view.leaving.signal)
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
  const answer = await fetch(deckAddress(options, hash))
  if (!answer.ok && answer.status !== 404) throw new Error(`the server answers ${answer.status}`)
  const deck = answer.ok ? await answer.json() : null
  const now = answer.headers.get("x-deck-hash")
  return deck?.slides.length && now ? { hash: now, deck } : null
}

/**
 * The one WebSocket of a view.
 * @param {ViewOptions} options
 * @param {AbortSignal} signal
 * @param {Notices} [notices] of the view, where it says that there is none
 * @returns {Connection | null} null when the reader left meanwhile
 */
export function openSocket(options, signal, notices) {
  const url = new URL(`${options.base}api/live`, location.origin)
  url.protocol = url.protocol.replace("http", "ws")
  if (signal.aborted) return null
  const socket = connect(url.href)
  if (notices) sayWhenLost(socket, signal, notices)
  return socket
}

/** @param {Connection} socket @param {AbortSignal} signal @param {Notices} notices */
function sayWhenLost(socket, signal, notices) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  const wait = () => {
    timer ??= setTimeout(() => notices.say("line", NO_LINE), PATIENCE)
  }
  const rest = () => {
    clearTimeout(timer)
    timer = undefined
  }
  wait()
  socket.on("open", () => {
    rest()
    notices.say("line")
  })
  socket.on("close", wait) // after every try that failed, too
  signal.addEventListener("abort", rest)
}

/**
 * Close Streamlit's dialogs as they open ("Connection error"): they would take the mouse from a
 * lecture that can be read without a server, and whose panels say when there is none.
 * @returns {() => void} stops it
 */
export function keepClear() {
  const close = () => {
    /** @type {HTMLElement | null} */
    const button = document.querySelector("[data-testid=stDialog] button[aria-label=Close]")
    button?.click()
  }
  const watch = new MutationObserver(close)
  watch.observe(document.body, { childList: true })
  return () => watch.disconnect()
}

/** @type {RunSocket} before there is a connection: nothing is answered */
const NO_SOCKET = {
  run: () => ({ id: null, stop() {} }),
  check: () => new Promise(() => {}),
  on: () => () => {},
}

/**
 * What a live block may use of the view that it stands in.
 * @param {{options: ViewOptions, socket: RunSocket | null, theme: Pick<Theme, "name" | "listen">,
 *   announce: (text: string) => void}} view
 * @returns {BlockContext}
 */
export function blockContext(view) {
  return {
    lecture: view.options.slug,
    base: view.options.base.replace(/\/$/, ""),
    socket: view.socket ?? NO_SOCKET,
    address: blockAddress,
    kept: keptRuns(view.options.slug),
    plotly: () => loadPlotly(view.options.web),
    theme: () => view.theme.name,
    onTheme: (listener) => view.theme.listen(listener),
    announce: (text) => view.announce(text),
    reducedMotion: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
  }
}

const DRAWN = new Set(["sim", "chart", "published"])

/** Whether a deck draws curves, for which Plotly is worth fetching ahead. @param {Deck} deck */
export function draws(deck) {
  return deck.slides.some((slide) => slide.blocks.some((block) => DRAWN.has(block.kind)))
}
