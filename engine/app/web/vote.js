/**
 * The `vote` block: a question to the room. The presenter counts hands with clicks, or the audience
 * clicks here; counts stay in this tab. Results are hidden until asked for: who sees them, follows.
 */

import { el, takeKeys } from "./dom.js"
import { keyOf } from "./keyboard.js"
import { keep, recall } from "./store.js"

export class Vote {
  #stopKeys = null

  /** @param {{id: string, data: {question: string, options: string[]}}} block */
  constructor(element, { id, data }, context) {
    Object.assign(this, { element, data, context, key: `vote:${context.lecture}:${id}` })
    this.options = (data.options ?? []).map(String)
    if (this.options.length < 2) throw new Error("it needs two options or more")
    Object.assign(this, { order: [], isOpen: false }, this.#read())
    this.#build()
    this.#refresh()
  }

  #build() {
    this.rows = this.options.map((option, k) => {
      const bar = el("i", { class: "vote-bar" })
      const count = el("span", { class: "vote-count" })
      const key = k < 9 ? el("kbd", { class: "label-key" }, String(k + 1)) : null
      const button = el("button", { type: "button", class: "vote-option", onclick: () => this.#add(k) },
        bar, key, el("span", { class: "vote-words" }, option), count)
      return { option, bar, count, button }
    })
    const quiet = (text, act) => el("button", { type: "button", class: "live-button live-button--quiet", onclick: act }, text)
    this.toggle = quiet("Show results", () => this.main())
    this.undo = quiet("Undo", () => this.#change(this.order.slice(0, -1), "one vote taken back"))
    this.reset = quiet("Reset", () => this.#change([], "all votes cleared"))
    this.total = el("span", { class: "live-state" })
    // Digits are the stage's (a number and Enter jump there), except while the focus is in here.
    this.root = el("div", { class: "live-panel vote-panel", role: "group", "aria-label": this.data.question,
      onfocusin: () => (this.#stopKeys ??= takeKeys((event) => this.#key(event))), onfocusout: () => this.#dropKeys() },
      this.data.title ? el("div", { class: "live-title" }, this.data.title) : null,
      el("p", { class: "label-question" }, this.data.question ?? ""),
      el("div", { class: "vote-options" }, ...this.rows.map((row) => row.button)),
      el("div", { class: "live-strip label-strip" }, this.toggle, this.undo, this.reset, this.total))
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
    this.#change([...this.order, k], `a vote for ${this.options[k]}`)
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
    if (this.isOpen) this.context.announce(this.rows.map(({ option, count }) => `${option}: ${count.textContent}`).join(", "))
  }

  #refresh() {
    const all = this.order.length
    const counts = this.options.map((_, k) => this.order.filter((each) => each === k).length)
    const most = Math.max(1, ...counts)
    this.rows.forEach(({ option, bar, count, button }, k) => {
      count.textContent = this.isOpen ? `${counts[k]}${all ? ` · ${Math.round((100 * counts[k]) / all)} %` : ""}` : ""
      bar.style.transform = `scaleX(${this.isOpen ? counts[k] / most : 0})`
      button.setAttribute("aria-label", this.isOpen ? `${option}: ${count.textContent}` : option)
    })
    this.toggle.textContent = this.isOpen ? "Hide results" : "Show results"
    this.toggle.setAttribute("aria-pressed", String(this.isOpen))
    this.undo.disabled = this.reset.disabled = all === 0
    this.total.textContent = all === 1 ? "1 vote" : `${all} votes`
    this.context.changed?.()
  }

  /** What is shown here, and what the presenter window may press: hands are counted there, too. */
  panel() {
    const { order, isOpen } = this
    const counts = this.options.map((option, k) => ({ name: String(k), label: `${option} · ${order.filter((each) => each === k).length}` }))
    return { order, isOpen, buttons: [...counts, { name: "main", label: this.toggle.textContent }, { name: "undo", label: "Undo" }] }
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

  #read() {
    const kept = recall(this.key, JSON.parse, "session") ?? {}
    const isOption = (k) => Number.isInteger(k) && k >= 0 && k < this.options.length
    const order = Array.isArray(kept.order) ? kept.order.filter(isOption) : []
    return { order, isOpen: kept.isOpen === true }
  }

  #keep() {
    keep(this.key, JSON.stringify({ order: this.order, isOpen: this.isOpen }), "session")
  }

  hide() {
    this.#dropKeys()
  }

  destroy() {
    this.hide()
    this.element.replaceChildren()
  }
}
