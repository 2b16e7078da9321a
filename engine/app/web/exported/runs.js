/** Runs without a server: those that were recorded are shown, of others it is said what they need.

    It stands in for the connection to a server (lib/socket.js). */

/** @import { Checked, Field, Handlers, Origin, Params, RunHandle, RunSocket } from "../lib/types.js" */
/** @import { Deck, Value } from "../lib/types.js" */

import { ask } from "../lib/source.js"
import { sameParams } from "../lib/tracks.js"
import { readRun } from "../player/recording.js"
import { clamped } from "./clamp.js"

/** @typedef {{sim: string, params: Params, file: string}} Kept a run that ships with the site */

/** @implements {RunSocket} */
export class SiteRuns {
  /** @type {Promise<Kept[]> | null} */
  #list = null

  /**
   * @param {string} base folder of the page
   * @param {() => Deck} deck that is shown
   */
  constructor(base, deck) {
    this.base = base
    this.deck = deck
  }

  /**
   * @param {string} sim
   * @param {Params} params
   * @param {Handlers} handlers
   * @returns {RunHandle}
   */
  run(sim, params, handlers) {
    let isWanted = true
    this.#answer(sim, params, handlers, () => isWanted).catch(() => {
      if (isWanted) handlers.onError?.("This recorded run did not load. Try again.")
    })
    return {
      id: null,
      stop() {
        isWanted = false
      },
    }
  }

  /**
   * @param {string} sim
   * @param {Record<string, Value>} params
   * @returns {Promise<Checked>}
   */
  async check(sim, params) {
    return clamped(this.#fields(sim), params)
  }

  on() {
    return () => {}
  }

  close() {}

  /** @param {string} sim @param {Params} params @param {Handlers} hear @param {() => boolean} isWanted */
  async #answer(sim, params, hear, isWanted) {
    const { params: full, notes } = clamped(this.#fields(sim), params)
    const kept = (await this.#kept()).find((one) => one.sim === sim && isSame(one.params, full))
    if (!isWanted()) return
    if (!kept) return hear.onError?.(needed(this.base))
    const answer = await ask(`${this.base}api/recorded/${kept.file}`)
    const { frames, about } = readRun(await answer.text())
    if (!isWanted()) return
    hear.onRun?.({ id: kept.file, params: full, notes, about: /** @type {Origin} */ (about) })
    hear.onFrames?.(frames, 0)
    hear.onState?.({ state: "done", position: 0, wait: 0, message: "" })
  }

  /** @returns {Promise<Kept[]>} */
  #kept() {
    this.#list ??= ask(`${this.base}api/recorded`).then((answer) => answer.json())
    this.#list.catch(() => (this.#list = null))
    return this.#list
  }

  /** @param {string} sim @returns {Field[]} its parameters, as some block of the deck has them */
  #fields(sim) {
    const blocks = this.deck().slides.flatMap((slide) => slide.blocks)
    return blocks.find(({ data }) => data.sim === sim && data.fields)?.data.fields ?? []
  }
}

/** @param {Params} kept @param {Params} asked */
const isSame = (kept, asked) => sameParams({ ...kept, ...asked }, kept)

/** @param {string} base */
function needed(base) {
  const page = location.href.slice(base.length).replace(/\.html(?=\?|#|$)/, "")
  return (
    "This value needs the live lecture. To start it: practicum serve, then open " +
    `http://127.0.0.1:8501/${page}`
  )
}
