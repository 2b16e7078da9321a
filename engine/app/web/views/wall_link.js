/** The presenter window's side of the channel to the lecture's window; link.js has the other. */

/** @import { PairChannel } from "../lib/windows.js" */
/** @import { HandMessage, Place, WallMessage } from "./link.js" */

import { whenGone } from "../lib/presence.js"
import { channelOf, lockOf } from "./link.js"
import { Panels } from "./wall_panels.js"

const ANSWER = 1500 // milliseconds in which a lecture's window answers

/**
 * What the presenter window hears of the wall: where it is, a panel that changed (by its block),
 * and that nobody answers any more.
 * @typedef {{place: (place: Place) => void, panel: (block: string) => void, lost: () => void}} Heard
 */

export class WallLink {
  isLinked = false // a lecture's window answers
  panels = new Panels()
  #wall = "" // the page that this one follows
  #gone = "" // the page that it followed last, which has left
  /** @type {(() => void)[] | null} */
  #held = null // what waits until a lecture's window has answered, or has not
  /** @type {PairChannel | null} */
  #channel = null
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting

  /**
   * @param {string} slug of the lecture
   * @param {string} pair
   * @param {AbortSignal} signal
   * @param {Heard} heard
   */
  constructor(slug, pair, signal, heard) {
    this.slug = slug
    this.pair = pair
    this.signal = signal
    this.heard = heard
  }

  open() {
    this.#channel = channelOf(this.slug, this.pair)
    if (!this.#channel) return this.#lose()
    this.#channel.onmessage = ({ data }) => this.#hear(data)
    this.#held = []
    this.send({ type: "hello" })
    this.#waiting = setTimeout(() => {
      if (!this.isLinked) this.#lose()
    }, ANSWER)
    this.signal.addEventListener("abort", () => this.#close())
  }

  /** @param {HandMessage} message */
  send(message) {
    this.#channel?.postMessage(message)
  }

  /**
   * Act once it is known whether a lecture's window answers: a key that is pressed before that
   * would move this window alone, and the answer would take it back.
   * @param {() => void} act
   */
  whenKnown(act) {
    if (this.#held) this.#held.push(act)
    else act()
  }

  #release() {
    const held = this.#held ?? []
    this.#held = null
    for (const act of held) act()
  }

  #close() {
    clearTimeout(this.#waiting)
    this.#channel?.close()
  }

  #lose() {
    this.#gone = this.#wall || this.#gone
    this.#wall = ""
    this.isLinked = false
    this.heard.lost()
    this.#release()
  }

  /** @param {WallMessage} data */
  #hear(data) {
    // A page answers until the browser has taken it down: what it said on its way out comes late.
    if (data.wall === this.#gone) return
    if (data.type === "place") {
      if (data.wall !== this.#wall) this.#meet(data.wall)
      this.isLinked = true
      this.heard.place(data)
      this.#release()
    } else if (data.wall !== this.#wall)
      return // a window that this one does not follow
    else if (data.type === "bye") this.#lose()
    else if (this.panels.take(data.block, data.panel)) this.heard.panel(data.block)
    else this.send({ type: "hello" }) // frames are missing: all of them are asked for
  }

  /**
   * A lecture's page that was opened, or loaded again: it is asked for all that it shows.
   * @param {string} wall
   */
  #meet(wall) {
    this.#wall = wall
    this.panels.clear()
    this.send({ type: "hello" })
    const lost = () => {
      if (wall === this.#wall) this.#lose()
    }
    whenGone(lockOf(wall), this.signal, lost)
  }
}
