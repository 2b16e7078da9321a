/** The reading view: the whole lecture as one page to scroll, for self-study and screen readers.

    Every step is shown, notes stand under their slide as prose, and live blocks are mounted when
    they come near. What is far away costs nothing: the browser skips drawing it (reading.css). */

/** @import { FreshDeck, MarkedView, Mounted } from "../lib/types.js" */

import { Blocks } from "../blocks/mounted.js"
import { Cards } from "../lecture/cards.js"
import { Claims } from "../lecture/claims.js"
import { fit } from "../lecture/fit.js"
import { fillGlossary } from "../lecture/glossary.js"
import { listenKeys } from "../lecture/keys.js"
import { listenQuizzes } from "../lecture/quiz.js"
import { openSearch } from "../lecture/search.js"
import { markSideways } from "../lecture/sideways.js"
import { idle } from "../lecture/slides.js"
import { addressOf, readPlace, writePlace } from "../lib/address.js"
import { closest, el, PAGE } from "../lib/dom.js"
import { holdAtTop } from "../lib/hold_at_top.js"
import { keep, oneOf, recall } from "../lib/store.js"
import { DeckView } from "./deck_view.js"
import { Frame, openFrame } from "./frame.js"
import { Pages } from "./pages.js"
import { Paper } from "./print.js"
import { buildHeader, Contents } from "./reading_parts.js"
import { blockContext, draws, fetchAhead, follow } from "./services.js"
import { SLIDES } from "./sheets.js"

const NOTES = "practicum.read-notes"
// Of a page, by a key that a control held.
/** @type {Record<string, number>} */
const SCROLLS = { next: 0.87, down: 0.06, up: -0.06, previous: -0.87 }
const SHEETS = [SLIDES, "styles/reading.css", "styles/print.css"]

/**
 * Mount the reading view (see stage.js).
 * @param {HTMLElement} parent
 * @param {Mounted} mounted
 */
export function open(parent, mounted) {
  const root = el("div", { class: "practicum reading", tabindex: "-1" })
  const stage = el("div", { class: "reading-frame" })
  const frame = new Frame(parent, mounted, root, stage)
  return openFrame(frame, SHEETS, (fresh) => new Reading(frame, stage, fresh))
}

/** @implements {MarkedView} */
class Reading extends DeckView {
  live = el("div", { class: "sr-only", "aria-live": "polite" })
  glossary = el("section", { class: "page-glossary", "aria-label": "Glossary" })
  resting = new AbortController() // until another version of the deck is there
  #letGo = () => {} // of the slide that is held at the top

  /**
   * @param {Frame} frame
   * @param {HTMLElement} stage
   * @param {FreshDeck} fresh
   */
  constructor(frame, stage, fresh) {
    super(frame, fresh)
    this.stage = stage
    const { options, leaving } = this
    this.claims = new Claims(options)
    this.blocks = new Blocks(() => blockContext(this))
    this.pages = this.#pages()
    this.contents = new Contents(this.deck)
    this.main = this.#main()
    this.cards = new Cards(this, leaving.signal)
    this.#fill()
    this.#listen()
    this.socket = follow(this)
    this.pages.list.forEach((_, index) => this.#wake(index))
    this.paper = new Paper(this)
    if (draws(this.deck)) idle(() => fetchAhead(options.web)) // printing waits for nothing
  }

  #listen() {
    const { signal } = this.leaving
    this.claims.load(signal).then(() => this.#mark())
    this.theme.listen((name) => this.pages.paint(name))
    const home = () => this.root.focus({ preventScroll: true })
    listenKeys((action, _number, isReleased) => this.act(action, isReleased), signal, { home })
    const reveal = (/** @type {HTMLElement} */ why) => why.classList.remove("is-later")
    listenQuizzes(this.stage, { reveal, announce: (text) => this.announce(text) }, signal)
    this.root.addEventListener("click", (event) => this.#jump(event), { signal })
    this.root.addEventListener("scroll", () => this.cards.hide(), { signal, passive: true })
  }

  leave() {
    this.#rest()
    this.socket?.close()
  }

  /** @param {string} text */
  announce(text) {
    this.live.textContent = text
  }

  /**
   * Do what a key or a button asks for.
   * @param {string} action
   * @param {boolean} [isReleased] a control had the key's focus and has just lost it
   * @returns {boolean | undefined} false leaves the key to the browser
   */
  act(action, isReleased = false) {
    if (isReleased && action in SCROLLS)
      this.root.scrollBy({ top: SCROLLS[action] * this.root.clientHeight })
    else if (action === "read") location.assign(addressOf({ slide: this.slide.id }))
    else if (action === "theme") this.theme.toggle()
    else if (action === "notes") this.#showNotes(this.root.dataset.notes !== "on")
    else if (action === "search") openSearch(this)
    else if (action === "glossary") this.glossary.scrollIntoView()
    else if (action === "outline") this.contents.toggle()
    else return false
  }

  /**
   * Bring a slide to the top, by its id or an alias.
   * @param {string} id
   * @returns {boolean} whether there is one
   */
  goTo(id) {
    const index = this.find(id)
    if (index < 0) return false
    const { element } = this.pages.fill(index)
    this.#letGo()
    this.#letGo = holdAtTop(this.root, this.main, element, this.resting.signal)
    this.#moved(index)
    return true
  }

  #pages() {
    const heard = {
      near: (/** @type {number} */ index) => this.#wake(index),
      far: (/** @type {number} */ index) => this.#sleep(index),
      here: (/** @type {number} */ index) => this.#moved(index),
    }
    return new Pages(this, this.deck, heard, this.resting.signal)
  }

  #main() {
    const words = el("div")
    fillGlossary(words, this)
    this.glossary.replaceChildren(el("h2", {}, "Glossary"), words)
    const glossary = this.deck.glossary.length ? this.glossary : null
    // The place of a view is the landmark `main` already.
    const look = { class: "reading-main", role: "region", "aria-label": "Lecture", tabindex: "-1" }
    return el("div", look, ...this.pages.elements, glossary)
  }

