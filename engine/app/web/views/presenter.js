/** The presenter window: notes in large type, what is on the wall and what comes next, and the
    time.

    It follows the lecture's window through `link.js` and sends that window its own keys and what is
    pressed on its desk. While that window is closed it goes through the deck by itself. */

/** @import { FreshDeck, Mounted, Slide, SlideChooser, Value } from "../lib/types.js" */
/** @import { Place } from "./link.js" */

import { COMMANDS } from "../lecture/commands.js"
import { openHelp, openOverview } from "../lecture/dialogs.js"
import { listenKeys } from "../lecture/keys.js"
import { length, move, numbered } from "../lecture/path.js"
import { openSearch } from "../lecture/search.js"
import { Slides } from "../lecture/slides.js"
import { readPlace, writePlace } from "../lib/address.js"
import { el } from "../lib/dom.js"
import { toggleFullscreen } from "../lib/fullscreen.js"
import { keep, numberIn, recall } from "../lib/store.js"
import { DeckView } from "./deck_view.js"
import { fetchDeck } from "./decks.js"
import { Frame, openFrame } from "./frame.js"
import { Miniature } from "./miniature.js"
import { Pace } from "./pace.js"
import { BLACK, buildPresenter } from "./presenter_page.js"
import { SLIDES } from "./sheets.js"
import { say } from "./talk_time.js"
import { Today } from "./today.js"
import { WallControls } from "./wall_controls.js"
import { WallLink } from "./wall_link.js"

const SIZE = "practicum.notes-size"
const SHEETS = [SLIDES, "styles/presenter.css"]

/** @type {Pick<Place, "isBlack" | "over" | "picked" | "ink">} */
const NOTHING = { isBlack: false, over: "", picked: [], ink: [] }

/**
 * Mount the presenter's view (see stage.js).
 * @param {HTMLElement} parent
 * @param {Mounted} mounted
 */
export function open(parent, mounted) {
  const root = el("div", { class: "practicum presenter" })
  const main = el("div", { class: "presenter-main" })
  const frame = new Frame(parent, mounted, root, main)
  return openFrame(frame, SHEETS, (fresh) => new Presenter(frame, main, fresh))
}

/** @implements {SlideChooser} */
class Presenter extends DeckView {
  #asked = 0 // how many places were told
  step = 0
  place = NOTHING // what was told of the wall
  #left = "" // out today

  /**
   * @param {Frame} frame
   * @param {HTMLElement} main
   * @param {FreshDeck} fresh
   */
  constructor(frame, main, fresh) {
    super(frame, fresh)
    const { options, root, leaving } = this
    this.today = new Today(options.slug)
    this.pair = new URLSearchParams(location.search).get("pair") ?? "alone"
    this.pace = new Pace(`practicum.timer.${options.slug}.${this.pair}`, () => this.#tick())
    this.wall = new WallLink(options.slug, this.pair, leaving.signal, {
      place: (place) => this.#follow(place),
      panel: (block) => this.#panel(block),
      lost: () => this.#lost(),
    })
    this.slides = new Slides(document.createElement("div"), { base: options.base })
    this.desk = new WallControls(this)
    this.now = new Miniature(this, "On the wall", { isWall: true })
    this.next = new Miniature(this, "Next")
    this.parts = buildPresenter(main, this, [this.now.element, this.next.element])
    this.sheet = root.appendChild(document.createElement("style"))
    this.#resize(1)
    this.#load(fresh)
    const { slide, step } = readPlace()
    this.go(Math.max(0, this.find(slide)), step)
    listenKeys((action, number) => this.act(action, number), leaving.signal, {
      isNumber: (text) => numbered(this.deck.slides, text) !== undefined,
      typed: (text) => this.#where(text),
    })
    this.wall.open()
    this.ticking = setInterval(() => this.#tick(), 250)
  }

  leave() {
    clearInterval(this.ticking)
    this.pace.leave()
    this.now.destroy()
    this.next.destroy()
  }

  /** Whether a lecture's window answers. */
  get isLinked() {
    return this.wall.isLinked
  }

  /** What the blocks of the wall show. */
  get panels() {
    return this.wall.panels
  }

  /**
   * Keys and buttons: moves go to the lecture's window, the rest is this window's own.
   * @param {string} action
   * @param {string} [number] of the slide that "goto" names
   * @returns {boolean | undefined} false when it is nothing
   */
  act(action, number) {
    if (isOfWall(action)) this.#move(action, number)
    else if (action === "timer") this.pace.timer.toggle()
    else if (action === "start") this.pace.timer.start()
    else if (action === "reset") this.pace.reset.press()
    else if (action === "overview") openOverview(this.#chooser())
    else if (action === "search") openSearch(this)
    else if (action === "help") openHelp(this, (command) => command.presenter !== undefined)
    else if (action === "larger") this.#resize(1.1)
    else if (action === "smaller") this.#resize(1 / 1.1)
    else if (action === "theme") this.theme.toggle()
    else if (action === "lecture")
      window.open(this.#lectureAddress(), `practicum-lecture-${this.pair}`)
    else if (action === "fullscreen") toggleFullscreen()
    else return false
    this.#tick()
  }

  /** @param {number} index @param {number} [step] */
  go(index, step = 0) {
    this.index = index
    this.step = Math.max(0, Math.min(this.slide.steps, step))
    writePlace(this.slide.id, this.step)
    this.#show()
  }

  /**
   * Do something with a block of the wall (views/wall_controls.js).
   * @param {string} block
   * @param {string} name
   * @param {Value} [value]
   */
  command(block, name, value) {
    this.wall.send({ type: "command", block, name, value })
  }

  /** Show a slide by its id or an alias, in both windows. @param {string} id */
  goTo(id) {
    const at = this.find(id)
    if (at < 0) return false
    const slide = this.deck.slides[at].id
    this.wall.whenKnown(() => {
      if (this.isLinked) this.wall.send({ type: "go", slide })
      else this.go(at)
    })
    return true
  }

  /** This view for the overview and the search: what is chosen there is shown in both windows. */
  #chooser() {
    const { root, deck, theme, options, index, slide, slides } = this
    const goTo = (/** @type {string} */ id) => this.goTo(id)
    const go = (/** @type {number} */ at) => void goTo(deck.slides[at].id)
    return { root, deck, theme, options, index, slide, slides, goTo, go }
  }

  /** @param {string} action @param {string | undefined} number */
  #move(action, number) {
    this.wall.whenKnown(() => {
      if (this.isLinked) return this.wall.send({ type: "act", action, number })
      const to = move(action, this, number)
      if (to) this.go(to.index, to.step)
    })
  }

  /** @param {string} block */
  #panel(block) {
    this.now.mirror(block)
    this.next.mirror(block)
    this.desk.update(block)
  }

  /** @param {Place} place */
  async #follow({ slide, step, hash, ...shown }) {
    this.#showLink()
    this.#asked += 1
    const asked = this.#asked
    const { signal } = this.leaving
    const fresh = hash === this.hash ? null : await fetchDeck(this.options, hash, signal)
    if (signal.aborted || asked !== this.#asked) return // a later place is coming
    if (fresh) this.#load(fresh)
    this.place = shown
    const index = this.find(slide)
    if (index >= 0 && (index !== this.index || step !== this.step || fresh)) this.go(index, step)
    else this.#cover()
  }

  /** No lecture's window answers. */
  #lost() {
    this.place = NOTHING
    this.#showLink()
  }

