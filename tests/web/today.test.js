import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { move } from "../../engine/app/web/lecture/path.js"
import { plan } from "../../engine/app/web/views/timer.js"
import { Today } from "../../engine/app/web/views/today.js"
import { Store, standIn } from "./stand_ins.js"

const HOUR = 3_600_000
const NOON = new Date(2026, 10, 30, 12).getTime()

/** @param {string} id @param {number | null} talk */
const slide = (id, talk = null) => ({
  ...{ id, talk, is_aside: id.includes("-"), number: id, steps: 0, minutes: 2 },
})
const slides = [slide("a"), slide("b", 45), slide("b-1"), slide("c"), slide("d", 20)]

/** @param {Today} today @param {string} action @param {number} index */
function went(today, action, index) {
  const skips = (/** @type {any} */ one) => today.skips(one)
  return slides[move(action, { deck: { slides }, index, step: 0, skips })?.index ?? -1].id
}

beforeEach(() => standIn("localStorage", new Store()))

test("the deck's shorter talks come one after the other, then the whole again", () => {
  const today = new Today("talk")
  assert.equal(went(today, "next", 1), "c")
  assert.equal(today.shorter(slides), 45)
  assert.equal(went(today, "next", 0), "b")
  assert.equal(went(today, "next", 1), "d")
  assert.equal(today.shorter(slides), 20)
  assert.equal(went(today, "next", 0), "d")
  assert.equal(went(today, "previous", 4), "a") // the first slide is in every talk
  assert.equal(plan(slides, (one) => today.skips(one)).at(-1)?.end, 120)
  assert.equal(today.shorter(slides), 0)
  assert.equal(went(today, "next", 0), "b")
  assert.equal(today.shorter([slide("a")]), null)
})

test("a hidden slide is left out in every window, and can still be reached", () => {
  const today = new Today("talk")
  assert.equal(today.toggle("b"), true)
  assert.equal(went(new Today("talk"), "next", 0), "c")
  assert.equal(went(today, "down", 0), "b")
  assert.equal(today.toggle("b"), false)
  assert.equal(went(today, "next", 0), "b")
})

test("tomorrow nothing is left out", () => {
  const today = new Today("talk", () => NOON)
  today.toggle("b")
  today.shorter(slides)
  assert.equal(new Today("talk", () => NOON + 11 * HOUR).minutes, 45)
  const tomorrow = new Today("talk", () => NOON + 13 * HOUR)
  assert.equal(tomorrow.minutes, 0)
  assert.equal(tomorrow.skips(slides[1]), false)
})
