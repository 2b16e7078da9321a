/** What a participant has answered in a room: by block, and by pair of a `label` block. */

/** @import { PollState } from "./protocol.js" */

/** @param {number | null} pair */
const nameOf = (pair) => (pair === null ? "" : String(pair))

export class Answers {
  /** @type {Record<string, Record<string, string>>} by block and pair ("" for a vote) */
  given = {}
  /** @type {Map<string, number>} in which each question was asked, as far as this page knows */
  #rounds = new Map()

  /** @param {Answers["given"]} given as the server has them, each of the newest round */
  reset(given) {
    this.given = given
    this.#rounds.clear()
  }

  /**
   * @param {string} block
   * @param {number | null} pair
   * @param {string} choice
   * @returns {string | undefined} what it takes the place of
   */
  mark(block, pair, choice) {
    const before = this.given[block]?.[nameOf(pair)]
    this.given[block] = { ...this.given[block], [nameOf(pair)]: choice }
    return before
  }

  /**
   * Take an answer back that was not accepted, unless another was given meanwhile.
   * @param {string} block
   * @param {number | null} pair
   * @param {string} choice
   * @param {string | undefined} before
   */
  unmark(block, pair, choice, before) {
    if (this.given[block]?.[nameOf(pair)] !== choice) return
    if (before === undefined) delete this.given[block][nameOf(pair)]
    else this.given[block][nameOf(pair)] = before
  }

  /** A question that is asked again has no answer yet. @param {PollState[]} polls as they stand */
  askedAgain(polls) {
    for (const { block, round } of polls) {
      if ((this.#rounds.get(block) ?? round) !== round) delete this.given[block]
      this.#rounds.set(block, round)
    }
  }
}
