/** The `play` block: drive the cart yourself, beside an agent that starts from the same place. */

/** @import { Block, BlockContext, ColourName, PanelButton, PlayData } from "../lib/types.js" */

import { el, markWide, onFonts, onResize, readTheme, takeKeys } from "../lib/dom.js"
import { number } from "../lib/format.js"
import { keyOf } from "../lib/keyboard.js"
import { CartPole, dropped } from "../scenes/cartpole.js"
import { linearGains } from "../scenes/cartpole_balance.js"
import {
  FORCE,
  fallen,
  MAX_EPISODE_STEPS,
  policy,
  start,
  step,
  TIME_STEP,
} from "../scenes/cartpole_physics.js"

const FALL = 0.6 // seconds that a pole takes to drop
const AFTER = 1500 // ms that arrow keys stay ours when the game is over: a late press flips nothing
/** @type {Record<string, number>} */
const PUSHES = { ArrowLeft: -1, a: -1, ArrowRight: 1, d: 1 }

/** @typedef {{state: number[], steps: number, fell: number | null}} LanePanel */
/** @typedef {{lanes: LanePanel[], text: string, best: string, isGoing: boolean,
 *   buttons: PanelButton[]}} PlayPanel */
/** @typedef {Play["lanes"][number]} Lane */

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
  #best = 0
  /** @type {number[]} */
  #held = [] // directions that are pressed, the latest last

  /**
   * @param {HTMLElement} element
   * @param {Block<PlayData>} block
   * @param {BlockContext} context
   */
  constructor(element, { data }, context) {
    this.element = element
    this.data = data
    this.context = context
    this.last = 0 // ms, when the carts last moved
    this.spare = 0 // s that they have not moved for yet
    this.agent = policy(data.gains ?? data.agent?.gains ?? linearGains())
    this.lanes = [this.#lane("you", "accent"), this.#lane("the agent", "policy")]
    this.root = this.#build()
    element.replaceChildren(this.root)
    const fit = () => this.#resize()
    this.stops = [onResize(this.root, fit), onFonts(fit), context.onTheme(fit)]
    this.phase = "rest" // rest, ready (waits for the first push), going, over
    this.#place()
  }

  /** @param {string} name @param {ColourName} colour */
  #lane(name, colour) {
    const look = { class: "live-scene", role: "img", "aria-label": `${name}: at rest` }
    const canvas = el("canvas", look)
    const scene = new CartPole(canvas, readTheme(this.element))
    scene.colour = colour
    const state = [0, 0, 0, 0]
    const fellAt = /** @type {number | null} */ (null)
    return { name, canvas, scene, state, before: state, steps: 0, fellAt }
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
        onpointerup: () => this.#release(side),
        onpointercancel: () => this.#release(side),
        oncontextmenu: (event) => event.preventDefault(),
      },
      sign,
    )
  }

  /** @param {number[]} [from] */
  #place(from = [0, 0, 0, 0]) {
    for (const lane of this.lanes)
      Object.assign(lane, { state: from, before: from, steps: 0, fellAt: null })
    this.#say(
      this.phase === "rest"
        ? "Keep the pole up: push with ← and → for 500 steps, 10 seconds."
        : "Push ← or → to begin. Esc leaves.",
    )
    this.#draw(0)
  }

  /** Play, or stop: the button, and its key. */
  main() {
    if (this.phase === "ready" || this.phase === "going")
      return this.#leave("Stopped. Play again when you like.")
    this.phase = "ready"
    this.#place(this.data.start ?? start())
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
    const isPlaying = this.phase === "ready" || this.phase === "going"
    if (key === "Escape" && isPlaying) {
      if (event.type === "keydown") this.#leave("Stopped. Play again when you like.")
      return true
    }
    const side = PUSHES[key]
    if (side && isPlaying) {
      if (event.type === "keyup") this.#release(side)
      else if (!event.repeat) this.#push(side)
    }
    return Boolean(side) || key.startsWith("Arrow")
  }

  /** What is shown here, for the presenter window. */
  panel() {
    const now = performance.now()
    const lanes = this.lanes.map(({ state, steps, fellAt }) => ({
      state,
      steps,
      fell: fellAt === null ? null : now - fellAt,
    }))
    const buttons = [{ name: "main", label: this.button.textContent ?? "" }]
    return {
      lanes,
      text: this.text.textContent,
      best: this.best.textContent,
      isGoing: this.phase === "ready" || this.phase === "going",
      buttons,
    }
  }

  /** @param {PlayPanel} panel */
  mirror({ lanes, text, best, isGoing, buttons: [{ label }] }) {
    const now = performance.now()
    lanes.forEach(({ state, steps, fell }, k) =>
      Object.assign(this.lanes[k], {
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
    if (this.phase === "rest" || this.phase === "over") this.main()
    this.#push(side)
  }

  /** @param {number} side */
  #push(side) {
    this.#held = [...this.#held.filter((each) => each !== side), side]
    if (this.phase !== "ready") return
    this.phase = "going"
    this.#say("Go on! Both carts started from the same place.")
    this.last = performance.now()
    this.spare = 0
    this.#request = requestAnimationFrame((now) => this.#tick(now))
  }

  /** @param {number} side */
  #release(side) {
    this.#held = this.#held.filter((each) => each !== side)
  }

  /** @param {number} now */
  #tick(now) {
    this.spare += Math.min(0.25, (now - this.last) / 1000)
    this.last = now
    for (; this.spare >= TIME_STEP; this.spare -= TIME_STEP) {
      this.#move(this.lanes[0], FORCE * (this.#held.at(-1) ?? 0), now)
      this.#move(this.lanes[1], this.agent(this.lanes[1].state), now)
    }
    this.#draw(this.spare / TIME_STEP, now)
    if (this.#isDone(this.lanes[0]) && this.phase === "going") this.#over()
    const isMoving = this.lanes.some(
      (lane) => !this.#isDone(lane) || now - (lane.fellAt ?? 0) < 1000 * FALL,
    )
    if (isMoving) this.#request = requestAnimationFrame((next) => this.#tick(next))
    else this.#request = 0
  }

  /** @param {Lane} lane @param {number} force @param {number} now */
  #move(lane, force, now) {
    if (this.#isDone(lane)) return
    lane.before = lane.state
    lane.state = step(lane.state, force)
    lane.steps += 1
    if (fallen(lane.state)) lane.fellAt = now
    if (this.#isDone(lane) && this.phase === "over") this.#result()
  }

  /** @param {Lane} lane */
  #isDone(lane) {
    return lane.fellAt !== null || lane.steps >= MAX_EPISODE_STEPS
  }

  #over() {
    this.phase = "over"
    this.#held = []
    this.#best = Math.max(this.#best, this.lanes[0].steps)
    this.best.textContent = `best: ${number(this.#best)} steps`
    this.#idle("Play again")
    this.context.announce(this.#result())
    const stop = this.#stopKeys
    setTimeout(() => {
      if (this.#stopKeys === stop) this.#dropKeys()
    }, AFTER)
  }

  #result() {
    const [you, agent] = this.lanes
    /** @param {Lane} lane */
    const upright = (lane) =>
      `${number(lane.steps)} steps (${(lane.steps * TIME_STEP).toFixed(1)} s)`
    const yours =
      you.fellAt === null
        ? `You kept it up for all ${number(you.steps)} steps.`
        : `You: ${upright(you)}.`
    const theirs = !this.#isDone(agent) ? "The agent is still up." : `The agent: ${upright(agent)}.`
    return this.#say(`${yours} ${theirs}`)
  }

  /** @param {string} text */
  #leave(text) {
    cancelAnimationFrame(this.#request)
    this.#request = 0
    this.#held = []
    this.#dropKeys()
    this.phase = "rest"
    this.#idle("Play")
    this.#place()
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
    this.text.textContent = text
    return text
  }

  /** @param {number} part @param {number} [now] */
  #draw(part, now = performance.now()) {
    this.context.changed?.()
    for (const { name, scene, canvas, state, before, steps, fellAt } of this.lanes) {
      if (!canvas.width) continue
      const between = state.map((value, k) => before[k] + (value - before[k]) * part)
      const [x, , theta] = fellAt === null ? between : state
      scene.clear()
      if (fellAt === null) scene.body(x, theta)
      else scene.body(x, dropped(theta, (now - fellAt) / 1000 / FALL), 0.5)
      scene.words(number(steps), `steps upright · ${(steps * TIME_STEP).toFixed(1)} s`, name)
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
    if (this.phase === "rest") return
    this.#leave("")
    this.#place()
  }

  destroy() {
    this.hide()
    this.#dropKeys()
    this.stops.forEach((stop) => stop?.())
    this.element.replaceChildren()
  }
}
