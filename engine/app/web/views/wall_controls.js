/** The hand of the presenter window on the live blocks of the wall: Run, Stop, values, votes.

    What stands here is the newest panel that the lecture's window has told; what is pressed or moved
    is done there. */

import { el } from "../lib/dom.js"
import { control, seedControl } from "../player/controls.js"

const OWN = 700 // ms in which a control that was moved here does not hear of its older values

export class Desk {
  #rows = new Map() // block id -> {element, update}

  /** @param {Object} view the presenter: panels, command(block, name, value) */
  constructor(view) {
    this.view = view
    this.element = el("section", {
      class: "presenter-desk",
      "aria-label": "experiments on the wall",
      hidden: true,
    })
  }

  /** Another slide is on the wall, or none (null). */
  show(slide) {
    if (this.slide === slide) return
    this.slide = slide
    this.#rows.clear()
    this.element.replaceChildren()
    this.element.hidden = true
    for (const block of slide?.blocks ?? []) this.update(block.id)
  }

  /** The panel of a block has changed. */
  update(id) {
    const block = this.slide?.blocks.find((each) => each.id === id)
    const panel = this.view.panels.get(id)
    if (!block || !panel || (block.kind !== "sim" && !panel.buttons)) return
    if (!this.#rows.has(id)) {
      this.#rows.set(id, block.kind === "sim" ? this.#sim(block, panel) : this.#buttons(block))
      const order = this.slide.blocks
        .map((each) => this.#rows.get(each.id)?.element)
        .filter(Boolean)
      this.element.replaceChildren(...order)
      this.element.hidden = false
    }
    this.#rows.get(id).update(panel)
  }

  #sim({ id, data }, panel) {
    const run = el("button", {
      type: "button",
      class: "desk-run",
      title: "run or stop it on the wall (E)",
      onclick: () => this.view.command(id, "main"),
    })
    const state = el("span", { class: "desk-state" })
    const made = new Map()
    const moved = new Map() // field -> when it was moved here, ms
    const change = (name) => (value) => {
      moved.set(name, performance.now())
      this.view.command(id, name, value)
    }
    for (const name of new Set([...data.controls, "seed"])) {
      const field = data.fields.find((each) => each.name === name)
      if (!field) continue
      const again = () => this.view.command(id, "run")
      made.set(
        name,
        name === "seed"
          ? seedControl(field, panel.values.seed, change(name), again)
          : control(field, panel.values[name], change(name)),
      )
    }
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
    const isMine = (name) =>
      performance.now() - (moved.get(name) ?? -OWN) < OWN ||
      made.get(name).element.querySelector("[type=text]:focus, [type=number]:focus")
    const update = ({ values, run: words, isGoing, sentence }) => {
      if (run.textContent !== words) run.textContent = words
      run.dataset.state = isGoing ? "going" : "idle"
      if (state.textContent !== sentence) state.textContent = sentence
      for (const [name, each] of made) if (!isMine(name)) each.set(values[name])
    }
    return { element, update }
  }

  /** A block that is no simulation says itself what can be pressed. */
  #buttons({ id, data }) {
    const row = el("div", { class: "desk-controls" })
    const title = data.title ?? data.question
    const element = el(
      "div",
      { class: "desk-row" },
      title ? el("div", { class: "desk-head" }, el("span", { class: "desk-title" }, title)) : null,
      row,
    )
    const made = new Map() // name -> button, which stays under the pointer and keeps its focus
    const make = (name) =>
      el("button", { type: "button", onclick: () => this.view.command(id, name) })
    const update = ({ buttons }) => {
      for (const [name, button] of made)
        if (!buttons.some((each) => each.name === name)) made.delete(name) && button.remove()
      for (const { name, label } of buttons) {
        if (!made.has(name)) row.append(made.set(name, make(name)).get(name))
        if (made.get(name).textContent !== label) made.get(name).textContent = label
      }
    }
    return { element, update }
  }
}
