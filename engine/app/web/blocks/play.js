/** The `play` block: drive the cart yourself, beside an agent that starts from the same place. */

/** @import { Block, BlockContext, ColourName, PanelButton, PlayData } from "../lib/types.js" */

import { el, markWide, onFonts, onResize, readTheme, takeKeys } from "../lib/dom.js"
import { number } from "../lib/format.js"
import { keyOf } from "../lib/keyboard.js"
import { CartPole, dropped } from "../scenes/cartpole.js"
import { linearGains } from "../scenes/cartpole_balance.js"
import { policy, start, TIME_STEP } from "../scenes/cartpole_physics.js"
import { FALL, Game } from "./play_game.js"

const AFTER = 700 // ms after a fall in which a late press begins no new game
/** @type {Record<string, number>} */
const PUSHES = { ArrowLeft: -1, a: -1, ArrowRight: 1, d: 1 }

/** @typedef {{state: number[], steps: number, fell: number | null}} LanePanel */
/** @typedef {{lanes: LanePanel[], text: string, best: string, isGoing: boolean,
 *   buttons: PanelButton[]}} PlayPanel */

export class Play {
  button = el(
    "button",
    { type: "button", class: "live-button live-run", onclick: () => this.main() },
    "Play",
  )
  text = el("span", { class: "live-state" })
  best = el("span", { class: "live-left" })
  #request = 0
  /** @type {(() => void) | null} */
  #stopKeys = null
  #overAt = 0 // ms, when the pole fell last

  /**
   * @param {HTMLElement} element
   * @param {Block<PlayData>} block
   * @param {BlockContext} context
   */
  constructor(element, { data }, context) {
    this.element = element
    this.data = data
    this.context = context
    this.game = new Game(policy(data.gains ?? data.agent?.gains ?? linearGains()), true)
    this.lanes = [this.#lane("you", "accent"), this.#lane("the agent", "policy")]
    this.root = this.#build()
    element.replaceChildren(this.root)
    const fit = () => this.#resize()
    this.stops = [onResize(this.root, fit), onFonts(fit), context.onTheme(fit)]
    this.#invite()
  }

  /** @param {string} name @param {ColourName} colour */
  #lane(name, colour) {
    const look = { class: "live-scene", role: "img", "aria-label": `${name}: at rest` }
    const canvas = el("canvas", look)
    const scene = new CartPole(canvas, readTheme(this.element))
    scene.colour = colour
    return { name, canvas, scene }
  }

