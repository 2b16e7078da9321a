/** The presenter's remote on a phone: notes, the keys that a talk needs, the timer, the controls of the
    slide's experiments, and the audience's questions.

    It holds the same key as the lecture on the wall, and asks that page to act: what is possible is
    decided there, and every follower sees it. */

/** @import { RoomAct } from "../lib/protocol.js" */
/** @import { Room } from "../lib/room.js" */
/** @import { Control, Field, Value } from "../lib/types.js" */

import { el, messageOf } from "../lib/dom.js"
import { control } from "../player/controls.js"
import { QuestionDesk } from "./question_desk.js"
import { clock, Timer } from "./timer.js"

/** @type {[RoomAct["action"], string][]} */
const KEYS = [
  ["previous", "← Back"],
  ["next", "Next →"],
  ["run", "Run"],
  ["blank", "Black"],
  ["room", "QR code"],
  ["close", "Close window"],
]
const OWN = 1500 // ms in which a control that was moved here does not hear of its older values

/** @typedef {{id: string, title: string, fields: Field[]}} Experiment */
/** @typedef {{title: string, number: string, notes: string, steps: number, sims: Experiment[]}} Shown */

export class Remote {
  title = el("h1")
  where = el("p", { class: "quiet" })
  notes = el("div", { class: "remote-notes" })
  state = el("p", { class: "phone-say", role: "status" })
  controls = el("div", { class: "remote-controls" })
  /** @type {Shown | null} */
  #shown = null
  /** @type {{block: string, name: string, own: Control}[]} of the slide's experiments */
  #made = []
  #moved = -OWN // when a control was moved here

  /** @param {Room} room */
  constructor(room) {
    this.room = room
    this.questions = new QuestionDesk(room, (sentence) => this.#say(sentence))
    this.timer = new Timer(`practicum.remote-timer.${room.code}`)
    this.time = el("button", { type: "button", class: "remote-time", onclick: () => this.#time() })
    setInterval(() => this.#tick(), 1000)
    this.#tick()
    const keys = KEYS.map(([action, words]) =>
      el(
        "button",
        { type: "button", class: `remote-${action}`, onclick: () => this.#act({ action }) },
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
      this.time,
      this.controls,
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
    this.#made = slide.sims.flatMap(({ id, fields }) =>
      fields.map((field) => this.#control(id, field)),
    )
    this.controls.replaceChildren(...this.#made.map(({ own }) => own.element))
    this.update()
  }

  update() {
    const { news } = this.room
    const step = news?.place?.step ?? 0
    const people = news?.people ?? 0
    const steps = this.#shown?.steps ? ` · step ${step} of ${this.#shown.steps}` : ""
    const black = news?.place?.black ? " · black" : ""
    this.where.textContent = `Slide ${this.#shown?.number ?? ""}${steps}${black} · ${people} following`
    if (performance.now() - this.#moved > OWN) this.#follow()
    this.questions.update()
  }

  /** The controls stand as they do on the wall. */
  #follow() {
    const blocks = this.room.news?.place?.blocks ?? {}
    for (const { block, name, own } of this.#made) {
      const value = blocks[block]?.values[name]
      if (value !== undefined) own.set(value)
    }
  }

  /** @param {string} block @param {Field} field */
  #control(block, field) {
    const change = (/** @type {Value} */ value) => {
      this.#moved = performance.now()
      this.#act({ action: "set", block, name: field.name, value })
    }
    return { block, name: field.name, own: control(field, field.default, change) }
  }

  #time() {
    this.timer.toggle()
    this.#tick()
  }

  #tick() {
    const { seconds, isRunning } = this.timer
    const does = isRunning ? "pause" : seconds ? "go on" : "start the timer"
    this.time.textContent = `${clock(seconds)} · ${does}`
  }

  /** @param {Omit<RoomAct, "type">} asked */
  async #act(asked) {
    try {
      await this.room.say({ type: "room_act", ...asked })
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
