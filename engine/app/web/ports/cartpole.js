/** sims/cartpole in the page: five ways to learn when to push which way.

    Its networks are of float32, whose last places depend on the order of sums: a run begins as
    Python's does and may then take another way, as it may on another processor. */

/** @import { Frame, Params } from "../lib/types.js" */
/** @import { Judged, World } from "./cartpole_world.js" */
/** @import { Random as Rng } from "./random.js" */

import { updates as ppo } from "./cartpole_ppo.js"
import { linearSearch, randomPushes, reinforce } from "./cartpole_search.js"
import { greedyReturn, worldOf } from "./cartpole_world.js"
import { mean } from "./numbers.js"
import { Random } from "./random.js"
import { SeedSequence } from "./seeds.js"

const CHECK_EVERY = 1024 // environment steps between two looks at whether the task is solved
const STRICT = 495 // mean return of 100 episodes

/** @typedef {{policy: Judged, envSteps: number, returns: number[], entropy: number, rate: number}}
 *   Update */

/** @param {Params} params @returns {Generator<Frame>} */
export function* run(params) {
  const world = worldOf(String(params.physics), String(params.integrator))
  const seeds = new SeedSequence(Number(params.seed)).spawn(3)
  const [training, checking, showing] = seeds.map((seed) => new Random(seed))
  let [step, nextCheck, episodic_return] = [0, CHECK_EVERY, 0]
  for (const update of updates(params, world, training)) {
    const isDue = update.envSteps >= nextCheck
    if (isDue) nextCheck = update.envSteps + CHECK_EVERY
    const isSolved = isDue && greedyReturn(update.policy, 100, checking, world, STRICT)[0] >= STRICT
    if (update.returns.length) episodic_return = mean(update.returns)
    const [greedy_return, poses] = greedyReturn(update.policy, 10, showing, world)
    yield {
      step,
      env_steps: update.envSteps,
      episodic_return,
      greedy_return,
      entropy: update.entropy,
      learning_rate: update.rate,
      progress: isSolved ? 1 : Math.min(1, update.envSteps / Number(params.num_steps)),
      poses,
      film: [],
    }
    if (isSolved) return
    step += 1
  }
}

/** @param {Params} params @param {World} world @param {Rng} rng @returns {Iterable<Update>} */
function updates(params, world, rng) {
  const [gamma, numSteps, rate] = [params.gamma, params.num_steps, params.learning_rate].map(Number)
  const { algorithm } = params
  if (algorithm === "random") return randomPushes(world, numSteps, rng)
  if (algorithm === "linear_search") return linearSearch(world, numSteps, rng)
  if (algorithm !== "ppo")
    return reinforce(world, { gamma, numSteps, rate, isLess: algorithm !== "reinforce" }, rng)
  const isScaled = Boolean(params.use_scaling)
  const isUpright = params.reward === "upright"
  return ppo(
    world,
    { gamma, numSteps, rate, preset: String(params.preset), isScaled, isUpright },
    rng,
  )
}
