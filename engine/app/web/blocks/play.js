/** The `play` block: drive the cart yourself, beside an agent that starts from the same place. */

import { el, markWide, onFonts, onResize, readTheme, takeKeys } from "../lib/dom.js"
import { number } from "../lib/format.js"
import { keyOf } from "../lib/keyboard.js"
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
import { CartPole, dropped } from "../scenes/index.js"

const FALL = 0.6 // seconds that a pole takes to drop
const AFTER = 1500 // ms that arrow keys stay ours when the game is over: a late press flips nothing
const PUSHES = { ArrowLeft: -1, a: -1, ArrowRight: 1, d: 1 }

export class Play {
  #request = 0
  #stopKeys = null
  #best = 0
  #held = [] // directions that are pressed, the latest last

  /** @param {{data: {gains?: number[], agent?: {gains: number[]}, title?: string, start?: number[]}}} block */
  constructor(element, { data }, context) {
    Object.assign(this, { element, data, context })
    this.agent = policy(data.gains ?? data.agent?.gains ?? linearGains())
    this.#build()
    const fit = () => this.#resize()
    this.stops = [onResize(this.root, fit), onFonts(fit), context.onTheme(fit)]
    this.phase = "rest" // rest, ready (waits for the first push), going, over
    this.#place()
  }

  #build() {
    const lane = (name, colour) => {
      const canvas = el("canvas", {
        class: "live-scene",
        role: "img",
        "aria-label": `${name}: at rest`,
      })
      const scene = new CartPole(canvas, readTheme(this.element))
      scene.colour = colour
      return { name, canvas, scene }
    }
    this.lanes = [lane("you", "accent"), lane("the agent", "policy")]
    this.button = el(
      "button",
      { type: "button", class: "live-button live-run", onclick: () => this.main() },
      "Play",
    )
    this.text = el("span", { class: "live-state" })
    this.best = el("span", { class: "live-left" })
    const touch = (side, label, sign) =>
      el(
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
    const pads = el(
      "div",
      { class: "live-pads" },
      touch(-1, "push left", "←"),
      touch(1, "push right", "→"),
    )
    const strip = el("div", { class: "live-strip" }, this.button, this.text, this.best)
    const view = el("div", { class: "live-view" }, ...this.lanes.map((each) => each.canvas))
    this.root = el(
      "div",
      { class: "live-panel live-play" },
      this.data.title ? el("div", { class: "live-title" }, this.data.title) : null,
      view,
      pads,
      strip,
    )
    this.element.replaceChildren(this.root)
  }

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
    const buttons = [{ name: "main", label: this.button.textContent }]
    return {
      lanes,
      text: this.text.textContent,
      best: this.best.textContent,
      isGoing: this.phase === "ready" || this.phase === "going",
      buttons,
    }
  }

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

  command(name) {
    if (name === "main") this.main()
  }

  #touched(event, side) {
    event.preventDefault()
    event.target.setPointerCapture?.(event.pointerId)
    if (this.phase === "rest" || this.phase === "over") this.main()
    this.#push(side)
  }

  #push(side) {
    this.#held = [...this.#held.filter((each) => each !== side), side]
    if (this.phase !== "ready") return
    this.phase = "going"
    this.#say("Go on! Both carts started from the same place.")
    this.last = performance.now()
    this.spare = 0
    this.#request = requestAnimationFrame((now) => this.#tick(now))
  }

  #release(side) {
    this.#held = this.#held.filter((each) => each !== side)
  }

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
      (lane) => !this.#isDone(lane) || now - lane.fellAt < 1000 * FALL,
    )
    if (isMoving) this.#request = requestAnimationFrame((next) => this.#tick(next))
    else this.#request = 0
  }

  #move(lane, force, now) {
    if (this.#isDone(lane)) return
    lane.before = lane.state
    lane.state = step(lane.state, force)
    lane.steps += 1
    if (fallen(lane.state)) lane.fellAt = now
    if (this.#isDone(lane) && this.phase === "over") this.#result()
  }

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
    setTimeout(() => this.#stopKeys === stop && this.#dropKeys(), AFTER)
  }

  #result() {
    const [you, agent] = this.lanes
    const upright = (lane) =>
      `${number(lane.steps)} steps (${(lane.steps * TIME_STEP).toFixed(1)} s)`
    const yours =
      you.fellAt === null
        ? `You kept it up for all ${number(you.steps)} steps.`
        : `You: ${upright(you)}.`
    const theirs = !this.#isDone(agent) ? "The agent is still up." : `The agent: ${upright(agent)}.`
    return this.#say(`${yours} ${theirs}`)
  }

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

  #idle(name) {
    this.button.textContent = name
    this.button.dataset.state = "idle"
    this.root.dataset.state = "idle"
  }

  #dropKeys() {
    this.#stopKeys?.()
    this.#stopKeys = null
  }

  #say(text) {
    this.text.textContent = text
    return text
  }

  #draw(part, now = performance.now()) {
    this.context.changed?.()
    for (const { name, scene, canvas, state, before, steps, fellAt } of this.lanes) {
      if (!canvas.width) continue
      const [x, , theta] =
        fellAt === null ? state.map((value, k) => before[k] + (value - before[k]) * part) : state
      scene.clear()
      scene.body(
        x,
        fellAt === null ? theta : dropped(theta, (now - fellAt) / 1000 / FALL),
        fellAt === null ? 1 : 0.5,
      )
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
