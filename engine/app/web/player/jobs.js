/** The runs that a panel has asked for: one, or one for each seed, a few at a time. */

/** @import { Budget, Handlers, Params, RunHandle, RunNews } from "../lib/types.js" */
/** @import { RunSocket, Track } from "../lib/types.js" */

import { isGoing, sameParams } from "../lib/tracks.js"

const AT_ONCE = 4 // runs of a seed band that go on side by side

export class Jobs {
  /** @type {Track[]} */
  tracks = [] // what is shown
  /** @type {Map<Track, Pick<RunHandle, "stop">>} */
  #handles = new Map()
  /** @type {Track[]} */
  #waiting = [] // tracks that have not been asked for yet
  #isOver = false

  /**
   * @param {RunSocket} socket
   * @param {string} sim
   * @param {Budget | undefined} budget of one run
   * @param {{noted: (track: Track, notes: string[]) => void, grown: (track: Track) => void,
   *   turned: (track: Track) => void}} hear called for tracks that are shown: the server took the
   *   run (and said this of its values), frames came, the state changed
   */
  constructor(socket, sim, budget, hear) {
    this.socket = socket
    this.sim = sim
    this.budget = budget
    this.hear = hear
  }

  get isGoing() {
    return this.#waiting.length > 0 || this.tracks.some(isGoing)
  }

  /**
   * Whether what is shown was asked for with other values than these of the controls.
   * @param {Params} values
   */
  isStale(values) {
    const [track] = this.tracks
    if (!track) return false
    // A band runs over seeds from the chosen one on, so its seed is not a change.
    const { seed } = this.tracks.length > 1 ? track.params : values
    return !sameParams(track.params, "seed" in values ? { ...values, seed } : values)
  }

  /**
   * Show these tracks and run them; what went on before is stopped.
   * @param {Track[]} tracks
   */
  start(tracks) {
    if (this.#isOver) return // nobody would stop it
    this.#end()
    this.tracks = tracks
    this.#waiting = tracks.slice(AT_ONCE)
    tracks.slice(0, AT_ONCE).forEach((track) => this.#ask(track))
  }

  /** Stop what goes on; frames that came stay. */
  stop() {
    if (!this.isGoing) return
    this.#end()
    this.hear.turned(this.tracks[0])
  }

  /** Stop without a word to the panel, which is going away. */
  destroy() {
    this.hear = { noted() {}, grown() {}, turned() {} }
    this.#isOver = true
    this.#end()
  }

  #end() {
    const stopped = [...this.#waiting, ...this.#handles.keys()]
    stopped.forEach((track) => (track.state = "cancelled"))
    const handles = [...this.#handles.values()]
    this.#waiting = []
    this.#handles.clear()
    handles.forEach((handle) => handle.stop())
  }

  /** @param {Track} track */
  #ask(track) {
    const isShown = () => this.tracks.includes(track) && this.#handles.has(track)
    /** @param {Partial<RunNews>} news */
    const turn = (news) => {
      if (!isShown()) return
      Object.assign(track, news)
      this.#turned(track)
    }
    /** @type {Handlers} */
    const handlers = {
      onRun: ({ params, notes, about }) => {
        if (!isShown()) return
        track.params = params
        track.about = about
        if (notes.length) this.hear.noted(track, notes)
      },
      onFrames: (frames) => {
        if (!isShown()) return
        track.frames.push(...frames)
        this.hear.grown(track)
      },
      onState: turn,
      onError: (message) => turn({ state: "failed", message }),
    }
    // The handle is known before the first answer: an offline socket answers at once.
    this.#handles.set(track, { stop() {} })
    const wishes = { fresh: track.isFresh || undefined, budget: this.budget }
    this.#handles.set(track, this.socket.run(this.sim, track.params, handlers, wishes))
  }

  /** @param {Track} track */
  #turned(track) {
    if (!isGoing(track)) {
      this.#handles.delete(track)
      const next = track.state === "done" ? this.#waiting.shift() : undefined
      if (next) this.#ask(next)
      else if (track.state !== "done") this.#giveUp()
    }
    this.hear.turned(track)
  }

  // One seed failed: the others would fail alike, so those that have not begun stay undone.
  #giveUp() {
    this.#waiting.forEach((track) => (track.state = "cancelled"))
    this.#waiting = []
  }
}
