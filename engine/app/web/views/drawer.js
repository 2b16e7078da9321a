/** The drawer beside the slide: outline, references, glossary, claims, notes and faults. */

/** @import { StageView } from "../lib/types.js" */

import { fillClaims } from "../lecture/claims.js"
import { fillNotes, fillOutline, fillProblems, fillReferences } from "../lecture/drawers.js"
import { fillEdit } from "../lecture/edit.js"
import { fillGlossary } from "../lecture/glossary.js"
import { fillSlide } from "../lecture/this_slide.js"

/** @typedef {(body: HTMLElement, lecture: StageView) => void} Fill */

/** @type {Record<string, [title: string, fill: Fill]>} */
const DRAWERS = {
  outline: ["Outline", fillOutline],
  references: ["References on this slide", fillReferences],
  glossary: ["Glossary", fillGlossary],
  claims: ["Claims on this slide", fillClaims],
  notes: ["Speaker notes", fillNotes],
  slide: ["This slide", fillSlide],
  edit: ["Edit this slide", fillEdit],
  problems: ["Faults in this deck", fillProblems],
}

export class Drawer {
  name = "" // of what is open; "" when nothing is
  /** @type {Element | null} */
  #before = null // what had the focus before it was opened

  /**
   * @param {StageView} lecture
   * @param {HTMLElement} element
   */
  constructor(lecture, element) {
    this.lecture = lecture
    this.element = element
    const part = (/** @type {string} */ selector) =>
      /** @type {HTMLElement} */ (element.querySelector(selector))
    this.heading = part("h2")
    this.body = part(".drawer-body")
  }

  /** Whether there is a drawer of this name. @param {string} name */
  has(name) {
    return Object.hasOwn(DRAWERS, name)
  }

  /** The title of what is open, "" when nothing is. */
  get title() {
    return this.name ? DRAWERS[this.name][0] : ""
  }

  /** @param {string} name */
  toggle(name) {
    if (this.name === name) return this.close()
    this.#before ??= document.activeElement
    this.name = name
    this.element.hidden = false
    this.lecture.root.dataset.drawer = name
    this.fill()
    this.body.scrollTop = 0
    this.body.focus({ preventScroll: true }) // its first link is the next tab stop
    this.element.querySelector(".is-here")?.scrollIntoView({ block: "center" })
  }

  /**
   * Open the references at a work, its first link in focus; closing leads back to the citation.
   * @param {string} name
   * @param {string} cited keys of works
   * @param {HTMLElement} link
   * @returns {boolean} whether the works are there
   */
  openAt(name, cited, link) {
    if (this.name !== name) this.toggle(name)
    this.#before = link
    const [key] = cited.split(/[\s,;]+/)
    /** @type {HTMLElement | null} */
    const work = this.body.querySelector(`[data-work="${CSS.escape(key)}"]`)
    if (!work) return false
    for (const each of this.body.querySelectorAll(".is-cited")) each.classList.remove("is-cited")
    work.classList.add("is-cited")
    work.tabIndex = -1
    work.focus({ preventScroll: true })
    work.scrollIntoView({ block: "nearest" })
    return true
  }

  /** Bring what is open up to date. */
  fill() {
    if (!this.name) return
    const [title, fill] = DRAWERS[this.name]
    this.heading.textContent = title
    this.element.setAttribute("aria-label", title)
    fill(this.body, this.lecture)
  }

  /** @returns {boolean} whether one was open */
  close() {
    if (!this.name) return false
    const before = this.#before
    if (this.element.contains(document.activeElement) && before instanceof HTMLElement)
      before.focus()
    this.#before = null
    this.name = ""
    this.element.hidden = true
    delete this.lecture.root.dataset.drawer
    return true
  }
}
