/**
 * The agent that needs no learning, worked out in the page from the physics itself: the gains of
 * sims/cartpole/control.py, which explains them. A test holds the two equal.
 */

import { step, TIME_STEP } from "./cartpole_physics.js"

const STATE_COST = [1, 1, 10, 1] // of x, xDot, theta, thetaDot, squared
const FORCE_COST = 0.1 // of the force in newtons, squared
const SMALL = 1e-4 // of a difference, in the units of the state

/**
 * Gains g: push right where g . state > 0.
 *
 * One step near upright is s' = A s + B F. Here A and B are read off the physics by central
 * differences; iterating Riccati's equation P = Q + A'P(A - B K), K = (R + B'PB)^-1 B'PA, then
 * gives the K that costs least, and g = -K.
 * @returns {number[]} four numbers
 */
export function linearGains() {
  /** @param {number} k @param {number} size */
  const unit = (k, size) => [0, 1, 2, 3].map((i) => (i === k ? size : 0))
  /** @param {number[]} up @param {number[]} down @param {number} size */
  const slope = (up, down, size) => up.map((value, i) => (value - down[i]) / (2 * size))
  const columns = [0, 1, 2, 3].map((k) =>
    slope(step(unit(k, SMALL), 0, TIME_STEP), step(unit(k, -SMALL), 0, TIME_STEP), SMALL),
  )
  const a = [0, 1, 2, 3].map((i) => columns.map((column) => column[i]))
  const b = slope(
    step([0, 0, 0, 0], SMALL, TIME_STEP),
    step([0, 0, 0, 0], -SMALL, TIME_STEP),
    SMALL,
  )
  let cost = STATE_COST.map((weight, k) => unit(k, weight))
  let gain = [0, 0, 0, 0]
  for (let round = 0; round < 2000; round += 1) {
    const pb = cost.map((row) => dot(row, b))
    gain = [0, 1, 2, 3].map((j) => dot(pb, column(a, j)) / (FORCE_COST + dot(pb, b)))
    const closed = a.map((row, i) => row.map((value, j) => value - b[i] * gain[j]))
    const product = times(times(transposed(a), cost), closed)
    // P is symmetric; what rounding adds on one side only would grow from round to round
    const next = product.map((row, i) =>
      row.map((value, j) => (value + product[j][i]) / 2 + (i === j ? STATE_COST[i] : 0)),
    )
    const change = Math.max(
      ...next.flatMap((row, i) => row.map((value, j) => Math.abs(value - cost[i][j]))),
    )
    cost = next
    if (change < 1e-9) break
  }
  return gain.map((value) => -value)
}

/** @param {number[]} u @param {number[]} v */
const dot = (u, v) => u.reduce((sum, value, i) => sum + value * v[i], 0)
/** @param {number[][]} matrix @param {number} j */
const column = (matrix, j) => matrix.map((row) => row[j])
/** @param {number[][]} matrix */
const transposed = (matrix) => matrix[0].map((_, j) => column(matrix, j))
/** @param {number[][]} left @param {number[][]} right */
const times = (left, right) => left.map((row) => right[0].map((_, j) => dot(row, column(right, j))))
