/** The audience's questions as the presenter sees them: answered, or taken away. */

/** @import { Asked, RoomMark } from "../lib/protocol.js" */
/** @import { Room } from "../lib/room.js" */

import { el, messageOf } from "../lib/dom.js"

export class QuestionDesk {
  #shown = ""
  list = el("ul", { class: "question-desk" })
  element = el("section", { "aria-label": "questions of the audience" }, this.list)

  /** @param {Room} room @param {(sentence: string) => void} fault */
  constructor(room, fault) {
    this.room = room
    this.fault = fault
  }

  update() {
    const text = JSON.stringify(this.room.questions)
    if (text === this.#shown) return
    this.#shown = text
    this.list.replaceChildren(...this.room.questions.map((one) => this.#item(one)))
  }

  /** @param {Asked} question */
  #item({ id, slide, text, name, votes, answered }) {
    const words = el("span", {}, `▲ ${votes} · ${text}`)
    const who = el("small", {}, [name, slide].filter(Boolean).join(" · "))
    const answer = this.#button(
      answered ? "Open again" : "Answered",
      id,
      answered ? "waiting" : "answered",
    )
    const remove = this.#button("Remove", id, "removed")
    return el("li", { class: answered ? "is-answered" : null }, words, who, answer, remove)
  }

  /** @param {string} words @param {number} question @param {RoomMark["mark"]} mark */
  #button(words, question, mark) {
    const onclick = async () => {
      try {
        await this.room.say({ type: "room_mark", question, mark })
      } catch (error) {
        this.fault(messageOf(error))
      }
    }
    return el("button", { type: "button", onclick }, words)
  }
}
