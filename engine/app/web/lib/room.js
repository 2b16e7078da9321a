/** A room as a page sees it: its newest state, and what this page has said and not heard back.

    The server sends the whole of a part of a room's state each time, so a late page needs no more.
    What is said (a vote, a place) waits here until the server has stored it; votes also over a
    reload of the page. */

/** @import { Asked, ClientMessage, Place, PollState, RoomAsked, RoomDone } from "./protocol.js" */
/** @import { RoomEntered, RoomNews, RoomRated } from "./protocol.js" */
/** @import { RoomLine, RoomMessage } from "./types.js" */

import { Answers } from "./answers.js"
import { SamePerson } from "./same_person.js"
import { keep, recall } from "./store.js"
import { isSame, keepUnsent, recallUnsent } from "./unsent.js"

const AGAIN = 2000 // milliseconds until a store that was away is asked again
const NO_LINE = "No connection. What you choose is kept here and sent when it is back."

/** @typedef {Extract<ClientMessage, { type: `room_${string}` }>} Said */
/** @typedef {RoomDone | RoomEntered | RoomRated} Answer */
/** @typedef {{message: Said, resolve: (answer: Answer) => void, reject: (error: Error) => void}}
 *   Waiting */
/** @typedef {{code: string, key?: string, person?: string, name?: string}} Way */

