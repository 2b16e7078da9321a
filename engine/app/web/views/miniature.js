/** A slide in small in the presenter window, with its live blocks, which only show. */

/** @import { Slides } from "../lecture/slides.js" */
/** @import { Connection } from "../lib/socket.js" */
/** @import { Theme } from "../lib/theme.js" */
/** @import { Block, BlockContext, Deck, Slide, ViewOptions } from "../lib/types.js" */
/** @import { Panels } from "./wall_panels.js" */

import { Blocks } from "../blocks/mounted.js"
import { showSteps } from "../lecture/slides.js"
import { el, onResize } from "../lib/dom.js"
import { draw, sheet } from "./ink.js"
import { blockContext, openSocket } from "./services.js"

const WIDTH = 1280 // of the stage in pixels before it is scaled, as in presenter.css

/** @typedef {{options: ViewOptions, theme: Theme, slides: Slides, deck: Deck, panels: Panels,
 *   isLinked: boolean, leaving: AbortController}} MiniatureHost */

export class Miniature {
  /** @type {Slide | null} */
  slide = null
  /** @type {HTMLElement | null} */
  section = null
  /** @type {Connection | null} */
  socket = null

  /**
   * @param {MiniatureHost} view the presenter window
   * @param {string} name what it shows, in words
   * @param {{isWall?: boolean}} [options] `isWall`: its blocks show what the lecture's window
   *   shows,
   *   and run nothing
   */
  constructor(view, name, { isWall = false } = {}) {
    this.view = view
    this.isWall = isWall
    this.picture = el("div", {
      class: "stage",
      inert: true,
      "data-theme": view.theme.name,
      "data-deck": view.options.scope,
    })
    this.caption = el("span", { class: "quiet" })
    this.over = el("div", { class: "miniature-over", hidden: true })
    this.ink = sheet()
    this.frame = el("div", { class: "miniature-frame" }, this.picture, this.ink, this.over)
    this.element = el(
      "figure",
      { class: "miniature" },
      this.frame,
      el("figcaption", {}, el("b", {}, name), " ", this.caption),
    )
    // The stage keeps its size and is scaled as a picture, so that all fits as on the wall.
    this.unwatch = onResize(this.frame, () => {
      this.picture.style.scale = String(this.frame.clientWidth / WIDTH)
    })
    this.blocks = new Blocks((block) => this.#context(block))
    view.theme.listen((theme) => {
      this.picture.dataset.theme = theme
    })
  }

  /**
   * Show a slide at a step, with a word about it; `picked` are the choices of its quizzes.
   * @param {number} index
   * @param {number} step
   * @param {string} words
   * @param {number[]} [picked]
   */
  show(index, step, words, picked = []) {
    const slide = this.view.deck.slides[index]
    this.caption.textContent = words
    if (this.slide !== slide) {
      this.blocks.destroy()
      this.blocks = new Blocks((block) => this.#context(block))
      this.slide = slide
      this.section = this.view.slides.preview(index)
      this.picture.replaceChildren(this.section)
      this.#mount(slide, this.section)
    }
    if (!this.section) return
    showSteps(this.section, step)
    this.section.querySelectorAll(".quiz-choice").forEach((choice, k) => {
      choice.ariaPressed = String(picked.includes(k))
    })
  }

  /**
   * Say what covers the slide: "black", the name of a drawer or dialog, or "" for nothing.
   * @param {string} kind
   * @param {string} words
   */
  cover(kind, words) {
    this.over.hidden = !words
    this.over.dataset.kind = kind
    this.over.textContent = words
  }

  /** Show what the pen has drawn on the slide. @param {string[]} strokes */
  draw(strokes) {
    draw(this.ink, strokes)
  }

  /**
   * There is nothing more to show.
   * @param {string} words
   */
  end(words) {
    this.blocks.destroy()
    this.slide = null
    this.caption.textContent = words
    this.picture.replaceChildren()
  }

  /**
   * A panel of the lecture's window has changed.
   * @param {string} block
   */
  mirror(block) {
    const panel = this.view.panels.get(block)
    if (panel && this.slide) this.blocks.mirror(block, panel)
  }

  destroy() {
    this.unwatch()
    this.blocks.destroy()
    this.socket?.close()
  }

  /** @param {Slide} slide @param {HTMLElement} section */
  async #mount(slide, section) {
    const { blocks } = this
    if (!slide.blocks.length) return
    this.socket ??= openSocket(this.view.options, this.view.leaving.signal)
    if (!this.socket) return
    await blocks.show(section, slide)
    // A quick flip, there and back, shows the same slide in another section.
    if (this.blocks === blocks) for (const block of slide.blocks) this.mirror(block.id)
  }

  /**
   * Nothing here can be operated; on the wall's slide a block shows the wall's panel.
   * @param {Block} block
   * @returns {BlockContext}
   */
  #context(block) {
    const view = {
      options: this.view.options,
      theme: this.view.theme,
      socket: this.socket,
      announce() {},
    }
    const address = { get: () => ({}), set() {}, autorun: () => false, link: () => "" }
    const isMirror =
      (this.isWall && this.view.isLinked) || this.view.panels.get(block.id) !== undefined
    return { ...blockContext(view), address, kept: undefined, isMirror }
  }
}
