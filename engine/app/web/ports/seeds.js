/** Seeds as NumPy makes them: `numpy.random.SeedSequence`, so that a seed means the same run here.

    Source: numpy/random/bit_generator.pyx, after O'Neill's `seed_seq_fe`. */

const POOL = 4 // words of 32 bits
const [INIT_A, MULT_A, INIT_B, MULT_B] = [0x43b0d7e5, 0x931e8875, 0x8b51f9dd, 0x58f38ded]
const [MIX_LEFT, MIX_RIGHT] = [0xca01f9dd, 0x4973f715]

export class SeedSequence {
  #children = 0
  #pool

  /**
   * @param {number | number[]} entropy whole numbers, each 0 … 2^32 - 1
   * @param {number[]} [spawnKey] which child of which child it is
   */
  constructor(entropy, spawnKey = []) {
    this.entropy = entropy
    this.spawnKey = spawnKey
    const own = Array.isArray(entropy) ? entropy : [entropy]
    const padding = spawnKey.length ? new Array(Math.max(0, POOL - own.length)).fill(0) : []
    this.#pool = mixed([...own, ...padding, ...spawnKey])
  }

  /** Independent seeds, other ones at each call. @param {number} count */
  spawn(count) {
    const first = this.#children
    this.#children += count
    return Array.from(
      { length: count },
      (_, k) => new SeedSequence(this.entropy, [...this.spawnKey, first + k]),
    )
  }

  /** Words of 32 bits for the state of a generator. @param {number} count */
  words(count) {
    let hash = INIT_B
    return Array.from({ length: count }, (_, k) => {
      const value = this.#pool[k % POOL] ^ hash
      hash = Math.imul(hash, MULT_B)
      const made = Math.imul(value, hash)
      return (made ^ (made >>> 16)) >>> 0
    })
  }
}

/** @param {number[]} entropy words of 32 bits */
function mixed(entropy) {
  let hash = INIT_A
  /** @param {number} word */
  const hashed = (word) => {
    const value = word ^ hash
    hash = Math.imul(hash, MULT_A)
    const made = Math.imul(value, hash)
    return made ^ (made >>> 16)
  }
  /** @param {number} a @param {number} b */
  const mix = (a, b) => {
    const made = Math.imul(MIX_LEFT, a) - Math.imul(MIX_RIGHT, b)
    return made ^ (made >>> 16)
  }
  const pool = Array.from({ length: POOL }, (_, k) => hashed(entropy[k] ?? 0))
  for (let from = 0; from < POOL; from += 1)
    for (let to = 0; to < POOL; to += 1)
      if (from !== to) pool[to] = mix(pool[to], hashed(pool[from]))
  for (const word of entropy.slice(POOL))
    for (let to = 0; to < POOL; to += 1) pool[to] = mix(pool[to], hashed(word))
  return pool
}
