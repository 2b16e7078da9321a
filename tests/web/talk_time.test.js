/** @import { Slide } from "../../engine/app/web/lib/types.js" */
/** @import { TimeParts } from "../../engine/app/web/views/talk_time.js" */

import assert from "node:assert/strict"
import { afterEach, beforeEach, mock, test } from "node:test"
import { compare, Reset, say, showTime, slotOf } from "../../engine/app/web/views/talk_time.js"
import { Timer } from "../../engine/app/web/views/timer.js"
import { Store, standIn } from "./stand_ins.js"

/** An element that counts how often its text was written. */
class Part {
  #text = ""
  writes = 0
  /** @type {Record<string, string>} */
  dataset = {}
  /** @type {Map<string, boolean>} */
  classes = new Map()
  classList = {
    toggle: (/** @type {string} */ name, /** @type {boolean} */ is) => this.classes.set(name, is),
  }
  get textContent() {
    return this.#text
  }
  set textContent(text) {
    this.#text = text
    this.writes += 1
  }
}

function partsOf() {
  const names = ["clock", "elapsed", "toggle", "lag", "total"]
  const parts = Object.fromEntries(names.map((name) => [name, new Part()]))
  return { parts, given: /** @type {TimeParts} */ (/** @type {unknown} */ (parts)) }
}

/** A timer that ran for so long. @param {number} seconds */
function timerAt(seconds, isRunning = true) {
  const timer = new Timer("t")
  timer.before = seconds * 1000
  timer.from = isRunning ? Date.now() : null
  return timer
}

beforeEach(() => {
  standIn("localStorage", new Store())
  mock.timers.enable({ apis: ["Date", "setTimeout"], now: new Date(2026, 10, 30, 9, 5).getTime() })
})
afterEach(() => mock.timers.reset())

test("a text that stays is not written again", () => {
  const part = new Part()
  const given = /** @type {HTMLElement} */ (/** @type {unknown} */ (part))
  say(given, "a")
  say(given, "a")
  assert.equal(part.writes, 1)
})

test("the button says what it does, and a timer that rests looks so", () => {
  const { parts, given } = partsOf()
  /** @param {Timer} timer */
  const shown = (timer) => {
    showTime(given, timer)
    return [
      parts.toggle.textContent,
      parts.elapsed.textContent,
      parts.elapsed.classes.get("is-resting"),
    ]
  }
  assert.deepEqual(shown(timerAt(0, false)), ["Start", "0:00", true])
  assert.deepEqual(shown(timerAt(65, false)), ["Continue", "1:05", true])
  assert.deepEqual(shown(timerAt(65)), ["Pause", "1:05", false])
  assert.match(parts.clock.textContent, /0?9:05/)
})

test("the time stands to the plan of the shown slide", () => {
  const { parts, given } = partsOf()
  const slots = [
    { start: 0, end: 60 },
    { start: 60, end: 180 },
    { start: 180, end: 600 },
  ]
  /** @param {Timer} timer */
  const shown = (timer) => {
    compare(given, timer, slots, 1)
    return [parts.lag.dataset.state, parts.lag.textContent, parts.total.textContent.slice(-5)]
  }
  assert.deepEqual(shown(timerAt(0, false)).slice(0, 2), ["idle", "not started"])
  assert.deepEqual(shown(timerAt(30)).slice(0, 2), ["ahead", "0:30 ahead"])
  assert.deepEqual(shown(timerAt(30, false)).slice(0, 2), ["ahead", "0:30 ahead"]) // it rests
  assert.deepEqual(shown(timerAt(100)).slice(0, 2), ["on", "on time"])
  assert.deepEqual(shown(timerAt(240)).slice(0, 2), ["behind", "1:00 behind"])
  assert.match(parts.total.textContent, /^planned 10 min · ends about /)
})

test("the end is as far as what is planned from here on, however late it is", () => {
  const { parts, given } = partsOf()
  const slots = [
    { start: 0, end: 600 },
    { start: 600, end: 1800 },
  ]
  /** @param {number} seconds @param {number} index */
  const end = (seconds, index) => {
    compare(given, timerAt(seconds), slots, index)
    return /(\d+):(\d+)/.exec(parts.total.textContent.split("about")[1])?.[0]
  }
  assert.equal(end(300, 0), end(900, 0) === undefined ? "" : "09:30") // 25 min are left
  assert.equal(end(900, 0), "09:25") // the rest of the slot is over: 20 min are left
  assert.equal(end(300, 1), "09:25") // ahead: the second slide has its whole time
  assert.equal(end(9000, 1), "09:05") // everything is over
})

test("what is planned for a slide, and the asides that are left", () => {
  /** @param {boolean} is_aside @param {number | null} minutes */
  const slide = (is_aside, minutes) => /** @type {Slide} */ ({ is_aside, minutes })
  const slides = [slide(false, 2), slide(true, 0.5), slide(true, null), slide(false, null)]
  const said = slides.map((each, index) => slotOf(each, slides, index))
  assert.deepEqual(said, ["planned 2:00 · ↓ 2 asides", "takes 0:30 · ↓ an aside", "", ""])
})

test("a time that runs is reset by a second press, within four seconds", () => {
  const changed = mock.fn()
  const timer = timerAt(100)
  const reset = new Reset(timer, changed)
  reset.press()
  assert.deepEqual([reset.isAsking, timer.seconds], [true, 100])
  mock.timers.tick(3999)
  assert.ok(reset.isAsking)
  mock.timers.tick(1)
  assert.ok(!reset.isAsking)
  assert.equal(changed.mock.callCount(), 2)
  reset.press()
  reset.press()
  assert.deepEqual([reset.isAsking, timer.seconds], [false, 0])
  assert.equal(changed.mock.callCount(), 4)
  mock.timers.tick(10_000)
  assert.equal(changed.mock.callCount(), 4) // nothing is asked any more
})

test("a time of zero is reset at once, and who leaves is asked nothing", () => {
  const changed = mock.fn()
  const zero = new Reset(timerAt(0, false), changed)
  zero.press()
  assert.ok(!zero.isAsking)
  const left = new Reset(timerAt(9), changed)
  left.press()
  left.leave()
  mock.timers.tick(4000)
  assert.equal(changed.mock.callCount(), 2)
})
