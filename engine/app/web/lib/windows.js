/** A channel between windows that opened each other, for pages of a folder (file://): there a browser
    takes each page for a site of its own, and a BroadcastChannel reaches no other window. */

/** @type {Set<Window>} */
const known = new Set()

/** @typedef {Pick<BroadcastChannel, "postMessage" | "close"> &
 *   {onmessage: BroadcastChannel["onmessage"]}} PairChannel */

/** A window that this one has opened. @param {Window} other */
export function meet(other) {
  known.add(other)
}

/** @implements {PairChannel} */
export class WindowChannel {
  /** @type {PairChannel["onmessage"]} */
  onmessage = null

  /** @param {string} name that both sides know and nobody else: it holds the number of the pair */
  constructor(name) {
    this.name = name
    if (globalThis.opener) known.add(globalThis.opener)
    addEventListener("message", this.#hear)
  }

  /** @param {any} message */
  postMessage(message) {
    for (const other of known) {
      if (other.closed) known.delete(other)
      else other.postMessage({ channel: this.name, message }, "*") // a page of a folder has no name
    }
  }

  close() {
    removeEventListener("message", this.#hear)
  }

  /** @param {MessageEvent} event */
  #hear = ({ data, source }) => {
    if (data?.channel !== this.name || !source || source === window) return
    known.add(/** @type {Window} */ (source)) // this page may have been loaded again
    const told = new MessageEvent("message", { data: data.message })
    this.onmessage?.call(/** @type {any} */ (this), told)
  }
}
