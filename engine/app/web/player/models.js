/** What a panel draws: the shown runs with the earlier ones behind them, or two side by side. */

/** @import { Model } from "../charts/curve.js" */
/** @import { Track } from "../lib/types.js" */
/** @import { Player } from "./player.js" */

import { labelOf } from "../charts/earlier.js"
import { site } from "../lib/source.js"

/** The chart of the shown runs. @param {Player} player */
export function modelOf(player) {
  const { tracks, picture, fields } = player
  const names = [...new Set([...player.block.data.controls, "seed"])]
  const isBare = !tracks.length && !player.face.fault
  const hint = isBare ? hintOf(player) : ""
  const options = { hint, isGrowing: player.jobs.isGoing, fields, names }
  if (!player.view?.isSplit) return picture.model(tracks, options)
  const made = picture.model(tracks, { ...options, ghosts: [] })
  return beside(player, made, tracks, tracksBefore(player))
}

/** The run before the shown one, in a chart of its own. @param {Player} player */
export function modelBefore(player) {
  const tracks = tracksBefore(player)
  const options = { hint: "", isGrowing: false, fields: player.fields, names: [], ghosts: [] }
  return beside(player, player.picture.model(tracks, options), tracks, player.tracks)
}

/**
 * Whether there is nothing to draw yet, not even that nothing is there: the recorded run is on its
 * way, or the first answer to a slider.
 * @param {Player} player
 */
export function isPending({ isBeginning, isLive, tracks, jobs, face }) {
  if (face.fault) return false
  if (!tracks.length) return isBeginning
  return isLive && jobs.isGoing && !tracks.some((track) => track.frames.length)
}

/** @param {Player} player */
function tracksBefore({ picture: { ghosts } }) {
  return ghosts.find(([first]) => !first.isHidden) ?? ghosts[0] ?? []
}

/**
 * One of two charts side by side: it has the axes of both, and says whose run it shows.
 * @param {Player} player
 * @param {Model} model
 * @param {Track[]} tracks
 * @param {Track[]} others
 */
function beside(player, model, tracks, others) {
  const label =
    tracks.length && others.length ? labelOf(tracks, [tracks, others], player.fields) : ""
  const yTitle = [label, model.yTitle].filter(Boolean).join(": ")
  return { ...model, yTitle, among: player.picture.drawn(others) }
}

/** What an empty panel says. @param {Player} player */
function hintOf(player) {
  const isRecorded = player.block.data.recorded !== undefined
  return site && !isRecorded
    ? "No run was recorded for this page"
    : "Press Run to compute this here"
}
