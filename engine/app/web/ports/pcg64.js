/** The random bits of `numpy.random.default_rng`: PCG64 (O'Neill, 2014), XSL-RR over 128 bits.

    The state is four words of 32 bits, the lowest first. BigInt would be twenty times slower. */

/** @import { SeedSequence } from "./seeds.js" */

const WORD = 2 ** 32
const [M0, M1, M2, M3] = [0x9fccf645, 0x4385df64, 0x1fc65da4, 0x2360ed05]

/** The upper 32 bits of a product. @param {number} a @param {number} b both 0 … 2^32 - 1 */
export function upper(a, b) {
  const a1 = a >>> 16
  const b1 = b >>> 16
  const low = a1 * (b & 0xffff) + (((a & 0xffff) * (b & 0xffff)) >>> 16)
  const middle = (a & 0xffff) * b1 + (low & 0xffff)
  return a1 * b1 + (low >>> 16) + (middle >>> 16)
}

/** The lower 32 bits of a product. @param {number} a @param {number} b */
export const lower = (a, b) => Math.imul(a, b) >>> 0

export class Pcg64 {
  high = 0 // of the last 64 bits that were drawn
  low = 0
  #half = -1 // the upper half of a draw whose lower half is used; -1 is none
  #s0 = 0
  #s1 = 0
  #s2 = 0
  #s3 = 0
  #increment

  /** @param {SeedSequence} seed */
  constructor(seed) {
    const [a, b, c, d, e, f, g, h] = seed.words(8) // two numbers of 128 bits, upper 64 bits first
    const lines = [g, h, e, f]
    this.#increment = lines.map((word, k) => ((word << 1) | (k ? lines[k - 1] >>> 31 : 1)) >>> 0)
    this.#step()
    this.#add(c, d, a, b)
    this.#step()
  }

  /** Draw 64 bits into `high` and `low`. */
  next() {
    this.#step()
    const a = this.#s3 ^ this.#s1
    const b = this.#s2 ^ this.#s0
    const isSwapped = this.#s3 >>> 31
    const by = (this.#s3 >>> 26) & 31
    const [first, last] = isSwapped ? [b, a] : [a, b]
    this.high = (by ? (first >>> by) | (last << (32 - by)) : first) >>> 0
    this.low = (by ? (last >>> by) | (first << (32 - by)) : last) >>> 0
  }

  /** 32 bits; two calls share one draw. */
  word() {
    const kept = this.#half
    this.#half = -1
    if (kept >= 0) return kept
    this.next()
    this.#half = this.high
    return this.low
  }

  #step() {
    const s0 = this.#s0
    const s1 = this.#s1
    const s2 = this.#s2
    const r1 = upper(s0, M0) + lower(s0, M1) + lower(s1, M0)
    const r2 =
      Math.floor(r1 / WORD) +
      (upper(s0, M1) + upper(s1, M0) + lower(s0, M2) + lower(s1, M1) + lower(s2, M0))
    const r3 =
      Math.floor(r2 / WORD) +
      (upper(s0, M2) + upper(s1, M1) + upper(s2, M0)) +
      (lower(s0, M3) + lower(s1, M2) + lower(s2, M1) + lower(this.#s3, M0))
    this.#s0 = lower(s0, M0)
    this.#s1 = r1 % WORD
    this.#s2 = r2 % WORD
    this.#s3 = r3 % WORD
    const [i0, i1, i2, i3] = this.#increment
    this.#add(i0, i1, i2, i3)
  }

  /**
   * Add 128 bits to the state.
   * @param {number} a
   * @param {number} b
   * @param {number} c
   * @param {number} d
   */
  #add(a, b, c, d) {
    const r0 = this.#s0 + a
    const r1 = this.#s1 + b + (r0 >= WORD ? 1 : 0)
    const r2 = this.#s2 + c + (r1 >= WORD ? 1 : 0)
    this.#s3 = (this.#s3 + d + (r2 >= WORD ? 1 : 0)) % WORD
    this.#s0 = r0 % WORD
    this.#s1 = r1 % WORD
    this.#s2 = r2 % WORD
  }
}
