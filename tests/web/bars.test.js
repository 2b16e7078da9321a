import assert from "node:assert/strict"
import { test } from "node:test"
import { extent } from "../../engine/app/web/charts/axes.js"
import { filling, withNumbers } from "../../engine/app/web/charts/bars.js"

/** @param {(number | null)[]} values */
const held = (...values) =>
  extent(withNumbers([{ label: "a", values, name: "policy" }])) ?? [NaN, NaN]

test("a bar that goes down has room below it for its number", () => {
  const [low, high] = held(-0.1, 1)
  assert.ok(low < -0.1 - 0.08 && high > 1)
})

test("bars that all go up stand on zero", () => {
  assert.equal(held(2, 5, null)[0], 0)
})

test("sets side by side differ without their colours, and a lone one is plain", () => {
  const shapes = [0, 1, 2, 3, 4, 5].map((k) => filling("blue", k, "white").pattern?.shape ?? "")
  assert.equal(shapes[0], "")
  assert.equal(new Set(shapes).size, 6)
})
