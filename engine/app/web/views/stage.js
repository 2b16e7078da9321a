/** The stage: a lecture that fills the window, flipped in the browser without the server.

    `open` is called once by the Streamlit component; the server hears only where the reader has
    settled. Slides are in slides.js, keys in keys.js, everything around them in chrome.js. With
    `?view=read` or `?view=presenter` in the address the same deck opens in another view. */

/** @import { Deck, FreshDeck, Mounted, Slide, StageView } from "../lib/types.js" */

import { Claims } from "../lecture/claims.js"
import { fit } from "../lecture/fit.js"
import { listenKeys, listenSwipes } from "../lecture/keys.js"
import { move, numbered } from "../lecture/path.js"
import { listenPointing } from "../lecture/pointing.js"
import { listenQuizzes } from "../lecture/quiz.js"
import { Seen } from "../lecture/seen.js"
import { keepPlace, markSideways } from "../lecture/sideways.js"
import { afterPaint, idle, Slides } from "../lecture/slides.js"
import { inView, listenBack, readPlace, writePlace } from "../lib/address.js"
import { el, onResize, PAGE } from "../lib/dom.js"
import { arrivals } from "../lib/fetching.js"
import { startFullscreen, toggleFullscreen } from "../lib/fullscreen.js"
import { pageAddress } from "../lib/source.js"
import { Chrome } from "./chrome.js"
import { bringLater, partOf } from "./deck_parts.js"
import { DeckView } from "./deck_view.js"
import { Frame, openFrame, openOther } from "./frame.js"
import { Hand } from "./hand.js"
import { Link } from "./link.js"
import { showOnly } from "./only.js"
import { Paper } from "./print.js"
import { RoomDoor } from "./room_door.js"
import { draws, fetchAhead, follow, keepClear } from "./services.js"
import { Settled } from "./settled.js"
import { SLIDES } from "./sheets.js"
import { StageBlocks } from "./stage_blocks.js"
import { actToday, Today } from "./today.js"

const SHEETS = [SLIDES, "styles/print.css"]
// From a black wall the first key only lights it up, as PowerPoint does; these show no slide.
const STAYS_BLACK = ["blank", "goto", "presenter", "fullscreen", "start", "theme"]
const JUMPS = ["first", "last", "goto"] // Back undoes them

/**
 * @param {HTMLElement} parent the component's element
 * @param {Mounted} mounted
 * @returns {() => void} removes everything again
 */
export function open(parent, mounted) {
  const leave = openOther(parent, mounted) ?? openStage(parent, mounted)
  const stop = keepClear()
  return () => {
    stop()
    leave()
  }
}

/** @param {HTMLElement} parent @param {Mounted} mounted */
function openStage(parent, mounted) {
  const root = el("div", { class: "practicum" })
  const { scope } = mounted.component.data
  const stage = el("div", { class: "stage", "data-deck": scope }, el("div", { class: "slides" }))
  const frame = new Frame(parent, mounted, root, stage)
  const make = (/** @type {FreshDeck} */ fresh) => new Stage(frame, mounted, stage, fresh)
  return openFrame(frame, SHEETS, make, (deck) => partOf(deck, readPlace().slide))
}

/** @implements {StageView} */
export class Stage extends DeckView {
  index = -1
  step = 0
  isOpen = false // where a visit starts is not news to the server
  bringRest = () => {} // of a deck that comes in several parts

