/** The run that ships with a block: a finished figure before anybody has pressed a button. */

/** @import { BlockContext, Origin, Track } from "../lib/types.js" */

import { withTries } from "../lib/fetching.js"
import { ask, askNow } from "../lib/source.js"
import { sameParams } from "../lib/tracks.js"

export class Recorded {
  /** @type {Track | null} */
  track = null // as a run that has ended; null while it is on its way, or where none ships

  /**
   * @param {Pick<BlockContext, "base">} context
   * @param {string | undefined} path of the file, without base
   */
  constructor(context, path) {
    this.context = context
    this.path = path
  }

  /** Fetch it once. @returns {Promise<Track | null>} null when it cannot be had */
  async load() {
    if (!this.path || this.track) return this.track
    try {
      const answer = await withTries(() => this.#ask())
      if (answer.ok) this.track = readRun(await answer.text())
    } catch (error) {
      console.info("a recorded run cannot be shown", error) // offline: the block works without it
    }
    return this.track
  }

  /**
   * Fetch it while the page stands still: who prints waits for nothing.
   * @returns {boolean} whether it is there
   */
  loadNow() {
    if (!this.path || this.track) return this.track !== null
    try {
      const text = askNow(`${this.context.base}/${this.path}`)
      if (text !== null) this.track = readRun(text)
    } catch (error) {
      console.info("a recorded run cannot be printed", error)
    }
    return this.track !== null
  }

  async #ask() {
    const answer = await ask(`${this.context.base}/${this.path}`)
    // A proxy says so for a moment.
    if (answer.status >= 500) throw new Error(`the server answers ${answer.status}`)
    return answer
  }

  /**
   * Whether it can stand in for a run that has ended badly: the same values, another day.
   * @param {Track} track
   */
  canReplace(track) {
    const isLost = track.state === "failed" || track.state === "lost"
    return isLost && this.track !== null && sameParams(track.params, this.track.params)
  }
}

/**
 * A file of JSON lines: about the run, its frames, and their number.
 * @param {string} text
 * @returns {Track}
 */
export function readRun(text) {
  const [about, ...rest] = text.split("\n").map((line) => JSON.parse(line))
  const frames = rest.slice(0, -1)
  return {
    params: about.params,
    frames,
    state: "done",
    position: 0,
    wait: 0,
    message: "",
    about,
    isRecorded: true,
  }
}

/**
 * "Recorded on 2026-11-24 with torch 2.13.0 on AVX2; it took 8.1 s."
 * @param {Origin} about
 */
export function origin({ date, seconds, versions }) {
  const made = versions?.torch ? ` with torch ${versions.torch.split("+")[0]}` : ""
  const where = versions?.instruction_set
    ? ` on ${processor(versions.instruction_set)}`
    : " (processor not recorded)"
  const took = seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)
  return `Recorded on ${date.slice(0, 10)}${made}${where}; it took ${took}\u00a0s.`
}

/**
 * torch calls a processor without AVX "DEFAULT", which says nothing to a reader.
 * @param {string} name
 */
const processor = (name) => (name === "DEFAULT" ? "a processor without AVX" : name)
