import assert from "node:assert/strict"
import { test } from "node:test"
import { binned, median, merged } from "../../engine/app/web/blocks/tallies.js"

test("numbers fall into ten parts of their range, its end into the last", () => {
  const heights = [1, 0, 0, 0, 0, 2, 0, 0, 0, 3]
  assert.deepEqual(binned({ 0: 1, 50: 2, 99: 2, 100: 1 }, 0, 100), heights)
})

test("the median is the middle answer, or between the two", () => {
  assert.equal(median({ 1: 2, 9: 1 }), 1)
  assert.equal(median({ 10: 1, 9: 1 }), 9.5) // as numbers, not as texts
  assert.equal(median({}), null)
})

test("words that differ in capitals are one, as most people wrote it", () => {
  const [first, second] = merged({ SAFE: 1, trust: 3, safe: 2, Safe: 1 })
  assert.deepEqual([first.text, first.count, first.said], ["safe", 4, ["SAFE", "safe", "Safe"]])
  assert.deepEqual([second.text, second.count], ["trust", 3])
})
