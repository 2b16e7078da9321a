/** The presenter's timer, which survives a reload, and how it stands to the planned times. */

import { keep, recall } from "../lib/store.js"

const MINUTE = 60_000 // ms
const LONGEST = 7 * 24 * 60 * MINUTE // a timer that ran for longer was forgotten

export class Timer {
  /** @param {string} key under which this window keeps it */
  constructor(key) {
    this.key = key
    const kept = recall(key, timeKept)
    /** @type {number | null} */
    this.from = kept?.from ?? null // when it was started, in ms since 1970; null while it rests
    this.before = kept?.before ?? 0 // ms that it ran until then
  }

  get isRunning() {
    return this.from !== null
  }

  /** Seconds that it ran. */
  get seconds() {
    return Math.max(0, this.before + (this.from === null ? 0 : Date.now() - this.from)) / 1000
  }

  toggle() {
    this.before = this.seconds * 1000
    this.from = this.isRunning ? null : Date.now()
    this.#keep()
  }

  start() {
    if (!this.isRunning) this.toggle()
  }

  reset() {
    this.before = 0
    if (this.isRunning) this.from = Date.now()
    this.#keep()
  }

  #keep() {
    keep(this.key, JSON.stringify({ from: this.from, before: this.before }))
  }
}

/**
 * What a timer keeps, in ms; null when no talk can have left it so.
 * @param {string} text
 * @returns {{from: number | null, before: number} | null}
 */
function timeKept(text) {
  const { from, before } = JSON.parse(text)
  // A clock may be set back.
  const isLength = (/** @type {unknown} */ value) =>
    typeof value === "number" && value > -MINUTE && value < LONGEST
  return (from === null || isLength(Date.now() - from)) && isLength(before)
    ? { from, before }
    : null
}

/**
 * When each slide is planned to begin and to end, in seconds from the start.
 * @param {{minutes: number | null, is_aside?: boolean}[]} slides slides without a plan take no
 *   time;
 *   asides are not planned for: they share the slot of the slide above them
 * @param {(slide: any) => boolean} [skips] those that are left out today take no time
 * @returns {{start: number, end: number}[]}
 */
export function plan(slides, skips = () => false) {
  let slot = { start: 0, end: 0 }
  return slides.map((slide) => {
    const seconds = skips(slide) ? 0 : (slide.minutes ?? 0) * 60
    if (!slide.is_aside) slot = { start: slot.end, end: slot.end + seconds }
    return slot
  })
}

/**
 * How far ahead (negative) or behind (positive) one is, in seconds; 0 within the slide's own time.
 * @param {number} seconds since the start
 * @param {{start: number, end: number}} slot of the slide
 */
export function lag(seconds, slot) {
  if (seconds < slot.start) return seconds - slot.start
  return seconds > slot.end ? seconds - slot.end : 0
}

/**
 * Seconds as 4:05 or 1:04:05.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.floor(Math.abs(seconds))
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0")
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/**
 * Seconds in words for a total: 25 min, 1 h 05 min.
 * @param {number} seconds
 */
export function duration(seconds) {
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`
}
