/**
 * The cart and its pole, as in sims/cartpole/dynamics.py (Gymnasium's CartPole-v1: a rod without
 * friction, Euler steps). A test runs both side by side and holds them equal to 1e-12.
 *
 * A state is [x, xDot, theta, thetaDot]: metres, m/s, radians from upright, rad/s.
 */

export const GRAVITY = 9.8 // m/s^2
export const CART_MASS = 1.0 // kg
export const POLE_MASS = 0.1 // kg
export const LENGTH = 0.5 // m: HALF of the pole
export const FORCE = 10.0 // N, of one push
export const TIME_STEP = 0.02 // s
export const TRACK_LIMIT = 2.4 // m, on either side
export const ANGLE_LIMIT = (12 * 2 * Math.PI) / 360 // rad
export const START_LIMIT = 0.05 // each number of a start state is uniform in +- this
export const MAX_EPISODE_STEPS = 500

const TOTAL_MASS = POLE_MASS + CART_MASS
const MASS_LENGTH = POLE_MASS * LENGTH

/**
 * The state after `dt` seconds of a force.
 * @param {number[]} state [x, xDot, theta, thetaDot]
 * @param {number} force newtons, positive to the right
 * @param {number} [dt] seconds
 * @returns {number[]} a new state
 */
export function step(state, force, dt = TIME_STEP) {
  const [x, xDot, theta, thetaDot] = state
  const cos = Math.cos(theta)
  const sin = Math.sin(theta)
  const alpha = (force + MASS_LENGTH * thetaDot * thetaDot * sin) / TOTAL_MASS
  const thetaAcc =
    (GRAVITY * sin - cos * alpha) / (LENGTH * (4 / 3 - (POLE_MASS * cos * cos) / TOTAL_MASS))
  const xAcc = alpha - (MASS_LENGTH * thetaAcc * cos) / TOTAL_MASS
  // positions move with the OLD velocities, as in Gymnasium
  return [x + dt * xDot, xDot + dt * xAcc, theta + dt * thetaDot, thetaDot + dt * thetaAcc]
}

/**
 * Whether the pole leans more than 12 degrees or the cart has left the track.
 * @param {number[]} state
 * @returns {boolean}
 */
export function fallen(state) {
  return Math.abs(state[0]) > TRACK_LIMIT || Math.abs(state[2]) > ANGLE_LIMIT
}

/**
 * A fresh start state, each number uniform in (-START_LIMIT, START_LIMIT).
 * @param {() => number} [random] numbers in [0, 1), for a start that can be repeated
 * @returns {number[]}
 */
export function start(random = Math.random) {
  return Array.from({ length: 4 }, () => START_LIMIT * (2 * random() - 1))
}

/**
 * The linear agent: it pushes right where gains . state > 0, else left.
 * @param {number[]} gains four numbers, from sims.cartpole.control.linear_gain
 * @returns {(state: number[]) => number} the force in newtons for a state
 */
export function policy(gains) {
  return (state) => {
    const push = gains.reduce((sum, gain, i) => sum + gain * state[i], 0)
    return push > 0 ? FORCE : -FORCE
  }
}
