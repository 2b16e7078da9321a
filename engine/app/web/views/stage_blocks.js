/** The live blocks of the stage: mounted when their slide is shown, drawn shortly before it is. */

/** @import { Stage } from "./stage.js" */

import { Blocks } from "../blocks/mounted.js"
import { move } from "../lecture/path.js"
import { idle } from "../lecture/slides.js"
import { blockContext, isAhead } from "./services.js"

const RESTED = 600 // milliseconds on a slide after which the next one is prepared
const DRAWN = 1500 // milliseconds in which a figure is drawn ahead

export class StageBlocks extends Blocks {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #preparing

  /** @param {Stage} stage */
  constructor(stage) {
    super((block) => ({
      ...blockContext(stage),
      changed: () => {
        stage.link.changed(block.id)
        stage.door?.changed(block.id)
        stage.hand.picture.mirror(block.id)
      },
      onRoom: (listener) => stage.door?.listen(listener) ?? (() => {}),
      ran: () => stage.seen.ran(block.id),
    }))
    this.stage = stage
  }

  /** Run or stop what is live on the shown slide: what was touched last, else the first. */
  async run() {
    const { section, slides } = this.stage
    await this.#showOn(section)
    if (slides.current !== section) return
    if (!this.main(section)) this.stage.announce("Nothing on this slide can be run.")
  }

  /** Mount the live blocks of the shown slide; those that were mounted before go on. */
  mountShown() {
    if (this.stage.socket) this.#showOn(this.stage.section).then(() => this.stage.door?.mounted())
  }

  /** @param {HTMLElement} section that is shown */
  async #showOn(section) {
    const { slide, slides, socket } = this.stage
    if (socket) await this.show(section, slide, () => slides.current === section)
  }

  /** Once the reader rests, draw the figures of the next slide: it comes with them. */
  prepareSoon() {
    clearTimeout(this.#preparing)
    this.#preparing = setTimeout(() => idle(() => this.#prepare()), RESTED)
  }

  #prepare() {
    const { stage } = this
    const next = move("next", stage)
    const slide = next && stage.deck.slides[next.index]
    if (!stage.socket || !slide || slide === stage.slide || !isAhead(slide)) return
    const section = stage.slides.section(next.index)
    section.classList.add("is-ahead")
    const rest = () => {
      if (section !== stage.section) this.hide((element) => section.contains(element))
      section.classList.remove("is-ahead")
    }
    this.show(section, slide).then(() => setTimeout(rest, DRAWN))
  }

  destroy() {
    clearTimeout(this.#preparing)
    super.destroy()
  }
}
