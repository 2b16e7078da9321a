/** A lecture in a room: the presenter's tells where it is, those of the audience follow it.

    Who moves in a lecture that follows leaves the presenter, and comes back with one tap. */

/** @import { Blocks } from "../blocks/mounted.js" */
/** @import { Slides } from "../lecture/slides.js" */
/** @import { Place, SharedBlock } from "../lib/protocol.js" */
/** @import { ClosableSocket, SimPanel, StageView, Track } from "../lib/types.js" */
/** @import { Chrome } from "./chrome.js" */
/** @import { Hand } from "./hand.js" */

import { el, messageOf } from "../lib/dom.js"
import { loadStyles } from "../lib/fetching.js"
import { Room } from "../lib/room.js"
import { Connection } from "../lib/socket.js"
import { keep } from "../lib/store.js"
import { RoomDialog } from "./room_dialog.js"
import { heldKey } from "./room_door.js"

const NO_SERVER = "A room needs a server, and this page has none: practicum serve --room."
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
  /** @type {Record<string, SharedBlock>} */
  #shared = {} // of the blocks of the shown slide, by id
  /** @type {WeakMap<Track, string>} */
  #names = new WeakMap()
  #told = ""
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
    this.chip = el(
      "div",
      { class: "room-chip", role: "status", hidden: true },
      this.words,
      this.back,
    )
    lecture.root.append(this.chip)
    loadStyles(lecture.options.web, ["styles/room.css"])
    const black = new MutationObserver(() => this.moved())
    black.observe(lecture.root, { attributes: true, attributeFilter: ["data-blank"] })
    lecture.leaving.signal.addEventListener("abort", () => black.disconnect())
  }

  /** Go on presenting in a room of this tab. @param {{code: string, key: string}} held */
  async present({ code, key }) {
    const { slug } = this.lecture.options
    try {
      await this.#made().enter({ code, key })
      this.hold()
      this.moved()
    } catch (error) {
      keep(heldKey(slug), "", "session")
      this.#end(messageOf(error))
    }
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
        const room = this.#made()
        await room.open(this.lecture.options.slug)
        this.hold()
        this.moved()
      } catch (error) {
        return this.#end(messageOf(error))
      }
    }
    this.dialog.toggle()
  }

  /** Keep the key of the room for the next load of this tab. */
  hold() {
    const { code, key } = /** @type {Room} */ (this.room)
    keep(heldKey(this.lecture.options.slug), key ? JSON.stringify({ code, key }) : "", "session")
  }

  /** The lecture shows another place: the presenter's is told, another leaves the presenter. */
  moved() {
    const { room } = this
    if (!room || this.#isApplying) return
    if (room.isPresenter) {
      this.#share()
      this.#say()
    } else if (room.news?.place && !this.#isThere(room.news.place)) this.#detach()
  }

  /** @param {string} block */
  changed(block) {
    if (!this.room?.isPresenter || !this.lecture.slide.blocks.some((one) => one.id === block))
      return
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#share()
      this.#say()
    }, PAUSE)
  }

  mounted() {
    if (this.room?.isPresenter) this.changed(this.lecture.slide.blocks[0]?.id ?? "")
    else if (this.room && this.isAttached) this.#followBlocks()
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
    words.textContent = room.trouble || stateOf(room, this.isAttached)
    chip.classList.toggle("is-away", !back.hidden)
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
    this.#followBlocks()
  }

  #followBlocks() {
    const place = this.room?.news?.place
    if (!place || place.slide !== this.lecture.slide.id) return
    for (const [id, shared] of Object.entries(place.blocks ?? {}))
      this.lecture.blocks.follow(id, shared)
  }

  /** Look at what the simulations of the shown slide show. */
  #share() {
    this.#shared = {}
    for (const { id, kind } of this.lecture.slide.blocks) {
      const panel = this.lecture.blocks.panel(id)
      if (panel && kind === "sim") this.#shared[id] = this.#blockOf(/** @type {SimPanel} */ (panel))
      else if (panel?.shared) this.#shared[id] = panel.shared
    }
  }

  /** @param {SimPanel} panel @returns {SharedBlock} */
  #blockOf({ values, tracks }) {
    const own = tracks.filter((track) => !track.isRecorded)
    if (own[0] && !this.#names.has(own[0])) this.#names.set(own[0], crypto.randomUUID().slice(0, 8))
    return {
      values,
      runs: own.map((track) => track.params),
      id: own[0] ? (this.#names.get(own[0]) ?? "") : "",
      stopped: own.some((track) => track.state === "cancelled"),
    }
  }

  #say() {
    const { lecture, room } = this
    const black = lecture.root.hasAttribute("data-blank")
    const at = { slide: lecture.slide.id, step: lecture.step, black, ...lecture.hand.shared }
    const place = { ...at, blocks: this.#shared }
    const text = JSON.stringify(place)
    if (text === this.#told || !room) return
    this.#told = text
    room.move(place).catch((error) => this.#lost(messageOf(error)))
  }

  /** Somebody else presents now: follow them. @param {string} why */
  #lost(why) {
    const code = this.room?.code ?? ""
    keep(heldKey(this.lecture.options.slug), "", "session")
    this.#end(why)
    if (code) this.join(code)
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
