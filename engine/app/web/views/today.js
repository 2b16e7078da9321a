/** What of a lecture is shown today: a shorter talk that the deck declares, and hidden slides.

    It is kept for a day, for all windows of this browser. */

/** @import { Slide } from "../lib/types.js" */

import { keep, recall } from "../lib/store.js"

/** @typedef {Pick<Slide, "id" | "is_aside" | "talk">} TalkSlide */

export class Today {
  /** @param {string} slug of the lecture @param {() => number} [now] milliseconds since 1970 */
  constructor(slug, now = Date.now) {
    this.key = `today:${slug}`
    this.now = now
  }

  get #kept() {
    const { day, minutes, hidden } = recall(this.key, stateOf) ?? NOTHING
    return day === this.#day ? { minutes, hidden } : NOTHING
  }

  /** The length of today's talk in minutes; 0 for the whole lecture. */
  get minutes() {
    return this.#kept.minutes
  }

  /** Changes when something else is left out. */
  get state() {
    return JSON.stringify(this.#kept)
  }

  get #day() {
    return new Date(this.now()).toDateString()
  }

  /** Whether → and ← leave a slide out. @param {TalkSlide} slide */
  skips({ id, is_aside: isAside, talk }) {
    const { minutes, hidden } = this.#kept
    if (hidden.includes(id)) return true
    return minutes > 0 && !isAside && (talk === null || talk > minutes)
  }

  /**
   * Hide a slide, or show it again.
   * @param {string} id
   * @returns {boolean} whether it is hidden now
   */
  toggle(id) {
    const { minutes, hidden } = this.#kept
    const isHidden = hidden.includes(id)
    this.#keep(minutes, isHidden ? hidden.filter((one) => one !== id) : [...hidden, id])
    return !isHidden
  }

  /**
   * The next shorter talk of the deck, after the shortest the whole lecture again.
   * @param {TalkSlide[]} slides
   * @returns {number | null} its minutes, 0 for the whole; null where the deck declares none
   */
  shorter(slides) {
    const lengths = [...new Set(slides.flatMap(({ talk }) => talk ?? []))].sort((a, b) => b - a)
    if (!lengths.length) return null
    const { minutes, hidden } = this.#kept
    const next = lengths.find((one) => !minutes || one < minutes) ?? 0
    this.#keep(next, hidden)
    return next
  }

  /** @param {number} minutes @param {string[]} hidden */
  #keep(minutes, hidden) {
    keep(this.key, JSON.stringify({ day: this.#day, minutes, hidden }))
  }
}

const NOTHING = { day: "", minutes: 0, hidden: /** @type {string[]} */ ([]) }

/** @param {string} text @returns {typeof NOTHING | null} */
function stateOf(text) {
  const { day, minutes, hidden } = JSON.parse(text)
  if (typeof minutes !== "number" || !Array.isArray(hidden)) return null
  return { day: String(day), minutes, hidden: hidden.map(String) }
}

/**
 * Do what the keys for it ask.
 * @param {string} action
 * @param {{today: Today, slide: Slide, deck: {slides: Slide[]}, chrome: {say: (text: string) => void},
 *   link: {tell: () => void}}} lecture
 * @returns {boolean} whether it was one of them
 */
export function actToday(action, { today, slide, deck, chrome, link }) {
  if (action === "hide") {
    const isHidden = today.toggle(slide.id)
    chrome.say(isHidden ? "Left out today; H shows it again." : "Shown again.")
  } else if (action === "talk") {
    const minutes = today.shorter(deck.slides)
    const talk = minutes ? `The talk of ${minutes} minutes.` : "The whole lecture."
    chrome.say(minutes === null ? "This lecture declares no shorter talk." : talk)
  } else return false
  link.tell()
  return true
}