export class Room {
  code = ""
  lecture = ""
  link = ""
  qr = /** @type {string[]} */ ([])
  warning = ""
  key = "" // the presenter's
  isIn = false
  fault = "" // why this page is not in the room
  trouble = "" // why what was said is not stored yet
  /** @type {RoomNews | null} */
  news = null
  /** @type {Map<string, PollState>} */
  polls = new Map() // by block
  questions = /** @type {Asked[]} */ ([])
  /** Somebody else holds the room now. @type {(why: string) => void} */
  onLost = () => {}
  /** The presenter's remote asks for an action. @type {(asked: RoomAsked) => void} */
  onAsked = () => {}
  /** Where the presenter points, in thousandths. @type {(at: [number, number] | null) => void} */
  onPointed = () => {}
  #answers = new Answers()
  #tabs = new SamePerson(({ block, pair, choice, round }) => {
    if (round === this.#roundOf(block, pair)) this.#answers.mark(block, pair, choice)
    this.#tell()
  })
  /** @type {Waiting[]} */
  #waiting = []
  /** @type {Waiting | null} */
  #door = null // the message that opens or enters the room
  #tags = 0
  /** @type {Set<() => void>} */
  #listeners = new Set()
  /** @type {(() => void)[]} */
  #stops

  /** @param {RoomLine} line @param {string} page the address below which the pages are */
  constructor(line, page) {
    this.line = line
    this.page = page
    this.#stops = [
      line.on("open", () => this.#knock()),
      line.on("close", () => this.#lose()),
      line.on("room", (message) => this.#hear(message)),
      line.on("refused", ({ tag, message }) => this.#refuse(tag ?? "", message)),
    ]
  }

  /** This participant's answers, by block and pair ("" for a vote). */
  get given() {
    return this.#answers.given
  }

  get isPresenter() {
    return this.key !== ""
  }

  /**
   * Be told of every change, and of how things stand now.
   * @param {() => void} fn
   * @returns {() => void} stop
   */
  listen(fn) {
    this.#listeners.add(fn)
    fn()
    return () => this.#listeners.delete(fn)
  }

  /** Open a room for a lecture. @param {string} lecture @returns {Promise<Answer>} */
  open(lecture) {
    return this.#goTo({ type: "room_open", lecture, page: this.page })
  }

  /** Sit down in a room. @param {Way} way @returns {Promise<Answer>} */
  enter({ code, key = "", person = "", name = "" }) {
    const known = person || (key ? "" : (recall(personKey(code), String) ?? ""))
    return this.#goTo({ type: "room_enter", room: code, key, person: known, name, page: this.page })
  }

  /** Where the presenter is now: a place that was not sent yet is replaced. @param {Place} place */
  move(place) {
    this.#waiting = this.#waiting.filter((one) => one.message.type !== "room_move")
    return this.say({ type: "room_move", place })
  }

  /** Where the presenter points, told once and never again. @param {[number, number] | null} at */
  point(at) {
    const [x, y] = at ?? [-1, -1]
    if (this.isIn) this.line.send({ type: "room_point", x, y })
  }

  /**
   * Answer a question; an answer before it that was not sent yet is replaced.
   * @param {string} block
   * @param {string} choice
   * @param {number | null} [pair]
   * @param {number | null} [round] in which it was given: it counts in no other one
   */
  async answer(block, choice, pair = null, round = this.#roundOf(block, pair)) {
    const before = this.#answers.mark(block, pair, choice)
    /** @type {Said} */
    const said = { type: "room_vote", block, choice, pair, round }
    this.#waiting = this.#waiting.filter(({ message }) => !isSame(message, said))
    this.#tell()
    try {
      await this.say(said)
      this.#tabs.tell({ block, pair, choice, round })
    } catch (error) {
      this.#answers.unmark(block, pair, choice, before)
      this.#tell()
      throw error
    }
  }

  /**
   * Say something in the room; it waits here until it is stored.
   * @param {Said} message
   * @returns {Promise<Answer>} rejects with the server's sentence
   */
  say(message) {
    return new Promise((resolve, reject) => {
      const one = { message: { ...message, tag: this.#tag() }, resolve, reject }
      this.#waiting.push(one)
      keepUnsent(this.code, this.#waiting)
      if (this.isIn) this.line.send(one.message)
    })
  }

  /** @param {string} block @param {number | null} pair */
  #roundOf(block, pair) {
    return pair === null ? (this.polls.get(block)?.round ?? 0) : null
  }

  leave() {
    for (const stop of [...this.#stops, () => this.#tabs.leave()]) stop()
    this.#listeners.clear()
  }

  #tag() {
    this.#tags += 1
    return `room${this.#tags}`
  }

  /** @param {Said} message @returns {Promise<Answer>} */
  #goTo(message) {
    return new Promise((resolve, reject) => {
      this.#door = { message: { ...message, tag: this.#tag() }, resolve, reject }
      this.isIn = false
      this.fault = ""
      if (this.line.isOpen) this.#knock()
    })
  }

  #knock() {
    this.isIn = false
    if (this.#door) this.line.send(this.#door.message)
  }

  #lose() {
    this.isIn = false
    this.trouble = this.#door ? NO_LINE : ""
    this.#tell()
  }

  /** @param {RoomMessage} message */
  #hear(message) {
    if (message.type === "room_entered") this.#enter(message)
    else if (message.type === "room_done" || message.type === "room_rated") this.#settle(message)
    else if (message.type === "room_asked") this.onAsked(message)
    else if (message.type === "room_lost") this.#dismissed(message.tag ?? "", message.message)
    else if (message.type === "room_later") this.#wait(message.tag ?? "", message.message)
    else if (this.code && message.room !== this.code) return
    else if (message.type === "room_pointed")
      return this.onPointed(message.x < 0 ? null : [message.x, message.y])
    else if (message.type === "room_news") this.news = message
    else if (message.type === "room_polls") {
      this.polls = new Map(message.polls.map((poll) => [poll.block, poll]))
      this.#answers.askedAgain(message.polls)
    } else this.questions = message.questions
    this.#tell()
  }

  /** @param {RoomEntered} message */
  #enter(message) {
    const door = this.#door
    if (!door || door.message.tag !== message.tag) return
    const { room, key = "", person = "", given = {} } = message
    this.code = room
    this.lecture = message.lecture
    this.link = message.link
    this.qr = message.qr
    this.key = key
    this.warning = message.warning ?? ""
    this.isIn = true
    this.trouble = ""
    this.#tabs.meet(room, person)
    this.#answers.reset(given)
    if (person) keep(personKey(room), person)
    // After a lost line the same room is entered again, as the same person.
    const again = { room, key, person, page: this.page, tag: this.#tag() }
    this.#door = { ...door, message: { type: "room_enter", ...again } }
    for (const { message: one } of this.#waiting) {
      if (one.type === "room_vote") this.#answers.mark(one.block, one.pair ?? null, one.choice)
      this.line.send(one)
    }
    this.#recall()
    door.resolve(message)
  }

  /** @param {RoomDone | RoomRated} message */
  #settle(message) {
    const one = this.#take(message.tag ?? "")
    if (message.type === "room_done" && message.key) this.key = message.key
    if (!this.#waiting.length) this.trouble = ""
    one?.resolve(message)
  }

  /** @param {string} tag @param {string} sentence */
  #refuse(tag, sentence) {
    if (this.#door?.message.tag === tag) {
      this.#door.reject(new Error(sentence))
      this.#door = null
      this.fault = this.trouble = sentence
      if (this.code && this.key) this.#dismissed("", sentence) // handed over while we were away
    } else this.#take(tag)?.reject(new Error(sentence))
    this.#tell()
  }

  /** The key holds the room no more. @param {string} tag @param {string} sentence */
  #dismissed(tag, sentence) {
    this.#take(tag)?.reject(new Error(sentence))
    if (!this.key) return
    this.key = ""
    this.onLost(sentence)
  }

  /** @param {string} tag @param {string} sentence */
  #wait(tag, sentence) {
    this.trouble = sentence
    setTimeout(() => {
      const one = this.#waiting.find(({ message }) => message.tag === tag)
      if (one && this.isIn) this.line.send(one.message)
      else if (this.#door?.message.tag === tag && this.line.isOpen) this.#knock()
    }, AGAIN)
  }

  /** @param {string} tag */
  #take(tag) {
    const one = this.#waiting.find(({ message }) => message.tag === tag)
    this.#waiting = this.#waiting.filter((each) => each !== one)
    keepUnsent(this.code, this.#waiting)
    return one
  }

  #tell() {
    this.#listeners.forEach((fn) => fn())
  }

  /** Say again what was not stored when the page was left. */
  #recall() {
    for (const one of recallUnsent(this.code)) {
      if (this.#waiting.some(({ message }) => isSame(message, one))) continue
      const said =
        one.type === "room_vote"
          ? this.answer(one.block, one.choice, one.pair ?? null, one.round ?? null)
          : this.say(one)
      said.catch((/** @type {Error} */ { message }) => {
        this.trouble = message // its own place may be on another slide
        this.#tell()
      })
    }
  }
}

/** @param {string} code */
const personKey = (code) => `practicum.room.${code}`
