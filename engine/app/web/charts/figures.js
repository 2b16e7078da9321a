/** The `chart` block (numbers of the deck) and the `published` block (numbers of a paper). */

/** @import { Block, BlockContext, Published } from "../lib/types.js" */

import { el } from "../lib/dom.js"
import { chart } from "./deck_chart.js"
import { Drawing } from "./plot.js"
import { credit, published } from "./published.js"

export class Figure {
  /** @type {HTMLElement | null} */
  sorry = null

  /**
   * @param {HTMLElement} element holds the same numbers as a table, which screen readers keep
   * @param {Block<any>} block
   * @param {BlockContext} context
   */
  constructor(element, block, context) {
    this.element = element
    const { data } = block
    const place = el("div", { class: "live-chart" })
    this.fallback = el("div", { class: "live-fallback" }, ...element.childNodes)
    element.replaceChildren(this.fallback)
    const title = data.title ?? data.options?.plugins?.title?.text ?? data.options?.title?.text
    if (typeof title === "string") element.append(el("div", { class: "live-title" }, title))
    const isPaper = block.kind === "published"
    const turn =
      isPaper && data.scale_switch ? scaleSwitch(data.content, () => this.#turned()) : null
    this.turn = turn
    this.context = context
    if (turn) element.append(turn.element)
    element.append(place)
    if (isPaper) element.append(el("div", { class: "live-note" }, credit(data.content)))
    if (Number.isFinite(data.height))
      element.style.flex = `0 1 calc(${data.height / 12.8} * var(--u))`
    const make = isPaper ? published(data.content, turn?.scale) : chart(data)
    this.drawing = new Drawing(place, context, make)
    turn?.choose(turn.scale())
    this.drawing.onfailed = (text) => this.#sayFailed(text)
    place.setAttribute("aria-hidden", String(this.fallback.children.length > 0))
    this.drawing.request()
  }

  /**
   * Without the library the table behind the chart is what is seen, with the sentence above it.
   * @param {string} text
   */
  #sayFailed(text) {
    this.fallback.classList.toggle("is-seen", Boolean(text))
    this.sorry?.remove()
    this.sorry = text ? el("p", { class: "live-note", role: "status" }, text) : null
    if (this.sorry) this.fallback.before(this.sorry)
  }

  print() {
    this.drawing.print()
  }

  #turned() {
    this.drawing?.request(true)
    this.context.changed?.()
  }

  /** How the axis is drawn, for the presenter window. */
  panel() {
    return this.turn ? { scale: this.turn.scale() } : undefined
  }

  /** @param {{ scale: string }} panel */
  mirror({ scale }) {
    this.turn?.choose(scale)
  }

  show() {
    this.drawing.show()
  }

  hide() {
    this.drawing.hide()
  }

  destroy() {
    this.drawing.destroy()
    this.element.replaceChildren(...this.fallback.childNodes)
  }
}

/**
 * A pair of buttons that set the scale of the x axis, and the function that says which is on.
 * @param {Published} content
 * @param {() => void} changed
 */
function scaleSwitch(content, changed) {
  let scale = content.x_scale ?? "linear"
  const buttons = ["linear", "log"].map((name) =>
    el("button", { type: "button", class: "live-choice", onclick: () => choose(name) }, name),
  )
  /** @param {string} name */
  const choose = (name) => {
    scale = name
    buttons.forEach((button) =>
      button.setAttribute("aria-pressed", String(button.textContent === scale)),
    )
    changed()
  }
  const element = el(
    "div",
    { class: "live-switch", role: "group", "aria-label": "scale of the horizontal axis" },
    ...buttons,
  )
  return { element, choose, scale: () => scale }
}
