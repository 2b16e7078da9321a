/** The card of a simulation: its parts, without any behaviour. */

import { el } from "../lib/dom.js"

const SMALL = 18 // em of its text: narrower, a panel has no room for more than its button

/**
 * Build the panel of a `sim` block inside its place.
 * @param {{title?: string, hasScene: boolean, hasPaper?: boolean, label: string}} options `label`
 *   names the scene
 * @returns the parts by name; `root` holds them all
 */
export function buildPanel({ title, hasScene, hasPaper = false, label }) {
  const parts = {
    title: title ? el("div", { class: "live-title" }, title) : null,
    canvas: hasScene
      ? el("canvas", { class: "live-scene", role: "img", "aria-label": label })
      : null,
    chart: el("div", { class: "live-chart", role: "group", "aria-label": "chart" }),
    paper: hasPaper
      ? el(
          "div",
          { class: "live-paper" },
          el("div", { class: "live-chart" }),
          el("div", { class: "live-note" }),
        )
      : null,
    texts: el("dl", { class: "live-texts", hidden: true }),
    playhead: el("div", { class: "live-playhead", hidden: true }, el("i")),
    scrub: el("input", {
      type: "range",
      class: "live-scrub",
      min: 0,
      max: 0,
      step: 1,
      "aria-label": "update whose policy is shown",
    }),
    state: el("span", { class: "live-state" }),
    left: el("span", { class: "live-left" }),
    bar: el("div", { class: "live-bar" }, el("i")),
    run: el("button", { type: "button", class: "live-button live-run" }, "Run"),
    controls: el("div", { class: "live-controls" }),
    end: el("div", { class: "live-end" }),
  }
  parts.chart.append(parts.playhead)
  if (hasScene) parts.chart.append(parts.scrub)
  const view = el("div", { class: "live-view" }, parts.canvas, parts.chart, parts.paper)
  const status = el("div", { class: "live-status" }, parts.state, parts.left)
  const strip = el("div", { class: "live-strip" }, parts.run, parts.controls, parts.end)
  const rows = [parts.title, view, parts.texts, status, parts.bar, strip]
  return { ...parts, root: el("div", { class: "live-panel" }, ...rows) }
}

/** @typedef {ReturnType<typeof buildPanel>} Parts */

/**
 * The sentence under the chart.
 * @param {Parts} parts
 * @param {string} text
 * @param {"" | "error" | "note"} [tone]
 */
export function say(parts, text, tone = "") {
  parts.state.dataset.tone = tone
  if (parts.state.textContent === text) return
  parts.state.textContent = text
  if (tone !== "error") keepTall(parts.state)
}

/**
 * Keep words as tall as they have been at this width: the chart above them would shrink and grow
 * with every line that wraps.
 * @param {HTMLElement} part
 */
export function keepTall(part) {
  const { style, dataset } = part
  const width = String(part.parentElement?.clientWidth)
  if (dataset.width !== width) style.minHeight = ""
  dataset.width = width
  const isOpened = part.querySelector("details[open]") !== null // closed, it gives its room back
  if (!isOpened && part.offsetHeight) style.minHeight = `${part.offsetHeight}px`
}

/**
 * How far the run is: a share in [0, 1], or null to hide the bar; and what is left, in words.
 * @param {Parts} parts
 * @param {number | null} share
 * @param {string} [left]
 */
export function progress(parts, share, left = "") {
  parts.bar.classList.toggle("is-on", share !== null)
  const fill = /** @type {HTMLElement} */ (parts.bar.firstElementChild)
  fill.style.transform = `scaleX(${share ?? 0})`
  if (parts.left.textContent !== left) parts.left.textContent = left
}

/**
 * Give the controls a row of their own where their names would be cut off beside the button; a
 * panel that is one of four in a row has the button and the menu alone.
 * @param {Pick<Parts, "root" | "controls">} parts
 */
export function markTight({ root, controls }) {
  root.classList.remove("is-tight")
  const unit = Number.parseFloat(getComputedStyle(root).fontSize) || 16
  root.classList.toggle("is-small", root.clientWidth > 0 && root.clientWidth < SMALL * unit)
  const names = [...controls.querySelectorAll(".live-name")]
  root.classList.toggle(
    "is-tight",
    names.some((name) => name.scrollWidth > name.clientWidth + 1),
  )
}
