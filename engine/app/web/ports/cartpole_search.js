/** The other agents of sims/cartpole in the page: REINFORCE, linear search, and a coin. */

/** @import { Random } from "./random.js" */
/** @import { State, World } from "./cartpole_world.js" */

import { MAX_EPISODE_STEPS } from "../scenes/cartpole_physics.js"
import { Adam, entropy, Network, Policy, right } from "./cartpole_network.js"
import { Carts, hasFallen, startStates } from "./cartpole_world.js"
import { argmax, mean, total } from "./numbers.js"

const NUM_EPISODES = 16
const RATE = 0.02
const [CANDIDATES, EPISODES_EACH] = [8, 4]
const [COIN_CARTS, COIN_STEPS] = [8, 128]

/** @typedef {{states: State[], actions: boolean[], alive: boolean[]}[]} Steps of all episodes */

/**
 * @param {World} world
 * @param {{gamma: number, numSteps: number, rate: number, isLess: boolean}} wishes
 * @param {Random} rng
 */
export function* reinforce(world, { gamma, numSteps, rate, isLess }, rng) {
  const network = new Network(rng, [16], [0.01])
  const adam = new Adam(network, Infinity)
  let envSteps = 0
  while (envSteps < numSteps) {
    const steps = play(world, network.policy(), rng)
    const returns = steps[0].alive.map((_, k) => steps.filter(({ alive }) => alive[k]).length)
    envSteps += total(returns)
    const worth = returnsToGo(steps, gamma)
    if (isLess) lessTheOthers(worth, steps)
    const played = steps.flatMap(({ states, actions, alive }, t) =>
      states.flatMap((state, k) =>
        alive[k] ? [{ state, action: actions[k] ? 1 : 0, worth: worth[t][k] }] : [],
      ),
    )
    const [logits] = network.forward(Float32Array.from(played.flatMap(({ state }) => state)))
    const flow = logits.map(
      (logit, k) => ((right(logit) - played[k].action) * played[k].worth) / NUM_EPISODES,
    )
    network.backward([flow])
    adam.step(RATE * rate)
    yield {
      policy: network.policy(),
      envSteps,
      returns,
      entropy: entropy(logits),
      rate: RATE * rate,
    }
  }
}

/**
 * Sampled episodes from start to end.
 * @param {World} world
 * @param {Policy} policy
 * @param {Random} rng
 * @returns {Steps}
 */
function play(world, policy, rng) {
  let states = startStates(rng, NUM_EPISODES)
  let alive = states.map(() => true)
  /** @type {Steps} */
  const steps = []
  while (alive.some(Boolean) && steps.length < MAX_EPISODE_STEPS) {
    const luck = rng.randoms(NUM_EPISODES)
    const actions = states.map((state, k) => luck[k] < right(policy.logit(state)))
    steps.push({ states, actions, alive })
    states = states.map((state, k) => world(state, actions[k]))
    alive = alive.map((is, k) => is && !hasFallen(states[k]))
  }
  return steps
}

/** @param {Steps} steps @param {number} gamma @returns {number[][]} by step and episode */
function returnsToGo(steps, gamma) {
  const made = steps.map(({ alive }) => alive.map(() => 0))
  for (let t = steps.length - 1; t >= 0; t -= 1)
    for (const [k, is] of steps[t].alive.entries())
      made[t][k] = is ? 1 + gamma * (made[t + 1]?.[k] ?? 0) : 0
  return made
}

/**
 * Subtract the mean return of the others that still run.
 * @param {number[][]} worth
 * @param {Steps} steps
 */
function lessTheOthers(worth, steps) {
  for (const [t, row] of worth.entries()) {
    const [sum, running] = [total(row), steps[t].alive.filter(Boolean).length]
    for (const [k, own] of row.entries())
      worth[t][k] = own - (sum - own) / Math.max(running - (steps[t].alive[k] ? 1 : 0), 1)
  }
}

/**
 * Hill climbing on four weights.
 * @param {World} world
 * @param {number} numSteps
 * @param {Random} rng
 */
export function* linearSearch(world, numSteps, rng) {
  let best = [0, 0, 0, 0]
  let envSteps = 0
  while (envSteps < numSteps) {
    const candidates = Array.from({ length: CANDIDATES }, () =>
      best.map((each) => each + rng.normal()),
    )
    candidates[CANDIDATES - 1] = best // plays again, and loses a tie
    const returns = tried(world, candidates, rng)
    envSteps += total(returns)
    const means = candidates.map((_, c) =>
      mean(returns.slice(c * EPISODES_EACH, (c + 1) * EPISODES_EACH)),
    )
    best = candidates[argmax(means)]
    yield { policy: linear(best), envSteps, returns, entropy: 0, rate: 0 }
  }
}

/** @param {World} world @param {number[][]} candidates @param {Random} rng */
function tried(world, candidates, rng) {
  let states = startStates(rng, CANDIDATES * EPISODES_EACH)
  const running = states.map(() => true)
  const returns = states.map(() => 0)
  while (running.some(Boolean) && Math.max(...returns) < MAX_EPISODE_STEPS) {
    states = states.map((state, k) => {
      const weights = candidates[Math.floor(k / EPISODES_EACH)]
      return world(state, total(state.map((each, i) => weights[i] * each)) > 0)
    })
    for (const [k, state] of states.entries()) {
      if (running[k]) returns[k] += 1
      if (hasFallen(state)) running[k] = false
    }
  }
  return returns
}

/** @param {number[]} gains */
function linear(gains) {
  const matrix = Float32Array.from(gains)
  return new Policy([{ matrix, bias: new Float32Array(1), m: 4, n: 1, at: 0 }])
}

/** Left or right by a coin. @param {World} world @param {number} numSteps @param {Random} rng */
export function* randomPushes(world, numSteps, rng) {
  const policy = { greedy: () => rng.integer(2) > 0 }
  const carts = new Carts(COIN_CARTS, rng, world)
  let envSteps = 0
  while (envSteps < numSteps) {
    for (let t = 0; t < COIN_STEPS; t += 1) carts.step(carts.states.map(policy.greedy))
    envSteps += COIN_CARTS * COIN_STEPS
    yield { policy, envSteps, returns: carts.takeFinished(), entropy: Math.LN2, rate: 0 }
  }
}
