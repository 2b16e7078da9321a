/** The numbers and the words that a room has answered, drawn: a histogram, and a word cloud. */

import { el } from "../lib/dom.js"
import { number } from "../lib/format.js"

const BINS = 10
const MOST_SHOWN = 40 // words of a cloud
const LARGEST = 2.4 // times the size of a word that one person has said

/** @typedef {Record<string, number>} Counts how many gave each answer */

/**
 * @param {Counts} counts of numbers
 * @param {{low: number, high: number, unit: string}} range
 * @returns {HTMLElement[]}
 */
export function histogram(counts, { low, high, unit }) {
  const heights = binned(counts, low, high)
  const most = Math.max(1, ...heights)
  const bars = heights.map((height) =>
    el("i", { style: `height: ${(100 * height) / most}%`, title: String(height) }),
  )
  const middle = median(counts)
  const words = `${middle === null ? "" : `median ${number(middle)}`} ${unit}`.trim()
  const axis = [number(low), words, number(high)].map((text) => el("span", {}, text))
  return [
    el("div", { class: "tally-bars", role: "img", "aria-label": words }, ...bars),
    el("div", { class: "tally-axis" }, ...axis),
  ]
}

/**
 * How many answers lie in each of ten parts of the range; the last one holds its upper end.
 * @param {Counts} counts @param {number} low @param {number} high
 */
export function binned(counts, low, high) {
  const heights = Array(BINS).fill(0)
  for (const [text, count] of Object.entries(counts)) {
    const place = Math.floor((BINS * (Number(text) - low)) / (high - low))
    heights[Math.max(0, Math.min(BINS - 1, place))] += count
  }
  return heights
}

/** The middle answer, or the mean of the two in the middle. @param {Counts} counts */
export function median(counts) {
  const all = Object.entries(counts).flatMap(([text, count]) => Array(count).fill(Number(text)))
  all.sort((a, b) => a - b)
  if (!all.length) return null
  return (all[Math.floor((all.length - 1) / 2)] + all[Math.floor(all.length / 2)]) / 2
}

/**
 * Words as large as they are frequent.
 * @param {Counts} counts
 * @param {((said: string[]) => void) | null} remove takes one away, at the presenter's
 */
export function cloud(counts, remove) {
  const words = merged(counts).slice(0, MOST_SHOWN)
  const most = Math.max(1, ...words.map(({ count }) => count))
  return words.map(({ text, count, said }) => {
    const size = 1 + ((LARGEST - 1) * Math.log(count)) / Math.log(Math.max(2, most))
    const look = { class: "tally-word", style: `font-size: ${size.toFixed(2)}em` }
    const title = `${text}: ${count}`
    return remove
      ? el(
          "button",
          {
            ...look,
            type: "button",
            title: `${title}. Click to take it away`,
            onclick: () => remove(said),
          },
          text,
        )
      : el("span", { ...look, title }, text)
  })
}

/**
 * Answers that differ in capitals alone are one word; the most frequent first.
 * @param {Counts} counts
 */
export function merged(counts) {
  /** @type {Map<string, {text: string, count: number, most: number, said: string[]}>} */
  const found = new Map()
  for (const [text, count] of Object.entries(counts)) {
    const key = text.toLocaleLowerCase()
    const one = found.get(key) ?? { text, count: 0, most: 0, said: [] }
    if (count > one.most) Object.assign(one, { text, most: count })
    one.count += count
    one.said.push(text)
    found.set(key, one)
  }
  return [...found.values()].sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1))
}
