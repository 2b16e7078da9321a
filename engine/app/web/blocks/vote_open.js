/** The `vote` block for a number or a few words: each phone answers once, and may change it. */

/** @import { PollState } from "../lib/protocol.js" */
/** @import { Room } from "../lib/room.js" */
/** @import { Block, BlockContext, VoteData } from "../lib/types.js" */

import { el, messageOf } from "../lib/dom.js"
import { announce, PollControls, reached, say } from "./poll_controls.js"
import { cloud, histogram } from "./tallies.js"

/** @type {Omit<PollState, "block">} */
const NOTHING = {
  round: 0, open: true, revealed: false, people: 0, counts: {}, answered: {}, earlier: {},
} // biome-ignore format: one line is enough

const NONE = "Answers are drawn here once they are shown."

/** What it needs of a room: a page in none answers for itself (`alone.js`).
 * @typedef {Pick<Room, "polls" | "given" | "isPresenter" | "trouble" | "answer" | "listen" | "say">} Answering */

export class OpenVote {
  state = el("span", { class: "live-state", role: "status" })
  results = el("div", { class: "tally" })
  #drawn = ""
  #said = ""

  /**
   * @param {HTMLElement} element
   * @param {Block<VoteData>} block
   * @param {BlockContext} context
   * @param {Answering} room
   */
  constructor(element, { id, data }, context, room) {
    this.element = element
    this.id = id
    this.data = data
    this.context = context
    this.room = room
    this.input = this.#input()
    const send = el("button", { type: "submit", class: "live-button" }, "Answer")
    this.form = el(
      "form",
      { class: "vote-open", onsubmit: (event) => this.#send(event) },
      this.input,
      send,
    )
    this.controls = new PollControls(/** @type {Room} */ (room), id, (why) => announce(this, why))
    const look = {
      class: "live-panel vote-panel vote-panel--open",
      role: "group",
      "aria-label": data.question,
    }
    element.replaceChildren(
      el(
        "div",
        look,
        data.title ? el("div", { class: "live-title" }, data.title) : null,
        el("p", { class: "label-question" }, data.question ?? ""),
        this.form,
        this.results,
        el("div", { class: "live-strip label-strip" }, ...this.controls.buttons, this.state),
      ),
    )
    // The stage takes the focus back at Enter, before the browser would send the form.
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.input.checkValidity()) this.#send(event)
    })
    this.input.value = this.#mine
    this.stop = room.listen(() => this.#refresh())
  }

  get #isNumber() {
    return this.data.answer === "number"
  }

  #input() {
    const { low = 0, high = 0, unit = "" } = this.data
    const words = { maxlength: 40, placeholder: "a word or two" }
    const range = {
      type: "number",
      step: "any",
      min: low,
      max: high,
      placeholder: `${low} to ${high} ${unit}`.trim(),
    }
    const look = this.#isNumber ? range : words
    return el("input", {
      ...look,
      "aria-label": "your answer",
      autocomplete: "off",
      required: true,
    })
  }

  get #poll() {
    return this.room.polls.get(this.id) ?? NOTHING
  }

  get #mine() {
    return this.room.given[this.id]?.[""] ?? ""
  }

  /** @param {Event} event */
  async #send(event) {
    event.preventDefault()
    const said = this.input.value.trim()
    if (!said || this.room.isPresenter) return
    if (await reached(this, this.room.answer(this.id, said))) this.#refresh()
  }

  #refresh() {
    const { room, form } = this
    const poll = this.#poll
    if (this.#said && !this.#mine) this.input.value = "" // it is asked again
    this.#said = this.#mine
    form.hidden = room.isPresenter
    this.input.disabled = !poll.open
    this.#draw(poll)
    this.controls.update(poll)
    say(this.state, room.trouble || this.#words(poll))
    this.context.changed?.()
  }

  /** @param {Pick<PollState, "counts" | "revealed">} poll */
  #draw({ counts, revealed }) {
    const text = JSON.stringify([counts, revealed])
    if (text === this.#drawn) return
    this.#drawn = text
    const { low = 0, high = 0, unit = "" } = this.data
    const isEmpty = !revealed || !Object.keys(counts).length
    const remove = this.room.isPresenter
      ? (/** @type {string[]} */ said) => this.#remove(said)
      : null
    const shown = isEmpty ? {} : counts
    const made = this.#isNumber ? histogram(shown, { low, high, unit }) : cloud(shown, remove)
    const none = el("p", { class: "tally-none" }, NONE)
    this.results.classList.toggle("tally--words", !this.#isNumber)
    this.results.classList.toggle("is-empty", isEmpty)
    this.results.replaceChildren(...(isEmpty ? [none] : []), ...made)
  }

  /** Take what was written off the wall. @param {string[]} said */
  async #remove(said) {
    try {
      for (const choice of said)
        await this.room.say({ type: "room_poll", block: this.id, change: "remove", choice })
    } catch (error) {
      say(this.state, messageOf(error))
    }
  }

  /** @param {Pick<PollState, "people" | "open">} poll */
  #words({ people, open }) {
    const answers = people === 1 ? "1 answer" : `${people} answers`
    if (this.room.isPresenter) return `${answers} from phones${open ? "" : " · closed"}`
    if (!open) return `${answers} · closed`
    return this.#mine ? `“${this.#mine}” · you may change it` : answers
  }

  /** Show the results, or hide them: the key for Run, at the presenter's. */
  main() {
    this.controls.reveal()
  }

  panel() {
    return { order: [], isOpen: this.#poll.revealed, buttons: this.controls.commands }
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
