/** Strokes of a pen as text, and as the path that is drawn. No DOM.

    A stroke is `x,y x,y …`, each in thousandths of the slide's width and height. */

const NEAR = 4 // thousandths: a point nearer to the last one than this adds nothing
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
 * A smooth path: a curve from the middle of one piece to that of the next, bent at each point.
 * @param {Point[]} points
 */
export function pathOf(points) {
  if (!points.length) return ""
  const [[x, y], ...rest] = points
  if (!rest.length) return `M${x} ${y}h0.1` // a dot
  const curves = rest.slice(0, -1).map(([px, py], k) => {
    const [nx, ny] = rest[k + 1]
    return `Q${px} ${py} ${(px + nx) / 2} ${(py + ny) / 2}`
  })
  const [lastX, lastY] = rest[rest.length - 1]
  return `M${x} ${y}${curves.join("")}L${lastX} ${lastY}`
}

/** @param {number} value */
const inside = (value) => Math.max(0, Math.min(1000, Math.round(value)))
