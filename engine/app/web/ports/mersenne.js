/** The random numbers of torch on a processor: the Mersenne twister (Matsumoto and Nishimura, 1998).

    Source: aten/src/ATen/core/MT19937RNGEngine.h and DistributionsHelper.h. */

import { SeedSequence } from "./seeds.js"

const [SIZE, SHIFT] = [624, 397]

/**
 * A stream of random numbers for one purpose: `generator` of sims/language/world.py.
 * @param {number} seed
 * @param {string} purpose
 */
export function generator(seed, purpose) {
  return new TorchRandom(new SeedSequence([seed, crc32(purpose)]).words(1)[0])
}

/** As `zlib.crc32`. @param {string} text of ASCII letters */
function crc32(text) {
  let sum = -1
  for (const letter of text) {
    sum ^= letter.charCodeAt(0)
    for (let k = 0; k < 8; k += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0)
  }
  return ~sum >>> 0
}

export class TorchRandom {
  #kept = Number.NaN // the second normal number of a pair
  #state = new Uint32Array(SIZE)
  #at = SIZE

  /** @param {number} seed its lower 32 bits are what counts */
  constructor(seed) {
    const state = this.#state
    state[0] = seed >>> 0
    for (let k = 1; k < SIZE; k += 1) {
      const before = state[k - 1] ^ (state[k - 1] >>> 30)
      state[k] = Math.imul(1812433253, before) + k
    }
  }

  /** 32 bits. */
  word() {
    if (this.#at === SIZE) this.#renew()
    let y = this.#state[this.#at]
    this.#at += 1
    y ^= y >>> 11
    y ^= (y << 7) & 0x9d2c5680
    y ^= (y << 15) & 0xefc60000
    return (y ^ (y >>> 18)) >>> 0
  }

  #normal() {
    const kept = this.#kept
    this.#kept = Number.NaN
    if (!Number.isNaN(kept)) return kept
    const angle = 2 * Math.PI * this.random()
    const radius = Math.sqrt(-2 * Math.log1p(-this.random()))
    this.#kept = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }

  #renew() {
    const state = this.#state
    for (let k = 0; k < SIZE; k += 1) {
      const y = (state[k] & 0x80000000) | (state[(k + 1) % SIZE] & 0x7fffffff)
      state[k] = state[(k + SHIFT) % SIZE] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0)
    }
    this.#at = 0
  }

  /** A uniform double in [0, 1), of 53 bits. */
  random() {
    const high = this.word()
    const low = this.word()
    return ((high & 0x1fffff) * 2 ** 32 + low) * 2 ** -53
  }

  /**
   * Normal doubles (Box and Muller, 1958), in groups of 16 where there are so many.
   * @param {number} count
   */
  normals(count) {
    if (count < 16) return Array.from({ length: count }, () => this.#normal())
    const made = Array.from({ length: count }, () => this.random())
    for (let start = 0; start + 16 <= count; start += 16) toNormal(made, start)
    if (count % 16) {
      for (let k = count - 16; k < count; k += 1) made[k] = this.random() // the last group again
      toNormal(made, count - 16)
    }
    return made
  }
}

/** @param {number[]} values @param {number} start of 16 uniform numbers */
function toNormal(values, start) {
  for (let k = start; k < start + 8; k += 1) {
    const radius = Math.sqrt(-2 * Math.log1p(-values[k]))
    const angle = 2 * Math.PI * values[k + 8]
    values[k] = radius * Math.cos(angle)
    values[k + 8] = radius * Math.sin(angle)
  }
}
