/** Two things side by side of which one is chosen: clips that loop in step, or texts. */

import { el, onFonts, onResize, readTheme } from "../lib/dom.js"
import { Acrobot } from "../scenes/acrobot.js"

const PAUSE = 0.5 // seconds between two loops

export class Duel {
  #request = 0
  #isShown = false
  #start = 0 // ms, when the loop began

  /**
   * @param {HTMLElement} element where the theme is read
   * @param {{onPick: (side: "L" | "R") => void, isStill: () => boolean, onTheme: Function}} options
   *   `isStill`: nothing may move by itself
   */
  constructor(element, options) {
    Object.assign(this, { element, options })
    this.sides = ["L", "R"].map((letter, k) => this.#side(letter, k + 1))
    this.root = el("div", { class: "label-duel" }, ...this.sides.map((side) => side.button))
    const fit = () => this.#fit()
    this.stops = [onResize(this.root, fit), onFonts(fit), options.onTheme?.(fit)]
  }

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
    return { letter, number, button, canvas, scene, text, name, frame: null }
  }

  /**
   * Show two of them.
   * @param {[any, any]} pair lists of poses, or texts
   * @param {{canPick: boolean, names?: [string, string], chosen?: "L" | "R" | null}} [options]
   */
  show(pair, { canPick, names = ["", ""], chosen = null } = { canPick: false }) {
    this.#start = performance.now()
    this.sides.forEach((side, k) => {
      const isText = typeof pair?.[k] === "string"
      side.frame = pair && !isText ? { poses: pair[k] } : null
      side.text.textContent = isText ? pair[k] : ""
      side.text.hidden = !isText
      side.canvas.hidden = isText
      side.name.textContent = names[k]
      // A button that a hand or a screen reader is on must not vanish from under it: it stays enabled.
      side.button.setAttribute("aria-disabled", String(!canPick))
      side.button.setAttribute("aria-label", this.#label(side, names[k], isText))
      side.button.classList.toggle("is-chosen", chosen === side.letter)
    })
    this.root.classList.toggle("is-waiting", !pair)
    this.#fit()
    this.#wake()
  }

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
