/** Earlier runs beside the one that is shown: which of them stay, and what each is called. */

/** @import { Field, Track } from "../lib/types.js" */

import { describe } from "../lib/format.js"
import { sameParams } from "../lib/tracks.js"

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
  const seeds = run.length > 1 ? `${run.length} seeds` : ""
  const alone = areBands && run.length === 1 ? `seed ${first.params.seed}` : ""
  const words = [describe(first.params, fields, names), seeds, alone].filter(Boolean).join(", ")
  return words.length > LONGEST ? `${words.slice(0, LONGEST - 1)}…` : words
}

/** @param {Track[]} tracks @param {Track[]} others */
function isSame(tracks, others) {
  return (
    tracks.length === others.length &&
    tracks.every((track, k) => sameParams(track.params, others[k].params))
  )
}
