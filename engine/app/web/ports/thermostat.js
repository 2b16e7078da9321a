/** sims/thermostat.py in the page: a policy with one number, which is learned by REINFORCE. */

/** @import { Frame, Params } from "../lib/types.js" */

import { argmax, mean, sigmoid, total } from "./numbers.js"
import { Random } from "./random.js"

const GRID = Array.from({ length: 181 }, (_, k) => 30 + k / 2) // degrees F that the room can have
const STEP_HOURS = 0.1
const LOSS_RATE = 0.5 // per hour
const STARTS = GRID.flatMap((t, k) => (Math.abs(t - 60) <= 1 ? [k] : []))
const IN_BAND = GRID.map((t) => (Math.abs(t - 70) <= 2 ? 1 : 0))
const NUM_DECISIONS = 60
const SWITCH_POINTS = Array.from({ length: 121 }, (_, k) => 55 + k / 4)
const NUM_EPISODES = 64

/** @typedef {{states: number[][], actions: number[][]}} Episodes of each one, its places on GRID
 *   and what was done in them */
/** @typedef {{chances: number[], first: number, last: number}} Row P(s' | s, a); outside of first …
 *   last less than LEAST */
/** @typedef {Row[][]} Dynamics by action (off, on) and state */

const LEAST = 1e-18

/** @param {Params} params @returns {Generator<Frame>} */
export function* run(params) {
  const { softness, learning_rate, num_steps } = /** @type {Record<string, number>} */ (params)
  const rng = new Random(Number(params.seed))
  const dynamics = transitions(params)
  if (params.show === "trajectory") return yield* follow(params, dynamics, rng)
  const worth = SWITCH_POINTS.map((point) => comfort(point, softness, dynamics))
  const best = argmax(worth)
  let point = Number(params.switch_point)
  for (let step = 0; step < num_steps; step += 1) {
    const episodes = play(point, softness, dynamics, NUM_EPISODES, rng)
    const gradient = policyGradient(episodes, point, softness)
    yield {
      step,
      switch_point: point,
      best_switch_point: SWITCH_POINTS[best],
      comfort: mean(episodes.states.flatMap((one) => one.slice(1).map((s) => IN_BAND[s]))),
      exact_comfort: comfort(point, softness, dynamics),
      best_comfort: worth[best],
      gradient,
      temperatures: episodes.states[0].map((s) => GRID[s]),
      heater_on: episodes.actions[0],
      progress: (step + 1) / num_steps,
    }
    point = Math.min(85, Math.max(55, point + learning_rate * gradient))
  }
}

/** @param {Params} params @returns {Dynamics} */
function transitions({ outside, heater, noise }) {
  const [out, heat, spread] = [Number(outside), Number(heater), Number(noise)]
  return [0, 1].map((on) =>
    GRID.map((now) => {
      const after = now + STEP_HOURS * (-LOSS_RATE * (now - out) + heat * on)
      const near = Math.min(GRID[180], Math.max(GRID[0], after))
      const density = GRID.map((next) => Math.exp(-0.5 * ((next - near) / spread) ** 2))
      const sum = total(density)
      const chances = density.map((each) => each / sum)
      const first = chances.findIndex((each) => each > LEAST)
      return { chances, first, last: chances.findLastIndex((each) => each > LEAST) }
    }),
  )
}

/** pi(on | T). @param {number} point @param {number} softness @param {number} state */
const heaterProb = (point, softness, state) => sigmoid((point - GRID[state]) / softness)

/**
 * The exact share of steps in the band: backwards from the last step.
 * @param {number} point @param {number} softness @param {Dynamics} dynamics
 */
function comfort(point, softness, [off, on]) {
  const chance = GRID.map((_, state) => heaterProb(point, softness, state))
  const [value, reached] = [new Float64Array(GRID.length), new Float64Array(GRID.length)]
  for (let t = 0; t < NUM_DECISIONS; t += 1) {
    for (let s = 0; s < GRID.length; s += 1) reached[s] = IN_BAND[s] + value[s]
    for (let s = 0; s < GRID.length; s += 1)
      value[s] = (1 - chance[s]) * expected(off[s], reached) + chance[s] * expected(on[s], reached)
  }
  return mean(STARTS.map((state) => value[state])) / NUM_DECISIONS
}

