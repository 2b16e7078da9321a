/**
 * The `vote` block: a question to the room. The presenter counts hands with clicks, or the audience
 * clicks here; the votes stay in this browser, and can be saved as a file. Results are hidden until
 * asked for: who sees them, follows.
 *
 * A vote is kept as the text of its option, under the block and its question: after an edit of the
 * deck it still belongs to what the room voted for, and to no other question.
 */

/** @import { Block, BlockContext, VoteData } from "../lib/types.js" */

import { download, el, takeKeys } from "../lib/dom.js"
import { keyOf } from "../lib/keyboard.js"
import { keep, recall } from "../lib/store.js"
import { unlike } from "./options.js"

export class Vote {
  toggle = quiet("Show results", () => this.main())
  undo = quiet("Undo", () => this.#takeBack())
  reset = quiet("Reset", () => this.#change([], "all votes cleared"))
  save = quiet("Save", () => this.#save())
  total = el("span", { class: "live-state" })
  /** @type {(() => void) | null} */
  #stopKeys = null

  /**
   * @param {HTMLElement} element
   * @param {Block<VoteData>} block
   * @param {BlockContext} context
   */
  constructor(element, { id, data }, context) {
    this.element = element
    this.data = data
    this.context = context
    this.id = id
    this.key = `vote:${context.lecture}:${id}:${data.question ?? ""}`
    this.options = unlike((data.options ?? []).map(String))
    if (this.options.length < 2) throw new Error("it needs two options or more")
    this.order = this.#kept() // the option of each vote, the last at the end
    this.isOpen = recall(this.key, (text) => text === "open", "session") ?? false
    addEventListener("storage", this.#hear)
    this.rows = this.options.map((option, k) => this.#row(option, k))
    element.replaceChildren(this.#build())
    this.#refresh()
  }

  /** Another tab has counted a vote. */
  #hear = (/** @type {StorageEvent} */ event) => {
    if (event.key !== this.key && event.key !== null) return
    this.order = this.#kept()
    this.#refresh()
  }

  /** @param {string} option @param {number} k */
  #row(option, k) {
    const bar = el("i", { class: "vote-bar" })
    const count = el("span", { class: "vote-count" })
    const key = k < 9 ? el("kbd", { class: "label-key" }, String(k + 1)) : null
    const words = el("span", { class: "vote-words" }, option)
    const look = { type: "button", class: "vote-option" }
    const button = el("button", { ...look, onclick: () => this.#add(k) }, bar, key, words, count)
    return { option, bar, count, button }
  }

  #build() {
    const { data, toggle, undo, reset, save, total } = this
    save.title = "Save the counts as a file (CSV)"
    // Digits are the stage's (a number and Enter jump there), except while the focus is in here.
    return el(
      "div",
      {
        class: "live-panel vote-panel",
        role: "group",
        "aria-label": data.question,
        onfocusin: () => this.#takeKeys(),
        onfocusout: () => this.#dropKeys(),
      },
      data.title ? el("div", { class: "live-title" }, data.title) : null,
      el("p", { class: "label-question" }, data.question ?? ""),
      el("div", { class: "vote-options" }, ...this.rows.map((row) => row.button)),
      el("div", { class: "live-strip label-strip" }, toggle, undo, reset, save, total),
    )
  }

  #takeBack() {
    this.#change(withoutLast(this.#kept(), this.options), "one vote taken back")
  }

  #save() {
    download(`votes-${this.context.lecture}-${this.id}.csv`, this.csv())
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const k = Number(keyOf(event)) - 1
    if (!(k in this.rows)) return false
    if (event.type === "keydown" && !event.repeat) this.#add(k)
    return true
  }

  #takeKeys() {
    this.#stopKeys ??= takeKeys((event) => this.#key(event))
  }

  #dropKeys() {
    this.#stopKeys?.()
    this.#stopKeys = null
  }

  /** @param {number} k */
  #add(k) {
    this.#change([...this.#kept(), this.options[k]], `a vote for ${this.options[k]}`)
  }

  /** @param {string[]} order @param {string} words */
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
        { name: "main", label: this.toggle.textContent ?? "" },
        { name: "undo", label: "Undo" },
      ],
    }
  }

  /** @param {{ order: string[], isOpen: boolean }} panel */
  mirror({ order, isOpen }) {
    this.order = order
    this.isOpen = isOpen
    this.#refresh()
  }

  /** @param {string} name */
  command(name) {
    if (name === "main") this.main()
    else if (name === "undo") this.undo.click()
    else if (name in this.options) this.#add(Number(name))
  }

  /** @param {string} option */
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
    /** @param {string} text @returns {string[]} */
    const read = (text) =>
      JSON.parse(text).filter((/** @type {unknown} */ each) => typeof each === "string")
    return recall(this.key, read) ?? []
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

/**
 * All votes but the last that can be seen here.
 * @param {string[]} order
 * @param {string[]} options
 */
function withoutLast(order, options) {
  const last = order.findLastIndex((each) => options.includes(each))
  return order.filter((_, k) => k !== last)
}

/**
 * A cell of a CSV file; a spreadsheet must not take a text for a formula.
 * @param {string | number} value
 */
function cell(value) {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return `"${text.replaceAll('"', '""')}"`
}

/** @param {string} text @param {() => void} act */
function quiet(text, act) {
  return el(
    "button",
    { type: "button", class: "live-button live-button--quiet", onclick: act },
    text,
  )
}
