import assert from "node:assert/strict"
import { test } from "node:test"
import { pathOf, read, thin, written } from "../../engine/app/web/lecture/strokes.js"
import { lookAt } from "../../engine/app/web/views/lens.js"

test("a stroke is written in thousandths of the slide, and read again", () => {
  const text = written([
    [-3, 10.4],
    [1200, 999.6],
  ])
  assert.equal(text, "0,10 1000,1000")
  assert.deepEqual(read(text), [
    [0, 10],
    [1000, 1000],
  ])
})

test("a text that is not a stroke draws nothing", () => {
  for (const text of ["", "1", "1,2 x", "1,2 3", "<svg>", "1,22222", "M0 0"])
    assert.deepEqual(read(text), [], text)
})

test("points that nobody could tell apart are left out, and no stroke grows for ever", () => {
  const line = Array.from({ length: 5000 }, (_, k) => /** @type {[number, number]} */ ([k, 0]))
  const kept = thin(line)
  assert.equal(kept.length, 400)
  assert.deepEqual(kept.slice(0, 3), [
    [0, 0],
    [4, 0],
    [8, 0],
  ])
})

test("a path goes from the first point to the last, bent at those between", () => {
  assert.equal(pathOf([]), "")
  assert.equal(pathOf([[5, 6]]), "M5 6h0.1")
  const path = pathOf([
    [0, 0],
    [10, 20],
    [30, 20],
  ])
  assert.equal(path, "M0 0Q10 20 20 20L30 20")
})

test("a look at a figure shows nothing beside the slide", () => {
  assert.deepEqual(lookAt(0.5, 0.5, 2), [0.25, 0.25, 2])
  assert.deepEqual(lookAt(0.05, 0.95, 2), [0, 0.5, 2])
  assert.deepEqual(lookAt(0.7, 0.2, 1), [0, 0, 1])
})
