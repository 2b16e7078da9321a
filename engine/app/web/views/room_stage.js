/** A lecture in a room: the presenter's tells where it is, those of the audience follow it.

    Who moves in a lecture that follows leaves the presenter, and comes back with one tap. */

/** @import { Blocks } from "../blocks/mounted.js" */
/** @import { Slides } from "../lecture/slides.js" */
/** @import { Place } from "../lib/protocol.js" */
/** @import { ClosableSocket, StageView } from "../lib/types.js" */
/** @import { Chrome } from "./chrome.js" */
/** @import { Way } from "../lib/room.js" */
/** @import { Hand } from "./hand.js" */

import { newest } from "../lecture/strokes.js"
import { el, messageOf } from "../lib/dom.js"
import { loadStyles } from "../lib/fetching.js"
import { Room } from "../lib/room.js"
import { Connection } from "../lib/socket.js"
import { keep } from "../lib/store.js"
import { RoomBlocks } from "./room_blocks.js"
import { RoomDialog } from "./room_dialog.js"
import { heldKey } from "./room_door.js"
import { Handing } from "./room_hand.js"
import { isPresented, present } from "./room_twin.js"

const NO_SERVER = "A room needs a server, and this page has none: practicum serve --room."
const TWIN = "This is a copy of the tab that presents, and not in the room:"
const MOST_INK = 40_000 // characters of strokes that are told: a server takes 50,000 of a place
const PAUSE = 100 // milliseconds between two tellings of what the blocks show

/**
 * @typedef {StageView & {blocks: Blocks, slides: Slides, chrome: Chrome, hand: Hand, section: HTMLElement,
 *   socket: ClosableSocket | null, go: (index: number, step?: number) => void,
 *   find: (id: string) => number}} RoomView
 */

export class RoomStage {
  /** @type {Room | null} */
  room = null
  isAttached = true // a follower is where the presenter is
  #isApplying = false
  #number = 0 // of the place that was followed last
  #told = ""
  #stopTwins = () => {}
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer

  /**
   * @param {RoomView} lecture
   * @param {(room: Room | null) => void} tell the blocks
   */
  constructor(lecture, tell) {
    this.lecture = lecture
    this.tell = tell
    this.dialog = new RoomDialog(this)
    this.words = el("span")
    this.back = el("button", { type: "button", onclick: () => this.attach() }, "Follow again")
    this.blocks = new RoomBlocks(lecture)
    this.handing = new Handing(this)
    const retake = () => this.handing.takeBack()
    this.retake = el("button", { type: "button", onclick: retake, hidden: true }, "Take it back")
    this.chip = el(
      "div",
      { class: "room-chip", role: "status", hidden: true },
      this.words,
      this.back,
      this.retake,
    )
    lecture.root.append(this.chip)
    loadStyles(lecture.options.web, ["styles/room.css"])
    const black = new MutationObserver(() => this.moved())
    black.observe(lecture.root, { attributes: true, attributeFilter: ["data-blank"] })
    lecture.leaving.signal.addEventListener("abort", () => black.disconnect())
  }

  /**
   * Present in a room whose key this tab has.
   * @param {{code: string, key: string}} held
   * @param {boolean} isGiven by somebody else: begin where the room is
   */
  async present(held, isGiven) {
    try {
      const [isTaken] = await Promise.all([isPresented(held.code), this.enterAgain(held)])
      if (isTaken) throw new Error(`${TWIN} ${held.code}.`)
      if (isGiven) await this.#arrive()
      this.begin()
    } catch (error) {
      keep(heldKey(this.lecture.options.slug), "", "session")
      this.#end(messageOf(error))
    }
  }

  /** Sit down with a key, in place of what this page was in the room. @param {Way} way */
  async enterAgain(way) {
    this.room?.leave()
    await this.#made().enter(way)
  }

  /** Be the presenter: the room is where this page is. */
  begin() {
    this.handing.forget()
    this.hold()
    this.#stopTwins()
    this.#stopTwins = present(this.room?.code ?? "")
    this.#told = ""
    this.moved()
  }

