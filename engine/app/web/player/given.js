/** What an address says of a block's parameters. */

/** @import { Field, Params } from "../lib/types.js" */

import { nearest } from "../lib/near.js"
import { parse } from "./values.js"

/**
 * Split what the address gives by whether the simulation has such a parameter.
 * @param {Record<string, string>} given
 * @param {Field[]} fields of the simulation
 * @returns {{raw: Params, read: Params, notes: string[]}} as written, and as the fields' types; a
 *   sentence for each name that the simulation does not have
 */
export function fromAddress(given, fields) {
  const known = fields.filter((field) => field.name in given)
  const others = Object.keys(given).filter((name) => !fields.some((field) => field.name === name))
  return {
    raw: Object.fromEntries(known.map(({ name }) => [name, given[name]])),
    read: Object.fromEntries(known.map((field) => [field.name, parse(field, given[field.name])])),
    notes: others.map((name) => unknown(name, fields)),
  }
}

/** @param {string} name @param {Field[]} fields */
function unknown(name, fields) {
  const names = fields.map((field) => field.name)
  const near = nearest(name, names)
  const advice = near ? ` Did you mean “${near}”?` : ""
  return `The address sets “${name}”, which this simulation does not have.${advice}`
}
