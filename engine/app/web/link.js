/** A lecture and its presenter window, in step through the browser alone.

    Both talk on one BroadcastChannel, whose name holds the lecture and a `pair` that the lecture's
    tab keeps, so either window may be reloaded. Messages: the lecture tells its `place` and says
    `bye`; the presenter says `hello` and asks for an `act`. */

const KEY = "practicum.pair"
const BLOCKED = "The browser blocked the presenter window. Allow pop-ups for this address, then press P again."
const TOO_OLD = "This browser cannot keep two windows in step. Open the lecture in a newer one to use the presenter window."

/** @returns {BroadcastChannel | null} null where the browser has none */
export function channelOf(slug, pair) {
  return "BroadcastChannel" in window ? new BroadcastChannel(`practicum.${slug}.${pair}`) : null
}

/** The lecture's side. */
export class Link {
  /** @param {Object} lecture the stage's Lecture: slide, step, hash, act, leaving, chrome */
  constructor(lecture) {
    this.lecture = lecture
    this.runs = new Map() // block id -> the run that was started last on the shown slide
    const pair = sessionStorage.getItem(KEY)
    if (pair) this.#join(pair)
  }

  /** Open the presenter window, or bring the one that is open to the front. */
  open() {
    if (!("BroadcastChannel" in window)) return this.lecture.chrome.say(TOO_OLD)
    if (!this.channel) {
      const pair = crypto.getRandomValues(new Uint32Array(2)).join("")
      sessionStorage.setItem(KEY, pair)
      this.#join(pair)
    }
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
