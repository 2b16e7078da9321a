/** The card that opens at a citation (authors, title, where, a link), a term (what it means) or a
    claim. */

/** @import { MarkedView } from "../lib/types.js" */

import { closest } from "../lib/dom.js"
import { element, workItem } from "./drawers.js"
import { termText } from "./glossary.js"

const MARKED = "a[data-cite], a[data-term], [data-claim]"

export class Cards {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer
  /** @type {HTMLElement | null} */
  link = null // what opened it

  /** @param {MarkedView} lecture @param {AbortSignal} signal */
  constructor(lecture, signal) {
    this.lecture = lecture
    this.card = document.createElement("div")
    this.card.className = "cite-card"
    this.card.id = "cite-card"
    this.card.setAttribute("role", "tooltip")
    this.card.hidden = true
    lecture.root.append(this.card)
    const { stage } = lecture
    /** @param {Event} event */
    const over = (event) => {
      const link = closest(event, MARKED)
      if (link) this.show(link)
    }
    /** @param {PointerEvent | FocusEvent} event */
    const out = ({ relatedTarget: next }) => {
      if (!(next instanceof Node && this.card.contains(next))) this.#hideSoon()
    }
    stage.addEventListener("pointerover", over, { signal })
    stage.addEventListener("focusin", over, { signal })
    stage.addEventListener("pointerout", out, { signal })
    stage.addEventListener("focusout", out, { signal })
    stage.addEventListener("click", (event) => this.#click(event), { signal })
    this.card.addEventListener("pointerenter", () => clearTimeout(this.timer), { signal })
    this.card.addEventListener("pointerleave", () => this.#hideSoon(), { signal })
    this.card.addEventListener("focusout", out, { signal })
    const back = (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape") this.#back()
    }
    this.card.addEventListener("keydown", back, { signal })
  }

  /**
   * Show what `link` cites or names, beside it and inside the window.
   * @param {HTMLElement} link
   */
  show(link) {
    clearTimeout(this.timer)
    const { term, claim, cite } = link.dataset
    const parts = term ? this.#term(term) : claim ? this.#claim(claim) : this.#works(cite ?? "")
    if (!parts.length) return
    this.card.replaceChildren(...parts)
    this.card.hidden = false
    this.card.scrollTop = 0
    this.link = link
    link.setAttribute("aria-describedby", this.card.id)
    const at = link.getBoundingClientRect()
    const size = this.card.getBoundingClientRect()
    const left = Math.min(innerWidth - size.width - 12, Math.max(12, at.left - 24))
    const below = at.bottom + 8 + size.height < innerHeight
    this.card.style.left = `${left}px`
    this.card.style.top = `${below ? at.bottom + 8 : Math.max(8, at.top - size.height - 8)}px`
  }

  /** @param {string} cited */
  #works(cited) {
    const keys = cited.split(/[\s,;]+/)
    const works = this.lecture.deck.references.filter((work) => keys.includes(work.key))
    return works.map((work) => workItem(work, this.lecture))
  }

  /** @param {string} id */
  #term(id) {
    const term = this.lecture.deck.glossary.find((one) => one.id === id)
    if (!term) return []
    const item = element("div", "work")
    item.append(element("div", "work-title", term.term), termText(term))
    return [item]
  }

  /** @param {string} id */
  #claim(id) {
    const { claims } = this.lecture
    const claim = claims.claim(id)
    return claim ? [claims.card(claim, this.lecture)] : []
  }

  /** From inside the card back to what opened it. */
  #back() {
    this.link?.focus()
    this.hide()
  }

  hide() {
    clearTimeout(this.timer)
    this.card.hidden = true
  }

  #hideSoon() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.hide(), 160)
  }

  /**
   * A citation opens the list at its work; a term or a claim shows its card on touch; a link to a
   * slide flips to it.
   * @param {MouseEvent} event
   */
  #click(event) {
    const link = closest(event, "a, [data-claim]")
    if (!link) return
    const target = link.getAttribute("href") ?? ""
    if (link.matches(MARKED)) {
      event.preventDefault()
      if (link.dataset.cite && this.lecture.showWork?.(link)) return this.hide()
      this.show(link)
      // A key press goes on into the card, whose links no pointer will reach.
      if (link.dataset.claim && event.detail === 0) this.card.querySelector("a")?.focus()
    } else if (target.startsWith("#") && this.lecture.goTo(decodeURIComponent(target.slice(1)))) {
      event.preventDefault()
    } else if (/^https?:/.test(target)) {
      Object.assign(link, { target: "_blank", rel: "noopener noreferrer" })
    }
  }
}
