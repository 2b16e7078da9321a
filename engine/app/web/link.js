/** A lecture and its presenter window, in step through the browser alone.

    Both talk on one BroadcastChannel, whose name holds the lecture and a `pair` that the lecture's
    tab keeps, so either window may be reloaded. Messages: the lecture tells its `place` and says
    `bye`; the presenter says `hello` and asks for an `act`. */

import { keep, recall } from "./store.js"

const KEY = "practicum.pair"
const BLOCKED = "The browser blocked the presenter window. Allow pop-ups for this address, then press P again."
const NO_CHANNEL = "This browser cannot keep two windows in step. Allow site data for this address, or use a newer browser, then press P again."

const isPair = (text) => (/^\d{1,20}$/.test(text) ? text : null)

/** @returns {BroadcastChannel | null} null where the browser has none, or refuses it */
export function channelOf(slug, pair) {
  try {
    return new BroadcastChannel(`practicum.${slug}.${pair}`)
  } catch {
    return null // an older browser, or one that blocks site data
  }
}

/** The lecture's side. */
export class Link {
  /** @param {Object} lecture the stage's Lecture: slide, step, hash, act, leaving, chrome */
  constructor(lecture) {
    this.lecture = lecture
    this.runs = new Map() // block id -> the run that was started last on the shown slide
    const pair = recall(KEY, isPair, "session")
    if (pair) this.#join(pair)
  }

  /** Open the presenter window, or bring the one that is open to the front. */
  open() {
    if (!this.channel) {
      const pair = crypto.getRandomValues(new Uint32Array(2)).join("")
      keep(KEY, pair, "session")
      this.#join(pair)
    }
    if (!this.channel) return this.lecture.chrome.say(NO_CHANNEL)
    const query = new URLSearchParams({ view: "presenter", pair: this.pair, slide: this.lecture.slide.id })
    const opened = window.open(`${location.pathname}?${query}`, `practicum-${this.pair}`, "popup,width=1240,height=780")
    if (opened) opened.focus()
    else this.lecture.chrome.say(BLOCKED)
  }

  /** Tell the presenter window where the lecture is. */
  tell() {
    if (!this.channel) return
    const { slide, step, hash } = this.lecture
    this.channel.postMessage({ type: "place", slide: slide.id, step, hash })
  }

  /** A socket for one block that also tells the presenter window of every run. */
  heard(socket, block) {
    return new Proxy(socket, {
      get: (target, name) => {
        const value = target[name]
        if (typeof value !== "function") return value
        return (...given) => {
          if (name === "run") this.#tellRun(block.id, given[1])
          return value.apply(target, given)
        }
      },
    })
  }

  #tellRun(block, params) {
    this.runs.set(block, params)
    this.channel?.postMessage({ type: "run", block, params })
  }

  #join(pair) {
    this.pair = pair
    this.channel = channelOf(this.lecture.options.slug, pair)
    if (!this.channel) return
    this.channel.onmessage = ({ data }) => {
      if (data.type === "hello") {
        this.tell()
        for (const [block, params] of this.runs) this.channel.postMessage({ type: "run", block, params })
      } else if (data.type === "act") this.lecture.act(data.action, data.number)
    }
    const { signal } = this.lecture.leaving
    const bye = () => this.channel.postMessage({ type: "bye" })
    window.addEventListener("pagehide", bye, { signal })
    window.addEventListener("pageshow", () => this.tell(), { signal })
    signal.addEventListener("abort", () => { bye(); this.channel.close() })
  }
}
