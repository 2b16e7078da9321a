/** Everything around the slides: progress, tool bar, drawers, dialogs, cards and announcements. */

/** @import { Slide, StageView } from "../lib/types.js" */

import { Cards } from "../lecture/cards.js"
import { openHelp, openOverview } from "../lecture/dialogs.js"
import { length } from "../lecture/path.js"
import { openSearch } from "../lecture/search.js"
import { closest, PAGE } from "../lib/dom.js"
import { icon } from "../lib/icons.js"
import { nearest } from "../lib/near.js"
import { Asides } from "./asides.js"
import { Drawer } from "./drawer.js"
import { Toast } from "./toast.js"
import { fadeTools, Hint, openMore, toolBar } from "./tools.js"

export class Chrome {
  /** @param {StageView} lecture */
  constructor(lecture) {
    this.lecture = lecture
    const chrome = document.createElement("div")
    chrome.className = "chrome"
    chrome.innerHTML = `
      <div class="progress" role="progressbar" aria-label="place in the lecture"
        aria-valuemin="1"><i></i></div>
      ${toolBar()}
      <button class="faults" type="button" data-act="problems" hidden></button>
      <aside class="drawer" hidden data-keys="drawer"><header><h2></h2>
        <button type="button" data-act="close" aria-label="close">${icon("close")}</button></header>
        <div class="drawer-body" tabindex="0"></div></aside>
      <div class="toast" role="status"></div>
      <div class="sr-only" aria-live="polite"></div>`
    lecture.root.append(chrome)
    const part = (/** @type {string} */ selector) =>
      /** @type {HTMLElement} */ (chrome.querySelector(selector))
    this.bar = part(".progress")
    this.fill = part(".progress > i")
    this.drawer = new Drawer(lecture, part(".drawer"))
    this.toast = new Toast(part(".toast"))
    this.live = part(".sr-only")
    this.faults = part(".faults")
    const { signal } = lecture.leaving
    chrome.addEventListener("click", (event) => this.#click(event), { signal })
    fadeTools(lecture.root, signal)
    this.hint = new Hint(lecture)
    this.cards = new Cards(lecture, signal)
    this.asides = new Asides(lecture)
    chrome.append(this.asides.element, this.asides.chip)
  }

  /** A new version of the deck is there. */
  loaded() {
    const { problems } = this.lecture.deck
    this.faults.hidden = problems.length === 0
    const errors = problems.filter((problem) => problem.severity === "error").length
    const words = errors ? count(errors, "fault") : count(problems.length, "warning")
    this.faults.innerHTML = `${icon("problems")} ${words} in this deck`
    this.drawer.fill()
  }

  /** Another slide is shown. */
  moved() {
    const { index, deck, slide } = this.lecture
    const [place, total] = [length(deck.slides, index + 1), length(deck.slides)]
    this.fill.style.width = `${(place / total) * 100}%`
    this.bar.setAttribute("aria-valuemax", String(total))
    this.bar.setAttribute("aria-valuenow", String(place))
    this.lecture.title.say(`${slide.title || deck.title} · Practicum`)
    this.announce(
      slide.is_aside
        ? `Aside ${slide.number}: ${slide.title}`
        : `Slide ${slide.number} of ${total}: ${slide.title}`,
    )
    this.cards.hide()
    this.asides.show()
    this.hint.moved()
    this.drawer.fill()
    const shown = this.lecture.stage.dataset
    shown.layout = slide.layout
  }

  /**
   * Open or close what an action names.
   * @param {string} action
   * @returns {boolean} whether there was something to do
   */
  act(action) {
    if (action === "overview") openOverview(this.lecture)
    else if (action === "search") openSearch(this.lecture)
    else if (action === "help") openHelp(this.lecture, undefined, true)
    else if (action === "more") openMore(this.lecture)
    else if (action === "blank") this.#blank()
    else if (action === "close") return this.#close()
    else if (this.drawer.has(action)) this.drawer.toggle(action)
    else return false
    return true
  }

  /** The title of the drawer that is open, "" when none is. */
  get drawerTitle() {
    return this.drawer.title
  }

  /** @param {string} text */
  announce(text) {
    this.live.textContent = text
  }

  /**
   * Say one sentence at the top of the window for a while.
   * @param {string} text
   */
  say(text) {
    this.toast.say(text)
  }

  /**
   * The address named a slide that is not in this lecture.
   * @param {string} id
   */
  sayMissing(id) {
    const ids = this.lecture.deck.slides.map((slide) => slide.id)
    const near = nearest(id, ids)
    this.toast.sayMissing(id, near, () => this.lecture.goTo(near))
  }

  /** A visit before this one ended elsewhere. @param {Slide} slide */
  offerBefore(slide) {
    const words = `Continue at ${slide.number}: ${slide.title || "Untitled"}`
    this.toast.offer("You were here before.", words, () => this.lecture.goTo(slide.id))
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const action = closest(event, "[data-act]")?.dataset.act
    if (action) this.lecture.act(action)
    const id = closest(event, "[data-jump]")?.dataset.jump
    if (id === undefined) return
    event.preventDefault()
    this.lecture.goTo(id)
    if (matchMedia(PAGE).matches) this.#close()
  }

  /** Black, as a clicker asks for, until the next key that does something. */
  #blank() {
    const isBlank = this.lecture.root.toggleAttribute("data-blank")
    this.announce(isBlank ? "The screen is black." : "The screen is back.")
  }

  #close() {
    if (this.lecture.root.hasAttribute("data-blank")) {
      this.#blank()
      return true
    }
    return this.drawer.close()
  }
}

/** @param {number} number @param {string} word */
function count(number, word) {
  return `${number} ${word}${number === 1 ? "" : "s"}`
}
