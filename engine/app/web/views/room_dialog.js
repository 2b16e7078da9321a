/** What the wall shows to those who are to join: the code, the link and its QR code. */

/** @import { Room } from "../lib/room.js" */
/** @import { RoomStage } from "./room_stage.js" */

import { make } from "../lecture/dialogs.js"
import { el, messageOf } from "../lib/dom.js"
import { qrPicture } from "../lib/qr.js"
import { QuestionDesk } from "./question_desk.js"

const REMOTE = "QR code of your remote's link"

export class RoomDialog {
  /** @type {HTMLDialogElement | null} */
  #dialog = null
  people = el("p", { class: "room-people", role: "status" })
  #way = el("div", { class: "room-way" })

  /** @type {QuestionDesk | null} */
  questions = null

  /** @param {RoomStage} stage */
  constructor(stage) {
    this.stage = stage
  }

  /** Open it, or close it. */
  toggle() {
    if (this.#dialog?.open) return this.#dialog.close()
    const { room, lecture, handing } = this.stage
    if (!room) return
    const title = room.news?.closed ? "This room is closed" : "Follow this lecture and vote"
    const dialog = make(lecture, "room", title)
    this.#dialog = dialog
    this.#showWay(room)
    dialog.append(
      this.#way,
      ...(room.isPresenter ? [this.#buttons(), ...this.#tools(room)] : []),
      ...(handing.isAway ? [handing.element(() => dialog.close())] : []),
    )
    this.update()
    dialog.showModal()
  }

  /** How to join it: its code, its link and its QR code, which lead nowhere once it is closed. */
  #showWay(/** @type {Room} */ room) {
    const isClosed = Boolean(room.news?.closed)
    this.#way.toggleAttribute("data-closed", isClosed)
    const link = room.link.replace(/^https?:\/\//, "")
    const words = el(
      "div",
      {},
      el("p", { class: "room-code" }, isClosed ? "closed" : room.code),
      link && !isClosed ? el("p", { class: "room-link" }, link) : null,
      this.people,
      room.warning && !isClosed
        ? el("p", { class: "room-warning", role: "alert" }, room.warning)
        : null,
    )
    this.#way.replaceChildren(...(room.qr.length && !isClosed ? [qrPicture(room.qr)] : []), words)
  }

  update() {
    const { room } = this.stage
    if (room?.news?.closed && !this.#way.hasAttribute("data-closed")) this.#showWay(room)
    const people = room?.news?.people ?? 0
    const words = people === 1 ? "1 person has joined" : `${people} people have joined`
    this.questions?.update()
    this.people.textContent = room?.news?.closed
      ? `Nobody joins or votes in room ${room.code} any more. Its results stay.`
      : words
  }

  /** What a presenter has while people are in it. @param {Room} room */
  #tools(room) {
    return room.news?.closed ? [] : [this.#remote(room), this.#asked(room)]
  }

  /** @param {Room} room */
  #asked(room) {
    this.questions = new QuestionDesk(room, (why) => this.stage.lecture.chrome.say(why))
    return this.questions.element
  }

  /** The secret link of a remote, on request: it holds the key. @param {Room} room */
  #remote(room) {
    const link = new URL(
      `room/${room.code}`,
      `${location.origin}${this.stage.lecture.options.base}`,
    )
    if (room.link) link.href = room.link
    link.hash = new URLSearchParams({ key: room.key }).toString()
    const place = el("input", {
      readonly: true,
      value: link.href,
      "aria-label": "link of your remote",
    })
    const words =
      "A phone that opens this link, or scans its code, is your remote. Keep it secret: "
    return el(
      "details",
      { class: "room-hand" },
      el("summary", {}, "Your phone as remote"),
      words,
      place,
      this.#remoteCode(room),
    )
  }

  /** Its QR code, for as long as it is asked for: the wall shows this window to everybody. */
  #remoteCode(/** @type {Room} */ room) {
    const place = el("div")
    const details = el(
      "details",
      { class: "room-remote" },
      el("summary", {}, "Show its QR code (everybody who sees this window can scan it)"),
      place,
    )
    details.ontoggle = async () => {
      place.replaceChildren()
      if (!details.open) return
      const answer = await this.#said({ type: "room_remote", page: room.page })
      const { qr = [] } = answer && "qr" in answer ? answer : {}
      if (!details.open || !qr.length) return
      place.replaceChildren(qrPicture(qr, REMOTE))
      place.scrollIntoView({ block: "nearest" })
    }
    return details
  }

  #buttons() {
    if (this.stage.room?.news?.closed) return el("p", { class: "room-buttons" }, this.#anew())
    const end = button("Close the room", () => this.#close())
    const hand = button("Hand over", () => this.#handOver())
    hand.title = "another presenter moves the room from now on"
    end.title = "nobody joins or votes any more; the results stay"
    return el("p", { class: "room-buttons" }, hand, end)
  }

  async #close() {
    if (!(await this.#said({ type: "room_close" }))) return
    this.stage.hold()
    this.#dialog?.close()
    this.stage.lecture.chrome.say("The room is closed. Its results stay; Q opens a new one.")
  }

  /** Another room in place of the closed one. */
  #anew() {
    return button("Open a new room", () => {
      this.#dialog?.close()
      this.stage.openAnew()
    })
  }

  async #handOver() {
    const dialog = this.#dialog
    try {
      await this.stage.handing.give()
    } catch (error) {
      return this.stage.lecture.chrome.say(messageOf(error))
    }
    const place = this.stage.handing.element(() => dialog?.close())
    dialog?.replaceChildren(/** @type {Node} */ (dialog.firstChild), place)
    place.querySelector("input")?.select()
  }

  /** @param {import("../lib/room.js").Said} message */
  async #said(message) {
    try {
      return await this.stage.room?.say(message)
    } catch (error) {
      this.stage.lecture.chrome.say(messageOf(error))
    }
  }
}

/** @param {string} text @param {() => void} onclick */
const button = (text, onclick) => el("button", { type: "button", onclick }, text)
