/**
 * What a simulation looks like, drawn on a canvas. A scene is named after its simulation and made
 * by `scenes[name].create(canvas, theme)`; the player asks it only what stands in `Scene`.
 *
 * @typedef {Object} Scene
 * @property {(frame: Object) => boolean} has whether a frame holds something to show
 * @property {(frame: Object) => number} duration seconds that it plays (0: a still)
 * @property {(frame: Object) => number} score how good it is: clips are chosen where this grows
 * @property {(frame: Object) => string} caption one line about it
 * @property {(frame: Object | null, seconds: number, caption?: string) => void} draw null: at rest
 * @property {(frame: Object) => void} still all of it in one picture, for reduced motion
 * @property {(theme: Object) => void} resize after the canvas or the theme has changed
 */

import { fitCanvas, textSize } from "../lib/dom.js"
import { number } from "../lib/format.js"
import { Acrobot } from "./acrobot.js"
import { Chain, Machines, Room } from "./decisions.js"
import { Circle } from "./raters.js"

const POSES_A_SECOND = 25
const STEPS_A_SECOND = 50
const FULL_EPISODE = 10 // seconds
const FALL = 0.6 // seconds that a pole takes to drop after its episode has ended
const HALF_TRACK = 2.4 // metres to either side, where the episode ends
const POLE = 1 // metres

/** A cart on a track with a pole on it. Also drawn by the `play` block, which moves it itself. */
export class CartPole {
  /** @param {HTMLCanvasElement} canvas @param {Object} theme from `readTheme` */
  constructor(canvas, theme) {
    this.canvas = canvas
    this.pen = canvas.getContext("2d")
    this.colour = "policy"
    this.resize(theme)
  }

  /** Fit the drawing to the canvas as laid out now; true if there is room to draw. */
  resize(theme) {
    const { width, height } = fitCanvas(this.canvas, this.pen)
    Object.assign(this, { theme, width, height })
    this.scale = Math.min(width / (2 * HALF_TRACK + 0.9), height / 1.72)
    this.ground = height - 0.24 * this.scale
    return width > 0 && height > 0
  }

  has(frame) {
    return Array.isArray(frame.poses) && frame.poses.length > 1
  }

  duration(frame) {
    return (frame.poses.length - 1) / POSES_A_SECOND
  }

  score(frame) {
    return frame.poses.length
  }

  steps(frame, seconds = Infinity) {
    const isFull = frame.poses.length >= FULL_EPISODE * POSES_A_SECOND
    const all = isFull ? FULL_EPISODE * STEPS_A_SECOND : (frame.poses.length - 1) * 2
    return seconds >= this.duration(frame) ? all : Math.round(seconds * STEPS_A_SECOND)
  }

  caption(frame) {
    const when = frame.env_steps > 0 ? `after ${number(frame.env_steps)} steps` : "before training"
    return `${when}: ${number(this.steps(frame))} upright`
  }

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
    this.words(number(this.steps(frame, seconds)), `steps upright · θ = ${degrees(theta)}`, caption)
  }

  still(frame, caption = "") {
    this.clear()
    const end = this.duration(frame)
    for (let k = 0; k < 8; k += 1) this.pole(...this.pose(frame, (end * k) / 8), 0.06 + 0.03 * k)
    const [x, theta] = this.pose(frame, end)
    this.body(x, theta)
    this.words(number(this.steps(frame)), "steps upright", caption)
  }

  /** Position (m) and angle (rad) at a time of a frame's episode, between its poses. */
  pose(frame, seconds) {
    const last = frame.poses.length - 1
    const at = Math.min(last, Math.max(0, seconds * POSES_A_SECOND))
    const k = Math.min(last - 1, Math.floor(at))
    const [a, b] = [frame.poses[k], frame.poses[k + 1]]
    return [a[0] + (b[0] - a[0]) * (at - k), a[1] + (b[1] - a[1]) * (at - k)]
  }

  clear() {
    this.pen.clearRect(0, 0, this.width, this.height)
    this.line(
      this.left(-HALF_TRACK - 0.35),
      this.ground,
      this.left(HALF_TRACK + 0.35),
      this.ground,
      2,
      this.theme.hair,
    )
    for (const end of [-HALF_TRACK, HALF_TRACK]) {
      this.line(
        this.left(end),
        this.ground - 5,
        this.left(end),
        this.ground + 5,
        2,
        this.theme.hair,
      )
    }
  }

  /** The cart, its wheels and its pole. */
  body(x, theta, alpha = 1) {
    const { pen, scale, theme } = this
    const left = this.left(x)
    pen.fillStyle = theme.soft
    for (const side of [-0.2, 0.2])
      this.disc(left + side * scale, this.ground - 0.07 * scale, 0.075 * scale)
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
    pen.fillStyle = theme.ink
    this.disc(left, this.hinge(), 0.065 * scale)
    pen.fillStyle = theme.card
    this.disc(left, this.hinge(), 0.036 * scale)
  }

  pole(x, theta, alpha) {
    const left = this.left(x)
    const length = POLE * this.scale
    this.pen.globalAlpha = alpha
    this.line(
      left,
      this.hinge(),
      left + Math.sin(theta) * length,
      this.hinge() - Math.cos(theta) * length,
      0.09 * this.scale,
      this.theme[this.colour],
    )
    this.pen.globalAlpha = 1
  }

  /** A big number with a line under it at the left, a caption at the right. */
  words(big, small, caption) {
    const { pen, theme } = this
    const size = textSize(theme, 1.16, 12)
    const large = textSize(theme, 3, 28)
    pen.textAlign = "left"
    pen.textBaseline = "alphabetic"
    pen.fillStyle = theme.ink
    pen.font = `600 ${large}px ${theme.serif}`
    pen.fillText(big, 0, 0.8 * large)
    pen.font = `${size}px ${theme.sans}`
    pen.fillStyle = theme.soft
    pen.fillText(small, 0, 0.8 * large + 1.5 * size)
    pen.textAlign = "right"
    pen.fillText(caption, this.width, size)
  }

  left(x) {
    return this.width / 2 + Math.max(-3, Math.min(3, x)) * this.scale
  }

  hinge() {
    return this.ground - 0.32 * this.scale
  }

  line(x0, y0, x1, y1, width, colour) {
    const { pen } = this
    pen.strokeStyle = colour
    pen.lineWidth = width
    pen.lineCap = "round"
    pen.beginPath()
    pen.moveTo(x0, y0)
    pen.lineTo(x1, y1)
    pen.stroke()
  }

  disc(x, y, radius) {
    this.pen.beginPath()
    this.pen.arc(x, y, radius, 0, 2 * Math.PI)
    this.pen.fill()
  }
}

/** The angle of a pole that drops to the side it leans to; `part` runs from 0 to 1. */
export function dropped(theta, part) {
  const end = (theta < 0 ? -1 : 1) * 0.5 * Math.PI
  return theta + (end - theta) * Math.min(1, part) ** 2
}

function degrees(theta) {
  return `${((theta * 180) / Math.PI).toFixed(1).replace("-", "−")}°`
}

export const scenes = {
  cartpole: { create: (canvas, theme) => new CartPole(canvas, theme) },
  thermostat: { create: (canvas, theme) => new Room(canvas, theme) },
  markov_chain: { create: (canvas, theme) => new Chain(canvas, theme) },
  bandit: { create: (canvas, theme) => new Machines(canvas, theme) },
  preferences: { create: (canvas, theme) => new Acrobot(canvas, theme), isSquare: true },
  condorcet: { create: (canvas, theme) => new Circle(canvas, theme) },
}
