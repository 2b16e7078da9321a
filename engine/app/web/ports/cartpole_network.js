/**
 * sims/cartpole/network.py in the page: tanh networks with their gradient, and Adam, in float32.
 */

/** @import { Random } from "./random.js" */
/** @import { State } from "./cartpole_world.js" */

const { fround } = Math
const SCALE = [0.5, 0.5, 5, 1]

/** @typedef {{matrix: Float32Array, bias: Float32Array, m: number, n: number, at: number}} Layer
 *   (m, n) row by row; `at` is where it begins in all weights */

/** A tower: 4 inputs, tanh layers, one output. */
class Tower {
  /** @type {Float32Array[]} */
  inputs = [] // of every layer in the last `forward`, (B, m)

  /** @param {Layer[]} layers @param {Float32Array} gradient of all weights */
  constructor(layers, gradient) {
    this.layers = layers
    this.gradient = gradient
  }

  /** Outputs (B,) for inputs (B, 4). @param {Float32Array} values */
  forward(values) {
    this.inputs = []
    const last = this.layers.length - 1
    for (const [k, layer] of this.layers.entries()) {
      this.inputs.push(values)
      values = affine(layer, values)
      if (k < last) for (let i = 0; i < values.length; i += 1) values[i] = Math.tanh(values[i])
    }
    return values
  }

  /** Fill the gradient from dLoss/dOutput (B,). @param {Float32Array} flow */
  backward(flow) {
    for (let k = this.layers.length - 1; k >= 0; k -= 1) {
      const values = this.inputs[k]
      this.#collect(this.layers[k], values, flow)
      if (k) flow = back(this.layers[k], values, flow)
    }
  }

  /** @param {Layer} layer @param {Float32Array} values @param {Float32Array} flow */
  #collect({ m, n, at }, values, flow) {
    const sums = new Float64Array((m + 1) * n)
    for (let b = 0; b * m < values.length; b += 1)
      for (let j = 0; j < n; j += 1) {
        const push = flow[b * n + j]
        for (let i = 0; i < m; i += 1) sums[i * n + j] += values[b * m + i] * push
        sums[m * n + j] += push
      }
    this.gradient.set(sums, at)
  }
}

/** @param {Layer} layer @param {Float32Array} values (B, m) @returns {Float32Array} (B, n) */
function affine({ matrix, bias, m, n }, values) {
  const made = new Float32Array((values.length / m) * n)
  for (let b = 0; b * n < made.length; b += 1)
    for (let j = 0; j < n; j += 1) {
      let sum = 0
      for (let i = 0; i < m; i += 1) sum += values[b * m + i] * matrix[i * n + j]
      made[b * n + j] = fround(sum) + bias[j]
    }
  return made
}

/**
 * dLoss / d what went into a layer, before its tanh.
 * @param {Layer} layer
 * @param {Float32Array} values
 * @param {Float32Array} flow
 */
function back({ matrix, m, n }, values, flow) {
  const made = new Float32Array(values.length)
  for (let b = 0; b * m < values.length; b += 1)
    for (let i = 0; i < m; i += 1) {
      let sum = 0
      for (let j = 0; j < n; j += 1) sum += flow[b * n + j] * matrix[i * n + j]
      const value = values[b * m + i]
      made[b * m + i] = fround(sum) * fround(1 - fround(value * value))
    }
  return made
}

/** Towers of one shape, whose weights lie in one array as those of Python do. */
export class Network {
  /**
   * @param {Random} rng @param {number[]} hidden sizes of tanh layers
   * @param {number[]} gains of each tower's last layer
   * @param {boolean} [isScaled] bring the four numbers to one size first
   */
  constructor(rng, hidden, gains, isScaled = false) {
    this.scale = isScaled ? SCALE : [1, 1, 1, 1]
    const sizes = [4, ...hidden, 1]
    const sides = hidden.map((n, k) => [sizes[k], n]).concat([[sizes.at(-2) ?? 4, 1]])
    const count = sides.reduce((sum, [m, n]) => sum + (m + 1) * n, 0)
    this.weights = new Float32Array(count * gains.length)
    this.gradient = new Float32Array(count * gains.length)
    this.towers = gains.map((gain, tower) => {
      const layers = sides.map(([m, n], k) => {
        const at = tower * count + sides.slice(0, k).reduce((sum, [a, b]) => sum + (a + 1) * b, 0)
        const matrix = this.weights.subarray(at, at + m * n)
        return { matrix, bias: this.weights.subarray(at + m * n, at + (m + 1) * n), m, n, at }
      })
      for (const { matrix, m, n } of layers) {
        const by = n === 1 ? gain : Math.SQRT2
        matrix.set(orthogonal(rng, m, n).map((each) => by * each))
      }
      return new Tower(layers, this.gradient)
    })
  }

