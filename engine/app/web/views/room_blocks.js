/** What the live blocks of the presenter's slide show, as a room is told of it. */

/** @import { Place, SharedBlock } from "../lib/protocol.js" */
/** @import { SimPanel, Track } from "../lib/types.js" */
/** @import { RoomView } from "./room_stage.js" */

export class RoomBlocks {
  /** @type {Record<string, SharedBlock>} of the shown slide, by id */
  shared = {}
  /** @type {WeakMap<Track, string>} */
  #names = new WeakMap()

  /** @param {RoomView} lecture */
  constructor(lecture) {
    this.lecture = lecture
  }

  /** Look at what they show. */
  look() {
    this.shared = {}
    for (const { id, kind } of this.lecture.slide.blocks) {
      const panel = this.lecture.blocks.panel(id)
      if (panel && kind === "sim") this.shared[id] = this.#blockOf(/** @type {SimPanel} */ (panel))
      else if (panel?.shared) this.shared[id] = panel.shared
    }
  }

  /** Show what they show at the presenter. @param {Place | null | undefined} place */
  follow(place) {
    if (!place || place.slide !== this.lecture.slide.id) return
    for (const [id, shared] of Object.entries(place.blocks ?? {}))
      this.lecture.blocks.follow(id, shared)
  }

  /** @param {SimPanel} panel @returns {SharedBlock} */
  #blockOf({ values, tracks }) {
    const own = tracks.filter((track) => !track.isRecorded)
    if (own[0] && !this.#names.has(own[0])) this.#names.set(own[0], newName())
    return {
      values,
      runs: own.map((track) => track.params),
      id: own[0] ? (this.#names.get(own[0]) ?? "") : "",
      stopped: own.some((track) => track.state === "cancelled"),
    }
  }
}

/** Eight random letters; without `randomUUID`, which a page has over HTTPS alone. */
const newName = () => crypto.getRandomValues(new Uint32Array(1))[0].toString(36).padStart(8, "0")
