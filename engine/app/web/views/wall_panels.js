/** What the live blocks of the wall show, for the presenter window: each frame is sent once.

    The presenter window computes nothing: a run that was stopped, failed or lost its connection on
    the wall looks the same there. A panel is whatever a block's `panel()` gives; of runs (`tracks`,
    `ghosts`) the frames are sent as they come. */

/** @import { Panel, Track } from "../lib/types.js" */

/**
 * A run in a message: of its frames those from `start` on.
 * @typedef {Track & {id: number, start: number}} SentTrack
 */
/**
 * A panel in a message.
 * @typedef {Omit<Panel, "tracks" | "ghosts"> & {tracks?: SentTrack[], ghosts?: SentTrack[][]}}
 *   SentPanel
 */
/** @typedef {Panel & {tracks?: Track[], ghosts?: Track[][]}} WallPanel */

/** The side of the lecture. */
export class Sender {
  /** @type {WeakMap<Track, {id: number, count: number}>} */
  #sent = new WeakMap() // how many frames of a run were sent
  #ids = 0

  /** Somebody new listens: everything is sent again. */
  reset() {
    this.#sent = new WeakMap()
  }

  /**
   * A panel as a message: of its frames those that were not sent yet.
   * @param {WallPanel} panel
   * @returns {SentPanel}
   */
  pack({ tracks, ghosts, ...rest }) {
    const all = (/** @type {Track[]} */ list) => list.map((track) => this.#track(track))
    return { ...rest, tracks: tracks && all(tracks), ghosts: ghosts?.map(all) }
  }

  /** @param {Track} track @returns {SentTrack} */
  #track(track) {
    const { frames, ...about } = track
    if (!this.#sent.has(track)) this.#ids += 1
    const { id, count } = this.#sent.get(track) ?? { id: this.#ids, count: 0 }
    this.#sent.set(track, { id, count: frames.length })
    return { ...about, id, start: count, frames: frames.slice(count) }
  }
}

/** The side of the presenter window: panels by block, as they are on the wall. */
export class Panels {
  /** @type {Map<string, WallPanel>} */
  #panels = new Map() // by block
  /** @type {Map<number, Track>} */
  #tracks = new Map() // by id; they keep their frames

  /** @param {string} block */
  get(block) {
    return this.#panels.get(block)
  }

  clear() {
    this.#panels.clear()
    this.#tracks.clear()
  }

  /**
   * Take a message of `Sender`.
   * @param {string} block
   * @param {SentPanel} panel
   * @returns {boolean} false when frames before it are missing
   */
  take(block, { tracks, ghosts, ...rest }) {
    let isWhole = true
    /** @param {SentTrack} sent */
    const grow = ({ id, start, frames, ...about }) => {
      const track = this.#tracks.get(id) ?? { ...about, frames: [] }
      isWhole &&= start <= track.frames.length
      this.#tracks.set(id, Object.assign(track, about))
      if (start <= track.frames.length)
        track.frames.push(...frames.slice(track.frames.length - start))
      return track
    }
    this.#panels.set(block, {
      ...rest,
      tracks: tracks?.map(grow),
      ghosts: ghosts?.map((ghost) => ghost.map(grow)),
    })
    this.#forget()
    return isWhole
  }

  #forget() {
    const panels = [...this.#panels.values()]
    const used = new Set(
      panels.flatMap(({ tracks = [], ghosts = [] }) => [...tracks, ...ghosts.flat()]),
    )
    for (const [id, track] of this.#tracks) if (!used.has(track)) this.#tracks.delete(id)
  }
}