  #build() {
    const pads = el(
      "div",
      { class: "live-pads" },
      this.#pad(-1, "push left", "←"),
      this.#pad(1, "push right", "→"),
    )
    const strip = el("div", { class: "live-strip" }, this.button, this.text, this.best)
    const view = el("div", { class: "live-view" }, ...this.lanes.map((each) => each.canvas))
    const title = this.data.title ? el("div", { class: "live-title" }, this.data.title) : null
    return el("div", { class: "live-panel live-play" }, title, view, pads, strip)
  }

  /** A pad for a finger. @param {number} side @param {string} label @param {string} sign */
  #pad(side, label, sign) {
    return el(
      "button",
      {
        type: "button",
        class: "live-touch",
        "aria-label": label,
        onpointerdown: (event) => this.#touched(event, side),
        onpointerup: () => this.game.release(side),
        onpointercancel: () => this.game.release(side),
        oncontextmenu: (event) => event.preventDefault(),
      },
      sign,
    )
  }

  get #carts() {
    return [this.game.you, this.game.other]
  }

  #invite() {
    this.#say(
      this.game.isOn
        ? "Push ← or → to begin. Esc leaves."
        : "Keep the pole up: push with ← and → for 500 steps, 10 seconds.",
    )
    this.#draw(0)
  }

  /** Play, or stop: the button, and its key. */
  main() {
    if (this.game.isOn) return this.#leave("Stopped. Play again when you like.")
    cancelAnimationFrame(this.#request) // the agent of the game before may still stand
    this.game.begin(this.data.start ?? start())
    this.#invite()
    this.button.textContent = "Stop"
    this.root.dataset.state = "going"
    this.button.dataset.state = "going"
    this.#stopKeys?.()
    this.#stopKeys = takeKeys((event) => this.#key(event))
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const key = keyOf(event)
    if (!key) return false
    const isPlaying = this.game.isOn
    if (key === "Escape") {
      if (event.type !== "keydown") return true
      if (isPlaying) this.#leave("Stopped. Play again when you like.")
      else this.#dropKeys() // what happened stays to be read
      return true
    }
    const side = PUSHES[key]
    if (side && !isPlaying) this.#again(event, side)
    if (side && isPlaying) {
      if (event.type === "keyup") this.game.release(side)
      else if (!event.repeat) this.#push(side)
    }
    return Boolean(side) || key.startsWith("Arrow")
  }

  /** An arrow after a fall plays again. @param {KeyboardEvent} event @param {number} side */
  #again(event, side) {
    if (event.type !== "keydown" || event.repeat) return
    if (performance.now() - this.#overAt < AFTER) return
    this.main()
    this.#push(side)
  }

  /** What is shown here, for the presenter window. */
  panel() {
    const now = performance.now()
    const lanes = this.#carts.map(({ state, steps, fellAt }) => ({
      state,
      steps,
      fell: fellAt === null ? null : now - fellAt,
    }))
    const buttons = [{ name: "main", label: this.button.textContent ?? "" }]
    return {
      lanes,
      text: this.text.textContent,
      best: this.best.textContent,
      isGoing: this.game.isOn,
      buttons,
    }
  }

  /** @param {PlayPanel} panel */
  mirror({ lanes, text, best, isGoing, buttons: [{ label }] }) {
    const now = performance.now()
    lanes.forEach(({ state, steps, fell }, k) =>
      Object.assign(this.#carts[k], {
        state,
        before: state,
        steps,
        fellAt: fell === null ? null : now - fell,
      }),
    )
    this.#say(text)
    this.best.textContent = best
    this.#idle(label)
    this.button.dataset.state = this.root.dataset.state = isGoing ? "going" : "idle"
    this.#draw(0)
  }

  /** @param {string} name */
  command(name) {
    if (name === "main") this.main()
  }

  /** @param {PointerEvent} event @param {number} side */
  #touched(event, side) {
    event.preventDefault()
    if (event.target instanceof Element) event.target.setPointerCapture?.(event.pointerId)
    if (!this.game.isOn) this.main()
    this.#push(side)
  }

  /** @param {number} side */
  #push(side) {
    if (!this.game.push(side, performance.now())) return
    this.#say("Slow motion at first. Both carts started from the same place.")
    this.#request = requestAnimationFrame((now) => this.#tick(now))
  }

  /** @param {number} now */
  #tick(now) {
    const { game } = this
    const wasOn = game.isOn
    const isMoving = game.advance(now)
    this.#draw(game.spare / TIME_STEP, now)
    if (!game.isOn)
      this.#say(this.#stopKeys ? `${game.result} ← or → again, Esc leaves.` : game.result)
    if (wasOn && !game.isOn) this.#over()
    this.#request = isMoving ? requestAnimationFrame((next) => this.#tick(next)) : 0
  }

  #over() {
    const { best, result } = this.game
    this.best.textContent = `best: ${number(best)} steps`
    this.#idle("Play again")
    this.context.announce(result)
    this.#overAt = performance.now()
  }

  /** @param {string} text */
  #leave(text) {
    cancelAnimationFrame(this.#request)
    this.#request = 0
    this.#dropKeys()
    this.game.rest()
    this.#idle("Play")
    this.#draw(0)
    this.#say(text)
  }

  /** @param {string} name */
  #idle(name) {
    this.button.textContent = name
    this.button.dataset.state = "idle"
    this.root.dataset.state = "idle"
  }

  #dropKeys() {
    this.#stopKeys?.()
    this.#stopKeys = null
  }

  /** @param {string} text */
  #say(text) {
    if (this.text.textContent !== text) this.text.textContent = text
  }

  /** @param {number} part @param {number} [now] */
  #draw(part, now = performance.now()) {
    this.context.changed?.()
    for (const [k, { state, before, steps, fellAt }] of this.#carts.entries()) {
      const { name, scene, canvas } = this.lanes[k]
      if (!canvas.width) continue
      const between = state.map((value, i) => before[i] + (value - before[i]) * part)
      const [x, , theta] = fellAt === null ? between : state
      scene.clear()
      if (fellAt === null) scene.body(x, theta)
      else scene.body(x, dropped(theta, (now - fellAt) / 1000 / FALL), 0.5)
      const hint = this.game.agent(state) < 0 ? "←" : "→"
      const who = k === 0 && this.game.isOn ? `${name} (the agent would: ${hint})` : name
      scene.words(number(steps), `steps upright · ${(steps * TIME_STEP).toFixed(1)} s`, who)
    }
  }

  #resize() {
    markWide(this.root, this.element)
    for (const { scene } of this.lanes) scene.resize(readTheme(this.element))
    this.#draw(0)
  }

  show() {
    this.#resize()
  }

  hide() {
    if (this.game.phase === "rest") return
    this.#leave("")
    this.#invite()
  }

  destroy() {
    this.hide()
    this.#dropKeys()
    this.stops.forEach((stop) => stop?.())
    this.element.replaceChildren()
  }
}
