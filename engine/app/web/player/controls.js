/** The inputs of a simulation, made from its fields: sliders, choices, switches and numbers. */

/** @import { Control, Field, Value } from "../lib/types.js" */

import { el } from "../lib/dom.js"
import { value as asText, fieldLabel, words } from "../lib/format.js"
import { parse, stops } from "./values.js"

/**
 * One labelled input for a field.
 * @param {Field} field
 * @param {Value} start
 * @param {(value: Value) => void} onChange called while the reader moves it
 * @param {Value[]} [ahead] the only values whose runs are there: a slider stops at these
 * @returns {Control}
 */
export function control(field, start, onChange, ahead) {
  if (field.type === "bool") return toggle(field, start, onChange)
  if (field.choices?.length) return choice(field, start, onChange)
  const isBounded = Number.isFinite(field.low) && Number.isFinite(field.high)
  if (field.type !== "str" && isBounded) return slider(field, start, onChange, ahead)
  return field.type === "str" ? text(field, start, onChange) : entry(field, start, onChange)
}

/**
 * Where a slider stops.
 * @param {Field} field
 * @param {[number, number]} extra its usual value and the shown one
 * @param {Value[]} [ahead]
 */
function placesOf(field, extra, ahead) {
  if (!ahead) return stops(field, extra)
  return [...new Set([...ahead.map(Number), extra[1]])].sort((a, b) => a - b)
}

/**
 * @param {Field} field
 * @param {Value} start
 * @param {(value: Value) => void} onChange
 * @param {Value[]} [ahead]
 * @returns {Control}
 */
function slider(field, start, onChange, ahead) {
  let points = placesOf(field, [Number(field.default), Number(start)], ahead)
  const output = el("b", {})
  const input = el("input", { type: "range", step: 1, min: 0, "aria-label": fieldLabel(field) })
  const show = () => {
    const value = points[Number(input.value)]
    output.textContent = asText(field, value)
    input.setAttribute("aria-valuetext", output.textContent)
    input.style.setProperty("--at", String(Number(input.value) / Math.max(1, points.length - 1)))
    return value
  }
  /** @param {Value} value */
  const set = (value) => {
    const number = Number(value)
    if (!points.includes(number)) points = placesOf(field, [Number(field.default), number], ahead)
    input.max = String(points.length - 1)
    input.value = String(points.indexOf(number))
    show()
  }
  input.addEventListener("input", () => onChange(show()))
  set(start)
  // When the strip is narrow the name gives way and the value stays.
  const name = el("span", { class: "live-name" }, fieldLabel(field))
  const label = el("span", { class: "live-label live-label--value" }, name, " ", output)
  return { element: wrap(field, "slider", label, input), set }
}

/**
 * @param {Field} field
 * @param {Value} start
 * @param {(value: Value) => void} onChange
 * @returns {Control}
 */
function choice(field, start, onChange) {
  const options = (field.choices ?? []).map((each) => el("option", { value: each }, words(each)))
  const input = el("select", {}, ...options)
  input.value = String(start)
  input.addEventListener("change", () => onChange(input.value))
  const label = el("span", { class: "live-label" }, fieldLabel(field))
  /** @param {Value} value */
  const set = (value) => {
    input.value = String(value)
  }
  return { element: wrap(field, "choice", label, input), set }
}

/**
 * @param {Field} field
 * @param {Value} start
 * @param {(value: Value) => void} onChange
 * @returns {Control}
 */
function toggle(field, start, onChange) {
  const input = el("input", { type: "checkbox", role: "switch" })
  input.checked = start === true
  input.addEventListener("change", () => onChange(input.checked))
  const label = el("span", { class: "live-label" }, fieldLabel(field))
  /** @param {Value} value */
  const set = (value) => {
    input.checked = value === true
  }
  return { element: wrap(field, "toggle", label, input), set }
}

/**
 * @param {Field} field
 * @param {Value} start
 * @param {(value: Value) => void} onChange
 * @returns {Control}
 */
function entry(field, start, onChange) {
  const input = el("input", {
    type: "number",
    min: field.low,
    max: field.high,
    step: field.step ?? "any",
  })
  input.value = String(start)
  input.addEventListener("change", () => {
    const value = parse(field, input.value)
    input.value = String(value)
    onChange(value)
  })
  const label = el("span", { class: "live-label" }, fieldLabel(field))
  /** @param {Value} value */
  const set = (value) => {
    input.value = String(value)
  }
  return { element: wrap(field, "entry", label, input), set }
}

let numLists = 0 // of suggestions on the page: each has an id of its own

/**
 * A line of text that may be anything, with a list of suggestions.
 * @param {Field} field
 * @param {Value} start
 * @param {(value: Value) => void} onChange when it has been typed
 * @returns {Control}
 */
function text(field, start, onChange) {
  const input = el("input", { type: "text", autocomplete: "off", spellcheck: "false" })
  input.value = String(start)
  input.addEventListener("change", () => {
    input.value = String(parse(field, input.value))
    onChange(input.value)
  })
  const label = el("span", { class: "live-label" }, fieldLabel(field))
  /** @param {Value} value */
  const set = (value) => {
    input.value = String(value)
  }
  const element = wrap(field, "text", label, input)
  if (field.suggestions?.length) {
    numLists += 1
    const list = el("datalist", { id: `suggestions-${numLists}` })
    list.append(...field.suggestions.map((each) => el("option", { value: each })))
    input.setAttribute("list", list.id)
    element.append(list)
  }
  return { element, set }
}

/** @param {Field} field @param {string} kind @param {Node} label @param {Node} input */
function wrap(field, kind, label, input) {
  const title = [field.help, field.unit && `in ${field.unit}`].filter(Boolean).join("; ") || null
  return el(
    "label",
    { class: `live-control live-control--${kind}`, title, "data-param": field.name },
    label,
    input,
  )
}

/**
 * The seed: its number, and a button that runs again with the next one.
 * @param {Field} field
 * @param {number} start
 * @param {(value: number) => void} onChange
 * @param {() => void} onAgain after the seed has moved on
 * @returns {Control}
 */
export function seedControl(field, start, onChange, onAgain) {
  let seed = start
  const input = el("input", {
    type: "number",
    min: field.low,
    max: field.high,
    step: 1,
    "aria-label": "seed",
  })
  /** @param {Value} value */
  const set = (value) => {
    seed = Number(parse(field, value))
    input.value = String(seed)
  }
  input.addEventListener("change", () => {
    set(input.value)
    onChange(seed)
  })
  const again = () => {
    const next = seed + 1
    set(next > (field.high ?? Infinity) ? (field.low ?? 0) : next)
    onChange(seed)
    onAgain()
  }
  const name = "Again with a new seed"
  const button = el("button", {
    type: "button",
    class: "live-icon",
    title: name,
    "aria-label": name,
    onclick: again,
  })
  button.innerHTML = DICE
  set(start)
  const label = el("label", { class: "live-seed-label" }, "seed ", input)
  return {
    element: el("span", { class: "live-seed", "data-param": field.name }, label, button),
    set,
  }
}

const DICE = `<svg viewBox="0 0 20 20" aria-hidden="true">
  <rect x="3" y="3" width="14" height="14" rx="3.4" fill="none" stroke="currentColor"
  stroke-width="1.5"/><g fill="currentColor"><circle cx="7" cy="7" r="1.35"/>
  <circle cx="13" cy="7" r="1.35"/><circle cx="10" cy="10" r="1.35"/>
  <circle cx="7" cy="13" r="1.35"/>
  <circle cx="13" cy="13" r="1.35"/></g></svg>`
