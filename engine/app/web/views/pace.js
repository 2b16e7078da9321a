/** How a talk keeps to its plan: its timer, the planned times, and how long the slide has stood. */

/** @import { Slide } from "../lib/types.js" */
/** @import { TimeParts } from "./talk_time.js" */

import { compare, Reset, say, showTime, slotOf } from "./talk_time.js"
import { clock, plan, Timer } from "./timer.js"

/** @typedef {TimeParts & Record<"slot" | "reset", HTMLElement>} PaceParts */

export class Pace {
  #since = 0 // when the shown slide came, in milliseconds since 1970
  /** @type {Slide | null} */
  #slide = null
  /** @type {ReturnType<typeof plan>} */
  #slots = []

  /**
   * @param {string} key under which the timer is kept
   * @param {() => void} changed called when a button should say something else
   */
  constructor(key, changed) {
    this.timer = new Timer(key)
    this.reset = new Reset(this.timer, changed)
  }

  /**
   * Plan the talk again: the deck has changed, or what is left out today.
   * @param {Slide[]} slides
   * @param {(slide: Slide) => boolean} skips whether a slide is left out
   */
  plan(slides, skips) {
    this.#slots = plan(slides, skips)
  }

  /** A slide is shown; a step of the same slide changes nothing. @param {Slide} slide */
  show(slide) {
    if (slide !== this.#slide) this.#since = Date.now()
    this.#slide = slide
  }

  /**
   * Say the times as they are now.
   * @param {PaceParts} parts
   * @param {Slide[]} slides
   * @param {number} index of the shown one
   */
  tick(parts, slides, index) {
    const slide = slides[index]
    if (slide) {
      const here = `here ${clock((Date.now() - this.#since) / 1000)}`
      say(parts.slot, [slotOf(slide, slides, index), here].filter(Boolean).join(" · "))
    }
    say(parts.reset, this.reset.isAsking ? "Press again to reset" : "Reset")
    showTime(parts, this.timer)
    if (slides.some((each) => each.minutes !== null)) compare(parts, this.timer, this.#slots, index)
  }

  leave() {
    this.reset.leave()
  }
}
