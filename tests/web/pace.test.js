/** @import { Mounted, Slide } from "../../engine/app/web/lib/types.js" */
/** @import { PaceParts } from "../../engine/app/web/views/pace.js" */

import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { Pace } from "../../engine/app/web/views/pace.js"
import { Settled } from "../../engine/app/web/views/settled.js"
import { Store, standIn } from "./stand_ins.js"

const PARTS = ["clock", "elapsed", "toggle", "lag", "total", "slot", "reset"]
const slides = ["a", "b"].map((id) => /** @type {Slide} */ ({ id, minutes: 2, is_aside: false }))

beforeEach(() => {
  standIn("localStorage", new Store())
  mock.timers.enable({ apis: ["Date", "setTimeout"], now: 1_000_000 })
})
afterEach(() => mock.timers.reset())

test("a slide's time counts from when it came, through its steps", () => {
  const classList = { toggle() {} }
  const made = PARTS.map((name) => [name, { textContent: "", dataset: {}, classList }])
  const parts = /** @type {PaceParts} */ (Object.fromEntries(made))
  const changed = mock.fn()
  const pace = new Pace("t", changed)
  pace.plan(slides, (slide) => slide.id === "b")
  pace.show(slides[0])
  mock.timers.tick(65_000)
  pace.show(slides[0]) // a step
  pace.tick(parts, slides, 0)
  assert.equal(parts.slot.textContent, "planned 2:00 · here 1:05")
  assert.match(parts.total.textContent ?? "", /^planned 2 min/) // without the one that is left out
  pace.show(slides[1])
  pace.tick(parts, slides, 1)
  assert.equal(parts.slot.textContent, "planned 2:00 · here 0:00")
  pace.timer.before = 1000
  pace.reset.press()
  pace.tick(parts, slides, 1)
  assert.equal(parts.reset.textContent, "Press again to reset")
  pace.leave()
  mock.timers.tick(10_000)
  assert.equal(changed.mock.callCount(), 1, "nothing comes after the window has gone")
})

test("the server hears of the slide at which a reader stays, and of no other", () => {
  const setStateValue = mock.fn()
  const mounted = /** @type {Mounted} */ (/** @type {unknown} */ ({ component: { setStateValue } }))
  const settled = new Settled(mounted)
  settled.moved("a")
  mock.timers.tick(149)
  settled.moved("b")
  mock.timers.tick(149)
  assert.equal(setStateValue.mock.callCount(), 0)
  mock.timers.tick(1)
  assert.deepEqual(
    setStateValue.mock.calls.map((call) => call.arguments),
    [["slide", "b"]],
  )
  settled.moved("c")
  settled.leave()
  mock.timers.tick(1000)
  assert.equal(setStateValue.mock.callCount(), 1)
})
