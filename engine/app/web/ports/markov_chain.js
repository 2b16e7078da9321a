/** sims/markov_chain.py in the page: a chain with a prize at either end. */

/** @import { Frame, Params } from "../lib/types.js" */

import { argmax, linspace, mean, solve, total } from "./numbers.js"
import { Random } from "./random.js"

const START = 1
const SETTLED = 1e-9
const NUM_WALKS = 400
const NUM_LOOKS = 60

/** @typedef {{moves: number[][][], pay: number[][]}} Chain P(s' | s, a) and expected reward, left
 *   first */
/** @typedef {Record<string, number>} Numbers */

/** @param {Params} params @returns {Generator<Frame>} */
export function* run(params) {
  const chain = build(/** @type {Numbers} */ (params))
  const make = { discount: discounts, sweeps, visits }[String(params.show)]
  let step = 0
  for (const frame of make?.(chain, /** @type {Numbers} */ (params)) ?? []) {
    yield { step, ...frame }
    step += 1
  }
}

/** @param {Numbers} params @returns {Chain} */
function build({ num_states: count, left_reward, right_reward, slip }) {
  const prizes = Array.from({ length: count }, () => 0)
  prizes[0] = left_reward
  prizes[count - 1] = right_reward
  const moves = [-1, 1].map((ahead) =>
    prizes.map((_, state) => {
      const row = prizes.map(() => 0)
      if (state > 0 && state < count - 1) {
        row[state + ahead] += 1 - slip
        row[state - ahead] += slip
      }
      return row
    }),
  )
  return { moves, pay: moves.map((rows) => rows.map((row) => dot(row, prizes))) }
}

/** @param {number[]} a @param {number[]} b */
const dot = (a, b) => total(a.map((each, k) => each * b[k]))

/** Q by action and state. @param {Chain} chain @param {number[]} values @param {number} gamma */
function worth({ moves, pay }, values, gamma) {
  return moves.map((rows, a) => rows.map((row, s) => pay[a][s] + gamma * dot(row, values)))
}

/** V of a fixed policy. @param {Chain} chain @param {number[]} actions @param {number} gamma */
function valuesOf({ moves, pay }, actions, gamma) {
  const matrix = actions.map((action, s) =>
    moves[action][s].map((chance, t) => (s === t ? 1 : 0) - gamma * chance),
  )
  return solve(
    matrix,
    actions.map((action, s) => pay[action][s]),
  )
}

/** @param {Chain} chain @param {number} gamma @returns {[number[], number[]]} actions and values */
function bestPolicy(chain, gamma) {
  let actions = chain.pay[0].map(() => 0)
  for (;;) {
    const values = valuesOf(chain, actions, gamma)
    const [left, right] = worth(chain, values, gamma)
    const isBetter = actions.map((action, s) => {
      const now = action ? right[s] : left[s]
      return Math.max(left[s], right[s]) > now + 1e-12
    })
    if (!isBetter.some(Boolean)) return [actions, values]
    actions = actions.map((action, s) => (isBetter[s] ? argmax([left[s], right[s]]) : action))
  }
}

/**
 * @param {Numbers} params
 * @param {number} gamma
 * @param {number[]} values
 * @param {number[]} actions
 */
function scene({ left_reward, right_reward, num_states }, gamma, values, actions) {
  const nothing = actions.map(() => 0)
  const isEnd = (/** @type {number} */ state) => state === 0 || state === num_states - 1
  return {
    gamma,
    values,
    actions: actions.map((action, s) => (isEnd(s) ? 0 : action ? 1 : -1)),
    rewards: [left_reward, right_reward],
    frequencies: nothing,
    stationary: nothing,
  }
}

/** @param {Chain} chain @param {Numbers} params */
function* discounts(chain, params) {
  const rng = new Random(params.seed)
  const walks = [0, 1].map((way) => sampleWalks(params, way, rng))
  for (let k = 0; k < 100; k += 1) {
    const gamma = k / 100
    const [actions, values] = bestPolicy(chain, gamma)
    const always = [0, 1].map((way) =>
      valuesOf(
        chain,
        actions.map(() => way),
        gamma,
      ),
    )
    yield {
      ...scene(params, gamma, values, actions),
      go_left: always[0][START],
      go_right: always[1][START],
      sampled_left: meanReturn(walks[0], gamma),
      sampled_right: meanReturn(walks[1], gamma),
      value: values[START],
      progress: gamma / 0.99,
    }
  }
}

