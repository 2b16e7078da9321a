/**
 * One WebSocket to the server, shared by every live block of the page.
 *
 * A run is a numbered sequence of frames. Each handle knows the next frame it wants, so whatever
 * happens to the connection it can ask for the rest: nothing is lost and nothing comes twice.
 */

/** @import { ClientMessage, Refused, RunTaken, ServerMessage } from "./protocol.js" */
/** @import * as Protocol from "./protocol.js" */
/** @import { Budget, Checked, Frame, Handlers, Heard } from "./types.js" */
/** @import { Params, RoomMessage, RunHandle, RunNews, RunState, Value } from "./types.js" */

import { Line } from "./line.js"

const ENDED = new Set(["done", "failed", "cancelled", "lost"])

/**
 * @typedef {Object} Handle a run that was asked for here
 * @property {string | null} id
 * @property {string} tag of the last question about it
 * @property {{sim: string, params: Params, fresh?: boolean, budget?: Budget}} job
 * @property {number} next the frame that it wants next
 * @property {number} asked the frame from which it last asked to follow
 * @property {boolean} isReturning asked to follow after a lost connection, not answered yet
 * @property {Handlers} handlers
 */

/**
 * Open the connection and keep it open.
 * @param {string} url http(s), ws(s) or relative
 * @param {{Socket?: typeof WebSocket}} [options]
 * @returns {Connection}
 */
export function connect(url, { Socket = globalThis.WebSocket } = {}) {
  return new Connection(url, Socket)
}

export class Connection {
  /** @type {Set<Handle>} */
  #handles = new Set() // runs that may still send something
  /** @type {Map<string, {message: ClientMessage, resolve: (checked: Checked) => void,
   *   reject: (error: Error) => void}>} */
  #checks = new Map() // by tag
  /** @type {{[Type in keyof Heard]?: Set<(message: Heard[Type]) => void>}} */
  #listeners = {}
  /** @type {Map<string, number>} */
  #begun = new Map() // run id -> how often it was asked for here: the server counts stops too
  #tags = 0
  #line

