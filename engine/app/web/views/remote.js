/** The presenter's remote on a phone: notes, the keys that a talk needs, and the audience's questions.

    It holds the same key as the lecture on the wall, and asks that page to act: what is possible is
    decided there, and every follower sees it. */

/** @import { RoomAct } from "../lib/protocol.js" */
/** @import { Room } from "../lib/room.js" */

import { el, messageOf } from "../lib/dom.js"
import { QuestionDesk } from "./question_desk.js"

/** @type {[RoomAct["action"], string][]} */
const KEYS = [
  ["previous", "← Back"],
  ["next", "Next →"],
  ["run", "Run"],
  ["blank", "Black"],
  ["room", "Code"],
  ["close", "Close"],
]

/** @typedef {{title: string, number: string, notes: string, steps: number}} Shown */

export class Remote {
  title = el("h1")
  where = el("p", { class: "quiet" })
  notes = el("div", { class: "remote-notes" })
  state = el("p", { class: "phone-say", role: "status" })
  /** @type {Shown | null} */
  #shown = null

  /** @param {Room} room */
  constructor(room) {
    this.room = room
    this.questions = new QuestionDesk(room, (sentence) => this.#say(sentence))
    const keys = KEYS.map(([action, words]) =>
      el(
        "button",
        { type: "button", class: `remote-${action}`, onclick: () => this.#act(action) },
        words,
      ),
    )
    this.element = el(
      "div",
      { class: "remote" },
      this.state,
      this.where,
      this.title,
      el("div", { class: "remote-keys" }, ...keys),
      this.notes,
      this.questions.element,
    )
  }

  /** @param {Shown} slide */
  show(slide) {
    this.#shown = slide
    this.title.textContent = slide.title || "Untitled"
    const paragraphs = slide.notes.split(/\n\s*\n/).filter(Boolean)
    this.notes.replaceChildren(...paragraphs.map((text) => el("p", {}, text)))
    this.update()
  }

  update() {
    const { news } = this.room
    const step = news?.place?.step ?? 0
    const people = news?.people ?? 0
    const steps = this.#shown?.steps ? ` · step ${step} of ${this.#shown.steps}` : ""
    const black = news?.place?.black ? " · black" : ""
    this.where.textContent = `Slide ${this.#shown?.number ?? ""}${steps}${black} · ${people} following`
    this.questions.update()
  }

  /** @param {RoomAct["action"]} action */
  async #act(action) {
    try {
      await this.room.say({ type: "room_act", action })
      this.#say("")
    } catch (error) {
      this.#say(messageOf(error))
    }
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.state.textContent = sentence
  }
}
