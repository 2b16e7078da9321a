/** One socket that several runs, questions and a room share. */

import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { asked, frames, taken } from "./asked.js"
import { dial, Wire } from "./wire.js"

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ["setTimeout"] })
})

test("messages of a room go out and are heard, and a line says whether it is open", () => {
  const connection = dial()
  assert.equal(connection.isOpen, false)
  Wire.all[0].open()
  assert.equal(connection.isOpen, true)
  const { heard } = asked(connection)
  /** @type {unknown[]} */
  const room = []
  connection.on("room", (message) => room.push(message))
  const leave = /** @type {any} */ ({ type: "room_leave" })
  connection.send(leave)
  assert.deepEqual(Wire.all[0].last, leave)
  const news = /** @type {any} */ ({ type: "room_news", people: 3 })
  Wire.all[0].say(news)
  assert.deepEqual(room, [news])
  assert.deepEqual(heard.states, [])
})

test("of two runs each hears its own, and one stops without the other", () => {
  const connection = dial()
  Wire.all[0].open()
  const one = asked(connection)
  const two = asked(connection)
  Wire.all[0].say({ ...taken, tag: "t1" })
  assert.deepEqual([one.handle.id, two.handle.id], ["r1", null])
  Wire.all[0].say({ ...taken, run: "r2", tag: "t2" })
  Wire.all[0].say({ type: "state", run: "r2", state: "queued", position: 1 })
  Wire.all[0].say({ type: "frames", run: "r2", start: 0, frames: frames(0, 3) })
  assert.deepEqual([one.heard.states, one.heard.frames], [["running"], []])
  one.handle.stop()
  assert.deepEqual(Wire.all[0].last, { type: "stop", run: "r1" })
  assert.deepEqual(two.heard.states, ["running", "queued"])
})

test("a run that is asked for again under its old name is stopped once", () => {
  for (const end of ["stop", "done"]) {
    const connection = dial()
    Wire.all[0].open()
    const first = asked(connection)
    Wire.all[0].say({ ...taken, tag: "t1" })
    if (end === "stop") first.handle.stop()
    else Wire.all[0].say({ type: "state", run: "r1", state: "done" })
    const second = asked(connection)
    Wire.all[0].say({ ...taken, tag: "t2" })
    const before = Wire.all[0].sent.length
    second.handle.stop()
    assert.equal(Wire.all[0].sent.length - before, 1, end)
  }
})

test("a block that hears nothing of its run disturbs nobody", () => {
  const connection = dial()
  Wire.all[0].open()
  connection.run("bandit", {}, {})
  Wire.all[0].say({ ...taken, tag: "t1" })
  Wire.all[0].say({ type: "frames", run: "r1", start: 0, frames: frames(0, 1) })
  connection.run("bandit", {}, {}).stop()
  connection.run("bandit", {}, {})
  Wire.all[0].say({ type: "error", tag: "t3", message: "No." })
  Wire.all[0].say({ type: "checked", tag: null, params: {}, notes: [] })
  Wire.all[0].say({ type: "state", run: "r1", state: "done" })
  assert.equal(Wire.all[0].sent.length, 3)
})

test("a refusal is heard with its question, and an answer is not asked for again", async () => {
  const connection = dial()
  Wire.all[0].open()
  /** @type {unknown[]} */
  const refused = []
  connection.on("refused", (message) => refused.push(message))
  const checked = connection.check("bandit", {})
  Wire.all[0].say({ type: "error", tag: "t9", message: "No." })
  assert.deepEqual(refused, [{ type: "error", tag: "t9", message: "No." }])
  Wire.all[0].say({ type: "checked", tag: "t1", params: {}, notes: [] })
  await checked
  Wire.all[0].close()
  mock.timers.tick(1000)
  Wire.all[1].open()
  assert.deepEqual(Wire.all[1].sent, [])
})

test("a run that is run again begins once, and one that sent frames again may be lost", () => {
  const connection = dial()
  Wire.all[0].open()
  /** @type {string[]} */
  const heard = []
  connection.run(
    "bandit",
    {},
    {
      onRun: ({ id }) => heard.push(id),
      onFrames: (some, first) => heard.push(`${some.length} from ${first}`),
      onState: ({ state }) => heard.push(state),
    },
  )
  Wire.all[0].say({ ...taken, tag: "t1" })
  Wire.all[0].say({ type: "frames", run: "r1", start: 0, frames: frames(0, 1) })
  Wire.all[0].say({ type: "frames", run: "r1", start: 0, frames: frames(0, 1) }) // known
  Wire.all[0].say({ type: "frames", run: "r1", start: 3, frames: frames(3, 1) }) // two are missing
  assert.deepEqual(Wire.all[0].last, { type: "follow", tag: "t1", run: "r1", start: 1 })
  Wire.all[0].say({ type: "state", run: "r1", state: "lost" })
  Wire.all[0].say({ ...taken, run: "r2", tag: "t2" })
  assert.deepEqual(heard, ["r1", "running", "1 from 0", "running"])
  Wire.all[0].close()
  mock.timers.tick(1000)
  Wire.all[1].open()
  Wire.all[1].say({ type: "frames", run: "r2", start: 1, frames: frames(1, 2) })
  Wire.all[1].say({ type: "state", run: "r2", state: "lost" })
  assert.deepEqual(heard.slice(4), ["offline", "2 from 1", "lost"])
})

test("what is stopped while others hear of its end hears nothing more", () => {
  const connection = dial()
  Wire.all[0].open()
  /** @type {unknown[]} */
  const heard = []
  connection.run("bandit", {}, { onState: ({ state }) => state === "done" && second.stop() })
  const second = connection.run("bandit", {}, { onState: (news) => heard.push(news) })
  for (const tag of ["t1", "t2"]) Wire.all[0].say({ ...taken, tag })
  Wire.all[0].say({ type: "state", run: "r1", state: "done" })
  assert.deepEqual(heard.slice(1), [{ state: "cancelled", position: 0, wait: 0, message: "" }])
  const { handle, heard: last } = asked(connection)
  connection.close()
  handle.stop()
  assert.deepEqual(last.states, [])
})

test("open and close are heard, and nothing after the end", () => {
  const connection = dial()
  /** @type {string[]} */
  const heard = []
  connection.on("open", () => heard.push("open"))
  connection.on("close", () => heard.push("close"))
  connection.on("open", () => heard.push("open too"))
  Wire.all[0].open()
  Wire.all[0].close()
  assert.deepEqual(heard, ["open", "open too", "close"])
  const { heard: states } = asked(connection)
  connection.close()
  mock.timers.tick(60_000)
  assert.equal(Wire.all.length, 1)
  assert.deepEqual(states.states, ["offline"])
})
