/** Numbers, names and sentences as the page shows them. Pure functions. */

/** @import { ColourName, Field, Params, Value } from "./types.js" */

/**
 * A number for people: 0.003, 4,096, −1.25, 3×10⁻⁵.
 * @param {number} value
 * @param {number} [digits] significant digits of a number that is not whole
 */
export function number(value, digits = 3) {
  if (!Number.isFinite(value)) return "–"
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return power(value)
  const whole = Number.isInteger(value) || size >= 10 ** digits
  const options = whole ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: digits }
  return value.toLocaleString("en-US", options).replace("-", "−")
}

/** @param {number} value */
function power(value) {
  const exponent = Math.floor(Math.log10(Math.abs(value)))
  const mantissa = Number((value / 10 ** exponent).toPrecision(2))
  const raised = String(exponent).replace(
    /./g,
    (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)],
  )
  const factor = { 1: "", "-1": "−" }[mantissa] ?? `${mantissa}×`.replace("-", "−")
  return `${factor}10${raised}`
}

/**
 * A parameter's value: numbers as `number`, choices and switches as words.
 * @param {Pick<Field, "type" | "unit" | "choices">} field
 * @param {Value | undefined} given
 * @returns {string}
 */
export function value(field, given) {
  if (field.type === "bool") return given ? "on" : "off"
  if (field.type === "str") return field.choices?.length ? words(String(given)) : String(given)
  const digits = number(Number(given), 4)
  if (field.unit?.startsWith("×")) return `×${digits}` // a multiple of the usual value
  // A count says what it counts in its name: "comparisons 500", not "comparisons 500 pairs".
  return field.unit && field.type !== "int" ? `${digits} ${field.unit}` : digits
}

const INITIALS = new Set([
  "ppo",
  "dpo",
  "ipo",
  "kto",
  "grpo",
  "rloo",
  "sft",
  "kl",
  "rl",
  "rm",
  "gae",
  "lqr",
  "reinforce",
  "rlvr",
])

/**
 * `reinforce_baseline` as words: "REINFORCE baseline".
 * @param {string} name
 */
export function words(name) {
  return name
    .split("_")
    .map((word) => (INITIALS.has(word) ? word.toUpperCase() : word))
    .join(" ")
}

/** @type {Record<string, string>} */
const SYMBOLS = {
  gamma: "discount γ",
  beta: "KL weight β",
  gae_lambda: "GAE λ",
  clip_eps: "clip ε",
}

/**
 * What a parameter is called beside its slider.
 * @param {Pick<Field, "name" | "label">} field
 */
export function fieldLabel(field) {
  if (SYMBOLS[field.name]) return SYMBOLS[field.name]
  const name = field.label ? field.label.replaceAll(" ", "_") : field.name
  return words(name.replace(/^num_/, "")) // "comparisons 1,000" is plainly a number
}

/**
 * "learning rate 0.003, seed 3": the parameters that tell one run from another. A text that is
 * empty is "without labels".
 * @param {Params} params
 * @param {Field[]} fields
 * @param {string[]} names
 */
export function describe(params, fields, names) {
  const shown = fields.filter((field) => names.includes(field.name) && field.name in params)
  /** @param {Field} field */
  const words = (field) => {
    const given = value(field, params[field.name])
    return given === "" ? `without ${fieldLabel(field)}` : `${fieldLabel(field)} ${given}`
  }
  return shown.map(words).join(", ")
}

/**
 * How long something will take, roughly: "about 20 s", "about 3 min".
 * @param {number} seconds
 */
export function about(seconds) {
  return seconds < 120 ? `about ${Math.ceil(seconds)} s` : `about ${Math.round(seconds / 60)} min`
}

/**
 * How long is left at most, in words: a run that reaches its goal stops before.
 * @param {number} seconds
 */
export function timeLeft(seconds) {
  if (seconds < 1) return "almost done"
  if (seconds < 90) return `up to ${Math.ceil(seconds)} s left`
  return `up to ${Math.ceil(seconds / 60)} min left`
}

/**
 * The palette name that a series has in every lecture, judged by its name.
 * @param {string} name
 * @returns {ColourName}
 */
export function meaning(name) {
  const text = name.toLowerCase()
  if (/proxy/.test(text)) return "proxy"
  if (/gold|true[ _]reward/.test(text)) return "gold"
  if (/chosen/.test(text)) return "chosen"
  if (/rejected/.test(text)) return "rejected"
  if (/(^|[^a-z])(reference|ref([ _]|$)|base model)/.test(text)) return "reference"
  return "policy"
}

/**
 * A palette colour (`#rrggbb`) with an alpha, in the notation that Plotly reads.
 * @param {string} colour
 * @param {number} alpha
 */
export function faded(colour, alpha) {
  const parts = /^#(..)(..)(..)$/.exec(colour)
  if (!parts) return colour
  return `rgba(${parts
    .slice(1)
    .map((part) => Number.parseInt(part, 16))
    .join(", ")}, ${alpha})`
}

/**
 * Text that is safe inside Plotly's little HTML.
 * @param {string} text
 */
export function escapeHtml(text) {
  return String(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
}
