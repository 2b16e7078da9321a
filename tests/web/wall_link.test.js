/** The presenter window's side of the channel, with Node's own BroadcastChannel. */

import assert from "node:assert/strict"
import { test } from "node:test"

Object.assign(globalThis, { location: { protocol: "http:" } })
const { hold } = await import("../../engine/app/web/lib/presence.js")
const { lockOf } = await import("../../engine/app/web/views/link.js")
const { WallLink } = await import("../../engine/app/web/views/wall_link.js")

const PLACE = { slide: "b", step: 0, hash: "h", isBlack: false, over: "", picked: [] }

/** @param {string} pair @param {import("node:test").TestContext} context */
function linked(pair, context) {
  context.mock.timers.enable({ apis: ["setTimeout"] }) // however slow the machine is
  const leaving = new AbortController()
  const heard = /** @type {string[]} */ ([])
  const link = new WallLink("talk", pair, leaving.signal, {
    place: (place) => heard.push(place.slide),
    panel: () => {},
    lost: () => heard.push("lost"),
  })
  const lecture = new BroadcastChannel(`practicum.talk.${pair}`)
  for (const wall of ["7", "8"]) hold(lockOf(wall), leaving.signal) // as lectures do
  context.after(() => {
    leaving.abort()
    lecture.close()
  })
  return { link, heard, lecture, leaving }
}

test("what is pressed before the lecture has answered is sent to it", async (context) => {
  const { link, heard, lecture } = linked("1", context)
  const sent = new Promise((done) => {
    lecture.onmessage = ({ data }) => data.type === "act" && done([...heard, data.action])
  })
  link.open()
  link.whenKnown(() => {
    heard.push(link.isLinked ? "moves both" : "moves this one")
    link.send({ type: "act", action: "next" })
  })
  assert.equal(heard.length, 0)
  lecture.postMessage({ type: "place", wall: "7", ...PLACE })
  assert.deepEqual(await sent, ["b", "moves both", "next"])
  link.whenKnown(() => heard.push("at once"))
  assert.equal(heard.at(-1), "at once")
})

test("without an answer it happens in this window", (context) => {
  const { link, heard } = linked("2", context)
  link.open()
  link.whenKnown(() => heard.push(link.isLinked ? "moves both" : "moves this one"))
  context.mock.timers.tick(1499)
  assert.equal(heard.length, 0)
  context.mock.timers.tick(1)
  assert.deepEqual(heard, ["lost", "moves this one"])
})

test("a lecture that has left is not followed by what it said on its way out", async (context) => {
  const { link, heard, lecture } = linked("3", context)
  link.open()
  const says = async (/** @type {object} */ data) => {
    lecture.postMessage({ wall: "7", ...data })
    while (heard.at(-1) === "waits") await new Promise(setImmediate)
  }
  for (const data of [{ type: "place", ...PLACE }, { type: "bye" }]) {
    heard.push("waits")
    await says(data)
  }
  heard.push("waits")
  lecture.postMessage({ type: "place", wall: "7", ...PLACE })
  await says({ type: "place", wall: "8", ...PLACE, slide: "c" })
  assert.deepEqual(heard, ["waits", "b", "waits", "lost", "waits", "c"])
  assert.ok(link.isLinked)
})

test("nor once the browser says that its page is gone", async (context) => {
  const { link, heard, lecture, leaving } = linked("4", context)
  const page = new AbortController()
  hold(lockOf("9"), page.signal)
  link.open()
  lecture.postMessage({ type: "place", wall: "9", ...PLACE })
  while (!heard.includes("b")) await new Promise(setImmediate)
  page.abort()
  while (!heard.includes("lost")) await new Promise(setImmediate)
  lecture.postMessage({ type: "place", wall: "9", ...PLACE })
  lecture.postMessage({ type: "place", wall: "8", ...PLACE, slide: "c" })
  while (!heard.includes("c")) await new Promise(setImmediate)
  assert.deepEqual(heard, ["b", "lost", "c"])
  leaving.abort()
})
