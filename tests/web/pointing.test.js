import assert from "node:assert/strict"
import { test } from "node:test"
import { flipOf, Wheel } from "../../engine/app/web/lecture/pointing.js"

test("a click on an eighth at either side flips, one between them does not", () => {
  assert.equal(flipOf(10, 1000), "previous")
  assert.equal(flipOf(990, 1000), "next")
  assert.equal(flipOf(500, 1000), null)
  assert.equal(flipOf(130, 1000), null)
  assert.equal(flipOf(870, 1000), null)
})

test("a notch of a wheel flips once, and a trackpad that rolls on flips once as well", () => {
  const wheel = new Wheel()
  assert.equal(wheel.turn(100, 0), "next")
  assert.equal(wheel.turn(100, 1000), "next")
  assert.equal(wheel.turn(-100, 2000), "previous")
  const pad = new Wheel()
  const flips = Array.from({ length: 60 }, (_, k) => pad.turn(30 - k / 2, 16 * k))
  assert.deepEqual(
    flips.filter((one) => one),
    ["next"],
  )
  assert.equal(pad.turn(-60, 16 * 61), "previous") // the other way needs no rest
})

test("a finger that rests on a wheel flips nothing", () => {
  const wheel = new Wheel()
  assert.equal(wheel.turn(10, 0), null)
  assert.equal(wheel.turn(10, 400), null)
  assert.equal(wheel.turn(45, 800), null)
})
