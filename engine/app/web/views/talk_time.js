/**
 * The time of a talk in the presenter window: the clock, the timer, and how they stand to the plan.
 */

import { family } from "../lecture/path.js"
import { clock, duration, lag } from "./timer.js"

/** @import { Slide } from "../lib/types.js" */
/** @import { Timer } from "./timer.js" */

const SURE = 4000 // milliseconds in which a second press resets the timer

/** @typedef {Record<"clock" | "elapsed" | "toggle" | "lag" | "total", HTMLElement>} TimeParts */

/** @param {HTMLElement} element @param {string} text */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text
}

/** @param {TimeParts} parts @param {Timer} timer */
export function showTime(parts, { seconds, isRunning }) {
  say(parts.clock, hourOf(new Date()))
  say(parts.elapsed, clock(seconds))
  parts.elapsed.classList.toggle("is-resting", !isRunning)
  say(parts.toggle, isRunning ? "Pause" : seconds ? "Continue" : "Start")
}

/**
 * Say how the time stands to the plan.
 * @param {TimeParts} parts
 * @param {Timer} timer
 * @param {{start: number, end: number}[]} slots of the slides, s
 * @param {number} index of the shown one
 */
export function compare(parts, { seconds, isRunning }, slots, index) {
  const slot = slots[index]
  const whole = slots[slots.length - 1].end
  const late = lag(seconds, slot)
  const rest = Math.max(0, whole - Math.max(slot.start, Math.min(seconds, slot.end)))
  const isIdle = !isRunning && !seconds
  const state = isIdle ? "idle" : late > 0 ? "behind" : late < 0 ? "ahead" : "on"
  const words = {
    idle: "not started",
    behind: `${clock(late)} behind`,
    ahead: `${clock(late)} ahead`,
    on: "on time",
  }
  parts.lag.dataset.state = state
  say(parts.lag, words[state])
  const end = hourOf(new Date(Date.now() + rest * 1000))
  say(parts.total, `planned ${duration(whole)} · ends about ${end}`)
}

/**
 * What is planned for a slide, and how many asides are left.
 * @param {Slide} slide
 * @param {Slide[]} slides
 * @param {number} index of the slide
 */
export function slotOf(slide, slides, index) {
  const all = family(slides, index)
  const below = all[all.length - 1] - index
  const time = slide.minutes
    ? `${slide.is_aside ? "takes" : "planned"} ${clock(slide.minutes * 60)}`
    : ""
  const asides = below === 1 ? "an aside" : `${below} asides`
  return [time, below ? `↓ ${asides}` : ""].filter(Boolean).join(" · ")
}

/** @param {Date} date */
const hourOf = (date) => date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })

/** A time that runs is lost by one slip of the hand: the first press asks, the second does it. */
export class Reset {
  isAsking = false // it was pressed once
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting

  /**
   * @param {Timer} timer
   * @param {() => void} changed called when the button should say something else
   */
  constructor(timer, changed) {
    this.timer = timer
    this.changed = changed
  }

  press() {
    clearTimeout(this.#waiting)
    if (this.isAsking || !this.timer.seconds) {
      this.timer.reset()
      this.isAsking = false
    } else {
      this.isAsking = true
      this.#waiting = setTimeout(() => {
        this.isAsking = false
        this.changed()
      }, SURE)
    }
    this.changed()
  }

  leave() {
    clearTimeout(this.#waiting)
  }
}
