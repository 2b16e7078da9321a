/** What a simulation writes: the text of a frame, or how it changes along the run. */

import { el } from "./dom.js"
import { number, words } from "./format.js"

const PATH = 3 // samples shown of a whole run: its first, its middle and its last

/** The strings of a frame, but for the one that names its group. */
export function textNames(frame, group) {
  return Object.keys(frame ?? {}).filter((name) => typeof frame[name] === "string" && name !== group)
}

/**
 * Show the text of `frames[picked]`, or of a few frames along the path when none is picked.
 * @param {HTMLElement} element
 * @param {Object[]} frames of one run
 * @param {{group?: string, x: string, picked?: number | null}} options
 */
export function showTexts(element, frames, { group, x, picked = null }) {
  const [name] = textNames(frames[0], group)
  element.hidden = !name
  if (!name) return
  const last = group ? frames.filter((frame) => frame[group] === frames.at(-1)[group]) : frames
  const along = [...new Set(Array.from({ length: PATH }, (_, k) => Math.round((k * (last.length - 1)) / (PATH - 1))))]
  const chosen = picked === null ? along.map((k) => last[k]) : [frames[picked]]
  element.replaceChildren(...chosen.flatMap((frame) => [
    el("dt", {}, place(frame, group, x)), el("dd", {}, frame[name]),
  ]))
}

/** Where on the path a text was written: "RLOO, β = 0.05" or "KL 3.2". */
function place(frame, group, x) {
  const where = frame.beta > 0 ? `β = ${number(frame.beta)}` : `${words(x)} ${number(frame[x])}`
  return group ? `${words(frame[group])}, ${where}` : where
}
