/** The `vote` block in a room: each phone has one vote, which it may change until the presenter
    closes the question. Results are hidden until the presenter shows them. */

/** @import { PollState } from "../lib/protocol.js" */
/** @import { Room } from "../lib/room.js" */
/** @import { Block, BlockContext, VoteData } from "../lib/types.js" */

import { el } from "../lib/dom.js"
import { unlike } from "./options.js"
import { announce, PollControls, reached, say } from "./poll_controls.js"

/** @type {Omit<PollState, "block">} before anybody has voted */
const NOTHING = {
  round: 0,
  open: true,
  revealed: false,
  people: 0,
  counts: {},
  answered: {},
  earlier: {},
}

export class RoomVote {
  state = el("span", { class: "live-state", role: "status" })

  /**
   * @param {HTMLElement} element
   * @param {Block<VoteData>} block
   * @param {BlockContext} context
   * @param {Room} room
   */
  constructor(element, { id, data }, context, room) {
    this.element = element
    this.id = id
    this.room = room
    this.context = context
    this.before = data.before ?? "" // an earlier vote, shown beside
    this.options = unlike((data.options ?? []).map(String))
    this.rows = this.options.map((option) => this.#row(option))
    this.controls = new PollControls(room, id, (sentence) => announce(this, sentence))
    const strip = el(
      "div",
      { class: "live-strip label-strip" },
      ...this.controls.buttons,
      this.state,
    )
    element.replaceChildren(
      el(
        "div",
        {
          class: "live-panel vote-panel vote-panel--room",
          role: "group",
          "aria-label": data.question,
        },
        data.title ? el("div", { class: "live-title" }, data.title) : null,
        el("p", { class: "label-question" }, data.question ?? ""),
        el("div", { class: "vote-options" }, ...this.rows.map((row) => row.button)),
        strip,
      ),
    )
    this.stop = room.listen(() => this.#refresh())
  }

  /** @param {string} option */
  #row(option) {
    const bar = el("i", { class: "vote-bar" })
    const mark = el("i", { class: "vote-before", hidden: true })
    const count = el("span", { class: "vote-count" })
    const words = el("span", { class: "vote-words" }, option)
    const look = { type: "button", class: "vote-option", onclick: () => this.#vote(option) }
    return { option, bar, mark, count, button: el("button", look, bar, mark, words, count) }
  }

  get #poll() {
    return this.room.polls.get(this.id) ?? NOTHING
  }

  /** @param {string} option */
  async #vote(option) {
    if (this.room.isPresenter || !this.#poll.open) return
    await reached(this, this.room.answer(this.id, option))
  }

  #refresh() {
    const { room, rows } = this
    const { counts, revealed, open, people } = this.#poll
    const mine = this.#mine
    const earlier = this.#earlier
    const before = Object.values(earlier).reduce((sum, each) => sum + each, 0)
    const shares = rows.map(({ option }) => [
      (counts[option] ?? 0) / (people || 1),
      (earlier[option] ?? 0) / (before || 1),
    ])
    const most = Math.max(...shares.flat()) || 1
    for (const [k, { option, bar, mark, count, button }] of rows.entries()) {
      const [now, then] = shares[k]
      const is = people ? ` · ${part(now)}` : ""
      const both = before && people ? `${part(then)} → ${part(now)}` : ""
      count.textContent = revealed ? both || `${counts[option] ?? 0}${is}` : ""
      bar.style.transform = `scaleX(${revealed ? now / most : 0})`
      mark.hidden = !revealed || !before
      mark.style.left = `${(100 * then) / most}%`
      button.disabled = !room.isPresenter && !open
      button.setAttribute("aria-pressed", String(option === mine))
      button.setAttribute("aria-label", revealed ? `${option}: ${count.textContent}` : option)
    }
    this.controls.update(this.#poll)
    say(this.state, room.trouble || this.#words())
    this.context.changed?.()
  }

  /** The counts of the same question asked before: in an earlier block, or in the round before. */
  get #earlier() {
    return (this.before ? this.room.polls.get(this.before)?.counts : this.#poll.earlier) ?? {}
  }

  /** This phone's vote in the round that is asked now. */
  get #mine() {
    return this.room.given[this.id]?.[""] ?? ""
  }

  #words() {
    const { people, revealed } = this.#poll
    const open = this.#poll.open && !this.room.news?.closed
    const votes = people === 1 ? "1 vote" : `${people} votes`
    if (revealed && Object.keys(this.#earlier).length) return `${votes} · dashed: before`
    if (this.room.isPresenter) return `${votes} from phones${open ? "" : " · closed"}`
    if (!open) return `${votes} · closed`
    return this.#mine ? `${votes} · you may change yours` : `${votes} · tap your answer`
  }

  /** Show the results, or hide them: the key for Run, at the presenter's. */
  main() {
    this.controls.reveal()
  }

  /** For the presenter window: its buttons, and the counts that are shown. */
  panel() {
    const { counts, revealed } = this.#poll
    const order = this.options.flatMap((option) => Array(counts[option] ?? 0).fill(option))
    return { order, isOpen: revealed, buttons: this.controls.commands }
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

/** @param {number} share */
const part = (share) => `${Math.round(100 * share)} %`
