import assert from "node:assert/strict"
import { test } from "node:test"
import { extent } from "../../engine/app/web/charts/axes.js"
import { withNumbers } from "../../engine/app/web/charts/bars.js"

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
