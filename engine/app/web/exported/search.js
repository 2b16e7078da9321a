/** Search of an exported site: the entries of engine/deck/search, looked through in the page.

    A word is found by its beginning, without the ending that English hangs on it; it counts by the
    part that it stands in, and a rare word more than a frequent one. */

/** @import { SearchAnswer, SearchHit } from "../lib/types.js" */

import { nearest } from "../lib/near.js"

/** @typedef {{kind: SearchHit["kind"], slug: string, slide: string, key: string, title: string,
 *   texts: Record<string, string>}} Entry as engine/deck/search/entries.py has it */
/** @typedef {{where: string, weight: number}} Found the part that holds a word */

/** @type {Record<string, number>} as in engine/deck/search/index.py */
const WEIGHTS = { title: 8, also: 6, text: 3, math: 2, notes: 1.5, recording: 1.2, works: 1 }
const MOST = 20 // hits of each kind
const [AROUND, MEANING] = [9, 48] // words on either side of one that was sought; of a term, more
// as in engine/deck/search/words.py
const STOP = new Set(
  `a about am an and are as at be between by can could define defined definition difference do does
  explain explained find for from get give had happen happens has have how i in instead into is it
  its itself make makes many me mean meaning means much my need needed needs of on or should show
  so some tell than that the their them then there these they this those to use used uses using
  versus vs was we were what when where which who whom whose why will with work works would you
  your`.split(/\s+/),
)
const ENDING = /(?:isation|ization|ations?|ings?|ise[ds]?|ize[ds]?|ies|ed|es|e|s|y)$/

/** @param {string} text lower case, without accents */
const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()

/** The part of a word that its other forms share. @param {string} word */
function stem(word) {
  const short = word.replace(ENDING, "")
  return short.length >= 3 ? short : word
}

/** @param {string} text */
const wordsOf = (text) => folded(text).match(/[\p{L}\p{N}]+/gu) ?? []

/**
 * What answers a query: of each kind the best first; what holds less than half of the
 * words that there are is none.
 * @param {Entry[]} entries
 * @param {string} query
 * @returns {SearchAnswer}
 */
export function search(entries, query) {
  const typed = asked(query).map((word) => known(entries, word))
  const sought = typed.map((word) => beginning(stem(word)))
  const found = entries.map((entry) => sought.map((word) => place(entry, word)))
  const rarity = sought.map((_, k) => {
    const count = found.filter((row) => row[k]).length
    return Math.log(1 + entries.length / (1 + count))
  })
  const unknown = typed.filter((_, k) => !found.some((row) => row[k]))
  const ranked = entries.flatMap((entry, e) => {
    const row = found[e]
    const count = row.filter(Boolean).length
    if (2 * count < sought.length - unknown.length || !count) return []
    const score = row.reduce((sum, one, k) => sum + (one ? one.weight * rarity[k] : 0), 0)
    return [{ entry, row, rank: [isName(entry, typed) ? 1 : 0, count, score] }]
  })
  ranked.sort((a, b) => b.rank.map((each, k) => each - a.rank[k]).find(Boolean) ?? 0)
  /** @type {Record<string, number>} */
  const taken = {}
  const best = ranked.filter(({ entry }) => {
    taken[entry.kind] = (taken[entry.kind] ?? 0) + 1
    return taken[entry.kind] <= MOST
  })
  const read = typed.join(" ")
  const read_as = read === asked(query).join(" ") ? "" : read
  return { hits: best.map(({ entry, row }) => hit(entry, row, sought)), read_as, unknown }
}

/** The words of a query, without those that carry no meaning. @param {string} query */
function asked(query) {
  const words = wordsOf(query)
  const kept = words.filter((word) => !STOP.has(word))
  return kept.length ? kept : words
}

/** @type {WeakMap<Entry[], Set<string>>} */
const vocabularies = new WeakMap()

/**
 * A word as it is, or the nearest one where no text has it.
 * @param {Entry[]} entries
 * @param {string} word
 */
function known(entries, word) {
  const words =
    vocabularies.get(entries) ??
    new Set(entries.flatMap(({ texts }) => Object.values(texts).flatMap(wordsOf)))
  vocabularies.set(entries, words)
  const start = stem(word)
  const isThere = words.has(word) || [...words].some((each) => each.startsWith(start))
  return isThere || word.length < 5 ? word : nearest(word, [...words]) || word
}

/** @param {string} start of a word */
const beginning = (start) => new RegExp(`(?<![\\p{L}\\p{N}])${start}[\\p{L}\\p{N}]*`, "gu")

/** @type {WeakMap<Entry, Record<string, string>>} */
const kept = new WeakMap() // the folded texts of each entry

/**
 * The best part of an entry that holds a word.
 * @param {Entry} entry
 * @param {RegExp} word
 * @returns {Found | null}
 */
function place(entry, word) {
  const texts =
    kept.get(entry) ??
    Object.fromEntries(Object.entries(entry.texts).map(([name, text]) => [name, folded(text)]))
  kept.set(entry, texts)
  for (const [where, weight] of Object.entries(WEIGHTS))
    if (texts[where] && texts[where].search(word) >= 0) return { where, weight }
  return null
}

/** Whether the query is one of an entry's names. @param {Entry} entry @param {string[]} typed */
function isName({ texts }, typed) {
  const names = `${texts.title ?? ""} ; ${texts.also ?? ""}`.split(" ; ")
  const stems = new Set(typed.map(stem))
  return names.some((name) => name.trim() && wordsOf(name).every((word) => stems.has(stem(word))))
}

/**
 * @param {Entry} entry
 * @param {(Found | null)[]} row
 * @param {RegExp[]} sought
 * @returns {SearchHit}
 */
function hit({ texts, ...entry }, row, sought) {
  const holding = row.flatMap((one) => (one ? [one.where] : []))
  const where = Object.keys(WEIGHTS).find((name) => holding.includes(name)) ?? "text"
  const around = entry.kind === "term" ? MEANING : AROUND
  // A title stands above the snippet anyway: the snippet shows what else there is.
  const told = holding.find((name) => name !== "title" && name !== "also") ?? "text"
  return { ...entry, where, snippet: snippet(texts[told] ?? "", sought, around) }
}

/**
 * Text in pieces, of which every second one was sought.
 * @param {string} text
 * @param {RegExp[]} sought
 * @param {number} around
 */
function snippet(text, sought, around) {
  const words = text.split(/\s+/)
  const isSought = words.map((word) => sought.some((one) => folded(word).search(one) >= 0))
  const middle = Math.max(0, isSought.indexOf(true))
  const first = Math.max(0, middle - around)
  const pieces = [first > 0 ? "… " : ""]
  for (const [k, word] of words.slice(first, middle + around + 1).entries()) {
    if (isSought[first + k]) pieces.push(word, " ")
    else pieces[pieces.length - 1] += `${word} `
  }
  if (middle + around + 1 < words.length) pieces[pieces.length - 1] += "…"
  return pieces
}
