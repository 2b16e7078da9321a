/** Where the pairs of a `label` block come from, and what becomes of the answers. No DOM. */

import { words } from "../lib/format.js"

const ENDED = ["done", "failed", "cancelled", "lost"]

/**
 * Clips of a simulation that asks a viewer: it takes the choices so far as `labels` and yields
 * frames with the `pair`s to be judged next, or none when it has heard enough.
 */
export class ClipStudy {
  question = "Which of the two does it better?"
  #handles = new Set()
  #frames = []
  #rival = null // a promise of the last frame of the run that the choices are compared with

  /** @param {{sim: string, params: Object, against?: Object, against_label?: string}} data
   *  @param {Object} socket from `connect` */
  constructor(data, socket) {
    Object.assign(this, { data, socket, total: data.params.num_comparisons })
  }

  get invitation() {
    return "Click the better clip, or press 1 or 2. Each round it practises what you liked."
  }

  /** What the body does now, on both sides: shown while it practises. */
  get practice() {
    const frame = this.#frames.at(-1)
    return frame ? [frame.poses, frame.poses] : null
  }

  begin() {
    this.stop()
    this.#rival = null
    if (this.data.against)
      this.#rival = this.#run(this.data.against).then((frames) => frames.at(-1))
    this.#rival?.catch(() => {}) // heard when it is needed
  }

  /** The pairs to be judged after these choices: `[{pair, prompt}]`. */
  async next(labels) {
    this.#frames = await this.#run({ ...this.data.params, rater: "viewer", labels })
    return this.#frames
      .filter((frame) => frame.pair.length)
      .map(({ pair }) => ({ pair, prompt: "" }))
  }

  /** What the choices have taught, and what the reward written by hand has. */
  async results() {
    if (!this.#rival) this.begin()
    const other = await this.#rival
    const mine = this.#frames.at(-1)
    const byHand =
      this.data.against_label ?? `a reward written by hand: ${words(this.data.against.reward)}`
    return [
      { isMine: true, name: `your ${this.total} choices`, poses: mine.poses },
      { isMine: false, name: byHand, poses: other.poses },
    ]
  }

  said(count, at) {
    return at === 0 && count > 0 ? "This is what it does now." : ""
  }

  /** What the fitted reward pays for, its largest weights first. */
  summary() {
    const frame = this.#frames.at(-1)
    const largest = [...frame.weights].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, 3)
    const list = largest.map(([name, weight]) => `${weight > 0 ? "+" : "−"} ${name}`).join("; ")
    return `Your choices became a reward: ${list}. It predicts ${Math.round(100 * frame.accuracy)} % of them, each from the others.`
  }

  stop() {
    this.#handles.forEach((handle) => handle.stop())
    this.#handles.clear()
    this.#frames = []
  }

  /** All frames of a run. */
  #run(params) {
    return new Promise((resolve, reject) => {
      const frames = []
      const handle = this.socket.run(this.data.sim, params, {
        onFrames: (some) => frames.push(...some),
        onState: ({ state, message }) => {
          if (state === "done") resolve(frames)
          else if (ENDED.includes(state)) reject(new Error(message || "The run ended early."))
        },
        onError: (message) => reject(new Error(message)),
      })
      this.#handles.add(handle)
    })
  }
}

/** Pairs of texts that the author wrote: they are asked in order and only counted. */
export class TextStudy {
  question = "Which answer is better?"
  invitation = "Click the better answer, or press 1 or 2."
  practice = null

  /** @param {{pairs: {prompt?: string, a: string, b: string}[]}} data */
  constructor({ pairs = [] }) {
    this.pairs = pairs
    this.total = pairs.length
    if (!this.total) throw new Error("it has no pairs")
  }

  begin() {}

  async next(labels) {
    return this.pairs
      .slice(labels.length)
      .map(({ prompt, a, b }) => ({ prompt: prompt ?? "", pair: [String(a), String(b)] }))
  }

  async results() {
    return null
  }

  said() {
    return ""
  }

  stop() {}
}