  /** Outputs of each tower. @param {Float32Array} observations (B, 4) */
  forward(observations) {
    const values = observations.map((each, k) => each * this.scale[k % 4])
    return this.towers.map((tower) => tower.forward(values))
  }

  /** @param {Float32Array[]} flows dLoss/dOutput of each tower */
  backward(flows) {
    for (const [k, tower] of this.towers.entries()) tower.backward(flows[k])
  }

  /** Tower 0 as it is now, for unscaled observations. */
  policy() {
    const layers = this.towers[0].layers.map((layer) => ({
      ...layer,
      matrix: layer.matrix.slice(),
      bias: layer.bias.slice(),
    }))
    const [{ matrix, n }] = layers
    for (let k = 0; k < matrix.length; k += 1) matrix[k] *= this.scale[Math.floor(k / n)]
    return new Policy(layers)
  }
}

/** P(right) = sigmoid(logit). */
export class Policy {
  /** @param {Layer[]} layers */
  constructor(layers) {
    this.tower = new Tower(layers, new Float32Array(0))
  }

  /** @param {State} state */
  logit(state) {
    return this.tower.forward(Float32Array.from(state))[0]
  }

  /** @param {State} state */
  greedy(state) {
    return this.logit(state) > 0
  }
}

/** Adam (Kingma and Ba, 2015); the gradient's norm is clipped first. */
export class Adam {
  #count = 0

  /** @param {Network} network @param {number} most norm of a gradient */
  constructor(network, most) {
    this.network = network
    this.most = most
    this.mean = new Float32Array(network.weights.length)
    this.square = new Float32Array(network.weights.length)
  }

  /** @param {number} rate */
  step(rate) {
    const { weights, gradient } = this.network
    const norm = Math.sqrt(gradient.reduce((sum, each) => sum + each * each, 0))
    const by = norm > this.most ? fround(this.most / norm) : 1
    this.#count += 1
    const unbias = Math.sqrt(1 - 0.999 ** this.#count)
    const [small, size] = [
      fround(1e-5 * unbias),
      fround((rate * unbias) / (1 - 0.9 ** this.#count)),
    ]
    for (let k = 0; k < weights.length; k += 1) {
      const push = fround(gradient[k] * by)
      this.mean[k] = fround(this.mean[k] * fround(0.9)) + fround(push * fround(0.1))
      const squared = fround(fround(push * push) * fround(0.001))
      this.square[k] = fround(this.square[k] * fround(0.999)) + squared
      const root = fround(fround(Math.sqrt(this.square[k])) + small)
      weights[k] -= fround(fround(this.mean[k] / root) * size)
    }
  }
}

/**
 * A random matrix whose shorter side is orthonormal, row by row (Gram and Schmidt, twice).
 * @param {Random} rng @param {number} rows @param {number} columns
 */
export function orthogonal(rng, rows, columns) {
  const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)]
  const tall = Array.from({ length: long }, () => Array.from({ length: short }, () => rng.normal()))
  /** @type {number[][]} */
  const made = []
  for (let column = 0; column < short; column += 1) {
    let vector = tall.map((row) => row[column])
    for (const other of [...made, ...made]) {
      const share = vector.reduce((sum, each, k) => sum + each * other[k], 0)
      vector = vector.map((each, k) => each - share * other[k])
    }
    const norm = Math.sqrt(vector.reduce((sum, each) => sum + each * each, 0))
    made.push(vector.map((each) => each / norm))
  }
  return rows >= columns ? tall.flatMap((_, row) => made.map((vector) => vector[row])) : made.flat()
}

/** P(push right). @param {number} logit */
export const right = (logit) => fround(0.5 * (1 + Math.tanh(0.5 * logit)))

/** log(1 + exp(x)). @param {number} x */
export const softplus = (x) => Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)))

/** Mean entropy of coins with these logits, nats. @param {Float32Array} logits */
export function entropy(logits) {
  return logits.reduce((sum, each) => sum + softplus(each) - right(each) * each, 0) / logits.length
}
