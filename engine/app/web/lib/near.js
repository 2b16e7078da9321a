/** The nearest name to one that does not exist. */

/**
 * The name that shares most letter pairs with `word`, when it is near enough to be meant.
 * @param {string} word
 * @param {string[]} names
 * @returns {string}
 */
export function nearest(word, names) {
  /** @param {string} text */
  const pairs = (text) => new Set([...text].map((_, place) => text.slice(place, place + 2)))
  const wanted = pairs(word)
  let best = { name: "", score: 0.35 }
  for (const name of names) {
    const have = pairs(name)
    const shared = [...wanted].filter((pair) => have.has(pair)).length
    const score = (2 * shared) / (wanted.size + have.size)
    if (score > best.score) best = { name, score }
  }
  return best.name
}
