/** The simulations that a page computes by itself: each a translation of sims/NAME.py that yields
    the same frames for the same seed. */

/** @import { Frame, Params } from "../lib/types.js" */

import * as bandit from "./bandit.js"
import * as cartpole from "./cartpole.js"
import * as condorcet from "./condorcet.js"
import * as credit from "./credit.js"
import * as klEstimators from "./kl_estimators.js"
import * as markovChain from "./markov_chain.js"
import * as thermostat from "./thermostat.js"

/** @type {Record<string, (params: Params) => Iterable<Frame>>} */
export const PORTED = {
  bandit: bandit.run,
  cartpole: cartpole.run,
  condorcet: condorcet.run,
  credit: credit.run,
  kl_estimators: klEstimators.run,
  markov_chain: markovChain.run,
  thermostat: thermostat.run,
}
