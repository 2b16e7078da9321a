/** The distributions of `numpy.random.Generator`, with its draws in its order.

    Source: numpy/random/src/distributions/distributions.c. */

import { lower, Pcg64, upper } from "./pcg64.js"
import { SeedSequence } from "./seeds.js"
import { EXPONENTIAL, NORMAL } from "./ziggurat.js"

const DOUBLE = 2 ** -53

export class Random {
  /** @param {SeedSequence | number} seed */
  constructor(seed) {
    this.bits = new Pcg64(typeof seed === "number" ? new SeedSequence(seed) : seed)
  }

  /** Uniform in [0, 1). */
  random() {
    this.bits.next()
    return (this.bits.high * 2 ** 21 + (this.bits.low >>> 11)) * DOUBLE
  }

  /** @param {number} low @param {number} high */
  uniform(low, high) {
    return low + (high - low) * this.random()
  }

  /**
   * `count` uniform numbers, in a row.
   * @param {number} count
   */
  randoms(count) {
    const made = new Float64Array(count)
    for (let k = 0; k < count; k += 1) made[k] = this.random()
    return made
  }

  /** A whole number from 0 to `end` - 1 (Lemire, 2019). @param {number} end at most 2^32 - 1 */
  integer(end) {
    if (end === 1) return 0
    const least = (2 ** 32 - end) % end // what lies below would make some numbers likelier
    for (;;) {
      const word = this.bits.word()
      if (lower(word, end) >= least) return upper(word, end)
    }
  }

  normal() {
    for (;;) {
      this.bits.next()
      const { low, high } = this.bits
      const [layer, isNegative] = [low & 0xff, (low >>> 8) & 1]
      const whole = (high & 0x1fffffff) * 2 ** 23 + (low >>> 9)
      const x = (isNegative ? -1 : 1) * whole * NORMAL.width[layer]
      if (whole < NORMAL.inside[layer]) return x
      if (layer === 0) return (low >>> 17) & 1 ? -this.#normalTail() : this.#normalTail()
      const { height } = NORMAL
      const at = (height[layer - 1] - height[layer]) * this.random() + height[layer]
      if (at < Math.exp(-0.5 * x * x)) return x
    }
  }

  #normalTail() {
    for (;;) {
      const x = -Math.log1p(-this.random()) / NORMAL.edge
      const y = -Math.log1p(-this.random())
      if (y + y > x * x) return NORMAL.edge + x
    }
  }

  exponential() {
    for (;;) {
      this.bits.next()
      const { low, high } = this.bits
      const layer = (low >>> 3) & 0xff
      const whole = high * 2 ** 21 + (low >>> 11)
      const x = whole * EXPONENTIAL.width[layer]
      if (whole < EXPONENTIAL.inside[layer]) return x
      if (layer === 0) return EXPONENTIAL.edge - Math.log1p(-this.random())
      const { height } = EXPONENTIAL
      const at = (height[layer - 1] - height[layer]) * this.random() + height[layer]
      if (at < Math.exp(-x)) return x
    }
  }

  /** Of scale 1 (Marsaglia and Tsang, 2000). @param {number} shape at least 1 */
  gamma(shape) {
    if (shape === 1) return this.exponential()
    const b = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * b)
    for (;;) {
      let x = this.normal()
      while (1 + c * x <= 0) x = this.normal()
      const v = (1 + c * x) ** 3
      const u = this.random()
      if (u < 1 - 0.0331 * (x * x) * (x * x)) return b * v
      if (Math.log(u) < 0.5 * x * x + b * (1 - v + Math.log(v))) return b * v
    }
  }

  /** @param {number} a at least 1 @param {number} b at least 1 */
  beta(a, b) {
    if (a > 1 || b > 1) {
      const first = this.gamma(a)
      return first / (first + this.gamma(b))
    }
    for (;;) {
      const [u, v] = [this.random(), this.random()]
      if (u + v <= 1 && u + v > 0) return u / (u + v)
    }
  }
}
