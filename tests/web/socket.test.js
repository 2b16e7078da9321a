/** @import { RunTaken } from "../../engine/app/web/lib/protocol.js" */
/** @import { Connection } from "../../engine/app/web/lib/socket.js" */
/** @import { Cell, RunState } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { standIn } from "./stand_ins.js"
import { dial, Wire } from "./wire.js"

standIn("location", { href: "http://127.0.0.1/overview" })
standIn("addEventListener", () => {})
standIn("removeEventListener", () => {})

/**
 * A run that was asked for: what its block has heard.
 * @param {Connection} connection
 */
function asked(connection) {
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
const frames = (start, count) => Array.from({ length: count }, (_, k) => ({ step: start + k }))
/** @type {RunTaken} */
const taken = { type: "run", run: "r1", params: { seed: 1 }, notes: [], state: "running" }

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ["setTimeout"] })
})

test("a run that begins before the line is open is asked for when it is", () => {
  const connection = dial()
  const { heard } = asked(connection)
  assert.deepEqual(heard.states, ["offline"])
  Wire.all[0].open()
  assert.deepEqual(Wire.all[0].sent, [
    { type: "run", tag: "t1", sim: "bandit", params: { seed: 1 } },
  ])
})

test("however the line is cut, no frame is lost and none comes twice", () => {
  const connection = dial()
  Wire.all[0].open()
  const { heard } = asked(connection)
  Wire.all[0].say({ ...taken, tag: Wire.all[0].sent[0].tag })
  Wire.all[0].say({ type: "frames", run: "r1", start: 0, frames: frames(0, 5) })
  Wire.all[0].close()
  assert.equal(heard.states.at(-1), "offline")
  mock.timers.tick(1000)
  assert.equal(Wire.all.length, 2)
  Wire.all[1].open()
  assert.deepEqual(Wire.all[1].last, { type: "follow", tag: "t2", run: "r1", start: 5 })
  Wire.all[1].say({ type: "frames", run: "r1", start: 3, frames: frames(3, 4) }) // two are known
  Wire.all[1].say({ type: "frames", run: "r1", start: 9, frames: frames(9, 2) }) // two are missing
  assert.deepEqual(Wire.all[1].last, { type: "follow", tag: "t2", run: "r1", start: 7 })
  Wire.all[1].say({ type: "frames", run: "r1", start: 7, frames: frames(7, 4) })
  assert.deepEqual(heard.frames, [...Array(11).keys()])
})

test("a server that has lost the run is asked to run it again, from the place that is reached", () => {
  const connection = dial()
  Wire.all[0].open()
  const { heard } = asked(connection)
  Wire.all[0].say({ ...taken, tag: Wire.all[0].sent[0].tag })
  Wire.all[0].say({ type: "frames", run: "r1", start: 0, frames: frames(0, 3) })
  Wire.all[0].close()
  mock.timers.tick(1000)
  Wire.all[1].open()
  Wire.all[1].say({ type: "state", run: "r1", state: "lost", message: "" })
  const again = Wire.all[1].last
  assert.equal(again.type, "run")
  Wire.all[1].say({ ...taken, run: "r2", tag: again.tag })
  Wire.all[1].say({ type: "frames", run: "r2", start: 0, frames: frames(0, 5) })
  assert.deepEqual(heard.frames, [0, 1, 2, 3, 4])
})

test("a stop is sent once for each time that the run was asked for", () => {
  const connection = dial()
  Wire.all[0].open()
  const one = asked(connection)
  const two = asked(connection)
  for (const { tag } of [...Wire.all[0].sent]) Wire.all[0].say({ ...taken, tag })
  one.handle.stop()
  assert.equal(Wire.all[0].sent.filter(({ type }) => type === "stop").length, 0)
  two.handle.stop()
  assert.equal(Wire.all[0].sent.filter(({ type }) => type === "stop").length, 2)
  assert.equal(two.heard.states.at(-1), "cancelled")
})

test("what is refused is said to who asked for it, and to nobody else", async () => {
  const connection = dial()
  Wire.all[0].open()
  const { heard } = asked(connection)
  const other = asked(connection)
  const checked = connection.check("bandit", { seed: -1 })
  const [run, , check] = Wire.all[0].sent
  Wire.all[0].say({ type: "error", tag: run.tag, message: "No." })
  Wire.all[0].say({ type: "checked", tag: check.tag, params: { seed: 0 }, notes: [] })
  assert.deepEqual(heard.errors, ["No."])
  assert.deepEqual(other.heard.errors, [])
  assert.deepEqual(await checked, { params: { seed: 0 }, notes: [] })
})

test("a deck that changed is heard by who listens, until it listens no more", () => {
  const connection = dial()
  Wire.all[0].open()
  /** @type {string[]} */
  const heard = []
  const stop = connection.on("deck", ({ hash }) => heard.push(hash))
  Wire.all[0].say({ type: "deck", slug: "overview", hash: "a" })
  stop()
  Wire.all[0].say({ type: "deck", slug: "overview", hash: "b" })
  assert.deepEqual(heard, ["a"])
})

test("a line that says nothing for long is given up and dialled again", () => {
  let now = 0
  const clock = mock.method(performance, "now", () => now)
  const connection = dial()
  Wire.all[0].open()
  let closed = 0
  connection.on("close", () => {
    closed += 1
  })
  now = 11_000
  mock.timers.tick(1500)
  assert.equal(closed, 0)
  now = 12_001
  mock.timers.tick(1500)
  assert.equal(closed, 1)
  assert.equal(Wire.all[0].readyState, 3)
  clock.mock.restore()
})
