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

test("a run is asked for with all that is wished of it", () => {
  const connection = dial()
  Wire.all[0].open()
  connection.run("bandit", { seed: 2 }, {}, { fresh: true, budget: { seconds: 3 } })
  assert.deepEqual(Wire.all[0].last, {
    type: "run",
    tag: "t1",
    sim: "bandit",
    params: { seed: 2 },
    fresh: true,
    budget: { seconds: 3 },
  })
})

test("a run that was taken has an id, its parameters, its notes, and where it stands", () => {
  const connection = dial()
  Wire.all[0].open()
  /** @type {unknown[]} */
  const heard = []
  const handle = connection.run(
    "bandit",
    { seed: 1 },
    {
      onRun: (run) => heard.push(run),
      onState: (news) => heard.push(news),
    },
  )
  assert.equal(handle.id, null)
  const about = { date: "2026-11-24" }
  Wire.all[0].say({
    ...taken,
    tag: "t1",
    notes: ["n"],
    state: "queued",
    position: 2,
    wait: 9,
    about,
  })
  assert.equal(handle.id, "r1")
  Wire.all[0].say({ type: "state", run: "r1", state: "running" })
  assert.deepEqual(heard, [
    { id: "r1", params: { seed: 1 }, notes: ["n"], about },
    { state: "queued", position: 2, wait: 9, message: "", reason: "" },
    { state: "running", position: 0, wait: 0, message: "", reason: "" },
  ])
})

test("a run that is kept sends its frames after all, and is not over before", () => {
  const connection = dial()
  Wire.all[0].open()
  const { heard } = asked(connection)
  Wire.all[0].say({ ...taken, tag: "t1", state: "done" })
  Wire.all[0].say({ type: "frames", run: "r1", start: 0, frames: frames(0, 2) })
  Wire.all[0].say({ type: "state", run: "r1", state: "done" })
  assert.deepEqual(heard.states, ["running", "done"])
  assert.deepEqual(heard.frames, [0, 1])
  Wire.all[0].say({ type: "frames", run: "r1", start: 2, frames: frames(2, 1) })
  assert.deepEqual(heard.frames, [0, 1]) // it is over
})

test("a run that ended is not asked for again after a lost connection, nor stopped", () => {
  for (const state of /** @type {const} */ (["done", "failed", "cancelled", "lost"])) {
    const connection = dial()
    Wire.all[0].open()
    const { handle } = asked(connection)
    Wire.all[0].say({ ...taken, tag: "t1" })
    Wire.all[0].say({ type: "state", run: "r1", state })
    handle.stop()
    assert.equal(Wire.all[0].sent.length, 1, state)
    Wire.all[0].close()
    mock.timers.tick(1000)
    Wire.all[1].open()
    assert.deepEqual(Wire.all[1].sent, [], state)
  }
})

test("a run that is stopped before the server has answered is left when it does", () => {
  const connection = dial()
  Wire.all[0].open()
  const { handle, heard } = asked(connection)
  handle.stop()
  assert.deepEqual(heard.states, ["cancelled"])
  assert.equal(Wire.all[0].sent.length, 1)
  Wire.all[0].say({ ...taken, tag: "t1" })
  assert.deepEqual(Wire.all[0].last, { type: "stop", run: "r1" })
  handle.stop() // once is enough
  assert.equal(Wire.all[0].sent.length, 2)
})

test("after a lost connection a run counts anew, and one stop is enough", () => {
  const connection = dial()
  Wire.all[0].open()
  const { handle } = asked(connection)
  Wire.all[0].say({ ...taken, tag: "t1" })
  Wire.all[0].close()
  mock.timers.tick(1000)
  Wire.all[1].open()
  handle.stop()
  assert.deepEqual(
    Wire.all[1].sent.map(({ type }) => type),
    ["follow", "stop"],
  )
})

test("a question that was not answered is asked again on the next line", async () => {
  const connection = dial()
  const checked = connection.check("bandit", { seed: 1 })
  assert.deepEqual(Wire.all[0].sent, [])
  Wire.all[0].open()
  const message = { type: "check", tag: "t1", sim: "bandit", params: { seed: 1 } }
  assert.deepEqual(Wire.all[0].sent, [message])
  Wire.all[0].close()
  mock.timers.tick(1000)
  Wire.all[1].open()
  assert.deepEqual(Wire.all[1].sent, [message])
  Wire.all[1].say({ type: "error", tag: "t1", message: "No such simulation." })
  await assert.rejects(checked, { message: "No such simulation." })
  Wire.all[1].close()
  mock.timers.tick(1000)
  Wire.all[2].open()
  assert.deepEqual(Wire.all[2].sent, []) // it was answered
})

test("an error without a tag is nobody's, and a beat says nothing", () => {
  const connection = dial()
  Wire.all[0].open()
  const { heard } = asked(connection)
  Wire.all[0].say({ type: "error", message: "Not JSON." })
  Wire.all[0].say({ type: "error", tag: null, message: "Not JSON." })
  Wire.all[0].say({ type: "beat" })
  assert.deepEqual(heard, { frames: [], states: [], errors: [] })
  Wire.all[0].say({ type: "error", tag: "t1", message: "No." })
  Wire.all[0].say({ type: "error", tag: "t1", message: "No." })
  assert.deepEqual(heard.errors, ["No."]) // it is over
})

test("frames of another run, old ones and none are not heard", () => {
  const connection = dial()
  Wire.all[0].open()
  const { heard } = asked(connection)
  Wire.all[0].say({ ...taken, tag: "t1" })
  Wire.all[0].say({ type: "frames", run: "r9", start: 0, frames: frames(0, 1) })
  Wire.all[0].say({ type: "frames", run: "r1", start: 0, frames: frames(0, 2) })
  Wire.all[0].say({ type: "frames", run: "r1", start: 0, frames: frames(0, 2) })
  Wire.all[0].say({ type: "frames", run: "r1", start: 2, frames: [] })
  assert.deepEqual(heard.frames, [0, 1])
})

test("frames that are missing are asked for once", () => {
  const connection = dial()
  Wire.all[0].open()
  asked(connection)
  Wire.all[0].say({ ...taken, tag: "t1" })
  Wire.all[0].say({ type: "frames", run: "r1", start: 4, frames: frames(4, 1) })
  Wire.all[0].say({ type: "frames", run: "r1", start: 5, frames: frames(5, 1) })
  assert.deepEqual(
    Wire.all[0].sent.map(({ type }) => type),
    ["run", "follow"],
  )
  assert.deepEqual(Wire.all[0].last, { type: "follow", tag: "t1", run: "r1", start: 0 })
})

test("a run that is lost while it is followed is lost, one that is found again is not", () => {
  const connection = dial()
  Wire.all[0].open()
  const { heard } = asked(connection)
  Wire.all[0].say({ ...taken, tag: "t1" })
  Wire.all[0].close()
  mock.timers.tick(1000)
  Wire.all[1].open()
  Wire.all[1].say({ type: "state", run: "r1", state: "running" })
  Wire.all[1].say({ type: "state", run: "r1", state: "lost", message: "Gone." })
  assert.deepEqual(heard.states, ["running", "offline", "running", "lost"])
  assert.equal(Wire.all[1].sent.length, 1)
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
