/** What a panel showed, kept in the tab: after a reload it shows the same values and runs again.

    A run that went on or was done is asked for again: the server joins it or has kept it. Of runs
    that it cannot give again (stopped, failed, earlier ones) the points of the chart are kept. */

import { keep, recall } from "../lib/store.js"
import { isGoing } from "../lib/tracks.js"

const MOST_POINTS = 300

/** @param {string} lecture @returns {{get(block: string): Object | null, set(block: string, panel: Object): void}} */
export function keptRuns(lecture) {
  const key = (block) => `practicum.run.${lecture}.${block}`
  return {
    get: (block) => recall(key(block), JSON.parse, "session"),
    set: (block, panel) => keep(key(block), JSON.stringify(panel), "session"),
  }
}

/**
 * A panel in as few characters as it can be shown from.
 * @param {{sim: string, values: Object, tracks: Object[], ghosts: Object[][]}} panel
 * @param {string[]} columns that the chart draws
 */
export function pack({ sim, values, tracks, ghosts }, columns) {
  const again = canAskAgain(tracks)
  const track = (each, isShown) => {
    const { params, state, message, about, isRecorded } = each
    return {
      params,
      state,
      message,
      about,
      isRecorded,
      frames: isShown && again ? [] : thin(each.frames, columns),
    }
  }
  return {
    sim,
    values,
    tracks: tracks.map((each) => track(each, true)),
    ghosts: ghosts.map((ghost) => ghost.map((each) => track(each, false))),
  }
}

/** Whether a server gives these runs again as they were: all done, or still going on. */
export function canAskAgain(tracks) {
  return tracks.every((track) => track.state === "done" || isGoing(track))
}

/** Whether `kept` is of this block as the deck has it now, and of the values that the address names. */
export function fits(kept, { sim, fields }, values) {
  const isList = (list) =>
    Array.isArray(list) && list.every((each) => each && typeof each === "object")
  if (!kept || kept.sim !== sim || !isList(kept.tracks) || !isList(kept.ghosts) || !kept.values)
    return false
  const hasAll = (params) => params && fields.every((field) => field.name in params)
  return (
    [...kept.tracks, ...kept.ghosts.flat()].every(
      (track) => hasAll(track.params) && Array.isArray(track.frames),
    ) && fields.every(({ name }) => kept.values[name] === values[name])
  )
}

function thin(frames, columns) {
  const stride = Math.max(1, Math.ceil(frames.length / MOST_POINTS))
  return frames
    .filter((_, k) => k % stride === 0 || k === frames.length - 1)
    .map((frame) =>
      Object.fromEntries(
        columns.filter((name) => name in frame).map((name) => [name, frame[name]]),
      ),
    )
}
