/** @import { Axis } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { axis, extent, roundUp, share, spread, valueAt } from "../../engine/app/web/charts/axes.js"

test("the extent leaves out what is not a number", () => {
  assert.deepEqual(extent([[3, Number.NaN], [-1, Infinity], []]), [-1, 3])
  assert.equal(extent([[], [Number.NaN]]), null)
})

test("an axis has round ticks inside what it shows, and room above", () => {
  const made = axis([0, 500])
  assert.deepEqual(made.ticks, [0, 100, 200, 300, 400, 500])
  assert.deepEqual(made.range, [0, 525])
  assert.deepEqual(axis([0.2, 0.9], { snug: true }).labels, ["0", "0.2", "0.4", "0.6", "0.8"])
})

test("an axis that ends far from zero does not begin there", () => {
  assert.equal(axis([70, 100]).range[0], 68.5)
  assert.equal(axis([30, 100]).range[0], 0)
  assert.deepEqual(axis([4, 4]).range, [1.8, 6.2]) // a constant lies in the middle
})

test("a growing curve has room up to a round number, so that it seldom jumps", () => {
  assert.equal(roundUp(4300), 5000)
  assert.equal(roundUp(1000), 1000)
  assert.equal(axis([0, 43], { isGrowing: true, snug: true }).range[1], 50)
})

test("a logarithmic axis has decades, and steps between them where it is short", () => {
  assert.deepEqual(axis([1, 1000], { isLog: true }).ticks, [1, 10, 100, 1000])
  assert.deepEqual(axis([1, 10], { isLog: true }).ticks, [1, 2, 5, 10])
  assert.deepEqual(axis(null, { isLog: true }).range, [1, 10])
})

test("a share and the value there are inverse, on both kinds of axis", () => {
  /** @type {Pick<Axis, "range" | "isLog">[]} */
  const both = [
    { range: [2, 10], isLog: false },
    { range: [0.1, 1000], isLog: true },
  ]
  for (const made of both) {
    for (const part of [0, 0.3, 1]) {
      assert.ok(Math.abs(share(made, valueAt(made, part)) - part) < 1e-12)
    }
  }
  assert.equal(valueAt({ range: [1, 100], isLog: true }, 0.5), 10)
})

test("names that lie on one another are moved apart, in their order", () => {
  assert.deepEqual(spread([10, 50], 20), [10, 50])
  assert.deepEqual(
    spread([30, 30], 10).sort((a, b) => a - b),
    [25, 35],
  )
  const placed = spread([0, 1, 2, 100], 10)
  for (const k of [1, 2]) assert.ok(placed[k] - placed[k - 1] >= 9.9)
  assert.equal(placed[3], 100)
})

test("an axis that nothing is known of yet has a place and no labels", () => {
  assert.deepEqual(axis(null), { range: [0, 1], isLog: false, ticks: [], labels: [] })
  assert.deepEqual(axis(null, { isLog: true }).labels, [])
})

test("numbers below zero, and labels with as many decimals as the finest tick", () => {
  const made = axis([-0.5, 1], { snug: true })
  assert.deepEqual(made.labels, ["−0.5", "0", "0.5", "1.0"])
  assert.deepEqual(axis([-0.5, 1]).range, [-0.575, 1.075])
  assert.deepEqual(axis([0, 0.00004], { snug: true }).labels[1], "10⁻⁵") // too fine for decimals
})

test("a constant of zero, below zero or above lies inside its axis", () => {
  assert.deepEqual(axis([0, 0]).range, [0, 1.05])
  const [low, high] = axis([-4, -4]).range
  assert.ok(Math.abs(low + 6.2) < 1e-9 && Math.abs(high + 1.8) < 1e-9)
})

test("where a growing axis ends is rounded up, unless it does not begin at zero", () => {
  for (const [high, end] of [
    [1, 1],
    [1.1, 1.2],
    [1.3, 1.5],
    [1.6, 2],
    [2.1, 2.5],
    [2.6, 3],
    [3.5, 4],
    [4.5, 5],
    [5.5, 6],
    [7, 8],
    [9, 10],
  ])
    assert.equal(roundUp(high), end)
  assert.equal(roundUp(0), 0)
  assert.equal(roundUp(-3), -3)
  assert.equal(roundUp(0.43), 0.5)
  assert.equal(axis([70, 103], { isGrowing: true, snug: true }).range[1], 103)
  assert.equal(axis([0, 43], { snug: true }).range[1], 43)
})

test("an axis begins at zero where that costs at most two fifths of it", () => {
  assert.equal(axis([40, 100], { snug: true }).range[0], 0)
  assert.equal(axis([40.1, 100], { snug: true }).range[0], 40.1)
})

test("the number of labels is about as many as there is room for", () => {
  assert.deepEqual(axis([0, 100], { count: 2, snug: true }).ticks, [0, 50, 100])
  assert.deepEqual(axis([0, 100], { count: 10, snug: true }).ticks.length, 11)
})

test("a long logarithmic axis leaves decades out, a short one has steps between", () => {
  const long = axis([1e-6, 1e6], { isLog: true })
  assert.deepEqual(
    long.ticks.map((tick) => Math.round(Math.log10(tick))),
    [-6, -4, -2, 0, 2, 4, 6],
  )
  assert.deepEqual(axis([2, 90], { isLog: true }).ticks, [3, 10, 30])
  assert.deepEqual(axis([1, 10], { isLog: true }).labels, ["1", "2", "5", "10"])
  assert.deepEqual(axis([5, 5], { isLog: true }).range, [2.5, 10]) // a constant
  assert.deepEqual(axis([0, 10], { isLog: true }).range, [1e-12, 10])
})

test("names are moved by half of what they lack, each way", () => {
  assert.deepEqual(spread([10, 14], 6), [9, 15])
  assert.deepEqual(spread([14, 10], 6), [15, 9])
  assert.deepEqual(spread([], 6), [])
  assert.deepEqual(spread([0, 6], 6), [0, 6])
})

test("what is not a number has no part in the extent", () => {
  assert.deepEqual(extent([[null, 4], [2]]), [2, 4])
  assert.deepEqual(extent([[7]]), [7, 7])
  assert.equal(extent([[null]]), null)
  assert.equal(extent([]), null)
})

test("a logarithmic axis of two decades has them, one of less has steps between", () => {
  const made = axis([1, 100], { isLog: true })
  assert.deepEqual([made.ticks, made.isLog], [[1, 10, 100], true])
  assert.deepEqual(axis([1, 30], { isLog: true }).ticks, [1, 3, 10, 30])
  assert.deepEqual(extent([[1, 5, 3]]), [1, 5])
})

test("what differs by rounding alone is a constant, and labels have the same decimals", () => {
  assert.deepEqual(axis([1e9, 1e9 + 0.5], { snug: true }).range, [0.5e9, 1.5e9 + 0.75])
  assert.equal(axis([0, 0.001], { snug: true }).labels.at(-1), "0.0010") // four, as 0.0002 has
})
