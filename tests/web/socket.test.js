import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { asked, frames, taken } from "./asked.js"
import { dial, Wire } from "./wire.js"

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
