/** The stage: a lecture that fills the window, flipped in the browser without the server.

    `open` is called once by the Streamlit component; the server hears only where the reader has
    settled. Slides are in slides.js, keys in keys.js, everything around them in chrome.js. With
    `?view=read` or `?view=presenter` in the address the same deck opens in another view. */

import { Blocks } from "../blocks/mounted.js"
import { Claims } from "../lecture/claims.js"
import { fit } from "../lecture/fit.js"
import { listenKeys, listenSwipes } from "../lecture/keys.js"
import { NO_STYLE, NO_VIEW, Notices } from "../lecture/notices.js"
import { move, numbered } from "../lecture/path.js"
import { listenQuizzes } from "../lecture/quiz.js"
import { idle, Slides } from "../lecture/slides.js"
import { readPlace, writePlace } from "../lib/address.js"
import { PAGE } from "../lib/dom.js"
import { bring, loadStyles, persist } from "../lib/fetching.js"
import { Theme } from "../lib/theme.js"
import { Chrome } from "./chrome.js"
import { Link } from "./link.js"
import { Paper } from "./print.js"
import {
  blockContext,
  catchUp,
  draws,
  fetchAhead,
  fetchDeck,
  firstDeck,
  hashOf,
  keepClear,
  openSocket,
} from "./services.js"

const VIEWS = { read: "views/reading.js", presenter: "views/presenter.js" }
// From a black wall the first key only lights it up, as PowerPoint does; these are no look at a slide.
const STAYS_BLACK = ["blank", "goto", "presenter", "fullscreen", "start", "theme"]
const SETTLE = 150 // milliseconds without a flip before the server hears of the slide

/**
 * @param {HTMLElement} parent the component's element
 * @param {{component: {data: object, setStateValue: Function}}} mounted always the newest arguments
 * @returns {() => void} removes everything again
 */
export function open(parent, mounted) {
  const view = new URLSearchParams(location.search).get("view")
  const leave = Object.hasOwn(VIEWS, view ?? "")
    ? openView(VIEWS[view], parent, mounted)
    : openStage(parent, mounted)
  const stop = keepClear()
  return () => {
    stop()
    leave()
  }
}

function openStage(parent, mounted) {
  const lecture = new Lecture(parent, mounted)
  lecture.start()
  return () => lecture.leave()
}

function openView(module, parent, mounted) {
  let leave = null
  const leaving = new AbortController()
  const notices = new Notices(parent)
  persist(
    () => bring(module),
    leaving.signal,
    () => notices.say("view", NO_VIEW),
  ).then((view) => {
    notices.say("view")
    if (view) leave = view.open(parent, mounted)
  })
  return () => {
    leaving.abort()
    leave?.()
  }
}

class Lecture {
  constructor(parent, mounted) {
    this.mounted = mounted
    this.asked = 0 // how often the deck was fetched anew
    this.options = mounted.component.data
    this.hash = hashOf(this.options)
    this.leaving = new AbortController()
    this.index = -1
    this.step = 0
    this.blocks = new Blocks((block) => ({
      ...blockContext(this),
      changed: () => this.link.changed(block.id),
    }))
    this.root = document.createElement("div")
    this.root.className = "practicum"
    this.root.innerHTML = `<div class="stage"><div class="slides"></div></div>`
    this.stage = this.root.firstElementChild
    this.stage.dataset.deck = this.options.scope
    this.theme = new Theme(this.stage, this.leaving.signal)
    this.claims = new Claims(this.options)
    this.slides = new Slides(this.stage.querySelector(".slides"), { base: this.options.base })
    this.notices = new Notices(this.root)
    parent.append(this.root)
  }

  async start() {
    const sheets = [
      "theme.css",
      "styles/stage.css",
      "styles/live.css",
      "styles/claims.css",
      "styles/print.css",
    ]
    const styled = loadStyles(this.options.web, sheets, (are) =>
      this.notices.say("style", are ? NO_STYLE : ""),
    )
    const fetched = firstDeck(this.options, this.leaving.signal, this.notices)
    await styled
    const fresh = await fetched
    if (!fresh) return
    const { deck } = fresh
    this.hash = fresh.hash
    this.chrome = new Chrome(this)
    this.link = new Link(this)
    this.paper = new Paper(this, "size: 1280px 720px; margin: 0")
    this.#load(deck)
    this.#openPlace()
    this.opened = true
    this.claims
      .load(this.leaving.signal)
      .then(() => this.claims.mark(this.slides.current, this.slide))
    const act = (action, number) => this.act(action, number)
    const isNumber = (text) => numbered(this.deck.slides, text) !== undefined
    listenKeys(act, this.leaving.signal, { isNumber })
    listenSwipes(this.stage, act, this.leaving.signal)
    listenQuizzes(
      this.stage,
      {
        reveal: (why) => this.go(this.index, Math.max(this.step, Number(why.dataset.step))),
        announce: (text) => this.announce(text),
      },
      this.leaving.signal,
    )
    this.slides.buildAll(this.leaving.signal)
    this.#connect()
    this.#mountBlocks()
    if (draws(deck)) setTimeout(() => idle(() => fetchAhead(this.options.web)), 1200)
  }

