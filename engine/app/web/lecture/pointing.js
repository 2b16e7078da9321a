/**
 * Clicks on the edges of a slide and the mouse wheel, which flip for a reader who has switched
 * that on (the window of keys, "?"). Both are off at first: a click also selects, a wheel scrolls.
 */

import { closest } from "../lib/dom.js"
import { keep, oneOf, recall } from "../lib/store.js"

/** @typedef {"edges" | "wheel"} Setting */

/** What can be switched on, and its words. @type {[Setting, string][]} */
export const SETTINGS = [
  ["edges", "A click on the left or right edge of a slide flips"],
  ["wheel", "The mouse wheel flips"],
]
const OWN =
  "a, button, input, select, textarea, label, summary, canvas, dialog, aside, .live, [data-cite], [tabindex='0']"
const EDGE = 0.12 // of the width, on either side
const ENOUGH = 50 // px of a wheel that flip: one notch has 100 or more
const REST = 250 // ms without news after which the wheel stands still: a trackpad goes on by itself

/** @param {Setting} setting */
export function isOn(setting) {
  return recall(`practicum.${setting}`, oneOf("on")) === "on"
}

/** @param {Setting} setting @param {boolean} on */
export function set(setting, on) {
  keep(`practicum.${setting}`, on ? "on" : "off")
}

/**
 * What a click at a place flips to.
 * @param {number} x px from the left
 * @param {number} width px
 * @returns {"next" | "previous" | null}
 */
export function flipOf(x, width) {
  if (x < EDGE * width) return "previous"
  return x > (1 - EDGE) * width ? "next" : null
}

/** A wheel that flips once for each push, however long it goes on rolling by itself. */
export class Wheel {
  #sum = 0
  #last = -Infinity
  #isSpent = false

  /**
   * @param {number} delta px, down is positive
   * @param {number} now ms
   * @returns {"next" | "previous" | null}
   */
  turn(delta, now) {
    const isBack = delta * this.#sum < 0
    if (now - this.#last > REST || isBack) {
      this.#sum = 0
      this.#isSpent = false
    }
    this.#last = now
    this.#sum += delta
    if (this.#isSpent || Math.abs(this.#sum) < ENOUGH) return null
    this.#isSpent = true
    return this.#sum > 0 ? "next" : "previous"
  }
}

/**
 * Listen on the stage until `signal` aborts.
 * @param {HTMLElement} element
 * @param {(action: string) => unknown} act
 * @param {AbortSignal} signal
 */
export function listenPointing(element, act, signal) {
  const wheel = new Wheel()
  element.addEventListener(
    "click",
    (event) => {
      const isMouse = !(event instanceof PointerEvent) || event.pointerType !== "touch"
      if (!isMouse || event.defaultPrevented || !isOn("edges")) return
      if (element.contains(closest(event, OWN))) return // Streamlit's page around has a tabindex
      if (getSelection()?.isCollapsed === false) return // it ended a selection
      const { left, width } = element.getBoundingClientRect()
      const action = flipOf(event.clientX - left, width)
      if (action) act(action)
    },
    { signal },
  )
  element.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey || !isOn("wheel") || closest(event, "dialog, aside")) return
      if (scrolls(event, element)) return
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : 40
      const action = wheel.turn(event.deltaY * lines, event.timeStamp)
      if (action) act(action)
    },
    { passive: true, signal },
  )
}

/**
 * Whether something under the wheel has a way to go.
 * @param {WheelEvent} event
 * @param {HTMLElement} stage
 */
function scrolls(event, stage) {
  let each = event.target instanceof Element ? event.target : null
  for (; each; each = each === stage.parentElement ? null : each.parentElement) {
    const room = each.scrollHeight - each.clientHeight
    if (room < 2 || !/auto|scroll/.test(getComputedStyle(each).overflowY)) continue
    if (event.deltaY > 0 ? each.scrollTop < room - 1 : each.scrollTop > 1) return true
  }
  return false
}
