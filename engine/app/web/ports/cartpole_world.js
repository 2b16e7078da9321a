/** The carts of sims/cartpole: their equations, their episodes, and how a policy is judged. */

/** @import { Random } from "./random.js" */

import {
  ANGLE_LIMIT,
  CART_MASS,
  FORCE,
  GRAVITY,
  LENGTH,
  MAX_EPISODE_STEPS,
  POLE_MASS,
  START_LIMIT,
  TIME_STEP,
  TRACK_LIMIT,
} from "../scenes/cartpole_physics.js"

const TOTAL_MASS = POLE_MASS + CART_MASS
const MASS_LENGTH = POLE_MASS * LENGTH
const [CART_FRICTION, POLE_FRICTION] = [5e-4, 2e-6]

/** @typedef {[number, number, number, number]} State x, x', theta, theta': m, m/s, rad, rad/s */
/** @typedef {(state: State, isRight: boolean) => State} World one step of time */
/** @typedef {{greedy: (state: State) => boolean}} Judged whether it pushes right */

/** @param {string} physics @param {string} integrator @returns {World} */
export function worldOf(physics, integrator) {
  const accelerations =
    physics === "friction" ? withFriction : frictionless(physics === "gymnasium" ? 4 / 3 : 1)
  const isNew = integrator === "semi_implicit" ? 1 : 0 // positions move with the new velocities
  return (state, isRight) => {
    const [x, xDot, theta, thetaDot] = state
    const [xAcc, thetaAcc] = accelerations(state, isRight ? FORCE : -FORCE)
    return [
      x + TIME_STEP * (xDot + isNew * TIME_STEP * xAcc),
      xDot + TIME_STEP * xAcc,
      theta + TIME_STEP * (thetaDot + isNew * TIME_STEP * thetaAcc),
      thetaDot + TIME_STEP * thetaAcc,
    ]
  }
}

/** @param {number} inertia of the pole about the hinge, over m l^2 */
function frictionless(inertia) {
  /** @param {State} state @param {number} force */
  return ([, , theta, thetaDot], force) => {
    const [cos, sin] = [Math.cos(theta), Math.sin(theta)]
    const alpha = (force + MASS_LENGTH * thetaDot * thetaDot * sin) / TOTAL_MASS
    const denominator = LENGTH * (inertia - (POLE_MASS * cos * cos) / TOTAL_MASS)
    const thetaAcc = (GRAVITY * sin - cos * alpha) / denominator
    return [alpha - (MASS_LENGTH * thetaAcc * cos) / TOTAL_MASS, thetaAcc]
  }
}

/** @param {State} state @param {number} force */
function withFriction([, xDot, theta, thetaDot], force) {
  const [cos, sin] = [Math.cos(theta), Math.sin(theta)]
  const pull = MASS_LENGTH * thetaDot * thetaDot
  const thetaAcceleration = (/** @type {number} */ rub) => {
    const push = (-force - pull * (sin + rub * cos)) / TOTAL_MASS + rub * GRAVITY
    const numerator = GRAVITY * sin + cos * push - (POLE_FRICTION * thetaDot) / MASS_LENGTH
    return numerator / (LENGTH * (4 / 3 - ((POLE_MASS * cos) / TOTAL_MASS) * (cos - rub * sin)))
  }
  const normalForce = (/** @type {number} */ acc) =>
    TOTAL_MASS * GRAVITY - MASS_LENGTH * acc * sin - pull * cos
  let rub = CART_FRICTION * Math.sign(xDot)
  if (normalForce(thetaAcceleration(rub)) < 0) rub = -rub
  const thetaAcc = thetaAcceleration(rub)
  const xAcc = (force + pull * sin - MASS_LENGTH * thetaAcc * cos) / TOTAL_MASS
  return [xAcc - (rub * normalForce(thetaAcc)) / TOTAL_MASS, thetaAcc]
}

/** @param {State} state */
export const hasFallen = ([x, , theta]) =>
  Math.abs(x) > TRACK_LIMIT || Math.abs(theta) > ANGLE_LIMIT

/** Fresh states, drawn number by number for all carts. @param {Random} rng @param {number} count */
export function startStates(rng, count) {
  const rows = [0, 1, 2, 3].map(() =>
    Array.from({ length: count }, () => rng.uniform(-START_LIMIT, START_LIMIT)),
  )
  return rows[0].map((_, k) => /** @type {State} */ (rows.map((row) => row[k])))
}

/** Episodes side by side; one that ends starts again in the same step. */
export class Carts {
  /** @type {number[]} */
  finished = [] // returns of the episodes that ended

  /** @param {number} count @param {Random} rng @param {World} world */
  constructor(count, rng, world) {
    this.rng = rng
    this.world = world
    this.states = startStates(rng, count)
    this.lengths = this.states.map(() => 0)
  }

  /** One step of every cart: where it came before any restart. @param {boolean[]} actions */
  step(actions) {
    const reached = this.states.map((state, k) => this.world(state, actions[k]))
    const fell = reached.map(hasFallen)
    this.lengths = this.lengths.map((length) => length + 1)
    const ended = fell.map((has, k) => has || this.lengths[k] >= MAX_EPISODE_STEPS)
    const places = ended.flatMap((has, k) => (has ? [k] : []))
    this.states = [...reached]
    for (const [k, state] of startStates(this.rng, places.length).entries()) {
      this.finished.push(this.lengths[places[k]])
      this.states[places[k]] = state
      this.lengths[places[k]] = 0
    }
    return { reached, fell, ended }
  }

  takeFinished() {
    return this.finished.splice(0)
  }
}

/**
 * The mean return of fresh greedy episodes, and [x, theta] of the first at 25 Hz. Where even
 * standing to the end could not lift the mean to `least`, the rest is not played.
 * @param {Judged} policy @param {number} count @param {Random} rng @param {World} world
 * @param {number} [least]
 * @returns {[number, number[][]]}
 */
export function greedyReturn(policy, count, rng, world, least = 0) {
  let states = startStates(rng, count)
  const isUp = states.map(() => true)
  const poses = [pose(states[0])]
  let [sum, standing] = [0, count]
  for (let t = 1; t <= MAX_EPISODE_STEPS; t += 1) {
    sum += standing // the step that ends in a fall pays, too
    // The fallen move on unseen: a coin is thrown for each of them as well.
    states = states.map((state) => world(state, policy.greedy(state)))
    if (isUp[0] && t % 2 === 0) poses.push(pose(states[0]))
    for (const [k, state] of states.entries()) if (hasFallen(state)) isUp[k] = false
    standing = isUp.filter(Boolean).length
    const best = sum + standing * (MAX_EPISODE_STEPS - t)
    if (standing === 0 || best < least * count) break
  }
  return [sum / count, poses]
}

/** @param {State} state */
const pose = ([x, , theta]) => [Number(x.toFixed(3)), Number(theta.toFixed(3))]
