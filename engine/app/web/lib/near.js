/** The nearest name to one that does not exist. */

/** The name that shares most letter pairs with `word`, when it is near enough to be meant. */
export function nearest(word, names) {
  const pairs = (text) => new Set([...text].map((_, place) => text.slice(place, place + 2)))
  const wanted = pairs(word)
  let best = ["", 0.35]
  for (const name of names) {
    const have = pairs(name)
    const shared = [...wanted].filter((pair) => have.has(pair)).length
    const score = (2 * shared) / (wanted.size + have.size)
    if (score > best[1]) best = [name, score]
  }
  return best[0]
}
