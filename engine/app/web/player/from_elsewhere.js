/** What another window, or the presenter of a room, shows in a panel of this page. */

/** @import { SharedBlock } from "../lib/protocol.js" */
/** @import { SimPanel, Value } from "../lib/types.js" */
/** @import { Player } from "./player.js" */

import { isGoing, newTrack } from "../lib/tracks.js"

export class FromElsewhere {
  #hasEnded = false // the run that is mirrored
  #followed = "" // the runs of a room's presenter that were joined last

  /** @param {Player} player */
  constructor(player) {
    this.player = player
  }

  /**
   * Show the panel of another window; nothing is computed here.
   * @param {SimPanel} panel
   */
  mirror({ values, tracks, ghosts, note, fault, told = "" }) {
    const { player } = this
    const { face, picture, view } = player
    player.isMirrored = true
    const isOther = tracks[0] !== player.tracks[0]
    const isOver = tracks.length > 0 && !tracks.some(isGoing)
    player.jobs.tracks = tracks
    picture.ghosts = ghosts
    face.note = note
    face.told = told
    face.fault = fault
    if (tracks[0]?.frames.length) picture.learn(tracks[0].frames[0])
    if (isOther) view.restart(tracks[0]?.frames ?? [])
    player.setControls(values)
    view.grown()
    if (isOver && (isOther || !this.#hasEnded)) view.finish()
    this.#hasEnded = isOver
    if (!player.isLive || isOver) view.draw()
  }

  /**
   * Join the runs of the presenter of the room: the server gives all of them the same frames.
   * @param {SharedBlock} shared
   */
  follow({ values, runs = [], id = "", stopped = false }) {
    const { player } = this
    if (!player.jobs.isGoing && !stopped) player.setControls(values)
    if (id === this.#followed) {
      if (stopped && player.jobs.isGoing) player.stop()
      return
    }
    this.#followed = id
    if (runs.length) player.begin(runs.map((params) => newTrack(params)))
    player.setControls(values)
  }

  /**
   * Do what the presenter window asks: its buttons and controls stand for those of the panel.
   * @param {string} name
   * @param {Value} [value] of a control
   */
  command(name, value) {
    const { player } = this
    const { face, values } = player
    if (name === "main") player.main()
    else if (name === "run") player.run()
    else if (value !== undefined && name in values && !Object.is(values[name], value)) {
      face.controls.get(name)?.set(value)
      player.change(name, value)
    }
  }
}
