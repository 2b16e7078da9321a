/** Two things side by side of which one is chosen: clips that loop in step, or texts. */

/** @import { BlockContext } from "../lib/types.js" */
/** @import { AcrobotFrame } from "../scenes/acrobot.js" */
/** @import { Pair } from "./label_studies.js" */

import { el, onFonts, onResize, readTheme } from "../lib/dom.js"
import { Acrobot } from "../scenes/acrobot.js"

const PAUSE = 0.5 // seconds between two loops

/** @typedef {{canPick: boolean, names?: string[], chosen?: string | null}} DuelLook */
/** @typedef {Duel["sides"][number]} Side */

export class Duel {
  #request = 0
  #isShown = false
  #start = 0 // ms, when the loop began

  /**
   * @param {HTMLElement} element where the theme is read
   * @param {{onPick: (side: "L" | "R") => void, isStill: () => boolean,
   *   onTheme: BlockContext["onTheme"], hasClips?: boolean}} options `isStill`: nothing may move
   *   by itself; `hasClips`: false where the two are texts, also before they come
   */
  constructor(element, options) {
    this.element = element
    this.options = options
    this.sides = [this.#side("L", 1), this.#side("R", 2)]
    this.root = el("div", { class: "label-duel" }, ...this.sides.map((side) => side.button))
    const fit = () => this.#fit()
    this.stops = [onResize(this.root, fit), onFonts(fit), options.onTheme?.(fit)]
  }

  /** @param {"L" | "R"} letter @param {number} number */
  #side(letter, number) {
    const canvas = el("canvas", { class: "label-scene", "aria-hidden": "true" })
    const text = el("span", { class: "label-text", hidden: true })
    const name = el("span", { class: "label-name" })
    const button = el(
      "button",
      {
        type: "button",
        class: "label-side",
        "data-side": letter,
        onclick: () => this.options.onPick(letter),
      },
      canvas,
      text,
      el("kbd", { class: "label-key" }, String(number)),
      name,
    )
    const scene = new Acrobot(canvas, readTheme(this.element))
    scene.isBare = true
    const frame = /** @type {AcrobotFrame | null} */ (null)
    return { letter, number, button, canvas, scene, text, name, frame }
  }

  /**
   * Show two of them.
   * @param {Pair | null} pair
   * @param {DuelLook} [options]
   */
  show(pair, { canPick, names = ["", ""], chosen = null } = { canPick: false }) {
    this.#start = performance.now()
    this.sides.forEach((side, k) => {
      const content = pair?.[k]
      const isText = typeof content === "string"
      side.frame = content && !isText ? { poses: content, step: 0 } : null
      side.text.textContent = isText ? content : ""
      side.text.hidden = !isText
      side.canvas.hidden = isText || this.options.hasClips === false
      side.name.textContent = names[k]
      // A button that a hand or a screen reader is on must not vanish under it: it stays enabled.
      side.button.setAttribute("aria-disabled", String(!canPick))
      side.button.setAttribute("aria-label", this.#label(side, names[k], isText))
      side.button.classList.toggle("is-chosen", chosen === side.letter)
    })
    this.root.classList.toggle("is-waiting", !pair)
    this.#fit()
    this.#wake()
  }

  /** @param {Side} side @param {string} name @param {boolean} isText */
  #label(side, name, isText) {
    const place = side.letter === "L" ? "left" : "right"
    if (name) return `${place}: ${name}`
    return isText
      ? `${place}: ${side.text.textContent}`
      : `the ${place} clip is better (key ${side.number})`
  }

  wake() {
    this.#isShown = true
    this.#fit()
    this.#wake()
  }

  sleep() {
    this.#isShown = false
    cancelAnimationFrame(this.#request)
    this.#request = 0
  }

  #fit() {
    const theme = readTheme(this.element)
    this.sides.forEach((side) => side.scene.resize(theme))
    this.#paint()
  }

  #wake() {
    if (
      !this.#isShown ||
      this.#request ||
      this.options.isStill() ||
      !this.sides.some((side) => side.frame)
    )
      return
    this.#request = requestAnimationFrame((now) => {
      this.#request = 0
      this.#paint(now)
      this.#wake()
    })
  }

  #paint(now = performance.now()) {
    const length = Math.max(
      0,
      ...this.sides.map(({ scene, frame }) => (frame ? scene.duration(frame) : 0)),
    )
    const seconds = Math.max(0, (now - this.#start) / 1000) % (length + PAUSE)
    for (const { scene, frame, canvas } of this.sides) {
      if (!canvas.width) continue
      if (frame && this.options.isStill()) scene.still(frame)
      else scene.draw(frame, Math.min(seconds, length))
    }
  }

  destroy() {
    this.sleep()
    this.stops.forEach((stop) => stop?.())
  }
}
