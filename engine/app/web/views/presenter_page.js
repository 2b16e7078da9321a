/** The parts of the presenter window, without any behaviour. */

import { el } from "../lib/dom.js"

const HINT =
  "← → flip both windows · 27 Enter jumps · ↓ asides · E run · B black · O overview · T timer · " +
  "? all keys"
export const BLACK = "The wall is black. The next key shows the slide again."

/**
 * @param {HTMLElement} main gets the parts
 * @param {{act: (action: string) => void, desk: {element: HTMLElement}}} presenter
 * @param {HTMLElement[]} pictures of the slide that is shown and of the next one
 * @returns the parts that change, by name
 */
export function buildPresenter(main, presenter, pictures) {
  /** @param {string} action @param {string} text @param {string} [words] */
  const button = (action, text, words) => {
    const onclick = (/** @type {MouseEvent} */ event) => {
      // The space bar goes on flipping after a click.
      if (event.detail) /** @type {HTMLElement} */ (event.currentTarget).blur()
      presenter.act(action)
    }
    return el("button", { type: "button", onclick, title: words, "aria-label": words }, text)
  }
  const span = (/** @type {string} */ name) => el("span", { class: `presenter-${name}` })
  const parts = {
    elapsed: span("elapsed"),
    lag: span("lag"),
    total: span("total"),
    clock: span("clock"),
    slot: span("slot"),
    where: span("place"),
    title: el("h1"),
    toggle: button("timer", "Start", "start or pause the timer (T)"),
    reset: button("reset", "Reset", "set the timer to zero"),
    notes: el("div", NOTES),
    lost: el("p", LOST, NO_WINDOW, button("lecture", "Open the lecture")),
  }
  const { elapsed, toggle, reset, lag, total, clock, title, slot, notes, lost, where } = parts
  const time = el("div", { class: "presenter-time" }, elapsed, toggle, reset)
  const back = button("previous", "←", "back")
  const on = button("next", "→", "next step or slide")
  const hint = el("span", { class: "presenter-hint" }, HINT)
  const smaller = button("smaller", "A−", "smaller notes (−)")
  const larger = button("larger", "A+", "larger notes (+)")
  const head = el("div", { class: "presenter-head" }, title, slot)
  main.append(
    el("header", { class: "presenter-bar" }, time, lag, total, clock),
    lost,
    el("div", { class: "presenter-slides" }, ...pictures),
    el("section", { class: "presenter-talk" }, head, notes, presenter.desk.element),
    el("footer", { class: "presenter-foot" }, back, where, on, hint, smaller, larger),
  )
  return parts
}

const NOTES = { class: "presenter-notes", tabindex: "0", role: "region", "aria-label": "notes" }
const LOST = { class: "presenter-lost", role: "status", hidden: true }
const NO_WINDOW = "No lecture window answers, so the keys move this window only. "
