/** What a reader's browser keeps for us: preferences, the timer, the votes of a tab.

    A browser may refuse its storage (with site data blocked even reading the property throws) or
    have it full, and a key may hold what an older version or somebody else wrote. Nothing here
    throws: what cannot be kept lasts as long as this page, and what is not as asked is dropped. */

/** @type {Map<string, string>} */
const memory = new Map() // what was kept here, for a browser that keeps nothing

/**
 * What is kept under `key`.
 * @template T
 * @param {string} key
 * @param {(text: string) => T | null} read makes a value of the text; null (or a throw) when it is
 *   not what we write
 * @param {"local" | "session"} [where] for ever, or for as long as the tab is open
 * @returns {T | null} null when there is nothing, or nothing that can be read
 */
export function recall(key, read, where = "local") {
  const text = textOf(key, where)
  if (text === null) return null
  let value = null
  try {
    value = read(text)
  } catch {
    value = null // no JSON, or another shape
  }
  if (value === null || value === undefined) drop(key, where)
  return value ?? null
}

/**
 * Keep `text` under `key`; in this page alone where the browser keeps nothing.
 * @param {string} key
 * @param {string} text
 * @param {"local" | "session"} [where]
 */
export function keep(key, text, where = "local") {
  memory.set(`${where} ${key}`, text)
  try {
    storage(where).setItem(key, text)
  } catch {
    // Refused or full. An older text left there would come back at the next reading.
    attempt(() => storage(where).removeItem(key))
  }
}

/**
 * A reader for `recall`: one of a few words.
 * @type {<T extends string>(...words: T[]) => (text: string) => T | null}
 */
export const oneOf =
  (...words) =>
  (text) =>
    words.find((word) => word === text) ?? null

/**
 * A reader for `recall`: a number within bounds.
 * @param {number} low
 * @param {number} high
 * @returns {(text: string) => number | null}
 */
export const numberIn = (low, high) => (text) => {
  const value = Number(text)
  return text.trim() && value >= low && value <= high ? value : null
}

/** @param {string} key @param {string} where @returns {string | null} */
function textOf(key, where) {
  const kept = attempt(() => storage(where).getItem(key))
  return typeof kept === "string" ? kept : (memory.get(`${where} ${key}`) ?? null)
}

/** @param {string} key @param {string} where */
function drop(key, where) {
  memory.delete(`${where} ${key}`)
  attempt(() => storage(where).removeItem(key))
}

/** @param {string} where */
const storage = (where) => (where === "local" ? localStorage : sessionStorage)

/**
 * @template T
 * @param {() => T} work
 * @returns {T | null} null when it throws
 */
function attempt(work) {
  try {
    return work()
  } catch {
    return null
  }
}
