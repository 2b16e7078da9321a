/**
 * The labels of a room, for a simulation that learns from them (`room: BLOCK` of a `sim` block).
 */

/** @import { Room } from "../lib/room.js" */
/** @import { BlockContext, Field, Params } from "../lib/types.js" */

/** Texts by number, or what the simulation's own world has. @typedef {"pairs" | "source"} Way */

/** In no room, or before anybody has labelled: the simulation's own raters stand in.
 * @type {Record<Way, Params>} */
const NOBODY = { pairs: { pairs: "", labels: "" }, source: { source: "room", labels: "" } }

export class RoomLabels {
  /** @type {Room | null} */
  #room = null

  /**
   * @param {BlockContext} context
   * @param {string} block the `label` block
   * @param {Pick<Field, "name">[]} fields parameters of the simulation
   */
  constructor(context, block, fields) {
    this.block = block
    /** @type {Way} */
    this.way = fields.some(({ name }) => name === "source") ? "source" : "pairs"
    this.stop =
      context.onRoom?.((room) => {
        this.#room = room
      }) ?? (() => {})
  }

  /** The parameters that hold what the room has said by now. @returns {Promise<Params>} */
  async now() {
    const nobody = NOBODY[this.way]
    if (!this.#room) return nobody
    try {
      const answer = await this.#room.say({ type: "room_ratings", block: this.block })
      if (answer.type !== "room_rated" || !answer.labels) return nobody
      const { pairs, answers, labels } = answer
      if (this.way === "pairs") return { pairs, labels }
      // Clips have no texts: the simulation makes their pairs itself, by the same seed.
      return { source: "room", labels: answers ? `${answers} | ${pairs} | ${labels}` : labels }
    } catch {
      return nobody
    }
  }
}