  leave() {
    this.leaving.abort()
    clearTimeout(this.settling)
    this.blocks.destroy()
    this.socket?.close()
    this.root.remove()
  }

  get slide() {
    return this.deck.slides[this.index]
  }

  /** The card of a citation, a term or a claim. */
  get cards() {
    return this.chrome.cards
  }

  announce(text) {
    this.chrome.announce(text)
  }

  /** Do what a key, a button or a swipe asks for. @returns {boolean | void} false when it is nothing */
  act(action, number) {
    if (this.root.hasAttribute("data-blank") && !STAYS_BLACK.includes(action))
      return this.chrome.act("blank")
    const to = move(action, this, number)
    if (to) this.go(to.index, to.step)
    else if (action === "run") this.runBlock()
    else if (action === "start") document.fullscreenElement || toggleFullscreen()
    else if (action === "theme") this.theme.toggle()
    else if (action === "fullscreen") toggleFullscreen()
    else if (action === "presenter") this.link.open()
    else if (action === "read") location.assign(viewAddress("read"))
    else return this.chrome.act(action)
  }

  /** Show a slide by its number (from 0) at a step; both are brought into range. */
  go(index, step = 0) {
    const last = this.deck.slides.length - 1
    index = Math.max(0, Math.min(last, index))
    step = Math.max(0, Math.min(this.deck.slides[index].steps, step))
    const moved = index !== this.index
    if (!moved && step === this.step) return
    this.index = index
    this.step = step
    this.root.removeAttribute("data-blank")
    this.claims.mark(this.slides.show(index, step), this.slide)
    writePlace(this.slide.id, step)
    this.link?.tell()
    if (!moved) return
    this.root.scrollTop = 0 // a page on a phone, or under a zoom, begins at its top
    this.stage.scrollTop = 0
    this.chrome.moved()
    this.blocks.hide((element) => !this.slides.current.contains(element))
    afterPaint(() => {
      this.#fit()
      this.#mountBlocks()
    })
    clearTimeout(this.settling)
    if (!this.opened) return // where a visit starts is no news to the server
    this.settling = setTimeout(
      () => this.mounted.component.setStateValue("slide", this.slide.id),
      SETTLE,
    )
  }

  /** Show a slide by its id or one of its aliases. @returns {boolean} whether there is one */
  goTo(id, step = 0) {
    const index = this.deck.slides.findIndex(
      (slide) => slide.id === id || slide.aliases.includes(id),
    )
    if (index >= 0) this.go(index, step)
    return index >= 0
  }

  /** Every slide, built if need be, for paper. */
  sections() {
    return this.deck.slides.map((slide, index) => ({ slide, section: this.slides.section(index) }))
  }

  #openPlace() {
    const asked = readPlace()
    const wanted = asked.slide || this.options.start
    if (wanted && this.goTo(wanted, asked.step)) return
    this.go(0)
    if (wanted) this.chrome.sayMissing(wanted)
  }

  #load(deck) {
    this.deck = deck
    this.slides.load(deck.slides)
    this.#css(deck.css ?? "")
    this.chrome.loaded()
  }

  /** The deck changed on disk: show the new one at the same slide, step and with the same runs. */
  async reload(hash) {
    this.asked += 1
    const asked = this.asked
    const fresh = await fetchDeck(this.options, hash, this.leaving.signal)
    if (!fresh || asked !== this.asked) return // half written, or a later one is coming
    const [here, index, step] = [this.slide, this.index, this.step]
    this.hash = fresh.hash
    this.#load(fresh.deck)
    this.index = -1
    if (!this.goTo(here?.id, step)) this.go(index, step)
    this.blocks.update(this.deck.slides)
  }

  #connect() {
    this.socket = openSocket(this.options, this.leaving.signal, this.notices)
    if (!this.socket) return
    this.socket.on("deck", (change) => {
      if (change.slug === this.options.slug) this.reload(change.hash)
    })
    this.socket.on("open", () => catchUp(this))
  }

  /** Run or stop what is live on the shown slide: what was touched last, else the first. */
  async runBlock() {
    const [section, slide] = [this.slides.current, this.slide]
    if (this.socket) await this.blocks.show(section, slide, () => this.slides.current === section)
    if (this.slides.current !== section) return
    if (!this.blocks.main(section)) this.announce("Nothing on this slide can be run.")
  }

  /** Mount the live blocks of the shown slide; those that were mounted before go on. */
  #mountBlocks() {
    const section = this.slides.current
    if (this.socket) this.blocks.show(section, this.slide, () => this.slides.current === section)
  }

  /** Make wide formulas, code and tables of the shown slide fit; a page is pushed sideways instead. */
  #fit() {
    if (!matchMedia(PAGE).matches) fit(this.slides.current)
  }

  #css(text) {
    this.sheet ??= this.root.appendChild(document.createElement("style"))
    this.sheet.textContent = text
  }
}

/** This place of this lecture in another view. */
function viewAddress(view) {
  const query = new URLSearchParams(location.search)
  query.set("view", view)
  return `${location.pathname}?${query}`
}

/** A flip is painted first; what is mounted on the slide may take longer than a frame. */
function afterPaint(work) {
  requestAnimationFrame(() => setTimeout(work, 0))
}

function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen()
  else document.documentElement.requestFullscreen?.()
}