/**
 * Steps to an end and what it paid, of walks that always try one way.
 * @param {Numbers} params @param {number} way @param {Random} rng
 */
function sampleWalks({ num_states, slip, left_reward, right_reward }, way, rng) {
  const walks = Array.from({ length: NUM_WALKS }, () => ({ place: START, length: 0, prize: 0 }))
  const isGoing = (/** @type {number} */ place) => place > 0 && place < num_states - 1
  while (walks.some(({ place }) => isGoing(place))) {
    const luck = rng.randoms(NUM_WALKS)
    for (const [k, walk] of walks.entries()) {
      if (!isGoing(walk.place)) continue
      walk.place += luck[k] < slip === (way === 1) ? -1 : 1
      walk.length += 1
    }
  }
  for (const walk of walks) walk.prize = walk.place === 0 ? left_reward : right_reward
  return walks
}

/** @param {{length: number, prize: number}[]} walks @param {number} gamma */
const meanReturn = (walks, gamma) => mean(walks.map((w) => gamma ** (w.length - 1) * w.prize))

/** @param {number[]} a @param {number[]} b */
const furthest = (a, b) => Math.max(...a.map((each, k) => Math.abs(each - b[k])))

/** @param {Chain} chain @param {Numbers} params */
function* sweeps(chain, params) {
  const { gamma } = params
  const exact = bestPolicy(chain, gamma)[1]
  let values = exact.map(() => 0)
  const first = furthest(values, exact)
  let change = 1
  for (let sweep = 0; change > SETTLED; sweep += 1) {
    const [left, right] = worth(chain, values, gamma)
    const error = furthest(values, exact)
    const following = left.map((each, s) => Math.max(each, right[s]))
    change = furthest(following, values)
    yield {
      ...scene(
        params,
        gamma,
        values,
        left.map((each, s) => argmax([each, right[s]])),
      ),
      value: values[START],
      exact_value: exact[START],
      error,
      bound: gamma ** sweep * first,
      progress: change <= SETTLED ? 1 : Math.min(0.99, 1 - error / (first || 1)),
    }
    values = following
  }
}

/** d with d = d P and sum 1. @param {number[][]} moves */
function stationary(moves) {
  const system = moves.map((_, t) => moves.map((row, s) => row[t] - (s === t ? 1 : 0)))
  system[0] = moves.map(() => 1) // one of the balances follows from the others
  const right = moves.map((_, s) => (s === 0 ? 1 : 0))
  return solve(system, right).map((share) => Math.max(0, share))
}

/** @param {number} last */
function looks(last) {
  const exponents = linspace(0, Math.log10(last), NUM_LOOKS)
  const made = exponents.map((exponent) => Math.floor(10 ** exponent))
  return [...new Set([1, ...made.slice(1, -1), last])]
}

/** @param {Chain} chain @param {Numbers} params */
function* visits(chain, params) {
  const [actions, values] = bestPolicy(chain, params.gamma)
  const moves = actions.map((action, s) => [...chain.moves[action][s]])
  moves[0][START] = moves[moves.length - 1][START] = 1 // a walk starts over at each end
  const exact = stationary(moves)
  const counts = moves.map(() => 0)
  const rng = new Random(params.seed)
  let [state, done] = [START, 0]
  for (const look of looks(params.num_steps)) {
    for (; done < look; done += 1) {
      state = next(moves[state], rng.random())
      counts[state] += 1
    }
    const seen = counts.map((count) => count / done)
    yield {
      ...scene(params, params.gamma, values, actions),
      frequencies: seen,
      stationary: exact,
      num_visits: done,
      distance: total(seen.map((share, s) => Math.abs(share - exact[s]))) / 2,
      at_start: seen[START],
      exact_at_start: exact[START],
      progress: done / params.num_steps,
    }
  }
}

/** Where a uniform number falls among probabilities. @param {number[]} row @param {number} luck */
function next(row, luck) {
  let upper = 0
  for (let at = 0; at < row.length - 1; at += 1) {
    upper += row[at]
    if (luck < upper) return at
  }
  return row.length - 1
}
