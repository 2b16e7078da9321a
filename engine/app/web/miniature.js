/** A slide in small in the presenter window, with its live blocks, which only show. */

import { Blocks } from "./blocks.js"
import { el, onResize } from "./dom.js"
import { blockContext, openSocket } from "./services.js"

const WIDTH = 1280 // of the stage in pixels before it is scaled, as in presenter.css
const SHOWN = { sim: 1, chart: 1, published: 1, timeline: 1 } // kinds that can be drawn without a hand

export class Miniature {
  /**
   * @param {Object} view the presenter: options, theme, slides, deck, leaving
   * @param {string} name what it shows, in words
   */
  constructor(view, name) {
    this.view = view
    this.picture = el("div", { class: "stage", inert: true, "data-theme": view.theme.name, "data-deck": view.options.scope })
    this.caption = el("span", { class: "quiet" })
    this.frame = el("div", { class: "miniature-frame" }, this.picture)
    this.element = el("figure", { class: "miniature" },
      this.frame, el("figcaption", {}, el("b", {}, name), " ", this.caption))
    // The stage keeps its size and is scaled as a picture, so that charts and controls fit as on the wall.
    this.unwatch = onResize(this.frame, () => { this.picture.style.scale = this.frame.clientWidth / WIDTH })
    this.asked = new Map() // block id -> parameters of the run that the lecture's window started
    this.blocks = new Blocks((block) => this.#context(block))
    view.theme.listen((theme) => { this.picture.dataset.theme = theme })
  }

  /** Show a slide at a step, with a word about it. */
  show(index, step, words) {
    const slide = this.view.deck.slides[index]
    this.caption.textContent = words
    if (this.slide !== slide) {
      this.blocks.destroy()
      this.blocks = new Blocks((block) => this.#context(block))
      this.asked.clear()
      this.slide = slide
      this.section = this.view.slides.preview(index)
      this.picture.replaceChildren(this.section)
      this.#mount()
    }
    for (const part of this.section.querySelectorAll("[data-step]")) {
      part.classList.toggle("is-later", Number(part.dataset.step) > step)
    }
  }

  /** There is nothing more to show. */
  end(words) {
    this.blocks.destroy()
    this.slide = null
    this.caption.textContent = words
    this.picture.replaceChildren()
  }

  /** Show the run that the lecture's window has just started: it is shared, not computed twice. */
  run(block, params) {
    clearTimeout(this.joining)
    this.joining = setTimeout(() => this.#join(block, params), 120) // of many seeds, the last one
  }

  #join(block, params) {
    if (!this.slide?.blocks.some((one) => one.id === block)) return
    this.asked.set(block, Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])))
    this.blocks.destroy()
    this.blocks = new Blocks((one) => this.#context(one))
    this.#mount()
  }

  destroy() {
    clearTimeout(this.joining)
    this.unwatch()
    this.blocks.destroy()
    this.socket?.close()
  }

  #mount() {
    const blocks = this.slide.blocks.filter((block) => block.kind in SHOWN)
    if (!blocks.length) return
    this.socket ??= openSocket(this.view.options, this.view.leaving.signal)
    if (this.socket) this.blocks.show(this.section, { ...this.slide, blocks })
  }

  /** A block here has no hand: its parameters come from the lecture's window, its address is deaf. */
  #context(block) {
    const view = { options: this.view.options, theme: this.view.theme, socket: this.socket, announce() {} }
    const asked = this.asked.get(block.id)
    const address = { get: () => asked ?? {}, set() {}, autorun: () => Boolean(asked), link: () => "" }
    return { ...blockContext(view), address }
  }
}
