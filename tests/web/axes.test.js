/** @import { Axis } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { axis, extent, roundUp, share, spread, valueAt } from "../../engine/app/web/charts/axes.js"

test("the extent leaves out what is no number", () => {
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
