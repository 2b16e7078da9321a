/** What a presenter does with a question that the room answers. */

/** @import { PollState, RoomPoll } from "../lib/protocol.js" */
/** @import { Room } from "../lib/room.js" */
/** @import { BlockContext } from "../lib/types.js" */

import { el, messageOf } from "../lib/dom.js"

export class PollControls {
  revealed = false
  open = true

  /**
   * @param {Room} room
   * @param {string} block
   * @param {(sentence: string) => void} fault hears what did not work
   */
  constructor(room, block, fault) {
    this.room = room
    this.block = block
    this.fault = fault
    this.show = quiet("Show results", () => this.reveal())
    this.end = quiet("Close", () => this.#change(this.open ? "close" : "open"))
    this.again = quiet("Ask again", () => this.#change("again"))
    this.again.title = "a new round: the votes of this one are kept"
    this.buttons = [this.show, this.end, this.again]
  }

  reveal() {
    this.#change(this.revealed ? "hide" : "reveal")
  }

  /** What the presenter window may press. */
  get commands() {
    if (!this.room.isPresenter) return []
    return [
      { name: "main", label: this.show.textContent ?? "" },
      { name: "end", label: this.end.textContent ?? "" },
      { name: "again", label: "Ask again" },
    ]
  }

  /** @param {string} name */
  command(name) {
    if (name === "main") this.reveal()
    else if (name === "end") this.end.click()
    else if (name === "again") this.again.click()
  }

  /** @param {Pick<PollState, "open" | "revealed">} poll */
  update({ open, revealed }) {
    this.open = open
    this.revealed = revealed
    this.buttons.forEach((button) => (button.hidden = !this.room.isPresenter))
    this.show.textContent = revealed ? "Hide results" : "Show results"
    this.show.setAttribute("aria-pressed", String(revealed))
    this.end.textContent = open ? "Close" : "Open again"
  }

  /** @param {RoomPoll["change"]} change */
  async #change(change) {
    if (!this.room.isPresenter) return
    try {
      await this.room.say({ type: "room_poll", block: this.block, change })
    } catch (error) {
      this.fault(messageOf(error))
    }
  }
}

/**
 * Say a sentence in a block, also to screen readers.
 * @param {{ state: HTMLElement, context: BlockContext }} block
 * @param {string} sentence
 */
export function announce({ state, context }, sentence) {
  say(state, sentence)
  context.announce(sentence)
}

/**
 * Wait for an answer to reach the room, or say in its block why it did not.
 * @param {{ state: HTMLElement, context: BlockContext }} block
 * @param {Promise<unknown>} sent
 */
export async function reached(block, sent) {
  try {
    await sent
    return true
  } catch (error) {
    announce(block, messageOf(error))
    return false
  }
}

/** Say a sentence once. @param {HTMLElement} place @param {string} sentence */
export function say(place, sentence) {
  if (place.textContent !== sentence) place.textContent = sentence
}

/** @param {string} text @param {() => void} onclick */
const quiet = (text, onclick) =>
  el("button", { type: "button", class: "live-button live-button--quiet", onclick }, text)
