/** What only a browser or a server has, for modules that use it. */

/** @import { Handlers, Params, RunSocket } from "../../engine/app/web/lib/types.js" */

/**
 * Put a stand-in in its place.
 * @param {string} name of the global
 * @param {unknown} value
 */
export function standIn(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}

/** A channel between the windows of a browser: what one says, the others hear at once. */
export class Channel {
  /** @type {Set<Channel>} */
  static all = new Set()
  /** @type {((event: { data: unknown }) => void) | null} */
  onmessage = null

  /** @param {string} name */
  constructor(name) {
    this.name = name
    Channel.all.add(this)
  }

  /** @param {unknown} data */
  postMessage(data) {
    for (const other of Channel.all)
      if (other !== this && other.name === this.name) other.onmessage?.({ data })
  }

  close() {
    Channel.all.delete(this)
  }
}

/** A browser's storage that may refuse to take anything more. */
export class Store {
  /** @type {Map<string, string>} */
  texts = new Map()
  isFull = false

  /** @param {string} key */
  getItem(key) {
    return this.texts.get(key) ?? null
  }

  /** @param {string} key @param {string} text */
  setItem(key, text) {
    if (this.isFull) throw new Error("QuotaExceededError")
    this.texts.set(key, text)
  }

  /** @param {string} key */
  removeItem(key) {
    this.texts.delete(key)
  }
}

/** A server that is asked for runs, and what it was asked. */
export function runSocket() {
  /** @type {{ sim: string, params: Params, handlers: Handlers, wishes: unknown, stopped: boolean }[]} */
  const asked = []
  /** @type {RunSocket} */
  const socket = {
    run(sim, params, handlers, wishes) {
      const run = { sim, params, handlers, wishes, stopped: false }
      asked.push(run)
      return {
        id: null,
        stop() {
          run.stopped = true
        },
      }
    },
    check: () => new Promise(() => {}),
    on: () => () => {},
  }
  return { asked, socket }
}