  #showLink() {
    this.parts.lost.hidden = this.isLinked
    this.desk.show(this.isLinked ? this.slide : null)
    this.#cover()
  }

  /** @param {FreshDeck} fresh */
  #load({ hash, deck }) {
    this.hash = hash
    this.deck = deck
    this.slides.load(deck.slides)
    this.pace.plan(deck.slides, this.skips)
    this.sheet.textContent = deck.css
    this.title.say(`Presenter · ${deck.title}`)
  }

  /** What → and ← leave out today. @param {Slide} slide */
  skips = (slide) => this.today.skips(slide)

  #show() {
    const { slide, step, index, parts } = this
    this.pace.show(slide)
    parts.title.textContent = slide.title || "Untitled"
    const paragraphs = slide.notes.split(/\n\s*\n/).filter(Boolean)
    const none = el("p", { class: "quiet" }, "No notes on this slide.")
    const notes = paragraphs.map((text) => el("p", {}, text))
    parts.notes.replaceChildren(...(notes.length ? notes : [none]))
    parts.notes.scrollTop = 0
    this.#where()
    this.desk.show(this.isLinked ? slide : null)
    const steps = slide.steps ? `step ${step} of ${slide.steps}` : ""
    this.now.show(index, step, steps, this.place.picked)
    this.#cover()
    this.#showNext()
    this.#tick()
  }

  #showNext() {
    const { slide, step, index } = this
    const left = slide.steps - step
    const last = left === 1 ? "the last step" : `step ${step + 1}, ${left} left`
    if (left > 0) return this.next.show(index, step + 1, last)
    const at = move("next", this)?.index ?? index
    if (at !== index) this.next.show(at, 0, this.deck.slides[at].title)
    else this.next.end("The end of the lecture.")
  }

  /** Which slide this is; while a number is typed, where that leads. */
  #where(typed = "") {
    const { slide, deck, parts } = this
    const here = `${slide.is_aside ? "Aside" : "Slide"} ${slide.number} of ${length(deck.slides)}`
    const out = this.skips(slide) ? " · left out today" : ""
    say(parts.where, typed ? `Go to ${typed}: Enter` : here + out)
  }

  /** What lies over the slide on the wall. */
  #cover() {
    this.now.draw(this.place.ink)
    const { isBlack, over, picked } = this.place
    this.now.cover(isBlack ? "black" : "open", isBlack ? BLACK : over)
    if (this.slide) this.now.show(this.index, this.step, this.now.caption.textContent ?? "", picked)
  }

  #tick() {
    if (this.today.state !== this.#left) {
      this.#left = this.today.state
      this.pace.plan(this.deck.slides, this.skips)
      if (this.slide) this.#showNext()
      if (this.slide) this.#where()
    }
    this.pace.tick(this.parts, this.deck.slides, this.index)
  }

  /** @param {number} by */
  #resize(by) {
    const size = Math.max(0.9, Math.min(3.2, (recall(SIZE, numberIn(0.9, 3.2)) ?? 1.6) * by))
    keep(SIZE, String(size))
    this.parts.notes.style.fontSize = `${size}rem`
  }

  #lectureAddress() {
    const query = new URLSearchParams({ slide: this.slide.id })
    return `${location.pathname}?${query}`
  }
}

/** Whether the lecture's window does it. @param {string} action */
const isOfWall = (action) =>
  COMMANDS.some((command) => command.action === action && command.presenter === "wall")
