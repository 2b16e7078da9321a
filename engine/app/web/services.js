/** What each view of a lecture (stage, reading view, presenter window) takes from the server. */

import { blockAddress } from "./address.js"

/** Load style sheets of ours, once each, in the order of their names. */
export function loadStyles(web, names) {
  return Promise.all(names.map((name) => new Promise((done) => {
    const href = web + name
    if (document.querySelector(`link[href="${href}"]`)) return done()
    const link = document.createElement("link")
    link.rel = "stylesheet"
    link.href = href
    link.onload = link.onerror = done
    document.head.append(link)
  })))
}

let plotly
/** @returns {Promise<Object>} Plotly, loaded when it is first needed */
export function loadPlotly(web) {
  plotly ??= new Promise((done, failed) => {
    const script = document.createElement("script")
    script.src = `${web}plotly.min.js`
    script.onload = () => done(window.Plotly)
    script.onerror = () => failed(new Error("Plotly did not load"))
    document.head.append(script)
  })
  return plotly
}

/** Fetch what the first live block needs before it is flipped to. */
export function fetchAhead(web) {
  import("./live.js")
  return loadPlotly(web)
}

/** Which version of a lecture the server shows first. */
export function hashOf(options) {
  return options.deck.match(/([^/]+)\.json$/)[1]
}

/** The address of one version of a lecture. */
export function deckAddress(options, hash) {
  return `${options.base}api/decks/${encodeURIComponent(options.slug)}/${hash}.json`
}

/** @returns {Promise<{hash: string, deck: Object} | null>} the deck as it is now, null when half written */
export async function fetchDeck(options, hash) {
  const answer = await fetch(deckAddress(options, hash))
  const deck = answer.ok ? await answer.json() : null
  return deck?.slides.length ? { hash: answer.headers.get("x-deck-hash"), deck } : null
}

/** The one WebSocket of a view; null when the reader left meanwhile. */
export async function openSocket(options, signal) {
  const { connect } = await import("./socket.js")
  const url = new URL(`${options.base}api/live`, location.origin)
  url.protocol = url.protocol.replace("http", "ws")
  return signal.aborted ? null : connect(url.href)
}

/**
 * Close Streamlit's dialogs as they open ("Connection error"): they would take the mouse from a
 * lecture that can be read without a server, and whose panels say when there is none.
 * @returns {() => void} stops it
 */
export function keepClear() {
  const close = () => document.querySelector("[data-testid=stDialog] button[aria-label=Close]")?.click()
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
    plotly: () => loadPlotly(view.options.web),
    theme: () => view.theme.name,
    onTheme: (listener) => view.theme.listen(listener),
    announce: (text) => view.announce(text),
    reducedMotion: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
  }
}

/** Whether a deck draws curves, for which Plotly is worth fetching ahead. */
export function draws(deck) {
  return deck.slides.some((slide) => slide.blocks.some((block) => block.kind in { sim: 1, chart: 1, published: 1 }))
}
