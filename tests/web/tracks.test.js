/** @import { RunState, Track } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import {
  band,
  csv,
  defaultSeries,
  isGoing,
  nearest,
  newTrack,
  points,
  quantile,
  sameParams,
} from "../../engine/app/web/lib/tracks.js"

/**
 * A run whose frames are `y` at x = 0, 1, 2, …; over unless said otherwise.
 * @param {number[]} y
 * @param {{ x?: number[], state?: RunState }} [others]
 * @returns {Track}
 */
function run(y, { x = y.map((_, k) => k), state = "done" } = {}) {
  const frames = y.map((each, k) => ({ step: k, x: x[k], y: each }))
  return { ...newTrack({ seed: 1 }), state, frames }
}

test("quantiles are those of NumPy", () => {
  assert.equal(quantile([1, 2, 3, 4], 0.25), 1.75)
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5)
  assert.equal(quantile([7], 0.75), 7)
  assert.equal(quantile([0, 10], 1), 10)
})

test("the band of straight lines has their quartiles at every place", () => {
  const tracks = [0, 1, 2, 3, 4].map((slope) => run([0, slope, 2 * slope]))
  const made = band(tracks, "x", "y")
  assert.equal(made.count, 5)
  assert.equal(made.x.length, 161)
  assert.equal(made.x.at(-1), 2)
  const { least, low, middle, high, most } = made
  const last = [least, low, middle, high, most].map((line) => line.at(-1))
  assert.deepEqual(last, [0, 2, 4, 6, 8])
  const half = made.x.indexOf(1)
  assert.equal(made.middle[half], 2)
})

test("a run that ended keeps its last value, one that goes on is not guessed", () => {
  const short = run([0, 4])
  const long = run([0, 4, 8])
  assert.deepEqual(band([short, long], "x", "y").middle.at(-1), 6)
  const going = run([0, 4], { state: "running" })
  assert.equal(band([going, long], "x", "y").x.at(-1), 1)
  assert.equal(band([run([])], "x", "y").x.length, 0)
})

test("a logarithmic axis has its grid in ratios", () => {
  const made = band([run([1, 1], { x: [1, 100] })], "x", "y", true)
  assert.ok(Math.abs(made.x[80] - 10) < 1e-9)
})

test("a curve keeps its first and its last point, however thin it is drawn", () => {
  const made = points(run([...Array(1001).keys()]).frames, "x", "y", 100)
  assert.equal(made.x[0], 0)
  assert.equal(made.x.at(-1), 1000)
  assert.ok(made.x.length <= 102)
})

test("the nearest frame, and what is drawn without being named", () => {
  const { frames } = run([5, 6, 7])
  assert.equal(nearest(frames, "x", 1.4), 1)
  assert.equal(nearest(frames, "x", 99), 2)
  const frame = { step: 0, progress: 0.1, text: "a", kl: 1, reward: 2, loss: 3, more: 4 }
  assert.deepEqual(defaultSeries(frame, "step"), ["kl", "reward", "loss"])
})

test("runs are the same when every parameter is", () => {
  assert.ok(sameParams({ a: 1, b: true }, { b: true, a: 1 }))
  assert.ok(!sameParams({ a: 1 }, { a: 1, b: 2 }))
  assert.ok(isGoing({ ...newTrack({}), state: "offline" }))
  assert.ok(!isGoing({ ...newTrack({}), state: "lost" }))
})

test("a CSV keeps a text of several lines on one, and makes no formula of any", () => {
  const track = newTrack({ prompt: "a\nb" })
  track.frames = [{ step: -1, text: "=1+1" }]
  const rows = csv("toy", track).split("\n")
  assert.deepEqual(rows, ["# sim: toy", '# prompt: "a\\nb"', "step,text", "-1,'=1+1", ""])
})

test("a run as CSV quotes what would break a cell", () => {
  const track = newTrack({ seed: 3 })
  track.frames = [{ step: 0, text: 'say "a", b', list: [1], on: true }]
  const rows = csv("toy", track).split("\n")
  assert.deepEqual(rows, ["# sim: toy", "# seed: 3", "step,text,on", '0,"say ""a"", b",true', ""])
})
