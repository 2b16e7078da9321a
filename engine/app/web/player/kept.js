/** What a panel showed, kept in the tab: after a reload it shows the same values and runs again.

    A run that went on or was done is asked for again: the server joins it or has kept it. Of runs
    that it cannot give again (stopped, failed, earlier ones) the points of the chart are kept. */

/** @import { BlockContext, Field, Frame, KeptPanel, KeptRuns, Params, Track } from "../lib/types.js" */

import { keep, recall } from "../lib/store.js"
import { isGoing } from "../lib/tracks.js"

const MOST_POINTS = 300

/** @param {string} lecture @returns {KeptRuns} */
export function keptRuns(lecture) {
  /** @param {string} block */
  const key = (block) => `practicum.run.${lecture}.${block}`
  return {
    get: (block) => recall(key(block), JSON.parse, "session"),
    set: (block, panel) => keep(key(block), JSON.stringify(panel), "session"),
  }
}

/**
 * Keep what a panel shows for the next load of this page; one that shows what another window does,
 * or that is on paper, keeps nothing.
 * @param {Parameters<typeof pack>[0] & {block: {id: string}, context: BlockContext}} panel
 */
export function keepPanel(panel) {
  const { isMirror, isOnPaper, kept } = panel.context
  if (!isMirror && !isOnPaper) kept?.set(panel.block.id, pack(panel))
}

/**
 * A panel in as few characters as it can be shown from: of frames, the columns that the chart
 * draws.
 * @param {{sim: string, values: Params, tracks: Track[], picture: {ghosts: Track[][], x: string,
 *   group?: string, series: string[]}}} panel
 * @returns {KeptPanel}
 */
export function pack({ sim, values, tracks, picture }) {
  const { ghosts, x, group, series } = picture
  const columns = [...new Set([x, ...(group ? [group] : []), ...series])]
  const again = canAskAgain(tracks)
  /** @param {Track} each @param {boolean} isShown @returns {Track} */
  const track = (each, isShown) => {
    const { params, state, message, about, isRecorded, name, isHidden, isPinned } = each
    const own = { name, isHidden, isPinned }
    const frames = isShown && again ? [] : thin(each.frames, columns)
    return { params, state, message, about, isRecorded, ...own, position: 0, wait: 0, frames }
  }
  return {
    sim,
    values,
    tracks: tracks.map((each) => track(each, true)),
    ghosts: ghosts.map((ghost) => ghost.map((each) => track(each, false))),
  }
}

/**
 * Whether a server gives these runs again as they were: all done, or still going on.
 * @param {Track[]} tracks
 */
export function canAskAgain(tracks) {
  return tracks.every((track) => track.state === "done" || isGoing(track))
}

/**
 * Whether `kept` is of this block as the deck has it now, and of the values of the address.
 * @param {KeptPanel} kept
 * @param {{ sim: string, fields: Field[] }} block
 * @param {Params} values
 */
export function fits(kept, { sim, fields }, values) {
  /** @param {unknown} list */
  const isList = (list) =>
    Array.isArray(list) && list.every((each) => each && typeof each === "object")
  if (!kept || kept.sim !== sim || !isList(kept.tracks) || !isList(kept.ghosts) || !kept.values)
    return false
  /** @param {Params} params */
  const hasAll = (params) =>
    params && typeof params === "object" && fields.every((field) => field.name in params)
  return (
    [...kept.tracks, ...kept.ghosts.flat()].every(
      (track) => hasAll(track?.params) && typeof track.state === "string" && isList(track.frames),
    ) && fields.every(({ name }) => kept.values[name] === values[name])
  )
}

/** @param {Frame[]} frames @param {string[]} columns @returns {Frame[]} */
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
