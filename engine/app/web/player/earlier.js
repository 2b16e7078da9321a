/** The earlier runs of a panel: which of them stay on its chart behind the one that is shown. */

/** @import { Track } from "../lib/types.js" */
/** @import { Player } from "./player.js" */

import { sameParams } from "../lib/tracks.js"

const MOST_GHOSTS = 5

export class Earlier {
  /** @type {Track | undefined} */
  #untouched // the run of the deck's own settings, where a slider answers at once

  /** @param {Player} player */
  constructor(player) {
    this.player = player
  }

  /** Runs begin: those that were shown become ghosts. @param {Track[]} next */
  makeWay(next) {
    const { isLive, picture, tracks } = this.player
    if (isLive) this.#keepUntouched(next)
    else picture.keep(tracks, next, MOST_GHOSTS)
  }

  // Where a slider answers at once, the run of the settings that the deck has stays behind it.
  /** @param {Track[]} next */
  #keepUntouched([next]) {
    const { block, picture, tracks } = this.player
    const [shown] = tracks
    const isUsual = shown?.state === "done" && sameParams(shown.params, block.data.params)
    if (isUsual) this.#untouched = shown
    const kept = picture.ghosts.filter(([first]) => first.isPinned)
    const isOther = this.#untouched && !sameParams(next.params, this.#untouched.params)
    picture.ghosts = isOther && this.#untouched ? [[this.#untouched], ...kept] : kept
  }

  /** Forget them; the one shown stays. */
  clear() {
    this.player.picture.ghosts = []
    this.changed()
  }

  /** They were named, hidden, kept or removed. */
  changed() {
    const { picture, view } = this.player
    if (!picture.ghosts.length) view.split(false)
    this.player.redraw()
  }

  /** Show the newest of them beside the run that is shown. @param {boolean} isOn */
  split(isOn) {
    this.player.view.split(isOn)
    this.player.redraw()
  }
}
