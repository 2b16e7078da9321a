/** The Markdown of the shown slide beside it: checked and drawn while it is typed, and saved to the
    file of the lecture. Only a server on the reader's own machine lets it. */

/** @import { Drafted, StageView } from "../lib/types.js" */

import { el } from "../lib/dom.js"
import { ask, site } from "../lib/source.js"

const PAUSE = 300 // ms without a key before a draft is looked at
const ELSEWHERE = "Slides are edited where the lecture runs on your own machine: practicum serve."

/** @type {WeakMap<object, Editor>} one for each stage */
const editors = new WeakMap()

/**
 * The drawer of the shown slide; what is not saved stays in it whatever happens.
 * @param {HTMLElement} body
 * @param {StageView} lecture
 */
export function fillEdit(body, lecture) {
  if (site) return body.replaceChildren(el("p", { class: "quiet" }, ELSEWHERE))
  let editor = editors.get(lecture)
  if (!editor?.stays(lecture.slide.id)) {
    editor = new Editor(lecture)
    editors.set(lecture, editor)
  }
  if (body.firstChild !== editor.element) body.replaceChildren(editor.element)
  editor.refresh()
}

export class Editor {
  base = "" // the text of the file, as far as it is known
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #due
  #asked = 0 // drafts that were sent: an answer that comes late says nothing
  #isOpen = false
  #isDrawn = false // the slide is shown as the draft has it

  /** @param {StageView} lecture */
  constructor(lecture) {
    this.lecture = lecture
    this.id = lecture.slide.id
    this.area = el("textarea", {
      class: "edit-text",
      spellcheck: "true",
      "aria-label": "Markdown of this slide",
      disabled: "",
    })
    this.save = el(
      "button",
      { type: "button", disabled: "", onclick: () => this.send(true) },
      "Save",
    )
    this.undo = el(
      "button",
      { type: "button", disabled: "", onclick: () => this.discard() },
      "Undo all",
    )
    this.place = el("code", { class: "quiet" })
    this.status = el("p", { class: "edit-status", role: "status" })
    this.conflict = el("div", { class: "edit-conflict", hidden: "" })
    this.problems = el("div", {})
    const bar = el("div", { class: "edit-bar" })
    bar.append(this.save, this.undo, this.place)
    this.element = el("div", { class: "edit" })
    this.element.append(this.area, bar, this.status, this.conflict, this.problems)
    this.area.addEventListener("input", () => this.#typed())
    this.element.addEventListener("keydown", (event) => this.#press(event))
  }

  get isDirty() {
    return this.#isOpen && this.area.value !== this.base
  }

  /** Whether this editor stays open while the slide `id` is shown. @param {string} id */
  stays(id) {
    return this.isDirty || this.id === id
  }

  /** See what the file holds now. */
  async refresh() {
    const answer = await ask(this.#address()).catch(() => null)
    const found = await answer?.json().catch(() => null)
    if (!answer?.ok || !found) {
      if (!this.#isOpen) this.#say(found?.message ?? "This slide cannot be read just now.")
      return
    }
    this.place.textContent = found.place
    if (this.#isOpen && this.isDirty) {
      if (found.text !== this.base)
        this.#clash("Another program has changed this slide.", found.text)
      return
    }
    if (this.#isOpen && found.text === this.base) return
    this.#take(found.text)
    if (!this.#isOpen) this.area.focus({ preventScroll: true })
    this.#isOpen = true
    this.area.disabled = false
    this.send(false)
  }

  /**
   * Have the draft checked and drawn, and saved when `isSaved`.
   * @param {boolean} isSaved
   */
  async send(isSaved) {
    clearTimeout(this.#due)
    if (!this.#isOpen || (isSaved && !this.isDirty)) return
    const number = ++this.#asked
    const text = this.area.value
    const answer = await ask(this.#address(), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ base: this.base, text, save: isSaved }),
    }).catch(() => null)
    /** @type {Drafted | null} */
    const found = (await answer?.json().catch(() => null)) ?? null
    if (isSaved && answer?.ok) this.#saved(text, found?.slide?.id)
    if (number !== this.#asked) return
    if (answer?.status === 409) return this.#clash(found?.message ?? "", found?.text ?? null)
    if (!answer?.ok)
      return this.#say(found?.message ?? "The server does not answer. Nothing is lost.")
    this.#show(found)
    this.#say(isSaved ? "Saved." : "")
  }

  /** Take back what was typed since the slide was saved. */
  discard() {
    this.area.value = this.base
    this.#typed()
  }

  /** @param {Drafted | null} found */
  #show(found) {
    const cards = (found?.problems ?? []).map((one) => {
      const card = el("article", { class: `fault fault--${one.severity}` })
      card.append(el("code", {}, `line ${one.line}`), el("p", {}, one.message))
      if (one.fix) card.append(el("p", { class: "fix" }, one.fix))
      return card
    })
    this.problems.replaceChildren(...cards)
    const isHere = this.lecture.slide.id === this.id
    if (found?.slide && isHere && (this.isDirty || this.#isDrawn))
      this.lecture.slides.draft({ ...found.slide, id: this.id })
    this.#isDrawn = this.isDirty
  }

  /**
   * The file has another text than the one that was edited: show both, write neither over.
   * @param {string} message
   * @param {string | null} text
   */
  #clash(message, text) {
    const theirs = el("pre", { tabindex: "0" }, text ?? "")
    const take = el("button", { type: "button" }, "Take the text of the file")
    const keep = el("button", { type: "button" }, "Continue with mine")
    take.onclick = () => this.#settle(text ?? "", text ?? "")
    keep.onclick = () => this.#settle(text ?? "", this.area.value)
    const words = `${message} Nothing was written. In the file it is now:`
    this.conflict.replaceChildren(el("p", {}, text === null ? `${message} Copy yours.` : words))
    if (text !== null) this.conflict.append(take, keep, theirs)
    this.conflict.hidden = false
    this.save.disabled = true
  }

  /** @param {string} base @param {string} value */
  #settle(base, value) {
    this.#take(base)
    this.area.value = value
    this.#typed()
    this.area.focus({ preventScroll: true })
  }

  /** @param {string} text */
  #take(text) {
    this.base = text
    this.area.value = text
    this.conflict.hidden = true
    this.#marks()
  }

  /** @param {string} text @param {string} [id] which another title may have changed */
  #saved(text, id) {
    const typed = this.area.value
    this.#take(text.trim())
    if (typed !== text) this.area.value = typed // meanwhile
    this.id = id ?? this.id
    this.#marks()
  }

  #typed() {
    this.#marks()
    this.#say("")
    clearTimeout(this.#due)
    this.#due = setTimeout(() => this.send(false), PAUSE)
  }

  #marks() {
    this.save.disabled = !this.isDirty || !this.conflict.hidden
    this.undo.disabled = !this.isDirty
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return
    event.preventDefault()
    event.stopPropagation()
    if (this.conflict.hidden) this.send(true)
  }

  #address() {
    const { base, slug } = this.lecture.options
    return `${base}api/edit/${encodeURIComponent(slug)}/${encodeURIComponent(this.id)}`
  }

  /** @param {string} words */
  #say(words) {
    this.status.textContent = words
  }
}
