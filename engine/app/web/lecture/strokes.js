/** Strokes of a pen as text, and as the path that is drawn. No DOM.

    A stroke is `x,y x,y …`, each in thousandths of the slide's width and height. */

import { getStroke } from "../vendor/perfect-freehand.js"

const NEAR = 4 // thousandths: a point nearer to the last one than this adds nothing
/** Of the picture in which strokes are drawn: as wide for its height as a slide. */
export const SIZE = [1600, 900]
const PEN = { size: 8, thinning: 0.55, smoothing: 0.5, streamline: 0.35 } // of that picture
const MOST_POINTS = 400 // of a stroke
const STROKE = /^\d{1,4},\d{1,4}( \d{1,4},\d{1,4})*$/

/** @typedef {[x: number, y: number]} Point */

/**
 * The points of a stroke, without those that lie too near to be seen.
 * @param {Point[]} points
 */
export function thin(points) {
  /** @type {Point[]} */
  const kept = []
  for (const point of points) {
    const last = kept.at(-1)
    if (!last || Math.hypot(point[0] - last[0], point[1] - last[1]) >= NEAR) kept.push(point)
  }
  return kept.slice(0, MOST_POINTS)
}

/**
 * The newest strokes that are not longer than `most` characters together.
 * @param {string[]} strokes
 * @param {number} most
 */
export function newest(strokes, most) {
  let left = most
  const kept = strokes.toReversed().filter((stroke) => {
    left -= stroke.length + 3 // with its quotes and a comma
    return left >= 0
  })
  return kept.toReversed()
}

/** @param {Point[]} points */
export function written(points) {
  return points.map((point) => point.map(inside).join(",")).join(" ")
}

/** @param {string} stroke @returns {Point[]} none for a text that is not a stroke */
export function read(stroke) {
  if (!STROKE.test(stroke)) return []
  return stroke.split(" ").map((pair) => {
    const [x, y] = pair.split(",").map(Number)
    return [x, y]
  })
}

/**
 * The outline of a stroke, to be filled: thinner where the pen was fast.
 * @param {Point[]} points
 * @param {boolean} [isDone] the pen is off the slide
 */
export function pathOf(points, isDone = true) {
  const [wide, high] = [SIZE[0] / 1000, SIZE[1] / 1000]
  const scaled = points.map(([x, y]) => /** @type {Point} */ ([wide * x, high * y]))
  const outline = getStroke(scaled, { ...PEN, last: isDone })
  if (!outline.length) return ""
  const curves = outline.map(([x, y], k) => {
    const [nextX, nextY] = outline[(k + 1) % outline.length]
    return `${short(x)} ${short(y)} ${short((x + nextX) / 2)} ${short((y + nextY) / 2)}`
  })
  return `M${short(outline[0][0])} ${short(outline[0][1])}Q${curves.join(" ")}Z`
}

/** @param {number} value */
const short = (value) => Math.round(10 * value) / 10
/** @param {number} value */
const inside = (value) => Math.max(0, Math.min(1000, Math.round(value)))
