/** sims/condorcet.py in the page: raters whose majorities run in a circle. */

/** @import { Frame, Params } from "../lib/types.js" */

import { mean, sigmoid, solve, total } from "./numbers.js"
import { Random } from "./random.js"

const CIRCLE = [
  [0, 1],
  [1, 2],
  [2, 0],
] // A over B, B over C, C over A
const ORDERS = [
  [0, 1, 2],
  [1, 2, 0],
  [2, 0, 1],
] // best first
const PLACES = ORDERS.map((order) => [0, 1, 2].map((answer) => order.indexOf(answer)))
const SHARES = Array.from({ length: 21 }, (_, k) => k / 20)
const CROWDS = [1, 3, 5, 7, 9, 11, 15, 21, 31, 51, 101]

/** @param {Params} params @returns {Generator<Frame>} */
export function* run(params) {
  const rng = new Random(Number(params.seed))
  if (params.show === "chance") return yield* chance(params, rng)
  const count = Number(params.num_raters)
  const joins = rng.randoms(count)
  const orders = Array.from(joins, () => rng.integer(3))
  const slips = rng.randoms(3 * count).map((luck) => (luck < Number(params.noise) ? 1 : 0))
  for (const [step, share] of SHARES.entries()) {
    const held = orders.map((order, k) => (joins[k] < share ? order : 0))
    const votes = sharesOfVotes(held, slips)
    const scores = fit(votes)
    yield {
      step,
      circle_share: share,
      ...described(votes, scores),
      exact_cost: cost(expectedVotes(share, Number(params.noise))),
      progress: (step + 1) / SHARES.length,
    }
  }
}

/** @param {number[]} votes @param {number[]} scores */
function described(votes, scores) {
  const fitted = model(scores)
  const [loss, floor] = [crossEntropy(votes, fitted), crossEntropy(votes, votes)]
  const majority = votes.map((vote) => vote > 0.5)
  return {
    a_over_b: votes[0],
    b_over_c: votes[1],
    c_over_a: votes[2],
    score_a: scores[0],
    score_b: scores[1],
    score_c: scores[2],
    proxy_c_over_a: fitted[2],
    loss,
    floor,
    cost: Math.max(0, loss - floor),
    majorities_kept: majority.filter((is, k) => is === fitted[k] > 0.5).length,
    is_circle: majority.every(Boolean) || !majority.some(Boolean),
    votes,
    scores,
  }
}

/**
 * P(i > j) on the CIRCLE, with half a vote added to either side.
 * @param {number[]} held
 * @param {Float64Array} slips
 */
function sharesOfVotes(held, slips) {
  return CIRCLE.map(([i, j], edge) => {
    let wins = 0
    for (const [k, order] of held.entries())
      wins += (PLACES[order][i] < PLACES[order][j] ? 1 : 0) ^ slips[3 * k + edge]
    return (wins + 0.5) / (held.length + 1)
  })
}

/** @param {number} share @param {number} noise */
function expectedVotes(share, noise) {
  return [1 - share / 3, 1 - share / 3, (2 * share) / 3].map((clean) =>
    Math.min(1 - 1e-6, Math.max(1e-6, (1 - noise) * clean + noise * (1 - clean))),
  )
}

/**
 * Bradley-Terry scores of the greatest likelihood, sum 0, by Newton's method.
 * @param {number[]} votes
 */
function fit(votes) {
  let scores = [0, 0, 0]
  for (let k = 0; k < 50; k += 1) {
    const chances = model(scores)
    const gradient = [0, 0, 0]
    const curvature = scores.map(() => [1 / 3, 1 / 3, 1 / 3]) // a shift of all three is free
    for (const [edge, [i, j]] of CIRCLE.entries()) {
      const weight = chances[edge] * (1 - chances[edge])
      gradient[i] += votes[edge] - chances[edge]
      gradient[j] -= votes[edge] - chances[edge]
      curvature[i][i] += weight
      curvature[j][j] += weight
      curvature[i][j] -= weight
      curvature[j][i] -= weight
    }
    const move = solve(curvature, gradient)
    const most = Math.max(...move.map(Math.abs))
    scores = scores.map((score, at) => score + move[at] / Math.max(1, most))
    if (most < 1e-12) break
  }
  const middle = mean(scores)
  return scores.map((score) => score - middle)
}

/** @param {number[]} scores */
const model = (scores) => CIRCLE.map(([i, j]) => sigmoid(scores[i] - scores[j]))

/** Nats a comparison. @param {number[]} votes @param {number[]} chances */
function crossEntropy(votes, chances) {
  return -mean(
    votes.map((vote, k) => vote * Math.log(chances[k]) + (1 - vote) * Math.log(1 - chances[k])),
  )
}

/** e, the same on each edge: the root of sum logit(P - e). @param {number[]} votes */
function surplus(votes) {
  let [low, high] = [Math.max(...votes) - 1, Math.min(...votes)]
  for (let k = 0; k < 200; k += 1) {
    const e = (low + high) / 2
    const inside = votes.map((vote) => Math.min(1 - 1e-16, Math.max(1e-300, vote - e)))
    if (total(inside.map((each) => Math.log(each / (1 - each)))) > 0) low = e
    else high = e
  }
  return (low + high) / 2
}

/** @param {number[]} votes */
function cost(votes) {
  const e = surplus(votes)
  const fitted = votes.map((vote) => vote - e)
  return Math.max(0, crossEntropy(votes, fitted) - crossEntropy(votes, votes))
}

/** @param {Params} params @param {Random} rng @returns {Generator<Frame>} */
function* chance({ num_answers, num_elections }, rng) {
  const [answers, elections] = [Number(num_answers), Number(num_elections)]
  const expected = limit(answers)
  for (const [step, raters] of CROWDS.entries()) {
    let found = 0
    for (let k = 0; k < elections; k += 1)
      if (hasWinner(rng.randoms(raters * answers), raters, answers)) found += 1
    yield {
      step,
      raters,
      no_winner_rate: 1 - found / elections,
      limit: expected,
      progress: (step + 1) / CROWDS.length,
    }
  }
}

/**
 * @param {Float64Array} tastes of each rater for each answer
 * @param {number} raters
 * @param {number} answers
 */
function hasWinner(tastes, raters, answers) {
  const wins = new Array(answers).fill(0)
  for (let i = 0; i < answers; i += 1)
    for (let j = 0; j < i; j += 1) {
      let ahead = 0
      for (let k = 0; k < tastes.length; k += answers) if (tastes[k + i] > tastes[k + j]) ahead += 1
      wins[2 * ahead > raters ? i : j] += 1
    }
  return Math.max(...wins) === answers - 1
}

const HALF = 2_000 // of the points of an integral from -9 to 9

/** Chance that no answer beats all others, for endless raters. @param {number} answers */
function limit(answers) {
  const step = 9 / HALF
  let below = 0 // Phi(z / sqrt 2), summed up by the trapezoid rule of ten steps each
  let wins = 0
  for (let k = -HALF; k <= HALF; k += 1) {
    wins += (Math.exp(-((k * step) ** 2) / 2) / Math.sqrt(2 * Math.PI)) * below ** (answers - 1)
    for (let m = 0; m < 10; m += 1)
      below += ((normal((k + m / 10) * step) + normal((k + (m + 1) / 10) * step)) / 20) * step
  }
  return 1 - answers * wins * step
}

/** The density of z / sqrt 2's normal. @param {number} z */
const normal = (z) => Math.exp(-(z ** 2) / 4) / Math.sqrt(4 * Math.PI)
