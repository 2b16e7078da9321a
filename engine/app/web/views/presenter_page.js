/** The parts of the presenter window, without any behaviour. */

import { keyLine, named, tip } from "../lecture/commands.js"
import { el } from "../lib/dom.js"

export const BLACK = "The wall is black. The next key shows the slide again."

/**
 * @param {HTMLElement} main gets the parts
 * @param {{act: (action: string) => void, desk: {element: HTMLElement}}} presenter
 * @param {HTMLElement[]} pictures of the slide that is shown and of the next one
 * @returns the parts that change, by name
 */
export function buildPresenter(main, presenter, pictures) {
  /** @param {string} action @param {string} text @param {string} [words] */
  const button = (action, text, words = tip(action)) => {
    const onclick = (/** @type {MouseEvent} */ event) => {
      // The space bar goes on flipping after a click.
      if (event.detail) /** @type {HTMLElement} */ (event.currentTarget).blur()
      presenter.act(action)
    }
    return el("button", { type: "button", onclick, title: words, "aria-label": words }, text)
  }
  const parts = {
    elapsed: span("elapsed"),
    lag: span("lag"),
    total: span("total"),
    clock: span("clock"),
    slot: span("slot"),
    where: span("place"),
    title: el("h1"),
    toggle: button("timer", "Start"),
    reset: button("reset", "Reset", "set the timer to zero"),
    notes: el("div", NOTES),
    lost: el(
      "p",
      LOST,
      NO_WINDOW,
      button("lecture", "Open the lecture", "open the lecture in a window"),
    ),
  }
  const { elapsed, toggle, reset, lag, total, clock, title, slot, notes, lost, where } = parts
  const time = el("div", { class: "presenter-time" }, elapsed, toggle, reset)
  const back = button("previous", "←", named("previous").words)
  const on = button("next", "→", named("next").words)
  const hint = el("span", { class: "presenter-hint" }, keyLine())
  const smaller = button("smaller", "A−")
  const larger = button("larger", "A+")
  const head = el("div", { class: "presenter-head" }, title, slot)
  main.append(
    el("header", { class: "presenter-bar" }, time, lag, total, clock),
    lost,
    el("section", SLIDES, ...pictures),
    el("section", TALK, head, notes, presenter.desk.element),
    el("footer", { class: "presenter-foot" }, back, where, on, hint, smaller, larger),
  )
  return parts
}

/** @param {string} name */
const span = (name) => el("span", { class: `presenter-${name}` })

const NOTES = { class: "presenter-notes", tabindex: "0", role: "region", "aria-label": "notes" }
const SLIDES = { class: "presenter-slides", "aria-label": "Slides" }
const TALK = { class: "presenter-talk", "aria-label": "Talk" }
const LOST = { class: "presenter-lost", role: "status", hidden: true }
const NO_WINDOW = "No lecture window answers, so the keys move this window only. "
