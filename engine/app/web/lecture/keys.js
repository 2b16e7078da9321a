/** Keys and swipes that move through a lecture. They never act while someone types. */

import { closest } from "../lib/dom.js"
import { keyOf } from "../lib/keyboard.js"
import { commandOf } from "./commands.js"
import { Hold } from "./hold.js"

const BUSY = "input, select, canvas, .is-sideways, .is-too-wide, .live, dialog, aside" // take swipes
const PATIENCE = 4000 // ms after which a number that was begun is forgotten

/**
 * Listen until `signal` aborts.
 * @param {(action: string, number?: string, isReleased?: boolean) => boolean | undefined} act
 *   returns false when not handled; `isReleased`: a control had the focus and has just lost it
 * @param {AbortSignal} signal
 * @param {{isNumber?: (text: string) => boolean, typed?: (text: string) => void,
 *   home?: () => void}} [view] `isNumber`: a slide has this number ("27a"); `typed` hears a number
 *   that is being typed; `home` gives the focus to what scrolls
 */
export function listenKeys(
  act,
  signal,
  { isNumber = () => false, typed = () => {}, home = () => {} } = {},
) {
  const hold = new Hold(home, signal)
  let number = ""
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let forgetting
  /** @param {string} text */
  const type = (text) => {
    clearTimeout(forgetting)
    if (text !== number) typed(text)
    number = text
    if (text) forgetting = setTimeout(() => type(""), PATIENCE)
  }
  /** @param {KeyboardEvent} event */
  const press = (event) => {
    const key = keyOf(event)
    if (event.defaultPrevented || !key) return
    if (key !== "F5" && hold.isOwn(event, key)) return hold.leave(event, key)
    if (isPartOf(number, key, isNumber)) type(number + key)
    else if (key === "Enter" && number) {
      act("goto", number)
      type("")
    } else {
      if (!["Shift", "CapsLock"].includes(key)) type("")
      if (!doKey(event, key)) return swallow(key, event)
    }
    hold.release(event)
    event.preventDefault()
    event.stopPropagation()
  }
  /** @param {KeyboardEvent} event @param {string} key */
  const doKey = (event, key) => {
    const command = commandOf(key)
    if (!command) return false
    if (event.repeat && !command.repeats) return true
    const action = key === " " && event.shiftKey ? "previous" : command.action
    const isReleased = hold.release(event)
    return act(action, undefined, isReleased) !== false || isReleased
  }
  document.addEventListener("keydown", press, { capture: true, signal })
  signal.addEventListener("abort", () => clearTimeout(forgetting))
}

/**
 * Digits, and a letter that makes them the number of an aside.
 * @param {string} number
 * @param {string} key
 * @param {(text: string) => boolean} isNumber
 */
function isPartOf(number, key, isNumber) {
  return /^\d$/.test(key)
    ? !/[a-z]$/.test(number)
    : number !== "" && /^[a-z]$/.test(key) && isNumber(number + key)
}

/**
 * Swipes on `element`: left for the next slide, right for the one before.
 * @param {HTMLElement} element
 * @param {(action: string) => unknown} act
 * @param {AbortSignal} signal
 */
export function listenSwipes(element, act, signal) {
  /** @type {{x: number, y: number} | null} */
  let start = null
  element.addEventListener(
    "touchstart",
    (event) => {
      const busy = closest(event, BUSY)
      const touch = event.touches[0]
      start = event.touches.length === 1 && !busy ? { x: touch.clientX, y: touch.clientY } : null
    },
    { passive: true, signal },
  )
  element.addEventListener(
    "touchend",
    (event) => {
      if (!start) return
      const dx = event.changedTouches[0].clientX - start.x
      const dy = event.changedTouches[0].clientY - start.y
      start = null
      if (Math.abs(dx) > 45 && Math.abs(dx) > 1.6 * Math.abs(dy)) act(dx < 0 ? "next" : "previous")
    },
    { passive: true, signal },
  )
}

// Streamlit reruns on "r" and clears its cache on "c"; in a lecture neither is wanted.
/** @param {string} key @param {KeyboardEvent} event */
function swallow(key, event) {
  if (key === "c" || key === "r") event.stopPropagation()
}
