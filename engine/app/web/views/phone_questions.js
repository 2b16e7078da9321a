/** Questions from the audience, on a phone: ask one, and want those of others answered. */

/** @import { Asked } from "../lib/protocol.js" */
/** @import { Room } from "../lib/room.js" */

import { el, messageOf } from "../lib/dom.js"

const TOO_LATE = "The room is closed: this question was not sent. Ask it in person."

export class Questions {
  #shown = "" // the list that is shown
  /** @type {Set<number>} */
  #wanted = new Set() // by this phone
  input = el("input", {
    maxlength: 300,
    placeholder: "Ask the presenter",
    "aria-label": "your question",
  })
  button = el("button", {}, "Ask")
  list = el("ul", { class: "phone-questions" })
  state = el("p", { role: "status", class: "quiet" })

  /** @param {Room} room @param {() => string} slide that is shown */
  constructor(room, slide) {
    this.room = room
    this.slide = slide
    const form = el("form", { onsubmit: (event) => this.#ask(event) }, this.input, this.button)
    this.element = el("section", { "aria-label": "questions" }, form, this.state, this.list)
  }

  /** @param {SubmitEvent} event */
  async #ask(event) {
    event.preventDefault()
    const text = this.input.value.trim()
    if (!text) return
    this.input.value = ""
    this.state.textContent = "Your question is on its way."
    try {
      await this.room.say({ type: "room_ask", text, slide: this.slide() })
      this.state.textContent = ""
    } catch (error) {
      this.state.textContent = messageOf(error)
      this.input.value ||= text
    }
  }

  update() {
    const isClosed = Boolean(this.room.news?.closed)
    const text = this.input.value.trim()
    if (isClosed && text) this.state.textContent = TOO_LATE // it may be copied from here
    this.input.readOnly = isClosed
    this.button.disabled = isClosed
    this.element.hidden = !this.room.code || (isClosed && !text)
    const shown = JSON.stringify(this.room.questions)
    if (shown === this.#shown) return
    this.#shown = shown
    this.list.replaceChildren(...this.room.questions.map((one) => this.#item(one)))
  }

  /** @param {Asked} question */
  #item({ id, text, name, votes, answered }) {
    const want = () => this.#want(id)
    const isWanted = this.#wanted.has(id)
    const look = {
      type: "button",
      class: "phone-want",
      onclick: want,
      "aria-pressed": String(isWanted),
    }
    const button = el(
      "button",
      { ...look, "aria-label": `I want this answered: ${votes}` },
      `▲ ${votes}`,
    )
    const words = `${text}${name ? ` (${name})` : ""}${answered ? " · answered" : ""}`
    return el("li", { class: answered ? "is-answered" : null }, button, el("span", {}, words))
  }

  /** @param {number} id */
  async #want(id) {
    const wanted = !this.#wanted.has(id)
    if (wanted) this.#wanted.add(id)
    else this.#wanted.delete(id)
    this.#shown = ""
    try {
      await this.room.say({ type: "room_want", question: id, wanted })
    } catch (error) {
      this.state.textContent = messageOf(error)
    }
    this.update()
  }
}
