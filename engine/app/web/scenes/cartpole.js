/** The scene of the cart and its pole, which the `play` block moves itself. */

/** @import { ColourName } from "../lib/types.js" */

import { textSize } from "../lib/dom.js"
import { number } from "../lib/format.js"
import { Board } from "./canvas.js"

/** @typedef {{poses: [number, number][], env_steps: number}} CartPoleFrame position (m) and angle
 *   (rad) at 25 Hz */

const POSES_A_SECOND = 25
const STEPS_A_SECOND = 50
const FULL_EPISODE = 10 // seconds
const FALL = 0.6 // seconds that a pole takes to drop after its episode has ended
const HALF_TRACK = 2.4 // metres to either side, where the episode ends
const POLE = 1 // metres

/** A cart on a track with a pole on it. @extends {Board<CartPoleFrame>} */
export class CartPole extends Board {
  /** @type {ColourName} */
  colour = "policy"

  /** Pixels of a metre. */
  get scale() {
    return Math.min(this.width / (2 * HALF_TRACK + 0.9), this.height / 1.72)
  }

  /** The height of the track, px from the top. */
  get ground() {
    return this.height - 0.24 * this.scale
  }

  /** Whether words at the left and at the right would meet. */
  get isNarrow() {
    return this.width < 24 * this.size
  }

  /** @param {CartPoleFrame} frame */
  has(frame) {
    return Array.isArray(frame.poses) && frame.poses.length > 1
  }

  /** @param {CartPoleFrame} frame */
  duration(frame) {
    return (frame.poses.length - 1) / POSES_A_SECOND
  }

  /** @param {CartPoleFrame} frame */
  score(frame) {
    return frame.poses.length
  }

  /** @param {CartPoleFrame} frame @param {number} [seconds] */
  steps(frame, seconds = Infinity) {
    const isFull = frame.poses.length >= FULL_EPISODE * POSES_A_SECOND
    const all = isFull ? FULL_EPISODE * STEPS_A_SECOND : (frame.poses.length - 1) * 2
    return seconds >= this.duration(frame) ? all : Math.round(seconds * STEPS_A_SECOND)
  }

  /** @param {CartPoleFrame} frame */
  caption(frame) {
    const when = frame.env_steps > 0 ? `after ${number(frame.env_steps)} steps` : "before training"
    return `${when}: ${number(this.steps(frame))} upright`
  }

  /** @param {CartPoleFrame | null} frame @param {number} seconds @param {string} [caption] */
  draw(frame, seconds, caption = "") {
    this.clear()
    if (!frame) {
      this.body(0, 0)
      return
    }
    const [x, theta] = this.pose(frame, seconds)
    const over = seconds - this.duration(frame)
    const fell = over > 0 && this.duration(frame) < FULL_EPISODE - 0.1
    if (over <= 0)
      for (const ago of [0.16, 0.32]) this.pole(...this.pose(frame, seconds - ago), 0.1)
    this.body(x, fell ? dropped(theta, over / FALL) : theta, fell ? 0.45 : 1)
    const lean = this.isNarrow ? "" : ` · θ = ${degrees(theta)}`
    this.words(number(this.steps(frame, seconds)), `steps upright${lean}`, caption)
  }

  /** @param {CartPoleFrame} frame @param {string} [caption] */
  still(frame, caption = "") {
    this.clear()
    const end = this.duration(frame)
    for (let k = 0; k < 8; k += 1) this.pole(...this.pose(frame, (end * k) / 8), 0.06 + 0.03 * k)
    const [x, theta] = this.pose(frame, end)
    this.body(x, theta)
    this.words(number(this.steps(frame)), "steps upright", caption)
  }

  /**
   * Position (m) and angle (rad) at a time of a frame's episode, between its poses.
   * @param {CartPoleFrame} frame
   * @param {number} seconds
   * @returns {[number, number]}
   */
  pose(frame, seconds) {
    const last = frame.poses.length - 1
    const at = Math.min(last, Math.max(0, seconds * POSES_A_SECOND))
    const k = Math.min(last - 1, Math.floor(at))
    const [a, b] = [frame.poses[k], frame.poses[k + 1]]
    return [a[0] + (b[0] - a[0]) * (at - k), a[1] + (b[1] - a[1]) * (at - k)]
  }

  clear() {
    const { ground, theme } = this
    this.pen.clearRect(0, 0, this.width, this.height)
    const [from, to] = [-HALF_TRACK - 0.35, HALF_TRACK + 0.35].map((x) => this.left(x))
    this.line(
      [
        [from, ground],
        [to, ground],
      ],
      2,
      theme.hair,
    )
    for (const end of [-HALF_TRACK, HALF_TRACK].map((x) => this.left(x)))
      this.line(
        [
          [end, ground - 5],
          [end, ground + 5],
        ],
        2,
        theme.hair,
      )
  }

  /**
   * The cart, its wheels and its pole.
   * @param {number} x
   * @param {number} theta
   * @param {number} [alpha]
   */
  body(x, theta, alpha = 1) {
    const { pen, scale, theme } = this
    const left = this.left(x)
    for (const side of [-0.2, 0.2])
      this.disc(left + side * scale, this.ground - 0.07 * scale, 0.075 * scale, theme.soft)
    pen.fillStyle = theme.ink
    pen.beginPath()
    pen.roundRect(
      left - 0.37 * scale,
      this.hinge() - 0.02 * scale,
      0.74 * scale,
      0.25 * scale,
      0.06 * scale,
    )
    pen.fill()
    this.pole(x, theta, alpha)
    this.disc(left, this.hinge(), 0.065 * scale, theme.ink)
    this.disc(left, this.hinge(), 0.036 * scale, theme.card)
  }

  /** @param {number} x @param {number} theta @param {number} alpha */
  pole(x, theta, alpha) {
    const [left, hinge] = [this.left(x), this.hinge()]
    const length = POLE * this.scale
    const top = /** @type {const} */ ([
      left + Math.sin(theta) * length,
      hinge - Math.cos(theta) * length,
    ])
    this.pen.globalAlpha = alpha
    this.line([[left, hinge], [...top]], 0.09 * this.scale, this.theme[this.colour])
    this.pen.globalAlpha = 1
  }

  /**
   * A big number with a line under it at the left, a caption at the right.
   * @param {string} big
   * @param {string} small
   * @param {string} caption
   */
  words(big, small, caption) {
    const { theme, size } = this
    const large = textSize(theme, 3)
    this.pen.font = `600 ${large}px ${theme.serif}`
    this.pen.textAlign = "left"
    this.pen.textBaseline = "alphabetic"
    this.pen.fillStyle = theme.ink
    this.pen.fillText(big, 0, 0.8 * large)
    this.text(small, 0, 0.8 * large + 1.5 * size)
    if (!this.isNarrow) this.text(caption, this.width, size, { align: "right" })
  }

  /** @param {number} x */
  left(x) {
    return this.width / 2 + Math.max(-3, Math.min(3, x)) * this.scale
  }

  hinge() {
    return this.ground - 0.32 * this.scale
  }
}

/**
 * The angle of a pole that drops to the side it leans to; `part` runs from 0 to 1.
 * @param {number} theta
 * @param {number} part
 */
export function dropped(theta, part) {
  const end = (theta < 0 ? -1 : 1) * 0.5 * Math.PI
  return theta + (end - theta) * Math.min(1, part) ** 2
}

/** @param {number} theta */
function degrees(theta) {
  return `${((theta * 180) / Math.PI).toFixed(1).replace("-", "−")}°`
}
