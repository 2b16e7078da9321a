/** Small helpers that ports share: means, evenly spaced numbers, linear equations. */

/** @param {ArrayLike<number>} values */
export function total(values) {
  let sum = 0
  for (let k = 0; k < values.length; k += 1) sum += values[k]
  return sum
}

/** @param {ArrayLike<number>} values */
export const mean = (values) => total(values) / values.length

/** @param {number} x */
export const sigmoid = (x) => 1 / (1 + Math.exp(-x))

/** As `numpy.linspace`. @param {number} low @param {number} high @param {number} count above 1 */
export function linspace(low, high, count) {
  const step = (high - low) / (count - 1)
  return Array.from({ length: count }, (_, k) => (k === count - 1 ? high : low + k * step))
}

/** The nearest whole number, of two as near the even one, as Python's `round`. @param {number} x */
export function rounded(x) {
  const below = Math.floor(x)
  if (x - below !== 0.5) return Math.round(x)
  return below % 2 === 0 ? below : below + 1
}

/** The place of the first of the greatest. @param {ArrayLike<number>} values */
export function argmax(values) {
  let best = 0
  for (let k = 1; k < values.length; k += 1) if (values[k] > values[best]) best = k
  return best
}

/**
 * The solution of a system of linear equations, by elimination with the largest pivot.
 * @param {number[][]} matrix square, left as it is
 * @param {number[]} right
 */
export function solve(matrix, right) {
  const rows = matrix.map((row, k) => [...row, right[k]])
  const size = rows.length
  for (let at = 0; at < size; at += 1) {
    const below = rows.slice(at).map((row) => Math.abs(row[at]))
    const pivot = at + argmax(below)
    ;[rows[at], rows[pivot]] = [rows[pivot], rows[at]]
    for (let under = at + 1; under < size; under += 1) {
      const factor = rows[under][at] / rows[at][at]
      for (let k = at; k <= size; k += 1) rows[under][k] -= factor * rows[at][k]
    }
  }
  const made = new Array(size).fill(0)
  for (let at = size - 1; at >= 0; at -= 1) {
    let value = rows[at][size]
    for (let k = at + 1; k < size; k += 1) value -= rows[at][k] * made[k]
    made[at] = value / rows[at][at]
  }
  return made
}
