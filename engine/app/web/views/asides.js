/** The dots at the right edge of a slide with asides: one for the slide, one for each below it. */

/** @import { SlideChooser } from "../lib/types.js" */

import { family } from "../lecture/path.js"
import { el } from "../lib/dom.js"
import { icon } from "../lib/icons.js"

export class Asides {
  /** @param {Pick<SlideChooser, "deck" | "index" | "go" | "root">} lecture */
  constructor(lecture) {
    this.lecture = lecture
    this.element = el("nav", {
      class: "asides",
      "aria-label": "Asides of this slide",
      hidden: true,
    })
    this.chip = el("button", {
      class: "more-below",
      type: "button",
      "data-act": "down",
      hidden: true,
    })
  }

  /** Show those of the slide that is shown. */
  show() {
    const { deck, index, root } = this.lecture
    const all = family(deck.slides, index)
    this.element.hidden = all.length === 1
    root.classList.toggle("has-asides", index < all[all.length - 1])
    const dots = all.map((at) =>
      el("button", {
        type: "button",
        title: this.#words(at),
        "aria-label": this.#words(at),
        "aria-current": at === index ? "true" : null,
        onclick: () => this.lecture.go(at),
      }),
    )
    const left = all[all.length - 1] - index
    this.chip.hidden = left === 0
    this.chip.textContent = `↓ ${left} more below`
    const down = root.querySelector('.tools [data-act="down"]')
    if (left) down?.setAttribute("data-count", String(left))
    else down?.removeAttribute("data-count")
    const count = all.length === 2 ? "an aside" : `${all.length - 1} asides`
    this.element.replaceChildren(...dots, el("span", { "aria-hidden": "true" }, count))
    if (index < all[all.length - 1]) this.element.insertAdjacentHTML("beforeend", icon("down"))
  }

  /** @param {number} at */
  #words(at) {
    const { title, number, is_aside } = this.lecture.deck.slides[at]
    return `${is_aside ? "Aside" : "Slide"} ${number}: ${title || "Untitled"}`
  }
}
