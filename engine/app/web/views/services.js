/** What each view of a lecture (stage, reading view, presenter window) takes from the server. */

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

/** Fetch what the first live block needs before it is flipped to. */
export function fetchAhead(web) {
  bringBlocks().catch(() => {}) // a block says so where it is missing
  return loadPlotly(web).catch(() => {})
}

/** Which version of a lecture the server shows first. */
export function hashOf(options) {
  return options.deck.match(/([^/]+)\.json$/)[1]
}

/** The address of one version of a lecture. */
export function deckAddress(options, hash) {
  return `${options.base}api/decks/${encodeURIComponent(options.slug)}/${hash}.json`
}

/**
 * The deck that a view begins with, asked for until it comes; the view says so meanwhile.
 * @returns {Promise<{hash: string, deck: Object} | null>} null when the reader left
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

/** @returns {Promise<{hash: string, deck: Object} | null>} the deck after an edit, null when half written */
export function fetchDeck(options, hash, signal) {
  return persist(() => askDeck(options, hash), signal)
}

/** Edits and new versions of the server, while there was no connection, were told to nobody. */
export async function catchUp(view) {
  const ask = () =>
    fetch(deckAddress(view.options, view.hash), { method: "HEAD", cache: "no-store" })
  const answer = await persist(ask, view.leaving.signal)
  if (!answer?.ok) return
  if (isOfAnotherVersion(answer, view.options)) return location.reload() // the address has slide and step
  const now = answer.headers.get("x-deck-hash")
  if (now !== view.hash) await view.reload(now)
}

/**
 * Whether an answer comes from a server with other modules than ours, which may not fit together.
 * True once for each version: behind a proxy two versions may answer in turn.
 */
function isOfAnotherVersion(answer, options) {
  const now = answer.headers.get("x-web-hash")
  const mine = options.web.match(/([^/]+)\/$/)?.[1]
  if (!now || !mine || now === mine || recall(RELOADED, String, "session") === now) return false
  keep(RELOADED, now, "session")
  // A browser that keeps nothing would not know that it has just been loaded anew.
  const [visit] = performance.getEntriesByType("navigation")
  return visit?.type !== "reload" || performance.now() > JUST_LOADED
}

async function askDeck(options, hash) {
  const answer = await fetch(deckAddress(options, hash))
  if (!answer.ok && answer.status !== 404) throw new Error(`the server answers ${answer.status}`)
  const deck = answer.ok ? await answer.json() : null
  return deck?.slides.length ? { hash: answer.headers.get("x-deck-hash"), deck } : null
}

/**
 * The one WebSocket of a view.
 * @param {import("../lecture/notices.js").Notices} [notices] of the view, where it says that there is none
 * @returns {import("../lib/socket.js").Connection | null} null when the reader left meanwhile
 */
export function openSocket(options, signal, notices) {
  const url = new URL(`${options.base}api/live`, location.origin)
  url.protocol = url.protocol.replace("http", "ws")
  if (signal.aborted) return null
  const socket = connect(url.href)
  if (notices) sayWhenLost(socket, signal, notices)
  return socket
}

function sayWhenLost(socket, signal, notices) {
  let timer = 0
  const wait = () => (timer ||= setTimeout(() => notices.say("line", NO_LINE), PATIENCE))
  const rest = () => {
    clearTimeout(timer)
    timer = 0
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
  const close = () =>
    document.querySelector("[data-testid=stDialog] button[aria-label=Close]")?.click()
  const watch = new MutationObserver(close)
  watch.observe(document.body, { childList: true })
  return () => watch.disconnect()
}

/** What a live block may use of the view that it stands in. */
export function blockContext(view) {
  return {
    lecture: view.options.slug,
    base: view.options.base.replace(/\/$/, ""),
    socket: view.socket,
    address: blockAddress,
    kept: keptRuns(view.options.slug),
    plotly: () => loadPlotly(view.options.web),
    theme: () => view.theme.name,
    onTheme: (listener) => view.theme.listen(listener),
    announce: (text) => view.announce(text),
    reducedMotion: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
  }
}

/** Whether a deck draws curves, for which Plotly is worth fetching ahead. */
export function draws(deck) {
  return deck.slides.some((slide) =>
    slide.blocks.some((block) => block.kind in { sim: 1, chart: 1, published: 1 }),
  )
}
