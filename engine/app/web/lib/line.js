/** One WebSocket that is opened again whenever it is lost, after a pause that grows. */

/** @import { ClientMessage, ServerMessage } from "./protocol.js" */

const FIRST_WAIT_MS = 400
const LONGEST_WAIT_MS = 8000
// A server that lives says something every 5 s: BEAT_SECONDS in engine/app/socket/connection.py.
const SILENCE_MS = 12_000

/**
 * What is heard of a line: it is open, a message, it was lost, and (after each try that failed,
 * too) it is closed.
 * @typedef {{open: () => void, message: (message: ServerMessage) => void, lost: () => void,
 *   closed: () => void}} LineHandlers
 */

export class Line {
  /** @type {WebSocket | null} */
  #socket = null
  #wait = FIRST_WAIT_MS
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  #heardAt = 0 // ms
  #isClosed = false

  /**
   * @param {string} url http(s), ws(s) or relative
   * @param {typeof WebSocket} Socket
   * @param {LineHandlers} handlers
   */
  constructor(url, Socket, handlers) {
    const address = new URL(url, location.href)
    address.protocol = address.protocol.replace("http", "ws")
    this.url = address.href
    this.Socket = Socket
    this.handlers = handlers
    this.#open()
    addEventListener("online", this.#hurry)
  }

  get isOpen() {
    return this.#socket?.readyState === 1
  }

  /**
   * Send a message; while there is no connection it is dropped.
   * @param {ClientMessage} message
   */
  send(message) {
    if (this.isOpen) this.#socket?.send(JSON.stringify(message))
  }

  close() {
    this.#isClosed = true
    clearTimeout(this.#timer)
    removeEventListener("online", this.#hurry)
    this.#socket?.close()
  }

  #open() {
    let socket
    try {
      socket = new this.Socket(this.url)
    } catch {
      return this.#later() // a browser without it, or one that was told to refuse it
    }
    this.#socket = socket
    socket.onopen = () => {
      this.#wait = FIRST_WAIT_MS
      this.handlers.open()
    }
    socket.onmessage = (event) => {
      this.#heardAt = performance.now()
      this.handlers.message(JSON.parse(event.data))
    }
    socket.onclose = () => this.#lose(socket)
    this.#heardAt = performance.now()
    this.#watch(socket)
  }

  // A line that goes dead without a word (a laptop slept, a network changed) is closed by nobody.
  /** @param {WebSocket} socket */
  #watch(socket) {
    if (this.#socket !== socket || this.#isClosed) return
    if (performance.now() - this.#heardAt < SILENCE_MS) {
      setTimeout(() => this.#watch(socket), SILENCE_MS / 8)
      return
    }
    socket.close()
    this.#lose(socket) // now: a browser waits long for the other side to agree
  }

  /** @param {WebSocket} socket */
  #lose(socket) {
    if (this.#isClosed || this.#socket !== socket) return
    this.#socket = null
    this.handlers.lost()
    this.#later()
  }

  /** Try again after a pause, longer each time. */
  #later() {
    this.handlers.closed()
    this.#timer = setTimeout(() => this.#open(), this.#wait * (0.8 + 0.4 * Math.random()))
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS)
  }

  // The network is back: no need to wait for the next try.
  #hurry = () => {
    if (this.#socket) return
    clearTimeout(this.#timer)
    this.#open()
  }
}
