import assert from "node:assert/strict"
import { test } from "node:test"
import { newest, pathOf, read, thin, written } from "../../engine/app/web/lecture/strokes.js"
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

/** The corners of a path: left, top, right and bottom. @param {string} path */
function box(path) {
  const numbers = (path.match(/-?[\d.]+/g) ?? []).map(Number)
  const [xs, ys] = [0, 1].map((side) => numbers.filter((_, k) => k % 2 === side))
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

test("a path is the outline of its stroke, from the first point to the last", () => {
  assert.equal(pathOf([]), "")
  const dot = box(pathOf([[500, 500]])) // in a picture of 1600 x 900
  assert.ok(dot[0] > 790 && dot[2] < 810 && dot[1] > 440 && dot[3] < 460, String(dot))
  /** @type {[number, number][]} */
  const points = Array.from({ length: 50 }, (_, k) => [100 + 10 * k, 500])
  const path = pathOf(points)
  assert.match(path, /^M[\d .-]+Q[\d .-]+Z$/)
  const [left, top, right, bottom] = box(path)
  assert.ok(Math.abs(left - 160) < 8 && Math.abs(right - 944) < 8, `${left} ${right}`)
  assert.ok(bottom - top > 2 && bottom - top < 9, `${top} ${bottom}`)
  assert.ok(top < 450 && bottom > 450)
})

test("a look at a figure shows nothing beside the slide", () => {
  assert.deepEqual(lookAt(0.5, 0.5, 2), [0.25, 0.25, 2])
  assert.deepEqual(lookAt(0.05, 0.95, 2), [0, 0.5, 2])
  assert.deepEqual(lookAt(0.7, 0.2, 1), [0, 0, 1])
})

test("of too many strokes the newest are told, in their order", () => {
  const strokes = ["1,1 2,2", "3,3 4,4", "5,5 6,6"] // seven characters, two quotes and a comma each
  assert.deepEqual(newest(strokes, 30), strokes)
  assert.deepEqual(newest(strokes, 29), strokes.slice(1))
  assert.ok(JSON.stringify(newest(strokes, 20)).length <= 21)
})
