/** What each view of a lecture (stage, reading view, presenter window) takes from the server. */

/** @import { Notices } from "../lecture/notices.js" */
/** @import { Connection } from "../lib/socket.js" */
/** @import { Theme } from "../lib/theme.js" */
/** @import { BlockContext, ClosableSocket, Deck, RunSocket, Slide, ViewOptions, WayBack } from "../lib/types.js" */
/** @import { DeckView } from "./deck_view.js" */
/** @import { Reloading } from "./decks.js" */

import { bringBlocks } from "../blocks/mounted.js"
import { NO_LINE } from "../lecture/notices.js"
import { blockAddress } from "../lib/address.js"
import { loadPlotly } from "../lib/fetching.js"
import { connect } from "../lib/socket.js"
import { site } from "../lib/source.js"
import { keptRuns } from "../player/kept.js"
import { catchUp } from "./decks.js"

const PATIENCE = 4000 // ms without a connection before a sentence says so

/**
 * Fetch what the first live block needs before it is flipped to.
 * @param {string} web
 */
export function fetchAhead(web) {
  bringBlocks().catch(() => {}) // a block says so where it is missing
  return loadPlotly(web).catch(() => {})
}

/**
 * The one WebSocket of a view.
 * @param {ViewOptions} options
 * @param {AbortSignal} signal
 * @param {Notices} [notices] of the view, where it says that there is none
 * @returns {Connection | null} null when the reader left meanwhile
 */
export function openSocket(options, signal, notices) {
  const url = new URL(`${options.base}api/live`, location.href)
  url.protocol = url.protocol.replace("http", "ws")
  if (signal.aborted) return null
  const socket = connect(url.href)
  if (notices) sayWhenLost(socket, signal, notices)
  return socket
}

/**
 * The WebSocket of a view that shows each edit of its deck, also one that it missed.
 * @param {DeckView & Reloading} view
 * @returns {ClosableSocket | null}
 */
export function follow(view) {
  if (site?.runs) return site.runs(view)
  const socket = openSocket(view.options, view.leaving.signal, view.frame.notices)
  socket?.on("deck", ({ slug, hash }) => {
    if (slug === view.options.slug) view.reload(hash)
  })
  socket?.on("open", () => catchUp(view))
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
 *   announce: (text: string) => void, codes?: Record<string, WayBack>}} view
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
    reopen: (id) => view.codes?.[id],
    reducedMotion: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
  }
}

const DRAWN = new Set(["sim", "chart", "published"])

/**
 * Whether the blocks of a slide may be made before it is shown: figures and recorded runs do
 * nothing by themselves.
 * @param {Slide} slide
 */
export const isAhead = ({ blocks }) =>
  blocks.length > 0 && blocks.every(({ kind, data }) => DRAWN.has(kind) && !isLive(data))

/** @param {object} data */
const isLive = (data) => "autorun" in data && data.autorun === true

/**
 * Whether a deck draws curves, for which Plotly is worth fetching ahead.
 * @param {Pick<Deck, "slides">} deck
 */
export function draws(deck) {
  return deck.slides.some((slide) => slide.blocks?.some((block) => DRAWN.has(block.kind)))
}
