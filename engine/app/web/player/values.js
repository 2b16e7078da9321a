/** The values that a control may take: where a slider stops, and what an address gives. */

/** @import { Field, Value } from "../lib/types.js" */

const MOST_STOPS = 400
const NICE = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]

/**
 * The values that a slider stops at. Ranges that span two powers of ten or more are spaced by
 * ratio (0.001, 0.0012, …), others evenly by the field's step; `extra` values are let in between.
 * @param {Pick<Field, "type" | "low" | "high" | "step">} field with bounds
 * @param {number[]} [extra]
 * @returns {number[]} ascending
 */
export function stops(field, extra = []) {
  const [low, high] = [Number(field.low), Number(field.high)]
  const values = new Set([low, high, ...extra])
  if (low > 0 && high / low >= 100) {
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power += 1) {
      for (const nice of NICE) values.add(Number((nice * 10 ** power).toPrecision(6)))
    }
  } else {
    const least = (high - low) / MOST_STOPS
    let step = field.step ?? (field.type === "int" ? Math.max(1, Math.round(least)) : least * 4)
    while ((high - low) / step > MOST_STOPS) step *= 2
    const count = Math.floor((high - low) / step + 1e-9)
    for (let k = 0; k <= count; k += 1) values.add(Number((low + k * step).toPrecision(10)))
  }
  /** @param {number} value */
  const fits = (value) => value >= low && value <= high
  /** @param {number} value */
  const whole = (value) => field.type !== "int" || Number.isInteger(value)
  return [...values].filter((value) => fits(value) && whole(value)).sort((a, b) => a - b)
}

/**
 * A raw value (from an address) as a field's type, brought inside its limits; the server has the
 * last word on it.
 * @param {Field} field
 * @param {Value} raw
 * @returns {Value}
 */
export function parse(field, raw) {
  if (field.type === "bool")
    return raw === true || ["true", "1", "yes"].includes(String(raw).toLowerCase())
  if (field.type === "str") {
    const isKnown = !field.choices?.length || field.choices.includes(String(raw))
    return isKnown ? shortened(String(raw), field) : field.default
  }
  let number = raw === "" ? Number.NaN : Number(raw)
  if (!Number.isFinite(number)) return field.default
  number = Math.min(field.high ?? Infinity, Math.max(field.low ?? -Infinity, number))
  return field.type === "int" ? Math.round(number) : number
}

/**
 * A text as long as its field allows. A server counts characters and a browser halves of some, so
 * it is cut by characters, never inside of one.
 * @param {string} raw
 * @param {Field} field
 */
const shortened = (raw, field) =>
  raw.length > (field.max_length ?? Infinity) ? [...raw].slice(0, field.max_length).join("") : raw
