/** Runs that the page computes by itself, each in a thread (Web Worker) while it goes on. */

/** @import { Frame, Params } from "../lib/types.js" */
/** @import { Said } from "../ports/worker.js" */

/** @typedef {{frames: (frames: Frame[]) => void, end: () => void, fault: (why: string) => void}}
 *   Hear */
/** @typedef {{sim: string, params: Params, hear: Hear, thread: Worker | null}} Asked */

export class Threads {
  /** @type {Asked[]} */
  #waiting = []
  /** @type {Set<Asked>} */
  #going = new Set()
  /** @type {Worker | null} */
  #idle = null // one that has ended its run is kept: a moving slider asks for many short ones

  /**
   * @param {() => Promise<Worker>} make
   * @param {number} most threads at once
   */
  constructor(make, most) {
    this.make = make
    this.most = Math.max(1, most)
  }

  /**
   * Compute a run as soon as a thread is free.
   * @param {string} sim
   * @param {Params} params
   * @param {Hear} hear nothing after `end` or `fault`, or after it was stopped
   * @returns {() => void} stop it
   */
  run(sim, params, hear) {
    /** @type {Asked} */
    const asked = { sim, params, hear, thread: null }
    this.#waiting.push(asked)
    this.#next()
    return () => this.#stop(asked)
  }

  /** @param {Asked} asked */
  #stop(asked) {
    this.#waiting = this.#waiting.filter((each) => each !== asked)
    if (!this.#going.delete(asked)) return
    asked.thread?.terminate() // a loop hears nothing
    this.#next()
  }

  #next() {
    while (this.#waiting.length && this.#going.size < this.most) {
      const asked = /** @type {Asked} */ (this.#waiting.shift())
      this.#going.add(asked)
      this.#begin(asked).catch((error) => this.#over(asked, () => asked.hear.fault(String(error))))
    }
  }

  /** @param {Asked} asked */
  async #begin(asked) {
    const kept = this.#idle
    this.#idle = null
    const thread = kept ?? (await this.make())
    if (!this.#going.has(asked)) return thread.terminate() // stopped meanwhile
    asked.thread = thread
    thread.onmessage = ({ data }) => this.#heard(asked, thread, data)
    thread.onerror = (event) => {
      thread.terminate()
      this.#over(asked, () => asked.hear.fault(event.message || "the thread did not start"))
    }
    thread.postMessage({ sim: asked.sim, params: asked.params })
  }

  /** @param {Asked} asked @param {Worker} thread @param {Said} said */
  #heard(asked, thread, said) {
    if (!this.#going.has(asked)) return
    if ("frames" in said) return asked.hear.frames(said.frames)
    if (this.#idle) thread.terminate()
    else this.#idle = thread
    this.#over(asked, () => ("fault" in said ? asked.hear.fault(said.fault) : asked.hear.end()))
  }

  /** @param {Asked} asked @param {() => void} tell */
  #over(asked, tell) {
    if (!this.#going.delete(asked)) return
    tell()
    this.#next()
  }
}
