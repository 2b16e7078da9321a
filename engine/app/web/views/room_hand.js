/** A room in other hands: its secret link makes another page the presenter, and this page follows
    until it takes the room back. */

/** @import { RoomStage } from "./room_stage.js" */

import { el, messageOf } from "../lib/dom.js"
import { keep, recall } from "../lib/store.js"
import { handedKey, readHeld } from "./room_door.js"

const AWAY =
  "You have handed this room over: the person who opens the link presents, and this page follows."
const TAKEN = "The room is not yours to take back: it was handed on."

export class Handing {
  /** @param {RoomStage} stage */
  constructor(stage) {
    this.stage = stage
    this.key = handedKey(stage.lecture.options.slug)
  }

  /** What this tab has given away: the room, and the key of who presents there now. */
  get held() {
    return recall(this.key, readHeld, "session")
  }

  /** Whether the room of this page was given away by it. */
  get isAway() {
    const { room } = this.stage
    return Boolean(room && !room.isPresenter && this.held?.code === room.code)
  }

  /** Give the room away: a new key, which this page does not use. */
  async give() {
    const { room } = this.stage
    await room?.say({ type: "room_hand" })
    if (!room) return
    keep(this.key, JSON.stringify({ code: room.code, key: room.key }), "session")
    await this.stage.stepDown(AWAY)
  }

  /** Present again: with a new key, so that the link holds nothing any more. */
  async takeBack() {
    const { stage, held } = this
    if (!held) return
    this.forget()
    try {
      await stage.enterAgain(held)
      await stage.room?.say({ type: "room_hand" })
      stage.begin()
    } catch {
      await stage.stepDown(TAKEN, held.code)
    }
  }

  forget() {
    keep(this.key, "", "session")
  }

  /** The link, for the window of the room. @param {() => void} done closes that window */
  element(done) {
    const { code = "", key = "" } = this.held ?? {}
    const query = new URLSearchParams({ room: code, key })
    const link = `${location.origin}${location.pathname}#${query}`
    const place = el("input", { readonly: true, value: link, "aria-label": "the presenter's link" })
    const back = () => {
      done()
      this.takeBack().catch((error) => this.stage.lecture.chrome.say(messageOf(error)))
    }
    return el(
      "div",
      { class: "room-hand" },
      el("p", {}, `${AWAY} Keep it secret:`),
      place,
      el(
        "p",
        { class: "room-buttons" },
        el("button", { type: "button", onclick: back }, "Take it back"),
      ),
    )
  }
}
