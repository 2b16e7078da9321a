/** The `label` block in a room: each phone says of each pair which one is better. The wall shows how
    the room is divided, when the presenter wants that. */

/** @import { Room } from "../lib/room.js" */
/** @import { Block, BlockContext, LabelData } from "../lib/types.js" */

import { el } from "../lib/dom.js"
import { announce, PollControls, reached, say } from "./poll_controls.js"

const NOTHING = {
  open: true,
  revealed: false,
  people: 0,
  counts: /** @type {Record<string, number>} */ ({}),
}
/** @type {[string, string][]} */
const SIDES = [
  ["L", "the first"],
  ["=", "can't tell"],
  ["R", "the second"],
]

export class RoomLabel {
  at = 0 // the pair that is shown
  state = el("span", { class: "live-state", role: "status" })
  count = el("span", { class: "label-count" })
  prompt = el("p", { class: "label-question" })

  /**
   * @param {HTMLElement} element
   * @param {Block<LabelData>} block
   * @param {BlockContext} context
   * @param {Room} room
   */
  constructor(element, { id, data }, context, room) {
    this.element = element
    this.id = id
    this.data = data
    this.room = room
    this.context = context
    this.pairs = data.pairs ?? []
    if (!this.pairs.length) throw new Error("it has no pairs")
    this.sides = SIDES.map(([letter, words]) => this.#side(letter, words))
    this.controls = new PollControls(room, id, (sentence) => announce(this, sentence))
    this.back = this.#step("Back", -1)
    this.next = this.#step("Next pair", 1)
    const strip = [this.back, this.next, ...this.controls.buttons, this.state]
    element.replaceChildren(
      el(
        "div",
        { class: "live-panel label-panel label-panel--room", role: "group" },
        data.title ? el("div", { class: "live-title" }, data.title) : null,
        el("p", { class: "label-asked", hidden: !this.#asksTwice }, data.question ?? ""),
        el("div", { class: "label-head" }, this.prompt, this.count),
        el("div", { class: "label-choice" }, ...this.sides.map((side) => side.button)),
        el("div", { class: "live-strip label-strip" }, ...strip),
      ),
    )
    this.at = this.#firstOpen()
    this.stop = room.listen(() => this.#refresh())
  }

  /** @param {string} letter @param {string} words */
  #side(letter, words) {
    const bar = el("i", { class: "vote-bar" })
    const text = el("span", { class: "vote-words" }, words)
    const count = el("span", { class: "vote-count" })
    const look = { type: "button", class: "vote-option", onclick: () => this.#label(letter) }
    return { letter, bar, text, count, button: el("button", look, bar, text, count) }
  }

  /** @param {string} words @param {number} by */
  #step(words, by) {
    const onclick = () => this.#go(this.at + by)
    return el("button", { type: "button", class: "live-button live-button--quiet", onclick }, words)
  }

  /** Whether there is a question beside the prompts of the pairs. */
  get #asksTwice() {
    return Boolean(this.data.question) && this.pairs.some(({ prompt }) => prompt)
  }

  get #poll() {
    return this.room.polls.get(this.id) ?? NOTHING
  }

  /** The first pair that this phone has not labelled, else the last one. */
  #firstOpen() {
    const given = this.room.given[this.id] ?? {}
    const open = this.pairs.findIndex((_, k) => !given[String(k)])
    return open < 0 ? this.pairs.length - 1 : open
  }

  /** @param {number} at */
  #go(at) {
    this.at = Math.max(0, Math.min(this.pairs.length - 1, at))
    this.#refresh()
  }

  /** @param {string} letter */
  async #label(letter) {
    if (this.room.isPresenter || !this.#poll.open) return
    const pair = this.at
    const said = this.room.answer(this.id, letter, pair)
    if (pair === this.at) this.#go(this.at + 1)
    await reached(this, said)
  }

  #refresh() {
    const { room, pairs, at } = this
    const { revealed, open, counts } = this.#poll
    const { a, b, prompt = "" } = pairs[at]
    const mine = room.given[this.id]?.[String(at)] ?? ""
    say(this.prompt, String(prompt) || this.data.question || "Which answer is better?")
    this.count.textContent = `${at + 1} of ${pairs.length}`
    const all = SIDES.reduce((sum, [letter]) => sum + (counts[`${at}${letter}`] ?? 0), 0)
    for (const { letter, bar, text, count, button } of this.sides) {
      const number = counts[`${at}${letter}`] ?? 0
      say(text, letter === "L" ? String(a) : letter === "R" ? String(b) : "can't tell")
      count.textContent = revealed && all ? `${number} · ${Math.round((100 * number) / all)} %` : ""
      bar.style.transform = `scaleX(${revealed && all ? number / all : 0})`
      button.disabled = !room.isPresenter && !open
      button.setAttribute("aria-pressed", String(letter === mine))
    }
    this.back.disabled = at === 0
    this.next.disabled = at === pairs.length - 1
    this.controls.update(this.#poll)
    this.controls.again.hidden = true // a label is changed, never given twice
    say(this.state, room.trouble || this.#words())
    this.context.changed?.()
  }

  #words() {
    const { people, open } = this.#poll
    const raters = people === 1 ? "1 rater" : `${people} raters`
    if (this.room.isPresenter) return `${raters} on phones${open ? "" : " · closed"}`
    const given = Object.keys(this.room.given[this.id] ?? {}).length
    if (!open) return "Closed. Thank you."
    return given === this.pairs.length
      ? "All pairs are labelled. You may change them."
      : `${raters} · tap the better answer`
  }

  /** Show the results, or hide them: the key for Run, at the presenter's. */
  main() {
    this.controls.reveal()
  }

  panel() {
    return { phase: "start", labels: "", buttons: this.controls.commands }
  }

  /** @param {string} name */
  command(name) {
    this.controls.command(name)
  }

  destroy() {
    this.stop()
    this.element.replaceChildren()
  }
}
