/** The scene of the acrobot: two rods that hang from a bar. */

/** @import { Point } from "./canvas.js" */

import { textSize } from "../lib/dom.js"
import { number } from "../lib/format.js"
import { Board } from "./canvas.js"

const POSES_A_SECOND = 25
const REACH = 2 // metres: both rods stretched
const TRAIL = 0.7 // seconds of the way that the free end has come
/** @typedef {{poses: number[][], turns?: number, step: number}} AcrobotFrame `poses` are [theta1,
 *   theta2] in radians at 25 Hz; theta1 counts from hanging */

/** @type {Pick<AcrobotFrame, "poses">} */
const REST = {
  poses: [
    [0, 0],
    [0, 0],
  ],
}

/** @extends {Board<AcrobotFrame>} */
export class Acrobot extends Board {
  isBare = false // without words

  /** The height that words take above the body, px. */
  get #above() {
    const isWide = this.width > 1.5 * this.height // words and body stand side by side
    return this.isBare || isWide ? 0 : 1.4 * textSize(this.theme, 1.16)
  }

  /** Pixels of a metre. */
  get scale() {
    return Math.max(0, Math.min(this.width, this.height - this.#above) / (2 * REACH + 0.35))
  }

  /** Where the rods hang. @returns {Point} */
  get bar() {
    return [this.width / 2, this.#above + (this.height - this.#above) / 2]
  }

  /** @param {AcrobotFrame} frame */
  has(frame) {
    return Array.isArray(frame.poses) && frame.poses.length > 1
  }

  /** @param {AcrobotFrame} frame */
  duration(frame) {
    return (frame.poses.length - 1) / POSES_A_SECOND
  }

  /**
   * Clips are chosen where the body turns more than it did.
   * @param {AcrobotFrame} frame
   */
  score(frame) {
    return 1 + Math.max(0, frame.turns ?? 0)
  }

  /** @param {AcrobotFrame} frame */
  caption(frame) {
    return frame.step > 0 ? `after ${number(frame.step)} generations` : "before training"
  }

  /** @param {AcrobotFrame | null} frame @param {number} seconds @param {string} [caption] */
  draw(frame, seconds, caption = "") {
    this.pen.clearRect(0, 0, this.width, this.height)
    const { poses } = frame ?? REST
    this.trail(poses, seconds)
    this.body(at(poses, seconds))
    if (frame && !this.isBare) this.words(turned(poses, seconds), caption)
  }

  /** @param {AcrobotFrame} frame @param {string} [caption] */
  still(frame, caption = "") {
    this.pen.clearRect(0, 0, this.width, this.height)
    const end = this.duration(frame)
    for (let k = 0; k < 6; k += 1) this.body(at(frame.poses, (end * k) / 6), 0.1 + 0.04 * k)
    this.trail(frame.poses, end, end)
    this.body(at(frame.poses, end))
    if (!this.isBare) this.words(turned(frame.poses, end), caption)
  }

  /**
   * The bar, both rods and their hinges.
   * @param {number[]} angles
   * @param {number} [alpha]
   */
  body([theta1, theta2], alpha = 1) {
    const { pen, scale, theme } = this
    const knee = this.knee(theta1)
    const tip = this.tip(theta1, theta2)
    pen.globalAlpha = alpha
    this.line([this.bar, knee], 0.17 * scale, theme.policy)
    this.line([knee, tip], 0.17 * scale, theme.accent)
    if (alpha === 1) {
      this.disc(...this.bar, 0.13 * scale, theme.ink)
      this.disc(...this.bar, 0.06 * scale, theme.card)
      this.disc(...knee, 0.1 * scale, theme.ink)
    }
    pen.globalAlpha = 1
  }

  /**
   * The way of the free end during the last moments, fading.
   * @param {number[][]} poses
   * @param {number} seconds
   * @param {number} [length]
   */
  trail(poses, seconds, length = TRAIL) {
    const from = Math.max(0, seconds - length)
    const until = Math.min(seconds, (poses.length - 1) / POSES_A_SECOND)
    const count = Math.max(0, Math.ceil((until - from) * 50))
    for (let k = 0; k < count; k += 1) {
      const [a, b] = [k, k + 1].map((each) => {
        const [theta1, theta2] = at(poses, from + ((until - from) * each) / count)
        return this.tip(theta1, theta2)
      })
      this.pen.globalAlpha = (0.5 * (k + 1)) / count
      this.line([a, b], 0.05 * this.scale, this.theme.accent)
    }
    this.pen.globalAlpha = 1
  }

  /** @param {number} turns @param {string} caption */
  words(turns, caption) {
    const { theme } = this
    const large = textSize(theme, 2.4)
    const count = turns
      .toFixed(1)
      .replace(/^-(0\.0)$/, "$1")
      .replace("-", "−")
    this.text(count, 0, 0.85 * large, { colour: theme.ink, weight: 600, size: large })
    this.text("turns counter-", 0, 0.85 * large + 1.5 * this.size)
    this.text("clockwise here", 0, 0.85 * large + 2.8 * this.size)
    this.text(caption, this.width, this.size, { align: "right" })
  }

  /** @param {number} theta1 @returns {Point} */
  knee(theta1) {
    const [x, y] = this.bar
    return [x + Math.sin(theta1) * this.scale, y + Math.cos(theta1) * this.scale]
  }

  /** @param {number} theta1 @param {number} theta2 @returns {Point} */
  tip(theta1, theta2) {
    const [x, y] = this.knee(theta1)
    return [x + Math.sin(theta1 + theta2) * this.scale, y + Math.cos(theta1 + theta2) * this.scale]
  }
}

/**
 * Both angles at a time, between the poses.
 * @param {number[][]} poses
 * @param {number} seconds
 * @returns {number[]} [theta1, theta2], radians
 */
export function at(poses, seconds) {
  const last = poses.length - 1
  const place = Math.min(last, Math.max(0, seconds * POSES_A_SECOND))
  const k = Math.min(last - 1, Math.floor(place))
  return poses[k].map((angle, i) => angle + (poses[k + 1][i] - angle) * (place - k))
}

/**
 * Counter-clockwise turns of the first rod from the start of a clip.
 * @param {number[][]} poses
 * @param {number} seconds
 */
function turned(poses, seconds) {
  return (at(poses, seconds)[0] - poses[0][0]) / (2 * Math.PI)
}
