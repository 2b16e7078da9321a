/** The game of the `play` block: two carts from one start, one of them pushed by hand. No DOM. */

import { number } from "../lib/format.js"
import { FORCE, fallen, MAX_EPISODE_STEPS, step, TIME_STEP } from "../scenes/cartpole_physics.js"

export const FALL = 0.6 // seconds that a pole takes to drop
const LONGEST = 0.25 // seconds that are caught up after a pause: a tab in the background sleeps
const EASY = 100 // steps in which a beginner's game comes up to its full speed …
const SLOWEST = 0.35 // … from this part of it
const REST = [0, 0, 0, 0]

/** @typedef {{state: number[], before: number[], steps: number, fellAt: number | null}} Cart
 *   its state now and a step ago, the steps that it stood, and when it fell (ms) */

export class Game {
  /** @type {"rest" | "ready" | "going" | "over"} */
  phase = "rest" // "ready" waits for the first push
  best = 0 // steps
  spare = 0 // seconds that the carts have not moved for yet
  #last = 0 // ms, when they last moved
  /** @type {number[]} */
  #held = [] // directions that are pressed, the latest last

  /**
   * @param {(state: number[]) => number} agent the force (N) with which it answers a state
   * @param {boolean} [isEased] begins in slow motion: the world is the same, its clock is not
   */
  constructor(agent, isEased = false) {
    this.agent = agent
    this.isEased = isEased
    this.you = cartAt(REST)
    this.other = cartAt(REST)
  }

  get isOn() {
    return this.phase === "ready" || this.phase === "going"
  }

  /** @param {number[]} state where both carts start */
  begin(state) {
    this.phase = "ready"
    this.you = cartAt(state)
    this.other = cartAt(state)
  }

  /** Both carts stand in the middle, and nothing moves. */
  rest() {
    this.begin(REST)
    this.phase = "rest"
    this.#held = []
  }

  /**
   * A push begins.
   * @param {number} side -1 to the left, 1 to the right
   * @param {number} now ms
   * @returns {boolean} whether it is the first, with which the carts begin to move
   */
  push(side, now) {
    this.release(side)
    this.#held.push(side)
    if (this.phase !== "ready") return false
    this.phase = "going"
    this.#last = now
    this.spare = 0
    return true
  }

  /** A push ends. @param {number} side */
  release(side) {
    this.#held = this.#held.filter((each) => each !== side)
  }

  /**
   * Move the carts up to a time, in steps of the simulation.
   * @param {number} now ms
   * @returns {boolean} whether anything moves on, or falls
   */
  advance(now) {
    if (this.phase === "rest" || this.phase === "ready") return false
    this.spare += this.#pace() * Math.min(LONGEST, (now - this.#last) / 1000)
    this.#last = now
    for (; this.spare >= TIME_STEP; this.spare -= TIME_STEP) {
      move(this.you, FORCE * (this.#held.at(-1) ?? 0), now)
      move(this.other, this.agent(this.other.state), now)
    }
    if (isDone(this.you) && this.phase === "going") {
      this.phase = "over"
      this.#held = []
      this.best = Math.max(this.best, this.you.steps)
    }
    const isMoving = (/** @type {Cart} */ cart) =>
      !isDone(cart) || now - (cart.fellAt ?? 0) < 1000 * FALL
    return isMoving(this.you) || isMoving(this.other)
  }

  /** Seconds of the carts in a second of the player. */
  #pace() {
    const isEasy = this.isEased && this.phase === "going"
    const part = isEasy ? Math.min(1, this.you.steps / EASY) : 1
    return SLOWEST + (1 - SLOWEST) * part
  }

  /** How both did, in two sentences. */
  get result() {
    const { you, other } = this
    const yours =
      you.fellAt === null
        ? `You kept it up for all ${number(you.steps)} steps.`
        : `You: ${upright(you)}.`
    const theirs = isDone(other) ? `The agent: ${upright(other)}.` : "The agent is still up."
    return `${yours} ${theirs}`
  }
}

/** @param {number[]} state @returns {Cart} */
function cartAt(state) {
  return { state, before: state, steps: 0, fellAt: null }
}

/** @param {Cart} cart @param {number} force N @param {number} now ms */
function move(cart, force, now) {
  if (isDone(cart)) return
  cart.before = cart.state
  cart.state = step(cart.state, force)
  cart.steps += 1
  if (fallen(cart.state)) cart.fellAt = now
}

/** @param {Cart} cart */
function isDone(cart) {
  return cart.fellAt !== null || cart.steps >= MAX_EPISODE_STEPS
}

/** @param {Cart} cart */
function upright({ steps }) {
  return `${number(steps)} steps (${(steps * TIME_STEP).toFixed(1)} s)`
}
