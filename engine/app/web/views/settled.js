/** Where a reader has settled: the one thing that the server hears of a lecture's slides. */

/** @import { Mounted } from "../lib/types.js" */

const SETTLE = 150 // milliseconds without a flip before the server hears of the slide

export class Settled {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling

  /** @param {Mounted} mounted whose component changes when Streamlit has come */
  constructor(mounted) {
    this.mounted = mounted
  }

  /** Another slide is shown. @param {string} slide its id */
  moved(slide) {
    clearTimeout(this.#settling)
    const tell = () => this.mounted.component.setStateValue("slide", slide)
    this.#settling = setTimeout(tell, SETTLE)
  }

  leave() {
    clearTimeout(this.#settling)
  }
}
