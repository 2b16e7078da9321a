/** What a page has said in a room and the server has not stored yet, kept for its next load. */

/** @import { Said, Waiting } from "./room.js" */

import { keep, recall } from "./store.js"

const LASTING = ["room_vote", "room_ask"] // the rest is of the moment

/** @param {string} code */
const keyOf = (code) => `practicum.room.${code}.unsent`

/** @param {string} code of the room, "" before it is known @param {Waiting[]} waiting */
export function keepUnsent(code, waiting) {
  if (!code) return
  const lasting = waiting.map(({ message }) => message).filter(({ type }) => LASTING.includes(type))
  keep(keyOf(code), JSON.stringify(lasting.map((message) => ({ ...message, tag: undefined }))))
}

/** @param {string} code of the room @returns {Said[]} */
export function recallUnsent(code) {
  const kept = recall(keyOf(code), JSON.parse)
  return Array.isArray(kept) ? kept.filter((one) => LASTING.includes(one?.type)) : []
}

/**
 * Whether one takes the place of the other: answers to one question, or the same question asked.
 * @param {Said} one
 * @param {Said} other
 */
export function isSame(one, other) {
  if (one.type === "room_ask" && other.type === "room_ask") return one.text === other.text
  if (one.type !== "room_vote" || other.type !== "room_vote") return false
  return one.block === other.block && (one.pair ?? null) === (other.pair ?? null)
}
