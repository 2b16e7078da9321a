/** @import { ChartOptions, Field, Published, Track } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { Picture } from "../../engine/app/web/charts/series.js"
import { newTrack } from "../../engine/app/web/lib/tracks.js"

/** @type {Field[]} */
const FIELDS = [{ name: "seed", type: "int", default: 0 }]
const OPTIONS = { hint: "", isGrowing: false, fields: FIELDS, names: ["seed"] }

/** @param {number} seed @param {number[]} ys @returns {Track} */
function run(seed, ys) {
  const frames = ys.map((y, step) => ({ step, y, z: 10 * y }))
  return { ...newTrack({ seed }), state: "done", frames }
}

/** A run whose frames belong to these methods, in turn. @param {string[]} methods */
function grouped(...methods) {
  const frames = methods.map((method, step) => ({ step, y: step, method }))
  return { ...newTrack({ seed: 1 }), frames }
}

/** @param {ChartOptions} chart @param {Track[]} tracks */
const linesOf = (chart, ...tracks) => new Picture({ chart }).model(tracks, OPTIONS).lines

test("axes are named as the deck says, or as their columns", () => {
  const bare = new Picture({ chart: { y: ["kl", "proxy_reward"] } })
  assert.deepEqual([bare.x, bare.xTitle, bare.yTitle], ["step", "updates", "KL, proxy reward"])
  assert.equal(new Picture({ chart: { x: "env_steps" } }).xTitle, "env steps")
  const named = new Picture({ chart: { x: "a", x_label: "steps", y: "b", y_label: "reward" } })
  assert.deepEqual([named.xTitle, named.yTitle], ["steps", "reward"])
  assert.deepEqual(new Picture({}).series, [])
})

test("a series is named in a sentence by the deck, by the axis, or by its column", () => {
  const chart = { y: ["kl", "y"], labels: { kl: "distance" }, y_label: "both" }
  const picture = new Picture({ chart })
  assert.deepEqual([picture.nameOf("kl"), picture.nameOf("y")], ["distance", "y"])
  assert.equal(new Picture({ chart: { y: "y", y_label: "reward" } }).nameOf("y"), "reward")
  assert.equal(new Picture({ chart: { y: "gold_reward" } }).nameOf("gold_reward"), "gold reward")
})

test("one run is one line, with what tells it from others, and no name", () => {
  const [line] = linesOf({ y: "y" }, run(3, [1, 2]))
  assert.deepEqual(line, {
    colour: "policy",
    label: "",
    dash: "solid",
    x: [0, 1],
    y: [1, 2],
    hover: "seed 3",
  })
})

test("several series have names, and those that mean the same differ by their dashes", () => {
  const lines = linesOf({ y: ["y", "z"], labels: { z: "Z" } }, run(1, [1]))
  assert.deepEqual(
    lines.map(({ label, dash, colour }) => [label, dash, colour]),
    [
      ["y", "solid", "policy"],
      ["Z", "dash", "policy"],
    ],
  )
})

test("several runs are a median, its middle half and its range", () => {
  const { lines, bands } = new Picture({ chart: { y: "y" } }).model(
    [run(1, [0, 0]), run(2, [4, 8])],
    OPTIONS,
  )
  assert.equal(lines.length, 1)
  assert.deepEqual([lines[0].label, lines[0].hover], ["median of 2", "median of 2 seeds"])
  assert.deepEqual([lines[0].y[0], lines[0].y.at(-1)], [2, 4])
  assert.deepEqual(
    bands?.map(({ low, high, alpha, colour }) => [low.at(-1), high.at(-1), alpha, colour]),
    [
      [0, 8, 0.1, "policy"],
      [2, 6, 0.2, "policy"],
    ],
  )
  const [first] = linesOf({ y: ["y", "z"] }, run(1, [0]), run(2, [1]))
  assert.equal(first.label, "y, median of 2")
})

test("earlier runs are faint lines under the new one, the oldest below", () => {
  const picture = new Picture({ chart: { y: "y" } })
  picture.keep([run(1, [1])], [run(2, [])], 5)
  picture.keep([run(2, [2]), run(3, [4])], [run(4, [])], 5)
  const { lines } = picture.model([run(4, [9])], OPTIONS)
  assert.deepEqual(
    lines.map(({ isGhost, hover, y }) => [isGhost, hover, y[0]]),
    [
      [true, "seed 1", 1],
      [true, "median of 2 seeds, seed 2", 3],
      [undefined, "seed 4", 9],
    ],
  )
})

