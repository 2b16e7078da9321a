/** The way of a lecture into a room. Most readers are in none: what a room needs is fetched when the
    address names one, when this tab presents in one, or when its key is pressed. */

/** @import { Room } from "../lib/room.js" */
/** @import { RoomListener } from "../lib/types.js" */
/** @import { RoomStage } from "./room_stage.js" */
/** @import { RoomView } from "./room_stage.js" */

import { bring } from "../lib/fetching.js"
import { recall } from "../lib/store.js"

const FAILED = "The room could not be loaded. Is the server still running? Press Q again."

/** Where this tab keeps the room that it presents in. @param {string} slug */
export const heldKey = (slug) => `practicum.presents.${slug}`

/** Where it keeps the one that it has handed over. @param {string} slug */
export const handedKey = (slug) => `practicum.handed.${slug}`

/** @param {string} text @returns {{code: string, key: string} | null} */
export function readHeld(text) {
  const { code, key } = JSON.parse(text)
  return typeof code === "string" && typeof key === "string" ? { code, key } : null
}

/**
 * The room that the address hands over to this page: its key stands behind the #, which no server
 * is told, and is taken out of the address at once.
 */
function handedOver() {
  const given = new URLSearchParams(location.hash.slice(1))
  const [code, key] = [given.get("room"), given.get("key")]
  if (!code || !key) return null
  history.replaceState(history.state, "", location.pathname + location.search)
  return { code, key }
}

export class RoomDoor {
  /** @type {RoomStage | null} */
  stage = null
  /** @type {Set<RoomListener>} */
  #listeners = new Set()
  /** @type {Promise<RoomStage | null> | null} */
  #coming = null

  /** @param {RoomView} lecture */
  constructor(lecture) {
    this.lecture = lecture
    const { slug } = lecture.options
    const code = new URLSearchParams(location.search).get("room")
    const given = handedOver()
    const held = given ?? recall(heldKey(slug), readHeld, "session")
    const left = code ?? recall(handedKey(slug), readHeld, "session")?.code
    if (held && (!code || code === held.code))
      this.#in().then((stage) => stage?.present(held, Boolean(given)))
    else if (left) this.#in().then((stage) => stage?.join(left))
  }

  /** The room of this page, null when it is in none. */
  get room() {
    return this.stage?.room ?? null
  }

  /** Show the room to those who are to join it, and open one if need be: the key of the room. */
  async act() {
    const stage = await this.#in()
    if (stage) stage.show()
    else this.lecture.chrome.say(FAILED)
  }

  /** The lecture shows another place. */
  moved() {
    this.stage?.moved()
  }

  /** The panel of a block looks different now. @param {string} block */
  changed(block) {
    this.stage?.changed(block)
  }

  /** The live blocks of the shown slide are in their places. */
  mounted() {
    this.stage?.mounted()
  }

  /**
   * Hear of the room that this page is in, each time that it changes.
   * @param {RoomListener} fn
   * @returns {() => void} stop
   */
  listen(fn) {
    this.#listeners.add(fn)
    fn(this.room)
    return () => this.#listeners.delete(fn)
  }

  leave() {
    this.stage?.leave()
  }

  #in() {
    this.#coming ??= bring("views/room_stage.js").then(
      (module) => {
        if (this.lecture.leaving.signal.aborted) return null
        /** @param {Room | null} room */
        const tell = (room) => this.#listeners.forEach((fn) => fn(room))
        this.stage = new module.RoomStage(this.lecture, tell)
        return this.stage
      },
      () => {
        this.#coming = null
        return null
      },
    )
    return this.#coming
  }
}