  /**
   * @param {Frame} frame
   * @param {Mounted} mounted
   * @param {HTMLElement} stage
   * @param {FreshDeck} fresh
   */
  constructor(frame, mounted, stage, fresh) {
    super(frame, fresh)
    this.stage = stage
    this.settled = new Settled(mounted)
    const { options, root, leaving } = this
    this.claims = new Claims(options)
    this.seen = new Seen(options.slug)
    const place = /** @type {HTMLElement} */ (stage.firstElementChild)
    this.slides = new Slides(place, { base: options.base })
    this.blocks = new StageBlocks(this)
    this.chrome = new Chrome(this)
    this.hand = new Hand(this)
    this.link = new Link(this)
    this.today = new Today(options.slug)
    this.paper = new Paper(this, "size: 1280px 720px; margin: 0")
    this.sheet = root.appendChild(document.createElement("style"))
    this.#load(this.deck)
    this.#openPlace()
    frame.notices.say("only", showOnly(root, this.slide))
    this.isOpen = true
    this.#listen()
    if (fresh.rest) this.bringRest = bringLater(fresh.rest, (deck) => this.#complete(deck))
    else this.slides.buildAll(leaving.signal)
    this.socket = follow(this)
    this.door = new RoomDoor(this)
    this.blocks.mountShown()
    if (draws({ slides: [this.slide] })) fetchAhead(options.web)
    arrivals().then(() => this.#markClaims()) // what the slide draws with comes first
    if (draws(this.deck)) setTimeout(() => idle(() => fetchAhead(options.web)), 1200)
  }

  #listen() {
    const { signal } = this.leaving
    /** @param {string} action @param {string} [number] */
    const act = (action, number) => this.act(action, number)
    const isNumber = (/** @type {string} */ text) => numbered(this.deck.slides, text) !== undefined
    listenKeys(act, signal, { isNumber })
    listenBack(() => this.#back(), signal)
    listenSwipes(this.stage, act, signal)
    listenPointing(this.stage, act, signal)
    keepPlace(this.root, () => this.section, signal)
    const stop = onResize(this.stage, () => this.#fit())
    signal.addEventListener("abort", stop)
    const reveal = (/** @type {HTMLElement} */ why) =>
      this.go(this.index, Math.max(this.step, Number(why.dataset.step)))
    listenQuizzes(this.stage, { reveal, announce: (text) => this.announce(text) }, signal)
  }

  async #markClaims() {
    await this.claims.load(this.leaving.signal)
    this.claims.mark(this.section, this.slide)
  }

  leave() {
    this.settled.leave()
    this.blocks.destroy()
    this.door?.leave()
    this.socket?.close()
  }

  /** What → and ← leave out today. @param {Slide} slide */
  skips = (slide) => this.today.skips(slide)

  /** The section of the shown slide. */
  get section() {
    return this.slides.current ?? this.slides.section(this.index)
  }

  /** The card of a citation, a term or a claim. */
  get cards() {
    return this.chrome.cards
  }

  /** Open the references at what a citation names. @param {HTMLElement} link */
  showWork(link) {
    return this.chrome.drawer.openAt("references", link.dataset.cite ?? "", link)
  }

  /** @param {string} text */
  announce(text) {
    this.chrome.announce(text)
  }

  /**
   * Do what a key, a button or a swipe asks for.
   * @param {string} action
   * @param {string} [number] of the slide that "goto" names
   * @returns {boolean | undefined} false when it is nothing
   */
  act(action, number) {
    if (this.root.hasAttribute("data-blank") && !STAYS_BLACK.includes(action))
      return this.chrome.act("blank")
    const to = move(action, this, number)
    if (to) this.go(to.index, to.step, JUMPS.includes(action))
    else if (this.hand.act(action) || actToday(action, this)) return
    else if (action === "run") this.blocks.run()
    else if (action === "start") startFullscreen()
    else if (action === "theme") this.theme.toggle()
    else if (action === "fullscreen") toggleFullscreen()
    else if (action === "presenter") this.link.open()
    else if (action === "room") this.door?.act()
    else if (action === "read") location.assign(inView("read"))
    else if (action === "home") location.assign(pageAddress(this.options.base, ""))
    else return this.chrome.act(action)
  }

  /**
   * Show a slide by its number (from 0) at a step; both are brought into range.
   * @param {number} index
   * @param {number} [step]
   * @param {boolean} [isJump] Back leads to the slide before
   */
  go(index, step = 0, isJump = false) {
    const last = this.deck.slides.length - 1
    index = Math.max(0, Math.min(last, index))
    step = Math.max(0, Math.min(this.deck.slides[index].steps, step))
    const moved = index !== this.index
    if (!moved && step === this.step) return
    // A page on a phone, or under a zoom, begins at its top. First of all: to scroll asks for the
    // layout, which is at hand only before anything has changed.
    if (moved) this.root.scrollTop = this.stage.scrollTop = 0
    this.index = index
    this.step = step
    this.root.removeAttribute("data-blank")
    this.claims.mark(this.slides.show(index, step), this.slide)
    writePlace(this.slide.id, step, isJump && moved && this.isOpen)
    this.seen.see(this.slide, index === 0)
    this.link.tell()
    this.hand.moved(moved)
    this.door?.moved()
    if (!moved) return
    this.bringRest()
    this.chrome.moved()
    this.blocks.hide((element) => !this.section.contains(element))
    afterPaint(() => {
      this.#fit()
      this.blocks.mountShown()
    })
    this.blocks.prepareSoon()
    if (this.isOpen) this.settled.moved(this.slide.id)
  }

  /**
   * Jump to a slide by its id or one of its aliases.
   * @param {string} id
   * @param {number} [step]
   * @returns {boolean} whether there is one
   */
  goTo(id, step = 0) {
    const index = this.find(id)
    if (index >= 0) this.go(index, step, true)
    return index >= 0
  }

  /** Every slide, built if need be, for paper. */
  sections() {
    return this.deck.slides.map((slide, index) => ({ slide, section: this.slides.section(index) }))
  }

  /** The address has changed by Back or Forward. */
  #back() {
    const { slide, step } = readPlace()
    this.go(Math.max(0, this.find(slide)), step)
  }

  #openPlace() {
    const asked = readPlace()
    const wanted = asked.slide || this.options.start
    if (wanted && this.goTo(wanted, asked.step)) return
    const before = this.find(this.seen.last)
    this.go(0)
    if (wanted) this.chrome.sayMissing(wanted)
    else if (before > 0) this.chrome.offerBefore(this.deck.slides[before])
  }

  /** @param {Deck} deck */
  #load(deck) {
    this.deck = deck
    this.slides.load(deck.slides)
    this.sheet.textContent = deck.css
    this.chrome.loaded()
  }

  /** The rest of the deck has come; the reader may be on a slide of it. @param {Deck} deck */
  #complete(deck) {
    this.#load(deck)
    this.claims.mark(this.section, this.slide)
    this.#fit()
    this.blocks.mountShown()
    this.slides.buildAll(this.leaving.signal)
  }

  /**
   * The deck changed on disk: show the new one at the same slide, step and with the same runs.
   * @param {string} hash
   */
  async reload(hash) {
    const fresh = await this.frame.reload(hash)
    if (!fresh) return
    const [here, index, step] = [this.slide, this.index, this.step]
    this.hash = fresh.hash
    this.#load(fresh.deck)
    this.index = -1
    const at = here ? this.find(here.id) : -1
    this.go(at < 0 ? index : at, step)
    this.blocks.update(this.deck.slides)
    await this.claims.reload(this.stage, this.leaving.signal)
    this.claims.mark(this.section, this.slide)
  }

  /** Make wide formulas, code and tables of the shown slide fit; a page is pushed sideways. */
  #fit() {
    if (matchMedia(PAGE).matches) markSideways(this.section)
    else fit(this.section)
  }
}
