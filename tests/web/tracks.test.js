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
  tracksOfSeeds,
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

test("a band of runs with one frame each is one place", () => {
  const made = band([run([1]), run([3])], "x", "y")
  assert.deepEqual([made.x, made.middle, made.least, made.most], [[0], [2], [1], [3]])
})

test("a band begins where the last of its runs begins, and reads each run off between frames", () => {
  const early = run([0, 10], { x: [0, 10] })
  const late = run([40, 80], { x: [5, 10] })
  const made = band([early, late], "x", "y")
  assert.equal(made.x[0], 5)
  assert.deepEqual([made.least[0], made.most[0]], [5, 40])
  assert.equal(made.x[80], 7.5)
  assert.deepEqual([made.least[80], made.most[80]], [7.5, 60])
})

test("a logarithmic band that begins at zero is spaced evenly", () => {
  const made = band([run([0, 1], { x: [0, 160] })], "x", "y", true)
  assert.deepEqual(made.x.slice(0, 3), [0, 1, 2])
})

test("runs without a frame are not counted", () => {
  assert.equal(band([run([]), run([1, 2])], "x", "y").count, 1)
  assert.equal(band([], "x", "y").count, 0)
})

test("a curve of few points keeps them all, one of many keeps one in so many", () => {
  const { frames } = run([...Array(10).keys()])
  assert.equal(points(frames, "x", "y", 10).x.length, 10)
  assert.deepEqual(points(frames, "x", "y", 5).x, [0, 2, 4, 6, 8, 9])
  assert.deepEqual(points(frames, "x", "y", 4).y, [0, 3, 6, 9])
})

test("of two frames that are as near the first is chosen", () => {
  assert.equal(nearest(run([0, 0, 0]).frames, "x", 0.5), 0)
  assert.equal(nearest(run([0, 0, 0]).frames, "x", -9), 0)
})

test("seeds start at zero where the simulation does not say", () => {
  const made = (/** @type {import("../../engine/app/web/lib/types.js").Field[]} */ fields) =>
    tracksOfSeeds({ seed: 2, rate: 1 }, fields, 3).map(({ params }) => params)
  assert.deepEqual(
    made([]),
    [2, 3, 4].map((seed) => ({ seed, rate: 1 })),
  )
  const field = { name: "seed", type: /** @type {const} */ ("int"), default: 5, low: 5, high: 6 }
  assert.deepEqual(
    made([field]).map(({ seed }) => seed),
    [5, 6, 7],
  )
})

test("a new run has nothing yet, and asks for what is kept unless told", () => {
  assert.deepEqual(newTrack({ seed: 1 }), {
    params: { seed: 1 },
    isFresh: false,
    frames: [],
    state: "waiting",
    position: 0,
    wait: 0,
    message: "",
    about: {},
  })
  assert.equal(newTrack({}, true).isFresh, true)
})

test("what is going on has not ended", () => {
  for (const state of /** @type {RunState[]} */ (["waiting", "queued", "running", "offline"]))
    assert.ok(isGoing({ ...newTrack({}), state }), state)
  for (const state of /** @type {RunState[]} */ (["done", "failed", "cancelled", "lost"]))
    assert.ok(!isGoing({ ...newTrack({}), state }), state)
})

test("a CSV keeps lines whole, and no cell is a formula", () => {
  const track = newTrack({ prompt: "a\nb", seed: 3 })
  const texts = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "a\nb", "plain", "a=b"]
  track.frames = texts.map((text, step) => ({ step, text, score: -0.5 }))
  const rows = csv("toy", track)
  assert.equal(
    rows,
    '# sim: toy\n# prompt: "a\\nb"\n# seed: 3\nstep,text,score\n' +
      "0,'=1+1,-0.5\n1,'+1,-0.5\n2,'-1,-0.5\n3,'@x,-0.5\n4,'\tx,-0.5\n" +
      '5,"\'\rx",-0.5\n6,"a\nb",-0.5\n7,plain,-0.5\n8,a=b,-0.5\n',
  )
  assert.equal(csv("toy", newTrack({})), "# sim: toy\n\n")
})

test("a band sorts its runs at every place, and follows their turns", () => {
  const flat = band([run([9, 9]), run([1, 1]), run([5, 5])], "x", "y")
  assert.deepEqual([flat.least[7], flat.middle[7], flat.most[7]], [1, 5, 9])
  const peak = band([run([0, 10, 0, 40])], "x", "y")
  assert.equal(peak.x[80], 1.5)
  assert.equal(peak.middle[80], 5) // half of the way down from 10 to 0
  const slowest = [run([0, 4, 8], { state: "running" }), run([0, 4], { state: "running" })]
  assert.equal(band(slowest, "x", "y").x.at(-1), 1)
  const ratios = band([run([1, 1], { x: [10, 1000] })], "x", "y", true)
  assert.ok(Math.abs(ratios.x[80] - 100) < 1e-9)
  const lists = { x: [], least: [], low: [], middle: [], high: [], most: [] }
  assert.deepEqual(band([], "x", "y"), { ...lists, count: 0 })
})

test("the step is no result, whatever stands on the horizontal axis", () => {
  assert.deepEqual(defaultSeries({ step: 0, progress: 0.5, env_steps: 9, kl: 1 }, "env_steps"), [
    "kl",
  ])
})

test("seeds keep to the bounds of the seed, and to no other field's", () => {
  /** @type {import("../../engine/app/web/lib/types.js").Field[]} */
  const fields = [
    { name: "rate", type: "float", default: 0.1, low: 7, high: 8 },
    { name: "seed", type: "int", default: 0, low: 0, high: 100 },
  ]
  const made = tracksOfSeeds({ seed: 2 }, fields, 2)
  assert.deepEqual(
    made.map(({ params }) => params.seed),
    [2, 3],
  )
  assert.match(csv("toy", newTrack({ prompt: "plain" })), /^# prompt: plain$/m)
})
