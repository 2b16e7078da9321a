/** The page of a phone in a room: what the presenter's slide asks, and questions to the presenter.

    It has a page of its own (engine/app/site/room.py), which loads little; the lecture itself, which
    follows the presenter too, is one tap away. */

/** @import { Experiment, Remote } from "./remote.js" */
/** @import { Block, BlockContext, LiveBlock } from "../lib/types.js" */

import { RoomClips } from "../blocks/clips_room.js"
import { RoomLabel } from "../blocks/label_room.js"
import { OpenVote } from "../blocks/vote_open.js"
import { RoomVote } from "../blocks/vote_room.js"
import { el, messageOf } from "../lib/dom.js"
import { bring } from "../lib/fetching.js"
import { Room } from "../lib/room.js"
import { connect } from "../lib/socket.js"
import { keep, recall } from "../lib/store.js"
import { Theme } from "../lib/theme.js"
import { Questions } from "./phone_questions.js"

const NAME = "practicum.room-name"
const KEY = "practicum.remote" // the presenter's, for as long as this tab is open

/** @typedef {{id: string, title: string, number: string, lecture: string, notes: string,
 *   steps: number, blocks: Block<any>[], sims: Experiment[]}} Asked */

const base = new URL(document.body.dataset.base ?? "./", location.href)
const place = /** @type {HTMLElement} */ (document.getElementById("phone"))
const leaving = new AbortController()

class Phone {
  /** @type {Map<string, LiveBlock>} by id */
  #blocks = new Map()
  #slide = "" // that is shown
  /** @type {Asked | null} */
  #asked = null // what is known of it
  title = el("h1")
  where = el("span")
  code = el("span")
  body = el("div", { class: "phone-blocks" })
  say = el("p", { class: "phone-say", role: "status" })
  lecture = el("a", {}, "See the slides")

  /** @type {Remote | null} */
  #remote = null

  /** @param {string} code @param {string} [key] of the presenter, whose remote this is then */
  constructor(code, key = "") {
    this.theme = new Theme(/** @type {HTMLElement} */ (place.parentElement), leaving.signal)
    const line = connect(new URL("api/live", base).href)
    this.room = new Room(line, base.href)
    this.questions = new Questions(this.room, () => this.#slide)
    place.replaceChildren(
      el("div", { class: "phone-head" }, this.code, this.where),
      this.say,
      this.title,
      this.body,
      this.questions.element,
      el("p", { class: "phone-foot" }, this.lecture),
    )
    this.room.listen(() => this.#refresh())
    this.room.enter({ code, key, name: recall(NAME, String) ?? "" }).then(
      () => this.#entered(),
      (error) => {
        this.room.leave()
        line.close()
        askCode(messageOf(error), code)
      },
    )
  }

  async #entered() {
    const { code } = this.room
    if (this.room.isPresenter) await this.#becomeRemote()
    if (!location.pathname.endsWith(code))
      history.replaceState(null, "", new URL(`room/${code}`, base))
  }

  /** A page that holds the presenter's key is the presenter's remote; few are, so it is fetched. */
  async #becomeRemote() {
    const { Remote } = await bring("views/remote.js")
    /** @type {Remote} */
    const remote = new Remote(this.room)
    this.#remote = remote
    this.room.onLost = (why) => this.#endRemote(why)
    place.replaceChildren(el("div", { class: "phone-head" }, this.code), this.say, remote.element)
    if (this.#asked) remote.show(this.#asked)
  }

  /** Somebody else presents. @param {string} why */
  #endRemote(why) {
    keep(KEY, "", "session")
    this.room.leave()
    const join = el("button", { type: "button", onclick: () => location.reload() }, "Join the room")
    const words = `${why} This phone is not a remote any more.`
    place.replaceChildren(el("h1", {}, "Handed over"), el("p", { role: "status" }, words), join)
  }

