/**
 * The `label` block of clips in a room, at those who follow: the pair of the wall, and one choice.
 */

/** @import { SharedBlock } from "../lib/protocol.js" */
/** @import { Room } from "../lib/room.js" */
/** @import { Block, BlockContext, LabelData } from "../lib/types.js" */
/** @import { Pair } from "./label_studies.js" */

import { el } from "../lib/dom.js"
import { Duel } from "./label_duel.js"
import { reached, say } from "./poll_controls.js"

export class RoomClips {
  at = 0 // the pair of the wall
  /** @type {Pair | null} */
  pair = null
  #shown = "" // what the clips show
  state = el("span", { class: "live-state", role: "status" })

  /**
   * @param {HTMLElement} element
   * @param {Block<LabelData>} block
   * @param {BlockContext} context
   * @param {Room} room
   */
  constructor(element, { id, data }, context, room) {
    this.element = element
    this.id = id
    this.context = context
    this.room = room
    this.duel = new Duel(element, {
      onPick: (side) => this.#pick(side),
      isStill: () => context.reducedMotion(),
      onTheme: context.onTheme,
    })
    const look = { type: "button", class: "live-button live-button--quiet" }
    this.tie = el("button", { ...look, onclick: () => this.#pick("=") }, "Can't tell")
    const question = data.question || "Which of the two does it better?"
    element.replaceChildren(
      el(
        "div",
        { class: "live-panel label-panel label-panel--clips", role: "group" },
        el("div", { class: "label-head" }, el("p", { class: "label-question" }, question)),
        this.duel.root,
        el("div", { class: "live-strip label-strip" }, this.tie, this.state),
      ),
    )
    this.stop = room.listen(() => this.#refresh())
  }

  /** What the presenter's wall asks now. @param {SharedBlock} shared */
  follow({ values }) {
    const pair = Array.isArray(values.pair) && values.pair.length === 2 ? values.pair : null
    this.pair = /** @type {Pair | null} */ (pair)
    this.at = Number(values.at) || 0
    this.#refresh()
  }

  get #mine() {
    return this.room.given[this.id]?.[String(this.at)] ?? ""
  }

  /** @param {string} letter */
  async #pick(letter) {
    if (!this.pair || this.room.isPresenter) return
    await reached(this, this.room.answer(this.id, letter, this.at))
  }

  #refresh() {
    const mine = this.#mine
    const shown = `${this.at} ${this.pair ? "pair" : ""} ${mine}`
    if (shown !== this.#shown) {
      this.#shown = shown
      this.duel.show(this.pair, { canPick: Boolean(this.pair), chosen: mine })
    }
    this.tie.hidden = !this.pair
    this.tie.setAttribute("aria-pressed", String(mine === "="))
    say(this.state, this.room.trouble || this.#words())
  }

  #words() {
    if (!this.pair) return "Look at the wall: the next pair comes from there."
    const pair = `Pair ${this.at + 1}`
    return this.#mine ? `${pair} · you may change your choice` : `${pair} · tap the better clip`
  }

  show() {
    this.duel.wake()
  }

  hide() {
    this.duel.sleep()
  }

  destroy() {
    this.stop()
    this.duel.destroy()
    this.element.replaceChildren()
  }
}
