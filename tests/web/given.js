/** Fields and runs that tests of panels share. */

/** @import { Field, RunState, Track } from "../../engine/app/web/lib/types.js" */

import { newTrack } from "../../engine/app/web/lib/tracks.js"

/** @type {Field} */
export const SEED = { name: "seed", type: "int", default: 0, low: 0, high: 9 }
/** @type {Field} */
export const RATE = { name: "rate", type: "float", default: 0.1, low: 0.01, high: 1 }
/** @type {Field} */
export const MODE = { name: "mode", type: "str", default: "ppo", choices: ["ppo", "dpo"] }

/**
 * A run of these values, four frames being all of it.
 * @param {RunState} state
 * @param {number[]} [ys]
 * @param {Partial<Track>} [more]
 * @returns {Track}
 */
export function run(state, ys = [1, 2], more = {}) {
  const frames = ys.map((y, step) => ({ step, y, progress: (step + 1) / 4 }))
  return { ...newTrack({ seed: 1 }), state, frames, ...more }
}
