/** Whether a window is still there, with Node's own locks and with a browser that refuses some. */

import assert from "node:assert/strict"
import { test } from "node:test"

Object.assign(globalThis, { location: { protocol: "http:" } })
const { hold, whenGone } = await import("../../engine/app/web/lib/presence.js")

/** Refuse the next requests, as Chromium does while window.open() runs.
    @param {import("node:test").TestContext} context @param {number} times */
function refuse(context, times) {
  const request = navigator.locks.request.bind(navigator.locks)
  context.mock.method(
    navigator.locks,
    "request",
    (/** @type {Parameters<typeof request>} */ ...given) => {
      times -= 1
      return times >= 0 ? Promise.reject(new Error("no longer runnable")) : request(...given)
    },
  )
}

test("a lock that the browser refused is asked for again", async (context) => {
  refuse(context, 2)
  const leaving = new AbortController()
  const heard = /** @type {string[]} */ ([])
  await new Promise((held) => hold("one", leaving.signal, () => held(heard.push("held"))))
  const gone = new Promise((done) =>
    whenGone("one", new AbortController().signal, () => done(heard.push("gone"))),
  )
  await new Promise((done) => setTimeout(done))
  heard.push("leaves")
  leaving.abort()
  await gone
  assert.deepEqual(heard, ["held", "leaves", "gone"])
})

test("a browser that refuses every lock goes on without", async (context) => {
  refuse(context, Number.POSITIVE_INFINITY)
  await new Promise((held) => hold("two", new AbortController().signal, () => held(true)))
})

test("a window that leaves while it waits asks no more", async (context) => {
  refuse(context, 1)
  const leaving = new AbortController()
  hold("three", leaving.signal, () => assert.fail("it has left"))
  leaving.abort()
  await new Promise((done) => setTimeout(done, 5))
  const { held = [] } = await navigator.locks.query()
  assert.ok(!held.some(({ name }) => name === "three"))
})
