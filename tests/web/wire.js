/** The server's side of a WebSocket: what was sent to it, and what it says. */

/** @import { ClientMessage, ServerMessage } from "../../engine/app/web/lib/protocol.js" */

import { connect } from "../../engine/app/web/lib/socket.js"

export class Wire {
  /** @type {Wire[]} */
  static all = []
  readyState = 0
  /** @type {ClientMessage[]} */
  sent = []
  /** @type {(() => void) | undefined} */
  onopen
  /** @type {(() => void) | undefined} */
  onclose
  /** @type {((event: { data: string }) => void) | undefined} */
  onmessage

  /** @param {string} url */
  constructor(url) {
    this.url = url
    Wire.all.push(this)
  }

  open() {
    this.readyState = 1
    this.onopen?.()
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text))
  }

  /** @param {ServerMessage} message */
  say(message) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  close() {
    if (this.readyState === 3) return
    this.readyState = 3
    this.onclose?.()
  }

  /** The last message that was sent to the server. */
  get last() {
    const message = this.sent.at(-1)
    if (!message) throw new Error("nothing was sent")
    return message
  }
}

/** A connection whose other side is `Wire.all[0]`, and after a loss `Wire.all[1]`. */
export function dial() {
  Wire.all = []
  const Socket = /** @type {typeof WebSocket} */ (/** @type {unknown} */ (Wire))
  return connect("ws://x/api/live", { Socket })
}
