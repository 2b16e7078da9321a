/** Runs without a server: computed in the page where it can (ports/), else as they were recorded;
    of others it is said what they need.

    It stands in for the connection to a server (lib/socket.js). */

/** @import { Checked, Field, Handlers, Origin, Params, RunHandle, RunSocket } from "../lib/types.js" */
/** @import { Deck, Value } from "../lib/types.js" */

import { ask } from "../lib/source.js"
import { sameParams } from "../lib/tracks.js"
import { readRun } from "../player/recording.js"
import { clamped } from "./clamp.js"
import { Threads } from "./threads.js"

/** A run that ships with the site.
 * @typedef {{sim: string, params: Params, file: string, ahead?: boolean}} Kept */
/** @typedef {{runs: Kept[], live: string[]}} Known what ships, and which simulations the page can
 *   compute */

const OWN_WORLD = "CartPole-v1" // other environments are Gymnasium's, which is on no page

/** @implements {RunSocket} */
export class SiteRuns {
  /** @type {Promise<Known> | null} */
  #list = null

  /**
   * @param {string} base folder of the page
   * @param {() => Deck} deck that is shown
   * @param {() => Promise<Worker>} thread a new one, of ports/worker.js
   */
  constructor(base, deck, thread) {
    this.base = base
    this.deck = deck
    const cores = globalThis.navigator?.hardwareConcurrency ?? 2
    this.threads = new Threads(thread, Math.min(4, cores - 1))
  }

  /**
   * @param {string} sim
   * @param {Params} params
   * @param {Handlers} handlers
   * @returns {RunHandle}
   */
  run(sim, params, handlers) {
    const asked = { isWanted: true, stop() {} }
    this.#answer(sim, params, handlers, asked).catch(() => {
      if (asked.isWanted) handlers.onError?.("This recorded run did not load. Try again.")
    })
    return {
      id: null,
      stop() {
        asked.isWanted = false
        asked.stop()
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

  /**
   * @param {string} sim
   * @param {Params} params
   * @param {Handlers} hear
   * @param {{isWanted: boolean, stop: () => void}} asked
   */
  async #answer(sim, params, hear, asked) {
    const { params: full, notes } = clamped(this.#fields(sim), params)
    const { runs, live } = await this.#known()
    if (!asked.isWanted) return
    const isOurs = live.includes(sim) && (full.env_id ?? OWN_WORLD) === OWN_WORLD
    const kept = runs.find((one) => one.sim === sim && isSame(one.params, full))
    if (isOurs && !kept?.ahead) return this.#compute({ sim, full, notes, kept }, hear, asked)
    if (!kept) return hear.onError?.(needed(this.base))
    await this.#replay(kept, full, notes, hear, asked)
  }

  /**
   * @param {{sim: string, full: Params, notes: string[], kept: Kept | undefined}} run
   * @param {Handlers} hear
   * @param {{isWanted: boolean, stop: () => void}} asked
   */
  #compute({ sim, full, notes, kept }, hear, asked) {
    let count = 0
    hear.onRun?.({ id: `${sim} in the page`, params: full, notes, about: {} })
    hear.onState?.(turned("queued"))
    asked.stop = this.threads.run(sim, full, {
      frames: (frames) => {
        if (count === 0) hear.onState?.(turned("running"))
        hear.onFrames?.(frames, count)
        count += frames.length
      },
      end: () => hear.onState?.(turned("done")),
      fault: (why) => {
        console.info("this page could not compute a run", why)
        if (kept && count === 0) this.#replay(kept, full, notes, hear, asked)
        else hear.onError?.(needed(this.base))
      },
    })
  }

  /**
   * @param {Kept} kept
   * @param {Params} params
   * @param {string[]} notes
   * @param {Handlers} hear
   * @param {{isWanted: boolean}} asked
   */
  async #replay(kept, params, notes, hear, asked) {
    const answer = await ask(`${this.base}api/recorded/${kept.file}`)
    const { frames, about } = readRun(await answer.text())
    if (!asked.isWanted) return
    hear.onRun?.({ id: kept.file, params, notes, about: /** @type {Origin} */ (about) })
    hear.onFrames?.(frames, 0)
    hear.onState?.(turned("done"))
  }

  /** @returns {Promise<Known>} */
  #known() {
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

/** @param {"queued" | "running" | "done"} state */
const turned = (state) => ({ state, position: 1, wait: 0, message: "" })

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
