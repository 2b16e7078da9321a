/** What tests of the shared socket share: a run that was asked for, and what a server answers. */

/** @import { RunTaken } from "../../engine/app/web/lib/protocol.js" */
/** @import { Connection } from "../../engine/app/web/lib/socket.js" */
/** @import { Cell, RunState } from "../../engine/app/web/lib/types.js" */

import { standIn } from "./stand_ins.js"

standIn("location", { href: "http://127.0.0.1/overview" })
standIn("addEventListener", () => {})
standIn("removeEventListener", () => {})

/**
 * A run that was asked for: what its block has heard.
 * @param {Connection} connection
 */
export function asked(connection) {
  /** @type {{ frames: Cell[], states: RunState[], errors: string[] }} */
  const heard = { frames: [], states: [], errors: [] }
  const handle = connection.run(
    "bandit",
    { seed: 1 },
    {
      onFrames: (frames) => heard.frames.push(...frames.map((frame) => frame.step)),
      onState: ({ state }) => heard.states.push(state),
      onError: (message) => heard.errors.push(message),
    },
  )
  return { handle, heard }
}

/** @param {number} start @param {number} count */
export const frames = (start, count) =>
  Array.from({ length: count }, (_, k) => ({ step: start + k }))
/** @type {RunTaken} */
export const taken = { type: "run", run: "r1", params: { seed: 1 }, notes: [], state: "running" }
