/** sims/credit.py in the page: one score for an answer, or one for each of its tokens. */

/** @import { Frame, Params } from "../lib/types.js" */

import { mean, sigmoid } from "./numbers.js"
import { Random } from "./random.js"

const SIGNALS = ["sequence", "to_go", "token"]
const LENGTHS = [1, 2, 3, 5, 7, 10, 14, 20, 30, 50, 70, 100, 140, 200]

/** @param {Params} params @returns {Generator<Frame>} */
export function* run(params) {
  const rng = new Random(Number(params.seed))
  let step = 0
  for (const frame of params.show === "learning" ? learning(params, rng) : variance(params, rng)) {
    yield { step, ...frame }
    step += 1
  }
}

/** @param {Params} params @param {Random} rng */
function* variance(params, rng) {
  const [p, count] = [Number(params.p_right), Number(params.num_answers)]
  const isLess = Boolean(params.use_baseline)
  const square = (p - p ** 2) ** 2
  for (const [k, length] of LENGTHS.entries()) {
    const luck = rng.randoms(count * length)
    const chances = new Float64Array(length).fill(p)
    const found = Object.fromEntries(
      SIGNALS.map((name) => [name, spread(gradients(luck, chances, name, isLess), length)]),
    )
    for (const signal of SIGNALS) {
      const exact = exactVariance(length, p, signal, isLess)
      yield {
        num_tokens: length,
        signal,
        needed: (4 * found[signal]) / square,
        exact_needed: (4 * exact) / square,
        token_needed: (4 * found.token) / square,
        score_needed: (4 * found.sequence) / square,
        std: Math.sqrt(found[signal]),
        exact_std: Math.sqrt(exact),
        progress: (k + 1) / LENGTHS.length,
      }
    }
  }
}

/**
 * Each answer's gradient on each token's logit, answer after answer.
 * @param {Float64Array} luck below the chance is right
 * @param {Float64Array} p chance of each token
 * @param {string} signal
 * @param {boolean} isLess subtract the mean
 */
function gradients(luck, p, signal, isLess) {
  const made = new Float64Array(luck.length)
  const length = p.length
  for (let start = 0; start < luck.length; start += length) {
    let sum = 0
    for (let t = length - 1; t >= 0; t -= 1) {
      const right = luck[start + t] < p[t] ? 1 : 0
      const reward = right - (isLess ? p[t] : 0)
      sum += reward
      made[start + t] = (signal === "token" ? reward : sum) * (right - p[t])
    }
    if (signal === "sequence")
      for (let t = 0; t < length; t += 1)
        made[start + t] = sum * ((luck[start + t] < p[t] ? 1 : 0) - p[t])
  }
  return made
}

/**
 * The unbiased variance of each column, mean over them.
 * @param {Float64Array} values
 * @param {number} width
 */
function spread(values, width) {
  const means = columnMeans(values, width)
  let sum = 0
  for (let k = 0; k < values.length; k += 1) sum += (values[k] - means[k % width]) ** 2
  return sum / (values.length / width - 1) / width
}

/** @param {Float64Array} values @param {number} width */
function columnMeans(values, width) {
  const sums = new Float64Array(width)
  for (let k = 0; k < values.length; k += 1) sums[k % width] += values[k]
  return sums.map((sum) => sum / (values.length / width))
}

/** @param {number} length @param {number} p @param {string} signal @param {boolean} isLess */
function exactVariance(length, p, signal, isLess) {
  const q = 1 - p
  const seconds = Array.from({ length }, (_, t) => {
    const others = signal === "sequence" ? length - 1 : signal === "to_go" ? length - 1 - t : 0
    if (isLess) return p * q * (p ** 3 + q ** 3) + others * p * q * p * q
    const square = others * p * q + (others * p) ** 2
    return p * q ** 2 + 2 * others * p * p * q ** 2 + square * p * q
  })
  return mean(seconds.map((second) => second - (p * q) ** 2))
}

/** @param {Params} params @param {Random} rng */
function* learning(params, rng) {
  const [p, width, steps] = [params.p_right, params.num_tokens, params.num_steps].map(Number)
  const [count, rate] = [Number(params.batch_size), Number(params.learning_rate)]
  const logits = SIGNALS.map(() => new Float64Array(width).fill(Math.log(p / (1 - p))))
  for (let step = 0; step <= steps; step += 1) {
    const luck = rng.randoms(count * width) // the same for all three
    for (const [k, signal] of SIGNALS.entries()) {
      const chances = logits[k].map(sigmoid)
      yield {
        signal,
        answers: step * count,
        right_rate: mean(chances),
        least_rate: Math.min(...chances),
        progress: step / steps,
      }
      const pushes = gradients(luck, chances, signal, Boolean(params.use_baseline))
      const means = columnMeans(pushes, width)
      logits[k] = logits[k].map((logit, t) => logit + rate * means[t])
    }
  }
}