test("what is computed again leaves no ghost of itself, and only so many are kept", () => {
  const picture = new Picture({ chart: { y: "y" } })
  picture.keep([run(1, [1])], [run(1, [])], 5)
  assert.equal(picture.ghosts.length, 0)
  picture.keep([run(1, [])], [run(2, [])], 5) // nothing was drawn
  assert.equal(picture.ghosts.length, 0)
  for (const seed of [1, 2, 3]) picture.keep([run(seed, [1])], [run(seed + 1, [])], 2)
  assert.deepEqual(
    picture.ghosts.map(([track]) => track.params.seed),
    [3, 2],
  )
  picture.keep([run(4, [1])], [run(3, [])], 5)
  assert.deepEqual(
    picture.ghosts.map(([track]) => track.params.seed),
    [4, 2],
  )
  picture.keep([], [run(4, []), run(5, [])], 5) // a band of two is another thing
  assert.equal(picture.ghosts.length, 2)
})

test("what there is to draw is learned from the first frame, where the deck does not say", () => {
  const picture = new Picture({})
  picture.learn({ step: 0, kl: 1, text: "a" })
  assert.deepEqual(picture.series, ["kl"])
  picture.learn({ step: 0, other: 1 })
  assert.deepEqual(picture.series, ["kl"])
})

test("curves of a group differ by colour and by dash, and no two have the same of both", () => {
  const chart = { x: "step", y: "y", group: "method" }
  const names = ["a", "b", "c", "d", "e", "f", "g"]
  const lines = linesOf(chart, grouped(...names))
  assert.deepEqual(
    lines.map(({ colour, dash }) => `${colour} ${dash}`),
    [
      "policy solid",
      "chosen dash",
      "rejected dot",
      "soft dashdot",
      "accent solid",
      "policy dash",
      "chosen dot",
    ],
  )
  const known = linesOf(chart, grouped("a", "reference", "gold reward", "b"))
  assert.deepEqual(
    known.map(({ colour }) => colour),
    ["policy", "reference", "gold", "chosen"],
  )
})

test("with several series a colour says what is drawn, and a dash whose it is", () => {
  const frames = ["a", "b"].map((method, step) => ({ step, gold: 1, proxy: 2, method }))
  const track = { ...newTrack({ seed: 1 }), frames }
  const lines = linesOf({ y: ["gold", "proxy"], group: "method", labels: { b: "B" } }, track)
  assert.deepEqual(
    lines.map(({ label, colour, dash }) => [label, colour, dash]),
    [
      ["gold, a", "gold", "solid"],
      ["proxy, a", "proxy", "solid"],
      ["gold, B", "gold", "dash"],
      ["proxy, B", "proxy", "dash"],
    ],
  )
})

test("a curve that one of two runs has not reached is drawn of the other", () => {
  const { lines } = new Picture({ chart: { y: "y", group: "method" } }).model(
    [grouped("a", "b"), grouped("a")],
    OPTIONS,
  )
  assert.deepEqual(
    lines.map(({ label }) => label),
    ["a, median of 2", "b"],
  )
})

test("the model has what the axes are, and what is to be reached", () => {
  /** @type {ChartOptions} */
  const chart = { y: "y", x_scale: "log", target: 475, target_label: "solved" }
  const model = new Picture({ chart }).model([], { ...OPTIONS, hint: "Run", isGrowing: true })
  assert.deepEqual(
    [model.xLog, model.yLog, model.target, model.targetLabel, model.hint, model.isGrowing],
    [true, false, 475, "solved", "Run", true],
  )
  const other = new Picture({ chart: { y: "y", y_scale: "log" } }).model([], OPTIONS)
  assert.deepEqual([other.xLog, other.yLog, other.lines], [false, true, []])
})

test("a column that no frame has is named, but one of several may be missing", () => {
  const hint = (/** @type {ChartOptions} */ chart) =>
    new Picture({ chart }).model([run(1, [1])], OPTIONS).hint
  assert.equal(hint({ x: "stepp", y: "y" }), "The simulation gives no “stepp”")
  assert.equal(hint({ y: "yy" }), "The simulation gives no “yy”")
  assert.equal(hint({ y: ["yy", "z"] }), "")
  assert.equal(new Picture({ chart: { x: "q", y: "y" } }).model([run(1, [])], OPTIONS).hint, "")
})

