/** Earlier runs beside the one that is shown: which of them stay, and what each is called. */

/** @import { Field, Track } from "../lib/types.js" */

import { describe } from "../lib/format.js"
import { sameParams } from "../lib/tracks.js"

const RATERS = ["labels", "pairs", "source"] // parameters that say who compares
const LONGEST = 40 // characters of a name at the end of a line

/**
 * The earlier runs once `next` is shown, newest first: `shown` is among them, unless the same is
 * about to be computed again. Those that a reader keeps stay, of the others `most`.
 * @param {Track[][]} ghosts
 * @param {Track[]} shown
 * @param {Track[]} next
 * @param {number} most
 */
export function withShown(ghosts, shown, next, most) {
  const drawn = shown.filter((track) => track.frames.length > 0)
  const all = [drawn, ...ghosts].filter((ghost) => ghost.length > 0 && !isSame(ghost, next))
  const others = all.filter(([first]) => !first.isPinned).slice(0, most)
  return all.filter((ghost) => ghost[0].isPinned || others.includes(ghost))
}

/**
 * What tells a run from the others on its chart: "learning rate ×10, seed 0"; a reader's own name
 * for it goes first. "" where nothing differs.
 * @param {Track[]} run one track, or one for each seed
 * @param {Track[][]} all runs on the chart
 * @param {Field[]} fields
 */
export function labelOf(run, all, fields) {
  const [first] = run
  if (first.name) return first.name
  const areBands = all.some((each) => each.length > 1)
  const names = fields
    .map((field) => field.name)
    .filter((name) => !(areBands && name === "seed"))
    .filter((name) => new Set(all.map(([each]) => each.params[name])).size > 1)
  const raters = all.some(([each]) => learnsFromRoom(each, fields)) ? RATERS : []
  const room = names.some((name) => raters.includes(name)) ? roomOf(first) : ""
  const others = names.filter((name) => !raters.includes(name))
  const seeds = run.length > 1 ? `${run.length} seeds` : ""
  const alone = areBands && run.length === 1 ? `seed ${first.params.seed}` : ""
  const said = [room, describe(first.params, fields, others), seeds, alone]
  const words = said.filter(Boolean).join(", ")
  return words.length > LONGEST ? `${words.slice(0, LONGEST - 1)}…` : words
}

/** Whether the labels of a run are those of a room. @param {Track} track @param {Field[]} fields */
function learnsFromRoom({ params }, fields) {
  return params.source === "room" || RATERS.slice(0, 2).every((one) => has(fields, one))
}

/** @param {Field[]} fields @param {string} name */
const has = (fields, name) => fields.some((field) => field.name === name)

/** Whose labels a run has learned from. @param {Track} track */
function roomOf({ params }) {
  if ("source" in params && params.source !== "room") return "simulated raters"
  const text = String(params.labels ?? "")
  const letters = text.slice(text.lastIndexOf("|") + 1).replace(/[^LR=]/g, "")
  return letters ? `the room, ${letters.length} labels` : "a recorded room"
}

/** @param {Track[]} tracks @param {Track[]} others */
function isSame(tracks, others) {
  return (
    tracks.length === others.length &&
    tracks.every((track, k) => sameParams(track.params, others[k].params))
  )
}
