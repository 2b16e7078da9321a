/** What a `label` block says of the choices that were made. */

/** @import { Result } from "./label_studies.js" */

import { number } from "../lib/format.js"

/**
 * What the button says that begins, or goes on.
 * @param {number} given choices that were made before
 * @param {number} total
 */
export function beginning(given, total) {
  if (given >= total) return `See what ${given} choices teach`
  return given ? `Continue after ${given} choices` : "Start"
}

/**
 * What was chosen of two results whose makers were hidden.
 * @param {Result | null} chosen null when one could not tell
 */
export function verdictOn(chosen) {
  if (!chosen) return "You could not tell."
  return chosen.isMine
    ? "You chose the one that learned from you."
    : "You chose the reward written by hand."
}

/** How often each side was chosen. @param {string} labels */
export function counted(labels) {
  /** @param {string} letter */
  const count = (letter) => number([...labels].filter((each) => each === letter).length)
  const chosen = `the left ${count("L")} times, the right ${count("R")} times`
  return `You chose ${chosen}, and could not tell ${count("=")} times.`
}