test("a paper's numbers are drawn only where both axes mean the same", () => {
  /** @type {Published} */
  const published = {
    source: "s",
    how_obtained: "h",
    accuracy: "a",
    where: "Figure 2",
    x_label: "steps",
    y_label: "reward",
    series: [
      {
        label: "gold",
        points: [
          [1, 2],
          [3, 4],
        ],
        kind: "points",
      },
      { label: "x", points: [[5, 6]], colour: "chosen" },
    ],
  }
  const chart = { x_label: "steps", y: "y", y_label: "reward" }
  const { lines } = new Picture({ chart, published }).model([], OPTIONS)
  const look = { isThin: true, hover: "Figure 2", dash: "dot" }
  assert.deepEqual(lines, [
    { ...look, x: [1, 3], y: [2, 4], colour: "gold", label: "gold", isCloud: true },
    { ...look, x: [5], y: [6], colour: "chosen", label: "x", isCloud: false },
  ])
  /** @param {Partial<Published>} paper @param {ChartOptions} [own] */
  const isOverlaid = (paper, own = {}) =>
    new Picture({ chart: { ...chart, ...own }, published: { ...published, ...paper } }).isOverlaid
  assert.ok(isOverlaid({ x_scale: "linear" }))
  assert.ok(isOverlaid({ x_scale: "log" }, { x_scale: "log" }))
  assert.ok(!isOverlaid({ x_scale: "log" }))
  assert.ok(!isOverlaid({ x_label: "KL" }))
  assert.ok(!isOverlaid({ y_label: "KL" }))
  assert.ok(!new Picture({ chart }).isOverlaid)
  const apart = new Picture({ chart, published: { ...published, x_label: "KL" } })
  assert.deepEqual(apart.model([], OPTIONS).lines, [])
})

test("runs on one chart are named by what tells them apart", () => {
  const labels = (/** @type {ChartOptions} */ chart, /** @type {Track[]} */ ...tracks) => {
    const picture = new Picture({ chart })
    picture.ghosts = [[run(1, [1])], [{ ...run(5, [1]), isHidden: true }]]
    return picture.model(tracks, OPTIONS).lines.map(({ label }) => label)
  }
  assert.deepEqual(labels({ y: "y" }, run(2, [3])), ["seed 1", "seed 2"]) // a hidden one is not drawn
  assert.deepEqual(labels({ y: ["y", "z"] }, run(2, [3])), ["seed 1", undefined, "y", "z"])
  assert.deepEqual(labels({ y: "y", group: "method" }, grouped("a")).slice(1), ["a"])
  assert.deepEqual(labels({ y: "y" }), ["seed 1"]) // beside the hidden one; nothing runs now
  const empty = new Picture({ chart: { y: "y", group: "method" } })
  empty.ghosts = [[run(1, [])]]
  assert.deepEqual(empty.model([grouped("a")], OPTIONS).lines.length, 1)
})

test("what is told of a curve is the run itself, or the median of several", () => {
  const picture = new Picture({ chart: { y: "y" } })
  assert.deepEqual(picture.drawn([run(1, [1, 2])]), [{ name: "y", x: [0, 1], y: [1, 2] }])
  const [median] = picture.drawn([run(1, [0, 0]), run(2, [4, 8])])
  assert.deepEqual([median.name, median.y[0], median.y.at(-1)], ["y", 2, 4])
})

test("the places of a median are even, or in ratios where the axis is logarithmic", () => {
  /** @param {number} seed */
  const far = (seed) => {
    const frames = [1, 100].map((x, step) => ({ step, x, y: 1 }))
    return { ...newTrack({ seed }), state: /** @type {const} */ ("done"), frames }
  }
  for (const [x_scale, middle] of /** @type {const} */ ([
    ["log", 10],
    ["linear", 50.5],
  ])) {
    const picture = new Picture({ chart: { x: "x", y: "y", x_scale } })
    picture.ghosts = [[far(1), far(2)]]
    const { lines } = picture.model([far(3), far(4)], OPTIONS)
    const drawn = picture.drawn([far(3), far(4)])
    for (const line of [...lines, ...drawn])
      assert.ok(Math.abs(line.x[80] - middle) < 1e-9, x_scale)
    assert.equal(lines.length, 2)
  }
})

test("the deck's range holds until the reader lets the axis follow the curves", () => {
  const picture = new Picture({ chart: { y: "y", y_range: [0, 1] } })
  assert.deepEqual(picture.model([], OPTIONS).yRange, [0, 1])
  picture.isFitted = true
  assert.equal(picture.model([], OPTIONS).yRange, undefined)
})