/**
 * The mean of `values` under a row of chances, nearly all of which are next to nothing.
 * @param {Row} row @param {Float64Array} values
 */
function expected({ chances, first, last }, values) {
  let sum = 0
  for (let k = first; k <= last; k += 1) sum += chances[k] * values[k]
  return sum
}

/**
 * Trajectories of the policy, all of them step by step.
 * @param {number} point @param {number} softness @param {Dynamics} dynamics
 * @param {number} count @param {Random} rng
 * @returns {Episodes}
 */
function play(point, softness, dynamics, count, rng) {
  const states = Array.from({ length: count }, () => [STARTS[rng.integer(STARTS.length)]])
  const actions = states.map(() => /** @type {number[]} */ ([]))
  for (let t = 0; t < NUM_DECISIONS; t += 1) {
    const luck = rng.randoms(count)
    for (const [k, one] of states.entries())
      actions[k].push(luck[k] < heaterProb(point, softness, one[t]) ? 1 : 0)
    const draughts = rng.randoms(count)
    for (const [k, one] of states.entries())
      one.push(place(dynamics[actions[k][t]][one[t]].chances, draughts[k]))
  }
  return { states, actions }
}

/** Where a uniform number falls among probabilities. @param {number[]} row @param {number} luck */
function place(row, luck) {
  let upper = 0
  for (let k = 0; k < row.length - 1; k += 1) {
    upper += row[k]
    if (luck <= upper) return k
  }
  return row.length - 1
}

/**
 * REINFORCE's estimate of d comfort / d switch point, less the other episodes' mean return.
 * @param {Episodes} episodes @param {number} point @param {number} softness
 */
function policyGradient({ states, actions }, point, softness) {
  const toGo = states.map((one) => {
    let sum = 0
    const made = new Array(NUM_DECISIONS)
    for (let t = NUM_DECISIONS - 1; t >= 0; t -= 1) made[t] = sum += IN_BAND[one[t + 1]]
    return made.map((each) => each / NUM_DECISIONS)
  })
  const sums = toGo[0].map((_, t) => total(toGo.map((one) => one[t])))
  const pushes = states.map((one, k) => {
    let push = 0
    for (let t = 0; t < NUM_DECISIONS; t += 1) {
      const others = (sums[t] - toGo[k][t]) / (states.length - 1)
      const score = (actions[k][t] - heaterProb(point, softness, one[t])) / softness
      push += (toGo[k][t] - others) * score
    }
    return push
  })
  return mean(pushes)
}

/**
 * One trajectory and its probability, term by term.
 * @param {Params} params @param {Dynamics} dynamics @param {Random} rng
 * @returns {Generator<Frame>}
 */
function* follow(params, dynamics, rng) {
  const [point, softness] = [Number(params.switch_point), Number(params.softness)]
  const { states, actions } = play(point, softness, dynamics, 1, rng)
  const [[places], [pushes]] = [states, actions]
  const temperatures = places.map((s) => GRID[s])
  let [policy, physics] = [0, 0]
  for (let step = 0; step < NUM_DECISIONS; step += 1) {
    const logit = (GRID[places[step]] - point) / softness
    const signed = pushes[step] ? logit : -logit
    policy -= Math.max(0, signed) + Math.log1p(Math.exp(-Math.abs(signed)))
    physics += Math.log(dynamics[pushes[step]][places[step]].chances[places[step + 1]])
    yield {
      step,
      time: (step + 1) * STEP_HOURS,
      temperature: temperatures[step + 1],
      heater: pushes[step],
      log_policy: policy,
      log_dynamics: physics,
      log_prob: -Math.log(STARTS.length) + policy + physics,
      switch_point: point,
      temperatures: temperatures.slice(0, step + 2),
      heater_on: pushes.slice(0, step + 1),
      progress: (step + 1) / NUM_DECISIONS,
    }
  }
}
