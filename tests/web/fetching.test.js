import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { otherFolder, persist, withTries } from "../../engine/app/web/lib/fetching.js"

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }))
afterEach(() => mock.timers.reset())

/** Let promises settle, then move the clock. @param {number} ms */
async function pass(ms) {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
  mock.timers.tick(ms)
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

test("three tries are made, with a pause of 0.3 s and one of 1.2 s", async () => {
  /** @type {number[]} */
  const tried = []
  const made = withTries(async (count) => {
    tried.push(count)
    if (count < 2) throw new Error("not yet")
    return "there"
  })
  await pass(299)
  assert.deepEqual(tried, [0])
  await pass(1)
  assert.deepEqual(tried, [0, 1])
  await pass(1199)
  assert.deepEqual(tried, [0, 1])
  await pass(1)
  assert.equal(await made, "there")
})

test("the third failure is the answer", async () => {
  const work = mock.fn(async () => {
    throw new Error("gone")
  })
  const rejected = assert.rejects(withTries(work), /gone/)
  await pass(300)
  await pass(1200)
  await pass(60_000)
  await rejected
  assert.equal(work.mock.callCount(), 3)
})

test("work goes on until it succeeds, with pauses that double up to 15 s", async () => {
  let isUp = false
  const work = mock.fn(async () => {
    if (!isUp) throw new Error("down")
    return 7
  })
  const failed = mock.fn()
  const made = persist(work, new AbortController().signal, failed)
  for (const pause of [300, 600, 1200, 2400, 4800, 9600, 15_000, 15_000]) {
    const before = work.mock.callCount()
    await pass(pause - 1)
    assert.equal(work.mock.callCount(), Math.max(1, before), `after ${pause} ms`)
    await pass(1)
  }
  assert.equal(work.mock.callCount(), 9)
  assert.equal(failed.mock.callCount(), 9)
  isUp = true
  await pass(15_000)
  assert.equal(await made, 7)
})

test("who leaves gets nothing, and no failure is reported after that", async () => {
  const leaving = new AbortController()
  const failed = mock.fn()
  const late = persist(
    async () => {
      leaving.abort()
      return "late"
    },
    leaving.signal,
    failed,
  )
  assert.equal(await late, null)
  const leaving2 = new AbortController()
  const broken = async () => {
    leaving2.abort()
    throw new Error("broken")
  }
  const made = persist(broken, leaving2.signal, failed)
  await pass(300)
  assert.equal(await made, null)
  assert.equal(failed.mock.callCount(), 0)
  const work = mock.fn(async () => 1)
  assert.equal(await persist(work, leaving.signal), null)
  assert.equal(work.mock.callCount(), 0)
})

test("another folder is a name that was never asked for, and never grows", () => {
  const once = otherFolder("http://x/api/web/abc/")
  assert.match(once, /^http:\/\/x\/api\/web\/abc-again\d+\/$/)
  const twice = otherFolder(once)
  assert.match(twice, /^http:\/\/x\/api\/web\/abc-again\d+\/$/)
  assert.notEqual(once, twice)
})
