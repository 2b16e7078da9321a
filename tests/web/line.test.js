import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { Line } from "../../engine/app/web/lib/line.js"
import { standIn } from "./stand_ins.js"
import { Wire } from "./wire.js"

/** @type {Map<string, () => void>} */
const listeners = new Map()
let now = 0

beforeEach(() => {
  Wire.all = []
  now = 0
  standIn("location", { href: "https://x.example/overview" })
  standIn("addEventListener", (/** @type {string} */ type, /** @type {() => void} */ act) =>
    listeners.set(type, act),
  )
  standIn("removeEventListener", (/** @type {string} */ type) => listeners.delete(type))
  mock.timers.enable({ apis: ["setTimeout"] })
  mock.method(Math, "random", () => 0.5) // a pause of exactly its length
  mock.method(performance, "now", () => now)
})
afterEach(() => {
  mock.timers.reset()
  mock.restoreAll()
})

/** A line and what was heard of it. @param {unknown} [Socket] */
function opened(Socket = Wire) {
  /** @type {unknown[]} */
  const heard = []
  const line = new Line("api/live", /** @type {typeof WebSocket} */ (Socket), {
    open: () => heard.push("open"),
    message: (message) => heard.push(message),
    lost: () => heard.push("lost"),
    closed: () => heard.push("closed"),
  })
  return { line, heard }
}

test("an address of the page becomes that of its socket", () => {
  const { line } = opened()
  assert.equal(line.url, "wss://x.example/api/live")
  assert.equal(Wire.all[0].url, line.url)
})

test("messages go out while it is open, and are dropped while it is not", () => {
  const { line, heard } = opened()
  line.send({ type: "stop", run: "r1" })
  Wire.all[0].open()
  assert.ok(line.isOpen)
  line.send({ type: "stop", run: "r2" })
  assert.deepEqual(Wire.all[0].sent, [{ type: "stop", run: "r2" }])
  Wire.all[0].say({ type: "beat" })
  assert.deepEqual(heard, ["open", { type: "beat" }])
})

test("it is dialled again after pauses that double from 0.4 s up to 8 s", () => {
  const { heard } = opened()
  for (const pause of [400, 800, 1600, 3200, 6400, 8000, 8000]) {
    const count = Wire.all.length
    Wire.all[count - 1].close()
    mock.timers.tick(pause - 1)
    assert.equal(Wire.all.length, count, `before ${pause} ms`)
    mock.timers.tick(1)
    assert.equal(Wire.all.length, count + 1, `after ${pause} ms`)
  }
  assert.deepEqual(heard.slice(0, 2), ["lost", "closed"])
  const [last] = Wire.all.slice(-1)
  last.open()
  last.close()
  mock.timers.tick(400) // once it was open, the first pause is short again
  assert.notEqual(Wire.all.at(-1), last)
})

test("pauses differ from page to page, by a fifth at most", () => {
  for (const [random, pause] of [
    [0, 320],
    [0.999999, 480],
  ]) {
    Wire.all = []
    mock.method(Math, "random", () => random)
    opened()
    Wire.all[0].close()
    mock.timers.tick(pause - 1)
    assert.equal(Wire.all.length, 1)
    mock.timers.tick(1)
    assert.equal(Wire.all.length, 2)
  }
})

test("when the network is back it is dialled at once, and once", () => {
  opened()
  listeners.get("online")?.() // it is not lost: nothing to do
  assert.equal(Wire.all.length, 1)
  Wire.all[0].close()
  listeners.get("online")?.()
  assert.equal(Wire.all.length, 2)
  mock.timers.tick(400)
  assert.equal(Wire.all.length, 2)
})

test("a browser that refuses sockets is asked again and again", () => {
  let tries = 0
  const { heard } = opened(
    class {
      constructor() {
        tries += 1
        throw new Error("SecurityError")
      }
    },
  )
  assert.deepEqual(heard, ["closed"])
  mock.timers.tick(400)
  assert.equal(tries, 2)
})

test("a line that is silent for 12 s is given up, one that is heard is not", () => {
  const { heard } = opened()
  Wire.all[0].open()
  now = 11_999
  mock.timers.tick(1500)
  assert.deepEqual(heard, ["open"])
  Wire.all[0].say({ type: "beat" })
  now = 23_998
  mock.timers.tick(1500)
  assert.equal(Wire.all[0].readyState, 1)
  now = 23_999
  mock.timers.tick(1500)
  assert.equal(Wire.all[0].readyState, 3)
  assert.deepEqual(heard, ["open", { type: "beat" }, "lost", "closed"]) // once
})

test("after its end nothing is heard or dialled any more", () => {
  const { line, heard } = opened()
  Wire.all[0].open()
  line.close()
  assert.equal(Wire.all[0].readyState, 3)
  const before = looks()
  mock.timers.tick(60_000)
  assert.equal(Wire.all.length, 1)
  assert.deepEqual(heard, ["open"])
  assert.ok(!listeners.has("online"))
  assert.equal(looks(), before) // nor is the clock looked at
  const other = opened()
  Wire.all[1].close()
  other.line.close()
  mock.timers.tick(60_000)
  assert.equal(Wire.all.length, 2)
})

/** How often the clock was looked at. */
const looks = () =>
  /** @type {import("node:test").Mock<() => number>} */ (
    /** @type {unknown} */ (performance.now)
  ).mock.callCount()

test("a line that was lost is not open, and only the new one is watched", () => {
  const { line } = opened()
  Wire.all[0].open()
  Wire.all[0].close()
  assert.equal(line.isOpen, false)
  line.send({ type: "stop", run: "r1" })
  mock.timers.tick(400)
  Wire.all[1].open()
  mock.timers.tick(1100) // the watch of the first line ends
  const before = looks()
  mock.timers.tick(1500)
  assert.equal(looks() - before, 1) // once in 1.5 s
})

test("a silent line is given up at once, though the other side does not agree", () => {
  const { heard } = opened(
    class extends Wire {
      close() {}
    },
  )
  Wire.all[0].open()
  now = 12_000
  mock.timers.tick(1500)
  assert.deepEqual(heard, ["open", "lost", "closed"])
})
