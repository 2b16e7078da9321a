/** sims/kl_estimators.py in the page: three estimates of a KL divergence, and what each does in a
    loss. Its gradients are written out; Python takes them from torch. */

/** @import { Frame, Params } from "../lib/types.js" */

import { generator } from "./mersenne.js"
import { mean, total } from "./numbers.js"

/** @type {Record<string, (logRatio: number) => number>} of log u, u = pi_ref / pi */
const ESTIMATORS = {
  k1: (logRatio) => -logRatio,
  k2: (logRatio) => logRatio ** 2 / 2,
  k3: (logRatio) => Math.expm1(logRatio) - logRatio,
}

/** @param {Params} params @returns {Generator<Frame>} */
export function* run(params) {
  const [size, batch, shift, points, seed] = [
    params.num_tokens,
    params.batch_size,
    params.shift,
    params.num_points,
    params.seed,
  ].map(Number)
  const drawn = generator(seed, "policies").normals(2 * size)
  const start = drawn.slice(0, size)
  const ref = logSoftmax(start)
  for (let step = 0; step < points; step += 1) {
    const progress = (step + 1) / points
    const logp = logSoftmax(start.map((each, k) => each + shift * progress * drawn[size + k]))
    const rng = generator(seed, `batch ${step}`)
    const luck = Array.from({ length: batch }, () => rng.random())
    yield {
      step,
      ...divergences(logp, ref),
      ...values(logp, ref, luck),
      ...forces(logp, ref),
      progress,
    }
  }
}

/** @param {number[]} logits */
function logSoftmax(logits) {
  const most = Math.max(...logits)
  const sum = Math.log(total(logits.map((each) => Math.exp(each - most))))
  return logits.map((each) => each - most - sum)
}

/** The mean under probabilities. @param {number[]} probs @param {number[]} of */
const expected = (probs, of) => total(of.map((each, k) => probs[k] * each))

/** @param {number[]} logp @param {number[]} ref */
function divergences(logp, ref) {
  const probs = logp.map(Math.exp)
  const away = logp.map((each, k) => each - ref[k])
  const kl = expected(probs, away)
  return {
    kl,
    forward_kl: -expected(ref.map(Math.exp), away),
    k1_flipped: -kl,
    k3_flipped: expected(probs, away.map(ESTIMATORS.k3)),
  }
}

/**
 * Of one batch, and what all batches do on average.
 * @param {number[]} logp
 * @param {number[]} ref
 * @param {number[]} luck
 */
function values(logp, ref, luck) {
  const probs = logp.map(Math.exp)
  let sum = 0
  const upper = probs.map((prob) => {
    sum += prob
    return sum
  })
  const places = luck.map((each) => {
    const place = upper.findIndex((bound) => bound > each * sum)
    return place < 0 ? probs.length - 1 : place
  })
  const truth = expected(
    probs,
    logp.map((each, k) => each - ref[k]),
  )
  /** @type {Frame} */
  const frame = {}
  for (const [name, estimate] of Object.entries(ESTIMATORS)) {
    const each = logp.map((value, k) => estimate(ref[k] - value))
    const middle = expected(probs, each)
    const variance = expected(
      probs,
      each.map((value) => (value - middle) ** 2),
    )
    frame[name] = mean(places.map((place) => each[place]))
    frame[`${name}_mean`] = middle
    frame[`${name}_std`] = Math.sqrt(variance)
    frame[`${name}_error`] = Math.sqrt((middle - truth) ** 2 + variance / luck.length)
  }
  return frame
}

/**
 * Expected gradients on the logits, against those of the two KLs.
 * @param {number[]} logp
 * @param {number[]} ref
 */
function forces(logp, ref) {
  const probs = logp.map(Math.exp)
  const away = logp.map((each, k) => each - ref[k])
  const kl = expected(probs, away)
  const reverse = probs.map((prob, k) => prob * (away[k] - kl)) // of KL(pi || pi_ref)
  const forward = probs.map((prob, k) => prob - Math.exp(ref[k])) // of KL(pi_ref || pi)
  // With the samples held fixed, k2 follows the one and k3 the other; k1 pushes nowhere.
  /** @type {Record<string, number[]>} */
  const pushes = { k1: probs.map(() => 0), k2: reverse, k3: forward, k1_in_reward: reverse }
  /** @type {Frame} */
  const frame = {}
  for (const [name, push] of Object.entries(pushes)) {
    frame[`${name}_force`] = norm(push) / norm(reverse)
    frame[`${name}_cosine`] = name === "k1" ? 0 : cosine(push, reverse)
  }
  return { ...frame, k3_forward_cosine: cosine(pushes.k3, forward) }
}

/** @param {number[]} vector */
const norm = (vector) => Math.sqrt(total(vector.map((each) => each * each)))

/** @param {number[]} a @param {number[]} b */
const cosine = (a, b) => total(a.map((each, k) => each * b[k])) / (norm(a) * norm(b))
