/** sims/bandit.py in the page: machines with unknown chances, and four ways to choose. */

/** @import { Frame, Params } from "../lib/types.js" */

import { argmax, linspace, rounded, total } from "./numbers.js"
import { Random } from "./random.js"
import { SeedSequence } from "./seeds.js"

const METHODS = ["epsilon_greedy", "ucb1", "thompson", "gradient"]
const NUM_LOOKS = 60

/** @typedef {{counts: number[], wins: number[], logits: number[]}} Game one of those played side
 *   by side; numbers by machine */

class Games {
  numPulls = 0
  regret = 0 // mean over games

  /** @param {string} method @param {Params} params @param {SeedSequence} seed */
  constructor(method, params, seed) {
    this.method = method
    this.epsilon = Number(params.epsilon)
    this.rate = Number(params.learning_rate)
    this.hasBaseline = Boolean(params.use_baseline)
    this.chances = winRates(params)
    this.rng = new Random(seed)
    const zeros = () => this.chances.map(() => 0)
    /** @type {Game[]} */
    this.games = Array.from({ length: Number(params.num_games) }, () => ({
      counts: zeros(),
      wins: zeros(),
      logits: zeros(),
    }))
  }

  /** One pull of every game. */
  pull() {
    this.numPulls += 1
    const arms = this.#choose()
    const luck = this.rng.randoms(arms.length)
    const best = Math.max(...this.chances)
    let lost = 0
    for (const [k, game] of this.games.entries()) {
      const arm = arms[k]
      const reward = luck[k] < this.chances[arm] ? 1 : 0
      if (this.method === "gradient") this.#push(game, arm, reward)
      game.counts[arm] += 1
      game.wins[arm] += reward
      lost += best - this.chances[arm]
    }
    this.regret += lost / arms.length
  }

  /** @returns {ArrayLike<number>} a machine for each game */
  #choose() {
    const { rng, games } = this
    if (this.method === "thompson")
      return games.map(({ counts, wins }) =>
        argmax(counts.map((count, k) => rng.beta(1 + wins[k], 1 + count - wins[k]))),
      )
    if (this.method === "gradient") return games.map(({ logits }) => drawn(softmax(logits), rng))
    if (this.numPulls <= this.chances.length) return games.map(() => this.numPulls - 1)
    const means = games.map(({ counts, wins }) => counts.map((count, k) => wins[k] / count))
    if (this.method === "ucb1") {
      const wide = 2 * Math.log(this.numPulls - 1)
      return games.map(({ counts }, g) =>
        argmax(means[g].map((each, k) => each + Math.sqrt(wide / counts[k]))),
      )
    }
    const luck = rng.randoms(games.length)
    const anything = games.map(() => rng.integer(this.chances.length))
    return means.map((each, g) => (luck[g] < this.epsilon ? anything[g] : argmax(each)))
  }

  /** @param {Game} game @param {number} arm @param {number} reward */
  #push({ counts, wins, logits }, arm, reward) {
    const past = Math.max(total(counts), 1)
    const ahead = reward - (this.hasBaseline ? total(wins) / past : 0)
    const probs = softmax(logits)
    for (const [k, prob] of probs.entries())
      logits[k] += this.rate * ahead * ((k === arm ? 1 : 0) - prob)
  }

  /** Of each machine, the mean share of the pulls. */
  shares() {
    const { games, numPulls } = this
    return this.chances.map(
      (_, k) => total(games.map((g) => g.counts[k])) / games.length / numPulls,
    )
  }
}

/** @param {Params} params @returns {Generator<Frame>} */
export function* run(params) {
  const rates = winRates(params)
  const seeds = new SeedSequence(Number(params.seed)).spawn(METHODS.length)
  const isChosen = (/** @type {string} */ name) => ["all", name].includes(String(params.method))
  const games = METHODS.flatMap((name, k) =>
    isChosen(name) ? [new Games(name, params, seeds[k])] : [],
  )
  const slope = laiRobbins(rates)
  let step = 0
  for (let look = 1; look <= NUM_LOOKS; look += 1) {
    const pulls = rounded((look * Number(params.num_pulls)) / NUM_LOOKS)
    for (const game of games) while (game.numPulls < pulls) game.pull()
    const bound = Math.min(
      slope * Math.log(pulls),
      (Math.max(...rates) - Math.min(...rates)) * pulls,
    )
    const shares = games.map((game) => game.shares())
    const curves = games.map((game, k) => [game.method, game.regret, shares[k].at(-1) ?? 0])
    for (const [method, regret, best_rate] of [...curves, ["lower_bound", bound, 1]]) {
      yield {
        step,
        method,
        pulls,
        regret,
        best_rate,
        methods: games.map((game) => game.method),
        arm_rates: shares,
        win_rates: rates,
        progress: look / NUM_LOOKS,
      }
      step += 1
    }
  }
}

/** From the worst to the best. @param {Params} params */
function winRates({ best, spread, num_arms }) {
  return linspace(Math.max(0.02, Number(best) - Number(spread)), Number(best), Number(num_arms))
}

/** @param {number[]} rates */
function laiRobbins(rates) {
  const best = Math.max(...rates)
  const parts = rates
    .filter((rate) => rate < best)
    .map((rate) => {
      const kl = rate * Math.log(rate / best) + (1 - rate) * Math.log((1 - rate) / (1 - best))
      return (best - rate) / kl
    })
  return total(parts)
}

/** @param {number[]} logits */
function softmax(logits) {
  const most = Math.max(...logits)
  const weights = logits.map((logit) => Math.exp(logit - most))
  const sum = total(weights)
  return weights.map((weight) => weight / sum)
}

/** @param {number[]} probs @param {Random} rng */
function drawn(probs, rng) {
  const luck = rng.random()
  let [upper, arm] = [0, 0]
  for (const prob of probs.slice(0, -1)) {
    upper += prob
    if (luck > upper) arm += 1
  }
  return arm
}
