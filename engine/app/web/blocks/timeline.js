/** The `timeline` block: years in a row, what happened under each, and a note for the chosen one. */

import { el } from "../lib/dom.js"

const MOST_IN_A_ROW = 9 // years; more are set in two rows

export class Timeline {
  /** @param {{data: {entries: {year: number, date?: string, title: string, note?: string,
   *   refs?: string[], refs_labels?: string[]}[], title?: string}}} block */
  constructor(element, { id, data }, context) {
    Object.assign(this, { element, context })
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
    this.#choose(element.querySelector("button"), this.entries[0])
  }

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

  #button(entry) {
    const choose = (event) => this.#choose(event.currentTarget, entry)
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

  #choose(button, entry) {
    if (this.chosen === button) return
    this.chosen?.setAttribute("aria-pressed", "false")
    this.chosen = button
    button.setAttribute("aria-pressed", "true")
    this.context?.changed?.()
    this.note.replaceChildren(
      el("strong", {}, `${when(entry)}: ${entry.title}`),
      el("p", {}, ...noteOf(entry)),
    )
  }

  /** Which entry is chosen, for the presenter window. */
  panel() {
    return { chosen: [...this.element.querySelectorAll("button")].indexOf(this.chosen) }
  }

  mirror({ chosen }) {
    const button = this.element.querySelectorAll("button")[chosen]
    if (button) this.#choose(button, this.entries[chosen])
  }

  destroy() {
    this.element.replaceChildren()
  }
}

function byYear(entries) {
  const years = new Map()
  for (const entry of entries) years.set(entry.year, [...(years.get(entry.year) ?? []), entry])
  return [...years].sort(([a], [b]) => a - b)
}

/** The note and its citations, which the stage opens like any other. */
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

/** "2025-01-20" as "20 January 2025"; what is no date stays as it is. */
export function when({ date, year }) {
  const parts = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$/.exec(date ?? "")
  if (!parts) return date ?? String(year)
  const [, y, month, day] = parts
  return [day && Number(day), month && MONTHS[Number(month) - 1], y].filter(Boolean).join(" ")
}
