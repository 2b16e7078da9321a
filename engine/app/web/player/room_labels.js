/** The labels of a room, for a simulation that learns from them (`room: BLOCK` of a `sim` block). */

/** @import { Room } from "../lib/room.js" */
/** @import { BlockContext, Params } from "../lib/types.js" */

/** In no room, or before anybody has labelled: the simulation's own raters stand in. */
const NOBODY = { pairs: "", labels: "" }

export class RoomLabels {
  /** @type {Room | null} */
  #room = null

  /**
   * @param {BlockContext} context
   * @param {string} block the `label` block
   */
  constructor(context, block) {
    this.block = block
    this.stop =
      context.onRoom?.((room) => {
        this.#room = room
      }) ?? (() => {})
  }

  /** The parameters that hold what the room has said by now. @returns {Promise<Params>} */
  async now() {
    if (!this.#room) return NOBODY
    try {
      const answer = await this.#room.say({ type: "room_ratings", block: this.block })
      if (answer.type !== "room_rated" || !answer.labels) return NOBODY
      return { pairs: answer.pairs, labels: answer.labels }
    } catch {
      return NOBODY
    }
  }
}
