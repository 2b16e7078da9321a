/**
 * One WebSocket to the server, shared by every live block of the page.
 *
 * A run is a numbered sequence of frames. Each handle knows the next frame it wants, so whatever
 * happens to the connection it can ask for the rest: nothing is lost and nothing comes twice.
 */

/** @import { ClientMessage, Refused, RunTaken, ServerMessage } from "./protocol.js" */
/** @import * as Protocol from "./protocol.js" */
/** @import { Budget, Checked, Frame, Handlers, Heard } from "./types.js" */
/** @import { Params, RunHandle, RunNews, RunState, Value } from "./types.js" */

const ENDED = new Set(["done", "failed", "cancelled", "lost"])
const FIRST_WAIT_MS = 400
const LONGEST_WAIT_MS = 8000
const SILENCE_MS = 12_000 // a server that lives says something every 5 s (BEAT_SECONDS in live.py)

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
  /** @type {WebSocket | null} */
  #socket = null
  #tags = 0
  #wait = FIRST_WAIT_MS
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  #heardAt = 0 // ms
  #isClosed = false

  /** @param {string} url @param {typeof WebSocket} Socket */
  constructor(url, Socket) {
    const address = new URL(url, location.href)
    address.protocol = address.protocol.replace("http", "ws")
    this.url = address.href
    this.Socket = Socket
    this.#open()
    addEventListener("online", this.#hurry)
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
    if (this.#isOpen) this.#ask(handle)
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
      this.#send(message)
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

  close() {
    this.#isClosed = true
    clearTimeout(this.#timer)
    removeEventListener("online", this.#hurry)
    this.#handles.clear()
    this.#socket?.close()
  }

  get #isOpen() {
    return this.#socket?.readyState === 1
  }

  /** @param {ClientMessage} message */
  #send(message) {
    if (this.#isOpen) this.#socket?.send(JSON.stringify(message))
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

  #open() {
    let socket
    try {
      socket = new this.Socket(this.url)
    } catch {
      return this.#later() // a browser without it, or one that was told to refuse it
    }
    this.#socket = socket
    socket.onopen = () => {
      this.#wait = FIRST_WAIT_MS
      this.#begun.clear()
      this.#handles.forEach((handle) => this.#ask(handle))
      this.#checks.forEach(({ message }) => this.#send(message))
      this.#tell("open", {})
    }
    socket.onmessage = (event) => {
      this.#heardAt = performance.now()
      this.#receive(JSON.parse(event.data))
    }
    socket.onclose = () => this.#lose(socket)
    this.#heardAt = performance.now()
    this.#watch(socket)
  }

  // A line that goes dead without a word (a laptop slept, a network changed) is closed by nobody.
  /** @param {WebSocket} socket */
  #watch(socket) {
    if (this.#socket !== socket || this.#isClosed) return
    if (performance.now() - this.#heardAt < SILENCE_MS) {
      setTimeout(() => this.#watch(socket), SILENCE_MS / 8)
      return
    }
    socket.close()
    this.#lose(socket) // now: a browser waits long for the other side to agree
  }

  /** @param {WebSocket} socket */
  #lose(socket) {
    if (this.#isClosed || this.#socket !== socket) return
    this.#socket = null
    this.#handles.forEach((handle) => this.#report(handle, { state: "offline" }))
    this.#later()
  }

  /** Try again after a pause, longer each time. */
  #later() {
    this.#tell("close", {})
    this.#timer = setTimeout(() => this.#open(), this.#wait * (0.8 + 0.4 * Math.random()))
    this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT_MS)
  }

  // The network is back: no need to wait for the next try.
  #hurry = () => {
    if (this.#socket) return
    clearTimeout(this.#timer)
    this.#open()
  }

  /** @param {Handle} handle */
  #ask(handle) {
    handle.tag = this.#newTag()
    if (handle.id === null) this.#send({ type: "run", tag: handle.tag, ...handle.job })
    else this.#follow(handle, handle.id)
  }

  /** @param {Handle} handle @param {string} id */
  #follow(handle, id) {
    handle.asked = handle.next
    handle.isReturning = true
    this.#count(id)
    this.#send({ type: "follow", tag: handle.tag, run: id, start: handle.next })
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
    for (let k = this.#begun.get(id) ?? 0; k > 0; k -= 1) this.#send({ type: "stop", run: id })
    this.#begun.delete(id)
  }
}