  /** Go where the room is, once that is known. */
  async #arrive() {
    const { room } = this
    if (!room) return
    await new Promise((resolve) => {
      const stop = room.listen(() => room.news && setTimeout(() => resolve(stop())))
    })
    this.#number = 0
    this.#follow()
  }

  /** Sit down among the audience. @param {string} code */
  async join(code) {
    try {
      await this.#made().enter({ code })
    } catch (error) {
      this.#end(messageOf(error))
    }
  }

  /** Show the code, and open a room if this page is in none. */
  async show() {
    if (!this.room) {
      try {
        await this.#made().open(this.lecture.options.slug)
        this.begin()
      } catch (error) {
        return this.#end(messageOf(error))
      }
    }
    this.dialog.toggle()
  }

  /** Leave the closed room for a new one. */
  openAnew() {
    keep(heldKey(this.lecture.options.slug), "", "session")
    this.room?.leave()
    this.room = null
    return this.show()
  }

  /** Keep the key of the room for the next load of this tab. */
  hold() {
    const { code, key } = /** @type {Room} */ (this.room)
    keep(heldKey(this.lecture.options.slug), key ? JSON.stringify({ code, key }) : "", "session")
  }

  /** The lecture shows another place: the presenter's is told, another leaves the presenter. */
  moved() {
    const { room } = this
    if (!room || this.#isApplying || room.news?.closed) return
    if (room.isPresenter) {
      this.blocks.look()
      this.#say()
    } else if (room.news?.place && !this.#isThere(room.news.place)) this.#detach()
  }

  /** @param {string} block */
  changed(block) {
    if (!this.room?.isPresenter || !this.lecture.slide.blocks.some((one) => one.id === block))
      return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.blocks.look()
      this.#say()
    }, PAUSE)
  }

  mounted() {
    if (this.room?.isPresenter) this.changed(this.lecture.slide.blocks[0]?.id ?? "")
    else if (this.room && this.isAttached) this.blocks.follow(this.room?.news?.place)
  }

  /** Be where the presenter is, from now on. */
  attach() {
    this.isAttached = true
    this.#number = 0
    this.#follow()
    this.#showState()
  }

  leave() {
    clearTimeout(this.#timer)
    this.#stopTwins()
    this.room?.leave()
    this.chip.remove()
  }

  #made() {
    const { socket, options } = this.lecture
    if (!(socket instanceof Connection)) throw new Error(NO_SERVER)
    this.room = new Room(socket, `${location.origin}${options.base}`)
    const { hand } = this.lecture
    hand.room = this.room
    hand.onChange = () => this.moved()
    this.room.onLost = (why) => this.stepDown(`${why} This page follows.`)
    this.room.onPointed = (at) => this.isAttached && hand.ink.point(at)
    this.room.onAsked = ({ action, block = "", name = "", value }) => {
      if (action !== "set") this.lecture.act(action)
      else if (value !== null) this.lecture.blocks.command(block, name, value)
    }
    this.room.listen(() => this.#heard())
    return this.room
  }

  /** This page is in no room after all. @param {string} why */
  #end(why) {
    this.room?.leave()
    this.#stopTwins()
    this.room = this.lecture.hand.room = null
    this.tell(null)
    this.chip.hidden = true
    this.lecture.chrome.say(why)
  }

  #heard() {
    const { room } = this
    if (!room) return
    if (room.isIn && !room.isPresenter) this.#follow() // news may come before it is known who we are
    this.dialog.update()
    this.#showState()
    if (room.isIn) this.tell(room)
  }

  #detach() {
    this.isAttached = false
    this.#showState()
  }

  #showState() {
    const { room, chip, words, back } = this
    if (!room) return
    chip.hidden = !room.code
    back.hidden = room.isPresenter || this.isAttached || Boolean(room.news?.closed)
    this.retake.hidden = !this.handing.isAway
    words.textContent = room.trouble || stateOf(room, this.isAttached)
    chip.classList.toggle("is-away", !back.hidden || !this.retake.hidden)
  }

  /** @param {Place} place */
  #isThere(place) {
    return this.lecture.slide.id === place.slide && this.lecture.step === (place.step ?? 0)
  }

  #follow() {
    const { room, lecture } = this
    const news = room?.news
    if (!news?.place || !this.isAttached || news.number === this.#number) return
    this.#number = news.number
    const { place } = news
    const index = lecture.find(place.slide)
    this.#isApplying = true
    if (index >= 0) lecture.go(index, place.step)
    const isBlack = lecture.root.hasAttribute("data-blank")
    if (isBlack !== (place.black ?? false)) lecture.chrome.act("blank")
    lecture.hand.follow(place)
    this.#isApplying = false
    this.blocks.follow(this.room?.news?.place)
  }

  #say() {
    const { lecture, room } = this
    const black = lecture.root.hasAttribute("data-blank")
    const { ink, zoom } = lecture.hand.shared
    const seen = { black, ink: newest(ink, MOST_INK), zoom }
    const at = { slide: lecture.slide.id, step: lecture.step, ...seen }
    const place = { ...at, blocks: this.blocks.shared }
    const text = JSON.stringify(place)
    if (text === this.#told || !room) return
    this.#told = text
    room.move(place).catch((error) => this.room === room && lecture.chrome.say(messageOf(error)))
  }

  /** Somebody else presents now: follow them. @param {string} why */
  async stepDown(why, code = this.room?.code) {
    keep(heldKey(this.lecture.options.slug), "", "session")
    this.#end(why)
    this.isAttached = true
    this.#number = 0
    if (code) await this.join(code)
  }
}

/** @param {Room} room @param {boolean} isAttached */
function stateOf(room, isAttached) {
  const people = room.news?.people ?? 0
  const many = `${people} ${people === 1 ? "person" : "people"}`
  if (room.news?.closed) return `Room ${room.code} is closed`
  if (room.isPresenter) return `Room ${room.code} · ${many}`
  return isAttached ? `Following · room ${room.code}` : `On your own · room ${room.code}`
}