  #refresh() {
    const { room } = this
    const { news } = room
    this.#remote?.update()
    this.code.textContent = room.code ? `Room ${room.code}` : "Joining …"
    this.say.textContent = news?.closed ? "The room is closed. Thank you." : room.trouble
    this.questions.update()
    const slide = news?.place?.slide ?? ""
    if (slide && slide !== this.#slide && room.lecture) this.#show(slide)
    else if (slide) this.#follow()
    else if (room.isIn) this.title.textContent = "The presenter has not started yet."
  }

  /** @param {string} slide */
  async #show(slide) {
    this.#slide = slide
    try {
      const asked = await this.#fetched(slide)
      if (this.#slide !== slide) return
      this.#fill(asked)
    } catch {
      if (this.#slide === slide) setTimeout(() => this.#show(slide), 2000)
    }
  }

  /** @param {string} slide @returns {Promise<Asked>} */
  async #fetched(slide) {
    const path = [this.room.lecture, slide].map(encodeURIComponent).join("/")
    const answer = await fetch(new URL(`api/rooms/${path}.json`, base))
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`)
    return answer.json()
  }

  /** @param {Asked} asked */
  #fill(asked) {
    const { title, number, lecture, blocks } = asked
    this.#asked = asked
    if (this.#remote || this.room.isPresenter) return this.#remote?.show(asked)
    this.#blocks.forEach((block) => block.destroy?.())
    this.#blocks.clear()
    this.title.textContent = title || "Untitled"
    this.where.textContent = `Slide ${number}`
    document.title = `${title} · ${lecture}`
    this.lecture.href = new URL(`${this.room.lecture}?room=${this.room.code}`, base).href
    const places = blocks.map((block) => this.#mounted(block))
    const nothing = el("p", { class: "quiet" }, "Nothing to answer on this slide.")
    this.body.replaceChildren(...(places.length ? places : [nothing]))
    this.#follow()
  }

  /** What the blocks of the presenter show: the pair of clips that is judged now. */
  #follow() {
    const place = this.room.news?.place
    if (place?.slide !== this.#slide) return
    for (const [id, shared] of Object.entries(place.blocks ?? {}))
      this.#blocks.get(id)?.follow?.(shared)
  }

  /** @param {Block<any>} block */
  #mounted(block) {
    const element = el("div", { class: `live live--${block.kind}`, "data-block": block.id })
    const Label = block.data.sim ? RoomClips : RoomLabel
    const Vote = (block.data.answer ?? "choice") === "choice" ? RoomVote : OpenVote
    const Kind = block.kind === "vote" ? Vote : Label
    const context = /** @type {BlockContext} */ ({
      announce: (text) => this.#announce(text),
      reducedMotion: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
    })
    /** @type {LiveBlock} */
    const mounted = new Kind(element, block, context, this.room)
    this.#blocks.set(block.id, mounted)
    mounted.show?.()
    return element
  }

  /** @param {string} text */
  #announce(text) {
    this.say.textContent = text
  }
}

/**
 * Ask for the code of the room.
 * @param {string} why nothing was joined yet
 * @param {string} [code] that was tried
 */
function askCode(why, code = "") {
  const input = el("input", {
    "aria-label": "code of the room",
    autocapitalize: "characters",
    value: code,
  })
  const name = el("input", {
    "aria-label": "nickname",
    placeholder: "nickname, if you like",
    maxlength: 40,
  })
  const join = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault()
    keep(NAME, name.value.trim())
    if (input.value.trim()) new Phone(input.value.trim())
  }
  const form = el("form", { onsubmit: join }, input, name, el("button", {}, "Join"))
  place.replaceChildren(el("h1", {}, "Join a room"), el("p", { role: "status" }, why), form)
  input.focus()
}

const code = decodeURIComponent(location.pathname.slice(base.pathname.length)).replace(
  /^room\/?/,
  "",
)
const key = new URLSearchParams(location.hash.slice(1)).get("key") ?? recall(KEY, String, "session")
if (location.hash) history.replaceState(null, "", location.pathname) // no neighbour reads it
if (code && key) keep(KEY, key, "session")
if (code) new Phone(code, key ?? "")
else askCode("The code is on the wall.")
