/** The `label` block of clips at the presenter of a room: the body practises what most phones chose.

    All judge the pair that the wall shows. The presenter takes the choice of most, and the next pair
    comes; after each round the body practises, as it does for one reader alone. */

/** @import { Room } from "../lib/room.js" */
/** @import { Block, BlockContext, LabelData, Value } from "../lib/types.js" */

import { el, messageOf } from "../lib/dom.js"
import { Label } from "./label.js"
import { say } from "./poll_controls.js"

export class WallClips {
  /** @type {Label | null} */
  #label = null
  #given = 0 // choices so far
  said = el("span", { class: "live-state room-clips", role: "status" })

  /**
   * @param {HTMLElement} element
   * @param {Block<LabelData>} block
   * @param {BlockContext} context
   * @param {Room} room
   */
  constructor(element, block, context, room) {
    this.id = block.id
    this.room = room
    this.context = context
    const look = { type: "button", class: "live-button", onclick: () => this.main() }
    this.take = el("button", look, "Take what most chose")
    const label = new Label(element, block, { ...context, changed: () => this.#changed() })
    this.#label = label
    this.#given = label.labels.length
    label.face.state.before(this.take, this.said)
    this.stop = room.listen(() => this.#refresh())
  }

  /** Begin, or take the choice of most: the key for Run. */
  async main() {
    const label = /** @type {Label} */ (this.#label)
    if (label.phase !== "judging") return label.main()
    const at = label.labels.length
    try {
      const answer = await this.room.say({ type: "room_ratings", block: this.id })
      const letter = answer.type === "room_rated" ? most(answer.labels, at) : ""
      if (!letter) say(this.said, "Nobody has chosen yet.")
      else if (at === label.labels.length) label.command(letter)
    } catch (error) {
      say(this.said, messageOf(error))
    }
  }

  #changed() {
    const label = this.#label
    if (label && this.#given && !label.labels) this.#clear()
    this.#given = label?.labels.length ?? 0
    this.#refresh()
    this.context.changed?.()
  }

  /** Started over: what phones said of other pairs counts no more. */
  #clear() {
    const asked = { type: /** @type {const} */ ("room_poll"), block: this.id }
    const cleared = this.room.say({ ...asked, change: "clear" })
    cleared.catch((error) => say(this.said, messageOf(error)))
  }

  #refresh() {
    const label = this.#label
    if (!label) return
    const isJudging = label.phase === "judging"
    this.take.hidden = this.said.hidden = !isJudging
    if (!isJudging) return
    const answered = this.room.polls.get(this.id)?.answered ?? {}
    const count = answered[String(label.labels.length)] ?? 0
    say(this.said, `${count} of ${this.room.news?.people ?? 0} phones have chosen`)
  }

  /** For the presenter window, and what the phones are to judge. */
  panel() {
    const label = /** @type {Label} */ (this.#label)
    const panel = label.panel()
    const isJudging = label.phase === "judging"
    const take = isJudging ? [{ name: "main", label: this.take.textContent ?? "" }] : []
    const pair = isJudging ? label.round[label.at].pair : []
    const shared = { values: /** @type {any} */ ({ at: label.labels.length, pair }) }
    return { ...panel, buttons: [...take, ...panel.buttons], shared }
  }

  /** @param {string} name @param {Value} [_value] */
  command(name, _value) {
    if (name === "main") this.main()
    else this.#label?.command(name)
  }

  show() {
    this.#label?.show()
  }

  hide() {
    this.#label?.hide()
  }

  destroy() {
    this.stop()
    this.#label?.destroy()
    this.#label = null
  }
}

/**
 * What most raters said of a pair; "=" where the room is divided in halves, "" where nobody spoke.
 * @param {string} labels a word of letters for each rater, with / between
 * @param {number} pair
 */
export function most(labels, pair) {
  const said = labels.split("/").map((word) => word[pair] ?? ".")
  const [left, right] = ["L", "R"].map((side) => said.filter((each) => each === side).length)
  if (left !== right) return left > right ? "L" : "R"
  return left || said.includes("=") ? "=" : ""
}
