/** A reader in no room answers an open question for herself: it is kept in this browser. */

/** @import { PollState } from "../lib/protocol.js" */
/** @import { Block, BlockContext, VoteData } from "../lib/types.js" */
/** @import { Answering } from "./vote_open.js" */

import { keep, recall } from "../lib/store.js"
import { OpenVote } from "./vote_open.js"

export class OpenAlone extends OpenVote {
  /**
   * @param {HTMLElement} element
   * @param {Block<VoteData>} block
   * @param {BlockContext} context
   */
  constructor(element, block, context) {
    super(element, block, context, answering(block, `answer:${context.lecture}:${block.id}`))
  }
}

/**
 * What a room would be, with one person in it who sees her answer.
 * @param {Block<VoteData>} block @param {string} key
 * @returns {Answering}
 */
function answering({ id, data }, key) {
  /** @type {Set<() => void>} */
  const listeners = new Set()
  /** @type {Answering} */
  const room = {
    polls: new Map(),
    given: {},
    isPresenter: false,
    trouble: "",
    async answer(_block, choice) {
      if (data.answer === "number" && !isWithin(choice, data))
        throw new Error(`Answer with a number from ${data.low} to ${data.high}.`)
      keep(key, choice)
      know(choice)
      return /** @type {any} */ (undefined)
    },
    listen(fn) {
      listeners.add(fn)
      fn()
      return () => listeners.delete(fn)
    },
    say: async () => /** @type {any} */ (undefined),
  }
  /** @param {string} choice */
  function know(choice) {
    /** @type {PollState} */
    const state = {
      block: id,
      round: 0,
      open: true,
      revealed: true,
      people: 1,
      counts: {},
      answered: {},
      earlier: {},
    }
    room.given[id] = { "": choice }
    room.polls.set(id, { ...state, counts: { [choice]: 1 } })
    listeners.forEach((fn) => fn())
  }
  const kept = recall(key, String)
  if (kept) know(kept)
  return room
}

/** @param {string} text @param {VoteData} range */
function isWithin(text, { low = 0, high = 0 }) {
  return text.trim() !== "" && Number(text) >= low && Number(text) <= high
}
