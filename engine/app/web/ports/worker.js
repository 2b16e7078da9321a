/** A thread of an exported page: computes runs of ported simulations, one at a time. */

/** @import { Frame, Params } from "../lib/types.js" */

import { PORTED } from "./ported.js"

const EVERY_MS = 50 // between two messages with frames

/** @typedef {{frames: Frame[]} | {end: "done"} | {fault: string}} Said */

/** @param {Said} message */
const say = (message) => postMessage(message)

addEventListener("message", ({ data }) => {
  const { sim, params } = /** @type {{sim: string, params: Params}} */ (data)
  try {
    compute(PORTED[sim](params))
    say({ end: "done" })
  } catch (error) {
    say({ fault: error instanceof Error ? error.message : String(error) })
  }
})

/** @param {Iterable<Frame>} run */
function compute(run) {
  /** @type {Frame[]} */
  let frames = []
  let sent = performance.now()
  for (const frame of run) {
    frames.push(frame)
    if (performance.now() - sent < EVERY_MS) continue
    say({ frames })
    frames = []
    sent = performance.now()
  }
  if (frames.length) say({ frames })
}
