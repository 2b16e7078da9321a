/** What a panel says about its runs. Pure functions of the tracks. */

import { about, number } from "../lib/format.js"
import { isGoing } from "../lib/tracks.js"
import { origin } from "./recording.js"

/** One word for several tracks: "empty", a state that goes on, or how they ended. */
export function summary(tracks) {
  if (!tracks.length) return "empty"
  const going = tracks.filter(isGoing)
  if (!going.length) return tracks.find((track) => track.state !== "done")?.state ?? "done"
  return going.find((track) => track.state === "running")?.state ?? going[0].state
}

/**
 * The sentence under the chart and its tone.
 * @param {Object[]} tracks
 * @param {import("../charts/series.js").Picture} picture
 * @param {string} note what else there is to say, if nothing is wrong
 * @returns {[string, "" | "note" | "error"]}
 */
export function sentence(tracks, picture, note) {
  const state = summary(tracks)
  const track = tracks.find((each) => each.state === state)
  if (state === "failed" || state === "lost") return [ending(track, picture), "error"]
  if (state === "offline") return ["No connection. The run continues when it is back.", "note"]
  if (note || state === "empty") return [note, "note"]
  if (state === "queued") return [`Waiting for a free worker. ${place(track)}.`, ""]
  if (state === "waiting") return ["Starting …", ""]
  if (state === "running") return [tracks.length > 1 ? several(tracks) : latest(track, picture), ""]
  return [tracks.length > 1 ? spread(tracks) : ending(track, picture), ""]
}

// "Position 4, about 20 s"; the server sends both anew whenever they change.
const place = ({ position, wait }) =>
  `Position ${Math.max(1, position)}${wait > 0 ? `, ${about(wait)}` : ""}`

function several(tracks) {
  return `Running ${tracks.length} seeds, ${tracks.filter((track) => track.state === "done").length} done.`
}

function spread(tracks) {
  const seeds = tracks.filter((track) => track.frames.length > 0).map((track) => track.params.seed)
  if (!seeds.length) return "Stopped."
  return `Seeds ${seeds[0]} to ${seeds.at(-1)}: median, middle half, range. A run that ended keeps its last value.`
}

function latest(track, picture) {
  const frame = track.frames.at(-1)
  if (!frame) return "Starting …"
  const name = picture.series[0]
  const reached = name in frame ? `: ${picture.nameOf(name)} ${number(frame[name])}` : ""
  return `${number(frame[picture.x])} ${picture.xTitle}${reached}`
}

// The server's "Stopped, because nobody was watching." as the end of our own sentence.
const cause = (message) => /^Stopped(, because .+)\.$/.exec(message)?.[1] ?? ""

/** "Finished at 24,576 environment steps." and its like for every way a run can end. */
export function ending(track, picture) {
  const last = track.frames.at(-1)
  // "at 24,576 environment steps", but a title with a comma ("KL, nats") reads badly after a number
  const at =
    last && !picture.xTitle.includes(",") ? ` at ${number(last[picture.x])} ${picture.xTitle}` : ""
  if (track.about?.date) return origin(track.about)
  if (track.state === "done") return `Finished${at}.`
  if (track.state === "cancelled") return `Stopped${at}${cause(track.message)}.`
  return track.message || "The run failed. Run it again, or with other values."
}
