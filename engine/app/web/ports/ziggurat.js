/** The layers of two ziggurats (Marsaglia and Tsang, 2000), 256 each, as NumPy has them. */

const LAYERS = 256

/**
 * @typedef {Object} Ziggurat
 * @property {number} edge where the tail begins
 * @property {Float64Array} width of each layer, over the number of whole numbers that fill it
 * @property {Float64Array} inside whole numbers below this one are under the curve at once
 * @property {Float64Array} height of the curve at the edge of each layer
 */

/**
 * @param {number} edge
 * @param {number} area of a layer
 * @param {number} whole numbers in a layer
 * @param {(x: number) => number} curve
 * @param {(height: number) => number} inverse of the curve
 * @returns {Ziggurat}
 */
function ziggurat(edge, area, whole, curve, inverse) {
  const [width, inside, height] = [0, 1, 2].map(() => new Float64Array(LAYERS))
  const base = area / curve(edge)
  inside[0] = (edge / base) * whole
  width[0] = base / whole
  width[LAYERS - 1] = edge / whole
  height[0] = 1
  height[LAYERS - 1] = curve(edge)
  let x = edge
  for (let k = LAYERS - 2; k > 0; k -= 1) {
    const next = inverse(area / x + curve(x))
    inside[k + 1] = (next / x) * whole
    height[k] = curve(next)
    width[k] = next / whole
    x = next
  }
  return { edge, width, inside, height }
}

export const NORMAL = ziggurat(
  3.654152885361009,
  0.004928673233974655,
  2 ** 52,
  (x) => Math.exp(-0.5 * x * x),
  (height) => Math.sqrt(-2 * Math.log(height)),
)
const EDGE = 7.69711747013105
export const EXPONENTIAL = ziggurat(
  EDGE,
  (EDGE + 1) * Math.exp(-EDGE),
  2 ** 53,
  (x) => Math.exp(-x),
  (height) => -Math.log(height),
)
