/** Where a reader has settled: the one thing that the server hears of a lecture's slides. */

/** @import { Mounted } from "../lib/types.js" */

const SETTLE = 150 // milliseconds without a flip before the server hears of the slide

export class Settled {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling

  /** @param {Mounted} mounted */
  constructor({ component }) {
    this.component = component
  }

  /** Another slide is shown. @param {string} slide its id */
  moved(slide) {
    clearTimeout(this.#settling)
    this.#settling = setTimeout(() => this.component.setStateValue("slide", slide), SETTLE)
  }

  leave() {
    clearTimeout(this.#settling)
  }
}
