/** sims/cartpole/ppo.py in the page: proximal policy optimisation (Schulman et al., 2017). */

/** @import { Random } from "./random.js" */
/** @import { World } from "./cartpole_world.js" */
/** @import { Policy } from "./cartpole_network.js" */

import { Adam, entropy, Network, right, softplus } from "./cartpole_network.js"
import { Carts } from "./cartpole_world.js"

const { fround } = Math
const [CLIP, VALUE_WEIGHT, MOST_NORM, MAX_LOG_RATIO] = [0.2, 0.5, 0.5, 20]
const ROUNDING = 8 * 2 ** -23

/** @typedef {{envs: number, steps: number, epochs: number, rate: number, lambda: number,
 *   hidden: number[], isAnnealed: boolean}} Settings */

/** @type {Record<string, Settings>} */
const PRESETS = {
  zoo: {
    envs: 8,
    steps: 32,
    epochs: 20,
    rate: 0.001,
    lambda: 0.8,
    hidden: [64, 64],
    isAnnealed: true,
  },
  fast: {
    envs: 16,
    steps: 32,
    epochs: 12,
    rate: 0.03,
    lambda: 0.98,
    hidden: [32],
    isAnnealed: false,
  },
}

/** @typedef {{gamma: number, numSteps: number, rate: number, preset: string, isScaled: boolean,
 *   isUpright: boolean}} Wishes */

/** @param {World} world @param {Wishes} wishes @param {Random} rng */
export function* updates(world, wishes, rng) {
  const settings = PRESETS[wishes.preset]
  const network = new Network(rng, settings.hidden, [0.01, 1], wishes.isScaled)
  const adam = new Adam(network, MOST_NORM)
  const carts = new Carts(settings.envs, rng, world)
  let [policy, envSteps] = [network.policy(), 0]
  while (envSteps < wishes.numSteps) {
    const left = settings.isAnnealed ? 1 - envSteps / wishes.numSteps : 1
    const rollout = collect(carts, policy, settings.steps, rng)
    const { batch, mean } = prepare(network, rollout, settings, wishes)
    const [rate, clip] = [settings.rate * wishes.rate * left, CLIP * left]
    for (let epoch = 0; epoch < settings.epochs; epoch += 1) {
      network.backward(lossGradient(network.forward(batch.observations), batch, clip))
      adam.step(rate)
    }
    policy = network.policy()
    envSteps += batch.actions.length
    yield { policy, envSteps, returns: carts.takeFinished(), entropy: mean, rate }
  }
}

/**
 * Steps of all carts, time first.
 * @param {Carts} carts @param {Policy} policy @param {number} numSteps @param {Random} rng
 */
function collect(carts, policy, numSteps, rng) {
  const count = carts.lengths.length
  const luck = rng.randoms(numSteps * count)
  const observations = new Float32Array(4 * luck.length)
  const reached = new Float32Array(4 * luck.length)
  /** @type {boolean[][]} */
  const [actions, fell, ended] = [[], [], []]
  for (let t = 0; t < numSteps; t += 1) {
    const pushes = carts.states.map((state, k) => {
      const uniform = luck[t * count + k]
      observations.set(state, 4 * (t * count + k))
      return policy.logit(state) > Math.log(uniform / (1 - uniform))
    })
    const after = carts.step(pushes)
    for (const [k, state] of after.reached.entries()) reached.set(state, 4 * (t * count + k))
    actions.push(...pushes)
    fell.push(...after.fell)
    ended.push(...after.ended)
  }
  return { observations, reached, actions, fell, ended, count }
}

/**
 * @param {Network} network
 * @param {ReturnType<typeof collect>} rollout
 * @param {Settings} settings
 * @param {Wishes} wishes
 */
function prepare(network, rollout, { lambda }, { gamma, isUpright }) {
  const { observations, reached, actions, fell, ended, count } = rollout
  const following = network.forward(reached)[1]
  const [logits, values] = network.forward(observations)
  const sums = new Float64Array(count)
  const advantages = new Float32Array(actions.length)
  for (let k = actions.length - 1; k >= 0; k -= 1) {
    const reward = isUpright ? fround(Math.cos(reached[4 * k + 2])) : 1
    const next = fell[k] ? 0 : fround(fround(gamma) * following[k])
    const delta = fround(fround(reward + next) - values[k])
    sums[k % count] = delta + gamma * lambda * (ended[k] ? 0 : sums[k % count])
    advantages[k] = sums[k % count]
  }
  const batch = {
    observations,
    actions,
    oldLogprobs: logits.map((logit, k) => logprob(logit, actions[k])),
    advantages: normalised(advantages),
    returns: advantages.map((each, k) => each + values[k]),
  }
  return { batch, mean: entropy(logits) }
}

/** Mean 0 and deviation 1; 0 where all are equal up to rounding. @param {Float32Array} values */
function normalised(values) {
  const middle = fround(values.reduce((sum, each) => sum + each, 0) / values.length)
  const centred = values.map((each) => each - middle)
  const variance = centred.reduce((sum, each) => sum + each * each, 0) / values.length
  const spread = fround(Math.sqrt(variance))
  const size = Math.max(...values.map(Math.abs))
  return centred.map((each) => (spread <= ROUNDING * size ? 0 : each / spread))
}

/** @param {number} logit @param {boolean} isRight */
const logprob = (logit, isRight) => fround(-softplus(isRight ? -logit : logit))

/**
 * @param {Float32Array[]} outputs
 * @param {ReturnType<typeof prepare>["batch"]} batch
 * @param {number} clip
 */
function lossGradient([logits, values], batch, clip) {
  const { actions, oldLogprobs, advantages, returns } = batch
  const count = logits.length
  const pushes = logits.map((logit, k) => {
    const logRatio = fround(logprob(logit, actions[k]) - oldLogprobs[k])
    const ratio = fround(Math.exp(Math.min(logRatio, MAX_LOG_RATIO)))
    const isPushed = advantages[k] > 0 ? ratio < 1 + clip : ratio > 1 - clip
    if (!isPushed) return 0
    const score = fround(right(logit) - (actions[k] ? 1 : 0))
    return fround(fround(advantages[k] * ratio) * score) / count
  })
  const errors = values.map((value, k) => (2 * VALUE_WEIGHT * (value - returns[k])) / count)
  return [pushes, errors]
}