  /** @param {string} url @param {typeof WebSocket} Socket */
  constructor(url, Socket) {
    this.#line = new Line(url, Socket, {
      open: () => this.#resume(),
      message: (message) => this.#receive(message),
      lost: () => this.#handles.forEach((handle) => this.#report(handle, { state: "offline" })),
      closed: () => this.#tell("close", {}),
    })
  }

  /**
   * Start (or join) a run. `id` of the handle is null until the server has answered.
   * @param {string} sim
   * @param {Params} params
   * @param {Handlers} handlers
   * @param {{ fresh?: boolean, budget?: Budget }} [wishes] not one that has ended; what it may take
   * @returns {RunHandle}
   */
  run(sim, params, handlers, wishes = {}) {
    /** @type {Handle} */
    const handle = {
      id: null,
      tag: "",
      job: { sim, params, ...wishes },
      next: 0,
      asked: -1,
      isReturning: false,
      handlers,
    }
    this.#handles.add(handle)
    if (this.#line.isOpen) this.#ask(handle)
    else this.#report(handle, { state: "offline" })
    return {
      get id() {
        return handle.id
      },
      stop: () => this.#stop(handle),
    }
  }

  /**
   * What the server makes of raw values: `{params, notes}`; rejects with its sentence.
   * @param {string} sim
   * @param {Record<string, Value>} params
   * @returns {Promise<Checked>}
   */
  check(sim, params) {
    const tag = this.#newTag()
    /** @type {Protocol.Check} */
    const message = { type: "check", tag, sim, params }
    return new Promise((resolve, reject) => {
      this.#checks.set(tag, { message, resolve, reject })
      this.#line.send(message)
    })
  }

  /**
   * Hear other messages ("deck", …) and "open"/"close".
   * @template {keyof Heard} Type
   * @param {Type} type
   * @param {(message: Heard[Type]) => void} fn
   * @returns {() => void} stop hearing
   */
  on(type, fn) {
    /** @type {Set<(message: Heard[Type]) => void>} */
    const listeners = this.#listeners[type] ?? new Set()
    this.#listeners[type] = /** @type {any} */ (listeners.add(fn))
    return () => listeners.delete(fn)
  }

  get isOpen() {
    return this.#line.isOpen
  }

  /**
   * Send a message of a room; without a connection it is dropped.
   * @param {ClientMessage} message
   */
  send(message) {
    this.#line.send(message)
  }

  close() {
    this.#handles.clear()
    this.#line.close()
  }

  #newTag() {
    this.#tags += 1
    return `t${this.#tags}`
  }

  /**
   * @template {keyof Heard} Type
   * @param {Type} type
   * @param {Heard[Type]} message
   */
  #tell(type, message) {
    this.#listeners[type]?.forEach((fn) => fn(message))
  }

  /** The line is open, again perhaps: ask for all that is still wanted. */
  #resume() {
    this.#begun.clear()
    this.#handles.forEach((handle) => this.#ask(handle))
    this.#checks.forEach(({ message }) => this.#line.send(message))
    this.#tell("open", {})
  }

  /** @param {Handle} handle */
  #ask(handle) {
    handle.tag = this.#newTag()
    if (handle.id === null) this.#line.send({ type: "run", tag: handle.tag, ...handle.job })
    else this.#follow(handle, handle.id)
  }

  /** @param {Handle} handle @param {string} id */
  #follow(handle, id) {
    handle.asked = handle.next
    handle.isReturning = true
    this.#count(id)
    this.#line.send({ type: "follow", tag: handle.tag, run: id, start: handle.next })
  }

  /** @param {string} id */
  #count(id) {
    this.#begun.set(id, (this.#begun.get(id) ?? 0) + 1)
  }

  /** @param {ServerMessage} message */
  #receive(message) {
    if (message.type === "checked") return this.#settle(message)
    if (message.type === "error") return this.#refuse(message)
    if (message.type === "run") return this.#accept(message)
    if (message.type === "beat") return
    if (message.type === "deck") return this.#tell("deck", message)
    if (isOfRoom(message)) return this.#tell("room", message)
    for (const handle of [...this.#handles].filter((each) => each.id === message.run)) {
      if (message.type === "frames") this.#take(handle, message)
      else if (message.state === "lost" && handle.isReturning) this.#repeat(handle)
      else this.#report(handle, message)
    }
  }

  // The server no longer knows this run (it was restarted). The same job gives the same frames,
  // so run it again; those that we have are dropped as they come.
  /** @param {Handle} handle */
  #repeat(handle) {
    handle.id = null
    handle.isReturning = false
    this.#ask(handle)
  }

  /** @param {Protocol.Checked} message */
  #settle({ tag, params, notes }) {
    this.#checks.get(tag ?? "")?.resolve({ params, notes })
    this.#checks.delete(tag ?? "")
  }

  /** @param {Refused} message */
  #refuse({ tag, message }) {
    this.#checks.get(tag ?? "")?.reject(new Error(message))
    this.#checks.delete(tag ?? "")
    this.#tell("refused", { type: "error", tag, message })
    for (const handle of [...this.#handles].filter((each) => tag && each.tag === tag)) {
      this.#handles.delete(handle)
      handle.handlers.onError?.(message)
    }
  }

  /** @param {RunTaken} message */
  #accept({ tag, run, params, notes, state, position, wait, about }) {
    const asking = [...this.#handles].filter((handle) => handle.tag === tag)
    this.#count(run)
    if (asking.length === 0) this.#leave(run) // stopped before the server had answered
    for (const handle of asking) {
      handle.id = run
      if (handle.next === 0) handle.handlers.onRun?.({ id: run, params, notes, about: about ?? {} })
      // "done" here means that the result is kept: its frames and its end are still to come.
      this.#report(handle, { state: state === "queued" ? "queued" : "running", position, wait })
    }
  }

  /** @param {Handle} handle @param {{ start: number, frames: Frame[] }} news */
  #take(handle, { start, frames }) {
    if (start > handle.next) {
      // Else they are on their way.
      if (handle.asked !== handle.next && handle.id !== null) this.#follow(handle, handle.id)
      return
    }
    handle.isReturning = false
    const fresh = frames.slice(handle.next - start)
    if (fresh.length === 0) return
    const first = handle.next
    handle.next += fresh.length
    handle.handlers.onFrames?.(fresh, first)
  }

  /** @param {Handle} handle @param {Partial<RunNews> & { state: RunState }} news */
  #report(handle, { state, position = 0, wait = 0, message = "", reason = "" }) {
    if (!this.#handles.has(handle)) return
    if (state !== "offline") handle.isReturning = false
    if (ENDED.has(state)) {
      this.#handles.delete(handle)
      if (handle.id !== null) this.#begun.delete(handle.id)
    }
    handle.handlers.onState?.({ state, position, wait, message, reason })
  }

  /** @param {Handle} handle */
  #stop(handle) {
    if (!this.#handles.delete(handle)) return
    if (handle.id !== null) this.#leave(handle.id)
    handle.handlers.onState?.({ state: "cancelled", position: 0, wait: 0, message: "" })
  }

  // Tell the server once for each time that it was asked, when nothing here follows the run.
  /** @param {string} id */
  #leave(id) {
    if ([...this.#handles].some((handle) => handle.id === id)) return
    for (let k = this.#begun.get(id) ?? 0; k > 0; k -= 1) this.#line.send({ type: "stop", run: id })
    this.#begun.delete(id)
  }
}

/** @param {ServerMessage} message @returns {message is RoomMessage} */
const isOfRoom = (message) => message.type.startsWith("room_")