  /** Put the deck into the page, at the place that the address names. */
  #fill() {
    const { deck } = this
    const sheet = el("style")
    sheet.textContent = deck.css
    const header = buildHeader(deck, (action) => void this.act(action))
    this.stage.replaceChildren(header, this.contents.element, this.main, this.live, sheet)
    this.#showNotes(recall(NOTES, oneOf("on", "off")) !== "off")
    this.title.say(`${deck.title} · Practicum`)
    const asked = decodeURIComponent(location.hash.slice(1)) || readPlace().slide
    if (!asked || !this.goTo(asked)) this.pages.fill(0)
    this.root.focus({ preventScroll: true }) // so that the arrow keys scroll
    this.pages.watch()
    this.pages.fillAll()
    this.#mark()
  }

  /** The claims of each slide, under its picture. */
  #mark() {
    this.pages.list.forEach((page, index) =>
      this.claims.mark(page.element, this.deck.slides[index]),
    )
  }

  /** Every slide, put into its page if need be, for paper. */
  sections() {
    return this.deck.slides.map((slide, index) => ({
      slide,
      section: this.pages.fill(index).section,
    }))
  }

  /** @param {number} index */
  #wake(index) {
    const page = this.pages.list[index]
    if (page.section && matchMedia(PAGE).matches) markSideways(page.section)
    else if (page.section) fit(page.section)
    if (this.socket && page.section && page.isNear)
      this.blocks.show(page.section, this.deck.slides[index], () => page.isNear)
  }

  /** @param {number} index */
  #sleep(index) {
    const { section } = this.pages.list[index]
    this.blocks.hide((element) => Boolean(section?.contains(element)))
  }

  #rest() {
    this.resting.abort()
    this.resting = new AbortController()
    this.blocks.destroy()
    this.blocks = new Blocks(() => blockContext(this))
  }

  /** @param {number} index */
  #moved(index) {
    this.index = index
    writePlace(this.slide.id, 0)
    this.contents.mark(index)
  }

  /**
   * The deck changed on disk: show the new one at the same place.
   * @param {string} hash
   */
  async reload(hash) {
    const fresh = await this.frame.reload(hash)
    if (!fresh) return
    this.#rest()
    this.hash = fresh.hash
    this.deck = fresh.deck
    this.pages = this.#pages()
    this.contents = new Contents(this.deck)
    this.main = this.#main()
    this.#fill()
    await this.claims.reload(this.stage, this.leaving.signal)
    this.#mark()
  }

  /** @param {boolean} are */
  #showNotes(are) {
    const here = this.pages.list[this.index].element
    const before = here.getBoundingClientRect().top
    this.root.dataset.notes = are ? "on" : "off"
    keep(NOTES, this.root.dataset.notes)
    const button = this.root.querySelector("[data-act='notes']")
    button?.setAttribute("aria-pressed", String(are))
    // What one reads stays in place.
    this.root.scrollTop += here.getBoundingClientRect().top - before
  }

  /** @param {MouseEvent} event */
  #jump(event) {
    const link = closest(event, "[data-jump], [data-skip]")
    if (!link || event.metaKey || event.ctrlKey) return
    event.preventDefault()
    if ("skip" in link.dataset) this.main.focus()
    else if (this.goTo(link.dataset.jump ?? "")) this.contents.makeWay()
  }
}
