/** Where the pairs of a `label` block come from, and what becomes of the answers. No DOM. */

/** @import { LabelData, Params, RunHandle, RunSocket } from "../lib/types.js" */

import { words } from "../lib/format.js"

const ENDED = ["done", "failed", "cancelled", "lost"]

/** @typedef {[left: number[][], right: number[][]] | [left: string, right: string]} Pair of clips
 *   (lists of poses) or of texts */
/** @typedef {{isMine: boolean, name: string, poses: number[][]}} Result */
/** @typedef {{poses: number[][], pair: [number[][], number[][]] | [], weights: [string, number][],
 *   accuracy: number}} StudyFrame */

/**
 * What asks a reader to choose.
 * @typedef {Object} Study
 * @property {string} question
 * @property {string} invitation
 * @property {number} total how many pairs it asks for
 * @property {Pair | null} practice shown while the next pairs are made
 * @property {() => void} begin
 * @property {(labels: string) => Promise<{pair: Pair, prompt: string}[]>} next the pairs to be
 *   judged after these choices; none when it has heard enough
 * @property {() => Promise<[Result, Result] | null>} results what the choices have taught, and what
 *   a reward written by hand has; null when they are only counted
 * @property {(count: number, at: number) => string} said beside a pair
 * @property {() => string} summary what was learned
 * @property {() => void} stop
 */

/**
 * Clips of a simulation that asks a viewer: it takes the choices so far as `labels` and yields
 * frames with the `pair`s to be judged next, or none when it has heard enough.
 */
export class ClipStudy {
  question = "Which of the two does it better?"
  /** @type {Set<RunHandle>} */
  #handles = new Set()
  /** @type {StudyFrame[]} */
  #frames = []
  /** @type {Promise<StudyFrame> | null} */
  #rival = null // a promise of the last frame of the run that the choices are compared with

  /**
   * @param {Pick<LabelData, "params" | "against" | "against_label"> & {sim: string}} data
   * @param {RunSocket} socket
   */
  constructor(data, socket) {
    this.data = data
    this.socket = socket
    this.total = Number(data.params?.num_comparisons)
  }

  get invitation() {
    return "Click the better clip, or press 1 or 2. Each round it practises what you liked."
  }

  /** What the body does now, on both sides: shown while it practises. @returns {Pair | null} */
  get practice() {
    const frame = this.#frames.at(-1)
    return frame ? [frame.poses, frame.poses] : null
  }

  begin() {
    this.stop()
    this.#rival = null
    if (this.data.against)
      this.#rival = this.#run(this.data.against).then((frames) => frames[frames.length - 1])
    this.#rival?.catch(() => {}) // heard when it is needed
  }

  /** The pairs to be judged after these choices. @param {string} labels */
  async next(labels) {
    this.#frames = await this.#run({ ...this.data.params, rater: "viewer", labels })
    return this.#frames.flatMap(({ pair }) => (pair.length ? [{ pair, prompt: "" }] : []))
  }

  /** What the choices have taught, and what the reward written by hand has. */
  async results() {
    const { against, against_label: label } = this.data
    if (!this.#rival) this.begin()
    const other = await this.#rival
    const mine = this.#frames.at(-1)
    if (!other || !mine) throw new Error("There is nothing to compare.")
    const byHand = label ?? `a reward written by hand: ${words(String(against?.reward))}`
    /** @type {[Result, Result]} */
    const results = [
      { isMine: true, name: `your ${this.total} choices`, poses: mine.poses },
      { isMine: false, name: byHand, poses: other.poses },
    ]
    return results
  }

  /** @param {number} count @param {number} at */
  said(count, at) {
    return at === 0 && count > 0 ? "This is what it does now." : ""
  }

  /** What the fitted reward pays for, its largest weights first. */
  summary() {
    const frame = this.#frames[this.#frames.length - 1]
    const largest = [...frame.weights].sort((a, b) => Math.abs(b[1]) - Math.abs(a[1])).slice(0, 3)
    const list = largest.map(([name, weight]) => `${weight > 0 ? "+" : "−"} ${name}`).join("; ")
    const part = `${Math.round(100 * frame.accuracy)} % of them, each from the others`
    return `Your choices became a reward: ${list}. It predicts ${part}.`
  }

  stop() {
    this.#handles.forEach((handle) => handle.stop())
    this.#handles.clear()
    this.#frames = []
  }

  /**
   * All frames of a run.
   * @param {Params} params
   * @returns {Promise<StudyFrame[]>}
   */
  #run(params) {
    return new Promise((resolve, reject) => {
      /** @type {StudyFrame[]} */
      const frames = []
      const handle = this.socket.run(this.data.sim, params, {
        onFrames: (some) =>
          frames.push(.../** @type {StudyFrame[]} */ (/** @type {unknown} */ (some))),
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

  /** @param {Pick<LabelData, "pairs">} data */
  constructor({ pairs = [] }) {
    this.pairs = pairs
    this.total = pairs.length
    if (!this.total) throw new Error("it has no pairs")
  }

  begin() {}

  /** @param {string} labels */
  async next(labels) {
    return this.pairs.slice(labels.length).map(({ prompt = "", a, b }) => {
      /** @type {Pair} */
      const pair = [String(a), String(b)]
      return { prompt, pair }
    })
  }

  async results() {
    return null
  }

  said() {
    return ""
  }

  summary() {
    return ""
  }

  stop() {}
}
