/**
 * The `vote` block: a question to the room. The presenter counts hands with clicks, or the audience
 * clicks here; the votes stay in this browser, and can be saved as a file. Results are hidden until
 * asked for: who sees them, follows.
 *
 * A vote is kept as the text of its option, under the block and its question: after an edit of the
 * deck it still belongs to what the room voted for, and to no other question.
 */

import { download, el, takeKeys } from "../lib/dom.js"
import { keyOf } from "../lib/keyboard.js"
import { keep, recall } from "../lib/store.js"

export class Vote {
  #stopKeys = null

  /** @param {{id: string, data: {question: string, options: string[]}}} block */
  constructor(element, { id, data }, context) {
    Object.assign(this, {
      element,
      data,
      context,
      id,
      key: `vote:${context.lecture}:${id}:${data.question ?? ""}`,
    })
    this.options = unlike((data.options ?? []).map(String))
    if (this.options.length < 2) throw new Error("it needs two options or more")
    this.order = this.#kept() // the option of each vote, the last at the end
    this.isOpen = recall(this.key, (text) => text === "open", "session") ?? false
    addEventListener("storage", this.#hear)
    this.#build()
    this.#refresh()
  }

  /** Another tab has counted a vote. */
  #hear = (event) => {
    if (event.key !== this.key && event.key !== null) return
    this.order = this.#kept()
    this.#refresh()
  }

  #build() {
    this.rows = this.options.map((option, k) => {
      const bar = el("i", { class: "vote-bar" })
      const count = el("span", { class: "vote-count" })
      const key = k < 9 ? el("kbd", { class: "label-key" }, String(k + 1)) : null
      const button = el(
        "button",
        { type: "button", class: "vote-option", onclick: () => this.#add(k) },
        bar,
        key,
        el("span", { class: "vote-words" }, option),
        count,
      )
      return { option, bar, count, button }
    })
    const quiet = (text, act) =>
      el("button", { type: "button", class: "live-button live-button--quiet", onclick: act }, text)
    this.toggle = quiet("Show results", () => this.main())
    this.undo = quiet("Undo", () =>
      this.#change(withoutLast(this.#kept(), this.options), "one vote taken back"),
    )
    this.reset = quiet("Reset", () => this.#change([], "all votes cleared"))
    this.save = quiet("Save", () =>
      download(`votes-${this.context.lecture}-${this.id}.csv`, this.csv()),
    )
    this.save.title = "Save the counts as a file (CSV)"
    this.total = el("span", { class: "live-state" })
    // Digits are the stage's (a number and Enter jump there), except while the focus is in here.
    this.root = el(
      "div",
      {
        class: "live-panel vote-panel",
        role: "group",
        "aria-label": this.data.question,
        onfocusin: () => (this.#stopKeys ??= takeKeys((event) => this.#key(event))),
        onfocusout: () => this.#dropKeys(),
      },
      this.data.title ? el("div", { class: "live-title" }, this.data.title) : null,
      el("p", { class: "label-question" }, this.data.question ?? ""),
      el("div", { class: "vote-options" }, ...this.rows.map((row) => row.button)),
      el(
        "div",
        { class: "live-strip label-strip" },
        this.toggle,
        this.undo,
        this.reset,
        this.save,
        this.total,
      ),
    )
    this.element.replaceChildren(this.root)
  }

  #key(event) {
    const k = Number(keyOf(event)) - 1
    if (!(k in this.rows)) return false
    if (event.type === "keydown" && !event.repeat) this.#add(k)
    return true
  }

  #dropKeys() {
    this.#stopKeys?.()
    this.#stopKeys = null
  }

  #add(k) {
    this.#change([...this.#kept(), this.options[k]], `a vote for ${this.options[k]}`)
  }

  #change(order, words) {
    this.order = order
    this.#keep()
    this.#refresh()
    this.context.announce(`${words}; ${this.total.textContent}`)
  }

  /** Show the results, or hide them: the button, and the key for Run. */
  main() {
    this.isOpen = !this.isOpen
    this.#keep()
    this.#refresh()
    if (this.isOpen)
      this.context.announce(
        this.rows.map(({ option, count }) => `${option}: ${count.textContent}`).join(", "),
      )
  }

  #refresh() {
    const counts = this.options.map((option) => this.#count(option))
    const all = counts.reduce((sum, count) => sum + count, 0)
    const most = Math.max(1, ...counts)
    this.rows.forEach(({ option, bar, count, button }, k) => {
      count.textContent = this.isOpen
        ? `${counts[k]}${all ? ` · ${Math.round((100 * counts[k]) / all)} %` : ""}`
        : ""
      bar.style.transform = `scaleX(${this.isOpen ? counts[k] / most : 0})`
      button.setAttribute("aria-label", this.isOpen ? `${option}: ${count.textContent}` : option)
    })
    this.toggle.textContent = this.isOpen ? "Hide results" : "Show results"
    this.toggle.setAttribute("aria-pressed", String(this.isOpen))
    this.undo.disabled = all === 0
    this.reset.disabled = this.save.disabled = this.order.length === 0
    this.total.textContent = all === 1 ? "1 vote" : `${all} votes`
    this.context.changed?.()
  }

  /** What is shown here, and what the presenter window may press: hands are counted there, too. */
  panel() {
    const { order, isOpen } = this
    const counts = this.options.map((option, k) => ({
      name: String(k),
      label: `${option} · ${this.#count(option)}`,
    }))
    return {
      order,
      isOpen,
      buttons: [
        ...counts,
        { name: "main", label: this.toggle.textContent },
        { name: "undo", label: "Undo" },
      ],
    }
  }

  mirror({ order, isOpen }) {
    Object.assign(this, { order, isOpen })
    this.#refresh()
  }

  command(name) {
    if (name === "main") this.main()
    else if (name === "undo") this.undo.click()
    else if (name in this.options) this.#add(Number(name))
  }

  #count(option) {
    return this.order.filter((each) => each === option).length
  }

  /** The counts as a table; options that an edit took out of the deck come last. */
  csv() {
    const options = [...new Set([...this.options, ...this.order])]
    const rows = options.map((option) => [this.data.question ?? "", option, this.#count(option)])
    return [["question", "option", "votes"], ...rows]
      .map((row) => row.map(cell).join(","))
      .join("\r\n")
  }

  /** The votes as they are now: another tab may have counted some. */
  #kept() {
    const isText = (each) => typeof each === "string"
    return recall(this.key, (text) => JSON.parse(text).filter(isText)) ?? []
  }

  #keep() {
    keep(this.key, JSON.stringify(this.order))
    keep(this.key, this.isOpen ? "open" : "closed", "session")
  }

  hide() {
    this.#dropKeys()
  }

  destroy() {
    removeEventListener("storage", this.#hear)
    this.hide()
    this.element.replaceChildren()
  }
}

/** Options of which no two are alike: a second "yes" is "yes (2)". */
function unlike(options) {
  return options.map((option, k) => {
    const before = options.slice(0, k).filter((each) => each === option).length
    return before ? `${option} (${before + 1})` : option
  })
}

/** All votes but the last that can be seen here. */
function withoutLast(order, options) {
  const last = order.findLastIndex((each) => options.includes(each))
  return order.filter((_, k) => k !== last)
}

/** A cell of a CSV file; a spreadsheet must not take a text for a formula. */
function cell(value) {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return `"${text.replaceAll('"', '""')}"`
}
