/** The panel of a `label` block: the question, the buttons, the count and how far it is. */

/** @import { LabelData } from "../lib/types.js" */

import { el } from "../lib/dom.js"

/** @typedef {"start" | "waiting" | "judging" | "choosing" | "revealed" | "counted" | "failed"}
 *   Phase */
/** @typedef {{question: string, state: string, count: string, begin: string}} LabelWords */

export class LabelFace {
  question = el("p", { class: "label-question" })
  count = el("span", { class: "label-count" })
  fill = el("i")
  state = el("span", { class: "live-state", role: "status" })

  /**
   * @param {LabelData} data
   * @param {HTMLElement} pair where the two are shown
   * @param {Record<"begin" | "tie" | "undo" | "again", () => void>} acts
   */
  constructor(data, pair, acts) {
    this.begin = button("Start", acts.begin)
    this.tie = button("Can't tell (3)", acts.tie, "live-button--quiet")
    this.undo = button("Undo", acts.undo, "live-button--quiet")
    this.again = button("Start over", acts.again, "live-button--quiet")
    const { begin, tie, undo, again, state } = this
    this.root = el(
      "div",
      { class: "live-panel label-panel", tabindex: -1 },
      data.title ? el("div", { class: "live-title" }, data.title) : null,
      el("div", { class: "label-head" }, this.question, this.count),
      pair,
      el("div", { class: "live-bar is-on" }, this.fill),
      el("div", { class: "live-strip label-strip" }, begin, tie, undo, again, state),
    )
  }

  /**
   * What stands where in each phase.
   * @param {Phase} phase
   * @param {{question: string, state: string}} words
   * @param {{given: number, total: number, canUndo: boolean}} progress how many choices there are
   */
  enter(phase, { question, state }, { given, total, canUndo }) {
    this.root.dataset.phase = phase
    this.begin.hidden = phase !== "start" && phase !== "failed"
    this.tie.hidden = phase !== "judging" && phase !== "choosing"
    this.undo.hidden = phase !== "judging"
    this.undo.disabled = !canUndo
    this.again.hidden = phase === "start" || phase === "waiting"
    this.question.textContent = question
    this.state.textContent = state
    /** @type {{[phase in Phase]?: string}} */
    const counts = {
      start: `${total} pairs`,
      judging: `${given + 1} of ${total}`,
      choosing: "blind",
    }
    this.count.textContent = counts[phase] ?? ""
    this.fill.style.transform = `scaleX(${given / total})`
  }

  /** @returns {LabelWords} what it says, for the presenter window */
  get words() {
    return {
      question: this.question.textContent,
      state: this.state.textContent,
      count: this.count.textContent,
      begin: this.begin.textContent,
    }
  }

  /** What the presenter window may press. */
  get buttons() {
    if (!this.begin.hidden) return [{ name: "main", label: this.begin.textContent }]
    if (this.tie.hidden) return []
    return [
      { name: "L", label: "Left is better" },
      { name: "R", label: "Right is better" },
      { name: "=", label: "Can't tell" },
    ]
  }
}

/** @param {string} text @param {() => void} act @param {string} [look] */
function button(text, act, look = "") {
  return el("button", { type: "button", class: `live-button ${look}`, onclick: act }, text)
}
