/** Values of an address, made allowable in the page, as sims/values.py does it on a server. */

/** @import { Checked, Field, Params, Value } from "../lib/types.js" */

import { parse } from "../player/values.js"

/**
 * Every parameter, with what an address gives made allowable, and a sentence for each change.
 * @param {Field[]} fields
 * @param {Record<string, Value>} given
 * @returns {Checked}
 */
export function clamped(fields, given) {
  /** @type {Params} */
  const params = {}
  /** @type {string[]} */
  const notes = []
  for (const field of fields) {
    const asked = given[field.name] ?? field.default
    const made = parse(field, asked)
    params[field.name] = made
    if (!isSaid(field, asked, made)) notes.push(`${field.name} is ${asked}. Using ${made}.`)
  }
  return { params, notes }
}

/**
 * Whether what was asked for is what is used.
 * @param {Field} field
 * @param {Value} asked
 * @param {Value} made
 */
function isSaid(field, asked, made) {
  if (field.type === "bool") return /^(true|false|1|0|yes|no)$/i.test(String(asked))
  return field.type === "str" ? asked === made : String(asked) !== "" && Number(asked) === made
}
