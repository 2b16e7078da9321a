/**
 * The `timeline` block: years in a row, what happened under each, and a note for the chosen one.
 */

/** @import { Block, BlockContext, TimelineData, TimelineEntry } from "../lib/types.js" */

import { el } from "../lib/dom.js"

const MOST_IN_A_ROW = 9 // years; more are set in two rows

export class Timeline {
  /** @type {Element | null} */
  chosen = null // the button of the chosen entry

  /**
   * @param {HTMLElement} element
   * @param {Block<TimelineData>} block
   * @param {BlockContext} context
   */
  constructor(element, { id, data }, context) {
    this.element = element
    this.context = context
    this.id = id
    const entries = data.entries ?? []
    if (!entries.length) throw new Error("it has no entries")
    this.note = el("div", { class: "live-timeline-note", id: `${id}-note` })
    const years = byYear(entries)
    const half = years.length > MOST_IN_A_ROW ? Math.ceil(years.length / 2) : years.length
    const rows = [years.slice(0, half), years.slice(half)].filter((row) => row.length)
    const isRoomy = entries.length <= MOST_IN_A_ROW
    element.replaceChildren(
      el(
        "div",
        { class: `live-timeline${isRoomy ? " is-roomy" : ""}` },
        ...rows.map((row) => this.#row(row)),
        this.note,
      ),
    )
    this.entries = years.flatMap(([, each]) => each) // in the order of their buttons
    const first = element.querySelector("button")
    if (first) this.#choose(first, this.entries[0])
  }

  /** @param {[number, TimelineEntry[]][]} years */
  #row(years) {
    // Years in which more happened get more room, though never less than one share.
    const shares = years.map(
      ([, entries]) => `minmax(0, ${1 + 0.28 * (Math.min(entries.length, 4) - 1)}fr)`,
    )
    const columns = years.map(([year, entries]) =>
      el(
        "li",
        {},
        el("span", { class: "live-timeline-year" }, String(year)),
        el(
          "ul",
          {},
          ...entries.map((entry) =>
            el("li", {}, this.#button(entry), el("p", {}, ...noteOf(entry))),
          ),
        ),
      ),
    )
    const row = el("ol", { class: "live-timeline-row" }, ...columns)
    row.style.setProperty("--years", shares.join(" "))
    return row
  }

  /** @param {TimelineEntry} entry */
  #button(entry) {
    const choose = (/** @type {Event} */ event) =>
      this.#choose(/** @type {Element} */ (event.currentTarget), entry)
    return el(
      "button",
      {
        type: "button",
        "aria-pressed": "false",
        "aria-controls": this.note.id,
        onclick: choose,
        onfocus: choose,
        onpointerenter: choose,
      },
      entry.title,
    )
  }

  /** @param {Element} button @param {TimelineEntry} entry */
  #choose(button, entry) {
    if (this.chosen === button) return
    this.chosen?.setAttribute("aria-pressed", "false")
    this.chosen = button
    button.setAttribute("aria-pressed", "true")
    this.context.changed?.()
    this.note.replaceChildren(
      el("strong", {}, `${when(entry)}: ${entry.title}`),
      el("p", {}, ...noteOf(entry)),
    )
  }

  /** Which entry is chosen, for the presenter window. */
  panel() {
    const buttons = [...this.element.querySelectorAll("button")]
    return { chosen: buttons.indexOf(/** @type {HTMLButtonElement} */ (this.chosen)) }
  }

  /** @param {{ chosen: number }} panel */
  mirror({ chosen }) {
    const button = this.element.querySelectorAll("button")[chosen]
    if (button) this.#choose(button, this.entries[chosen])
  }

  destroy() {
    this.element.replaceChildren()
  }
}

/** @param {TimelineEntry[]} entries */
function byYear(entries) {
  /** @type {Map<number, TimelineEntry[]>} */
  const years = new Map()
  for (const entry of entries) years.set(entry.year, [...(years.get(entry.year) ?? []), entry])
  return [...years].sort(([a], [b]) => a - b)
}

/**
 * The note and its citations, which the stage opens like any other.
 * @param {TimelineEntry} entry
 */
function noteOf(entry) {
  const labels = entry.refs_labels ?? entry.refs ?? []
  const cites = (entry.refs ?? []).map((key, k) =>
    el(
      "a",
      { class: "colloquium-cite", href: `#ref-${key}`, "data-cite": key },
      `[${labels[k] ?? key}]`,
    ),
  )
  return [`${entry.note ?? ""} `, ...cites.flatMap((cite, k) => (k ? [" ", cite] : [cite]))]
}

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
]

/**
 * "2025-01-20" as "20 January 2025"; what is not a date stays as it is.
 * @param {Pick<TimelineEntry, "date" | "year">} entry
 */
export function when({ date, year }) {
  const parts = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(date ?? "")
  if (!parts) return date ?? String(year)
  const [, y, month, day] = parts
  return [day && Number(day), month && MONTHS[Number(month) - 1], y].filter(Boolean).join(" ")
}
