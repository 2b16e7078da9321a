/** The hand of the presenter window on the live blocks of the wall: Run, Stop, values, votes.

    What stands here is the newest panel that the lecture's window has told; what is pressed or
    moved is done there. */

/** @import { Block, Control, Panel, Params, SimData } from "../lib/types.js" */
/** @import { SimPanel, Slide, Value, VoteData } from "../lib/types.js" */
/** @import { Panels } from "./wall_panels.js" */

import { el } from "../lib/dom.js"
import { control, seedControl } from "../player/controls.js"

const OWN = 700 // ms in which a control that was moved here does not hear of its older values

/** @typedef {{element: HTMLElement, update: (panel: Panel) => void}} Row */
/** @typedef {{panels: Panels, command: (block: string, name: string, value?: Value) => void}} Hand
 *   the presenter window, and what it can ask of the wall */

export class WallControls {
  /** @type {Map<string, Row>} */
  #rows = new Map() // by block
  /** @type {Slide | null} */
  slide = null

  /** @param {Hand} view */
  constructor(view) {
    this.view = view
    this.element = el("section", {
      class: "presenter-desk",
      "aria-label": "experiments on the wall",
      hidden: true,
    })
  }

  /**
   * Another slide is on the wall, or none (null).
   * @param {Slide | null} slide
   */
  show(slide) {
    if (this.slide === slide) return
    this.slide = slide
    this.#rows.clear()
    this.element.replaceChildren()
    this.element.hidden = true
    for (const block of slide?.blocks ?? []) this.update(block.id)
  }

  /**
   * The panel of a block has changed.
   * @param {string} id
   */
  update(id) {
    const block = this.slide?.blocks.find((each) => each.id === id)
    const panel = this.view.panels.get(id)
    if (!block || !panel || (block.kind !== "sim" && !panel.buttons)) return
    const row = this.#rows.get(id) ?? this.#add(block, panel)
    row.update(panel)
  }

  /** @param {Block} block @param {Panel} panel */
  #add(block, panel) {
    const row =
      block.kind === "sim"
        ? this.#sim(/** @type {Block<SimData>} */ (block), /** @type {SimPanel} */ (panel))
        : this.#buttons(/** @type {Block<VoteData>} */ (block))
    this.#rows.set(block.id, row)
    const rows = (this.slide?.blocks ?? []).flatMap((each) => this.#rows.get(each.id) ?? [])
    this.element.replaceChildren(...rows.map((each) => each.element))
    this.element.hidden = false
    return row
  }

  /** @param {Block<SimData>} block @param {SimPanel} panel @returns {Row} */
  #sim({ id, data }, panel) {
    const run = el("button", {
      type: "button",
      class: "desk-run",
      title: "run or stop it on the wall (E)",
      onclick: () => this.view.command(id, "main"),
    })
    const state = el("span", { class: "desk-state" })
    /** @type {Map<string, number>} */
    const moved = new Map() // when a control was moved here, ms
    const made = this.#controls(id, data, panel.values, (name, value) => {
      moved.set(name, performance.now())
      this.view.command(id, name, value)
    })
    const controls = el(
      "div",
      { class: "desk-controls" },
      ...[...made.values()].map((each) => each.element),
    )
    const title = data.title ? el("span", { class: "desk-title" }, data.title) : null
    const element = el(
      "div",
      { class: "desk-row" },
      el("div", { class: "desk-head" }, run, title, state),
      controls,
    )
    const isMine = (/** @type {string} */ name, /** @type {Control} */ own) =>
      performance.now() - (moved.get(name) ?? -OWN) < OWN ||
      own.element.querySelector("[type=text]:focus, [type=number]:focus") !== null
    const update = (/** @type {Panel} */ news) => {
      const { values, run: words, isGoing, sentence } = /** @type {SimPanel} */ (news)
      if (run.textContent !== words) run.textContent = words
      run.dataset.state = isGoing ? "going" : "idle"
      if (state.textContent !== sentence) state.textContent = sentence
      for (const [name, each] of made) if (!isMine(name, each)) each.set(values[name])
    }
    return { element, update }
  }

  /**
   * @param {string} id
   * @param {SimData} data
   * @param {Params} values
   * @param {(name: string, value: Value) => void} change
   */
  #controls(id, data, values, change) {
    /** @type {Map<string, Control>} */
    const made = new Map()
    const again = () => this.view.command(id, "run")
    for (const name of new Set([...data.controls, "seed"])) {
      const field = data.fields.find((each) => each.name === name)
      if (!field) continue
      const moved = (/** @type {Value} */ value) => change(name, value)
      const own =
        name === "seed"
          ? seedControl(field, Number(values.seed), moved, again)
          : control(field, values[name], moved)
      made.set(name, own)
    }
    return made
  }

  /**
   * A block that is not a simulation says itself what can be pressed.
   * @param {Block<VoteData>} block
   * @returns {Row}
   */
  #buttons({ id, data }) {
    const row = el("div", { class: "desk-controls" })
    const title = data.title ?? data.question
    const element = el(
      "div",
      { class: "desk-row" },
      title ? el("div", { class: "desk-head" }, el("span", { class: "desk-title" }, title)) : null,
      row,
    )
    /** @type {Map<string, HTMLButtonElement>} */
    const made = new Map() // by name; a button stays under the pointer and keeps its focus
    const make = (/** @type {string} */ name) =>
      el("button", { type: "button", onclick: () => this.view.command(id, name) })
    const update = (/** @type {Panel} */ { buttons = [] }) => {
      for (const [name, button] of made) {
        if (buttons.some((each) => each.name === name)) continue
        made.delete(name)
        button.remove()
      }
      for (const { name, label } of buttons) {
        const button = made.get(name) ?? make(name)
        if (!made.has(name)) row.append(button)
        made.set(name, button)
        if (button.textContent !== label) button.textContent = label
      }
    }
    return { element, update }
  }
}
