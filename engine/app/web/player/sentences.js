/** What a panel says about its runs. Pure functions of the tracks. */

/** @import { Picture } from "../charts/series.js" */
/** @import { Field, Origin, Track } from "../lib/types.js" */

import { labelOf } from "../charts/earlier.js"
import { about, number, timeLeft } from "../lib/format.js"
import { isGoing, sameParams, scalar } from "../lib/tracks.js"
import { change, sameAsRecorded } from "../lib/trends.js"
import { origin } from "./recording.js"

/**
 * One word for several tracks: "empty", a state that goes on, or how they ended.
 * @param {Track[]} tracks
 */
export function summary(tracks) {
  if (!tracks.length) return "empty"
  const going = tracks.filter(isGoing)
  if (!going.length) return tracks.find((track) => track.state !== "done")?.state ?? "done"
  return going.find((track) => track.state === "running")?.state ?? going[0].state
}

/**
 * The sentence under the chart and its tone.
 * @param {Track[]} tracks
 * @param {Picture} picture
 * @param {string} note what else there is to say, if nothing is wrong
 * @returns {[string, "" | "note" | "error"]}
 */
export function sentence(tracks, picture, note) {
  const state = summary(tracks)
  const track = tracks.find((each) => each.state === state)
  if (track && (state === "failed" || state === "lost")) return [ending(track, picture), "error"]
  if (state === "offline") return ["No connection. The run continues when it is back.", "note"]
  if (note || !track) return [note, "note"]
  if (state === "queued") return [`Waiting for a free worker. ${place(track)}.`, ""]
  if (state === "waiting") return ["Starting …", ""]
  if (state === "running") return [tracks.length > 1 ? several(tracks) : latest(track, picture), ""]
  return [tracks.length > 1 ? spread(tracks) : ending(track, picture), ""]
}

/**
 * "Position 4, about 20 s"; the server sends both again whenever they change.
 * @param {Track} track
 */
const place = ({ position, wait }) =>
  `Position ${Math.max(1, position)}${wait > 0 ? `, ${about(wait)}` : ""}`

/** @param {Track[]} tracks */
function several(tracks) {
  const done = tracks.filter((track) => track.state === "done")
  return `Running ${tracks.length} seeds, ${done.length} done.`
}

/** @param {Track[]} tracks */
function spread(tracks) {
  const seeds = tracks.filter((track) => track.frames.length > 0).map((track) => track.params.seed)
  if (!seeds.length) return "Stopped."
  const drawn = "median, middle half, range. A run that ended keeps its last value."
  return `Seeds ${seeds[0]} to ${seeds.at(-1)}: ${drawn}`
}

/** @param {Track} track @param {Picture} picture */
function latest(track, picture) {
  const frame = track.frames.at(-1)
  if (!frame) return "Starting …"
  const name = picture.series[0]
  const reached = name in frame ? `: ${picture.nameOf(name)} ${number(scalar(frame, name))}` : ""
  return `${number(scalar(frame, picture.x))} ${picture.xTitle}${reached}`
}

/** Why a run was stopped, where it was not the reader who stopped it. */
const CAUSES = { "": "", unwatched: ", because nobody was watching" }

/**
 * "Finished at 24,576 environment steps." and its like for every way a run can end.
 * @param {Track} track
 * @param {Picture} picture
 */
export function ending(track, picture) {
  const last = track.frames.at(-1)
  // "at 24,576 environment steps", but a title with a comma ("KL, nats") reads badly after a number
  const at =
    last && !picture.xTitle.includes(",")
      ? ` at ${number(scalar(last, picture.x))} ${picture.xTitle}`
      : ""
  if (track.about?.date) return origin(/** @type {Origin} */ (track.about))
  if (track.state === "done") return `Finished${at}.`
  if (track.state === "cancelled") return `Stopped${at}${CAUSES[track.reason ?? ""]}.`
  return track.message || "The run failed. Run it again, or with other values."
}

/**
 * What a run that is done changed: beside the one before it, or beside the recorded one, where it
 * was asked for with the same values.
 * @param {Track[]} tracks
 * @param {Picture} picture
 * @param {Track | null} recorded
 * @param {Field[]} fields
 */
export function told(tracks, picture, recorded, fields) {
  const [track] = tracks
  if (!track || track.isRecorded || summary(tracks) !== "done") return ""
  const now = picture.drawn(tracks)
  if (tracks.length === 1 && recorded && sameParams(track.params, recorded.params))
    return sameAsRecorded(picture.drawn([recorded]), now)
  const before = picture.ghosts.find(([first]) => !first.isHidden)
  if (!before) return ""
  const { xTitle, chart } = picture
  const words = change(picture.drawn(before), now, { xTitle, target: chart.target })
  const name = labelOf(before, [tracks, ...picture.ghosts], fields) || "the run before"
  return words && `Beside ${name}: ${words}.`
}

/** How far the runs are together: a share in [0, 1]. @param {Track[]} tracks */
export function part(tracks) {
  const parts = tracks.map((track) =>
    isGoing(track) ? Number(track.frames.at(-1)?.progress ?? 0) : 1,
  )
  return parts.reduce((sum, each) => sum + each, 0) / parts.length
}

/**
 * What is left, in words, once it can be told; else "".
 * @param {Track[]} tracks
 * @param {number} startedAt ms, when their first frame came; 0 before
 */
export function timeLeftOf(tracks, startedAt) {
  const spent = startedAt ? (performance.now() - startedAt) / 1000 : 0
  const done = part(tracks)
  const isKnown = summary(tracks) === "running" && spent > 1.2 && done > 0.02
  return isKnown ? timeLeft((spent * (1 - done)) / done) : ""
}
