/** The tabs of one phone are one person in a room: an answer that one of them has given and the
    server has stored, the others show too. */

/** @typedef {{block: string, pair: number | null, choice: string, round: number | null}} Given */

export class SamePerson {
  /** @type {BroadcastChannel | null} */
  #channel = null

  /** @param {(given: Given) => void} hear what another tab has answered */
  constructor(hear) {
    this.hear = hear
  }

  /** Be this person, in that room, from now on. @param {string} room @param {string} person */
  meet(room, person) {
    this.leave()
    if (!person) return
    try {
      this.#channel = new BroadcastChannel(`practicum.answers.${room}.${person}`)
      this.#channel.onmessage = ({ data }) => this.hear(data)
    } catch {
      // An older browser, or one that blocks site data: each tab shows its own answers.
    }
  }

  /** @param {Given} given */
  tell(given) {
    this.#channel?.postMessage(given)
  }

  leave() {
    this.#channel?.close()
    this.#channel = null
  }
}
