/**
 * Plays the frames of a run as clips: the first, then those that got better, then the last in
 * full, which repeats. Training is often faster than life, so clips follow at their own pace.
 */

/** @import { Frame, Scene } from "../lib/types.js" */

import { onFonts, onResize, readTheme } from "../lib/dom.js"

const CUT = 2 // seconds of a clip that is not the last
const PAUSE = 0.9 // seconds between clips
const BETTER = 1.25 // how much a score must grow to be worth a clip
const WAITING = 2 // clips that may wait while the run goes on
const MONTAGE = 4 // clips before the last one

export class Clips {
  /** @type {Frame[]} */
  #frames = []
  #seen = 0
  #best = 0
  /** @type {number[]} */
  #queue = []
  /** @type {{index: number, start: number, length: number} | null} */
  #clip = null // start in ms, length in s
  /** @type {number | null} */
  #picked = null
  #isOver = false
  #isShown = false
  #request = 0

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Scene} scene
   * @param {{isStill: () => boolean, onClip: (index: number | null) => void}} options
   *   `isStill`: nothing may move by itself; `onClip` hears which frame is shown
   */
  constructor(canvas, scene, options) {
    this.canvas = canvas
    this.scene = scene
    this.options = options
    this.caption = ""
    this.stops = [onResize(canvas, () => this.resize()), onFonts(() => this.#paint())]
  }

  /**
   * Show another run from its start; `frames` is its list, which may still grow.
   * @param {Frame[]} frames
   */
  restart(frames) {
    this.#frames = frames
    this.caption = ""
    this.#seen = this.#best = 0
    this.#queue = []
    this.#clip = this.#picked = null
    this.#isOver = false
    this.options.onClip(null)
    this.#paint()
  }

  /** Look at the frames that came since the last call. */
  look() {
    for (; this.#seen < this.#frames.length; this.#seen += 1) {
      const frame = this.#frames[this.#seen]
      if (!this.scene.has(frame)) continue
      this.canvas.hidden = false
      const score = this.scene.score(frame)
      if (this.#best > 0 && score < BETTER * this.#best) continue
      this.#best = Math.max(this.#best, score)
      this.#queue.push(this.#seen)
    }
    if (!this.#isOver && this.#queue.length > WAITING) this.#queue = thin(this.#queue, WAITING)
    this.#wake()
  }

  /** No more frames will come. */
  finish() {
    this.look()
    this.#isOver = true
    const last = this.#last()
    if (last === null && this.#frames.length) this.canvas.hidden = true // an empty stage is no scene
    this.#queue = thin(
      this.#queue.filter((index) => index !== last),
      MONTAGE,
    )
    if (last !== null) this.#queue.push(last)
    this.#wake()
  }

  /**
   * Show the frame that the reader points at, over and over; null lets the clips go on.
   * @param {number | null} index
   */
  pick(index) {
    if (index === this.#picked) return
    this.#picked = index
    if (index !== null && this.scene.has(this.#frames[index])) this.#play(index)
    else if (index === null && this.#clip) this.#clip.length = Math.min(this.#clip.length, CUT)
    this.#wake()
  }

  show() {
    this.#isShown = true
    this.resize()
    this.#wake()
  }

  /** The last clip as a still picture, now. */
  print() {
    this.#isShown = true
    if (this.scene.resize(readTheme(this.canvas)) === false) return
    const last = this.#last()
    if (last === null) return this.scene.draw(null, 0)
    this.scene.still(this.#frames[last], this.scene.caption(this.#frames[last]))
  }

  hide() {
    this.#isShown = false
    cancelAnimationFrame(this.#request)
    this.#request = 0
  }

  resize() {
    if (this.#isShown && this.scene.resize(readTheme(this.canvas)) !== false) this.#paint()
  }

  destroy() {
    this.hide()
    this.stops.forEach((stop) => stop())
  }

  #last() {
    for (let k = this.#frames.length - 1; k >= 0; k -= 1)
      if (this.scene.has(this.#frames[k])) return k
    return null
  }

  #wake() {
    if (!this.#isShown || this.#request) return
    if (this.options.isStill()) this.#showStill()
    else if (this.#clip || this.#queue.length)
      this.#request = requestAnimationFrame((now) => this.#tick(now))
  }

  #showStill() {
    const index = this.#picked ?? this.#last()
    if (index === null) return
    this.#queue = []
    if (this.#clip?.index !== index) this.#play(index)
    this.#paint()
  }

  /** @param {number} now */
  #tick(now) {
    this.#request = 0
    if (!this.#clip || (now - this.#clip.start) / 1000 > this.#clip.length + PAUSE) this.#next(now)
    this.#paint(now)
    this.#wake()
  }

  /** @param {number} now */
  #next(now) {
    const index =
      this.#picked ?? this.#queue.shift() ?? (this.#isOver ? this.#last() : this.#clip?.index)
    if (index !== undefined && index !== null) this.#play(index, now)
  }

  /** @param {number} index @param {number} [now] */
  #play(index, now = performance.now()) {
    const frame = this.#frames[index]
    const isWhole = index === this.#picked || (this.#isOver && index === this.#last())
    const length = isWhole ? this.scene.duration(frame) : Math.min(CUT, this.scene.duration(frame))
    this.#clip = { index, start: now, length }
    this.caption = this.scene.caption(frame)
    this.canvas.setAttribute("aria-label", this.caption)
    this.options.onClip(index)
  }

  #paint(now = performance.now()) {
    if (!this.#isShown) return
    if (!this.#clip) return this.scene.draw(null, 0)
    const frame = this.#frames[this.#clip.index]
    if (this.options.isStill()) return this.scene.still(frame, this.caption)
    const seconds = Math.max(0, (now - this.#clip.start) / 1000)
    // A clip that is cut short stops where it is cut; one that ends by itself may show its end.
    const isCut = this.#clip.length < this.scene.duration(frame)
    this.scene.draw(frame, isCut ? Math.min(seconds, this.#clip.length) : seconds, this.caption)
  }
}

/**
 * At most `count` of a list, evenly spaced, with its first and its last.
 * @template T
 * @param {T[]} list
 * @param {number} count
 */
export function thin(list, count) {
  if (list.length <= count) return list
  if (count === 1) return list.slice(-1)
  return Array.from(
    { length: count },
    (_, k) => list[Math.round((k * (list.length - 1)) / (count - 1))],
  )
}
