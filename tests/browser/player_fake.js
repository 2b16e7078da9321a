/**
 * A server in the page: `FakeSocket` speaks the live protocol as `engine/app/socket/live.py` does, and
 * `server` is the test's hand on it (how fast, when it fails, when the line drops).
 */

/** @import { ClientMessage, ServerMessage } from "/engine/app/web/lib/protocol.js" */
/** @import * as Protocol from "/engine/app/web/lib/protocol.js" */
/** @import { Frame, Params } from "/engine/app/web/lib/types.js" */

/** @typedef {{id: string, sim: string, params: Params, frames: Frame[], position: number,
 *   wait: number, state: Protocol.StateChanged["state"], message?: string}} Run */

export const server = {
  /** @type {Map<string, Run>} */
  runs: new Map(), // by id
  /** @type {Set<FakeSocket>} */
  sockets: new Set(),
  /** @type {ClientMessage[]} */
  log: [], // every message of the clients
  /** @type {ServerMessage[]} */
  said: [], // every message to them, frames left out; conftest.py holds both to the protocol
  interval: 30, // ms between two frames of a run
  numFrames: 40,
  hold: -1, // the number of frames at which a run waits until this is another number
  queue: 0, // where those who wait stand: they follow it, and start when it is 0
  fail: "", // a sentence: runs fail with it after five frames
  refuse: "", // a sentence: runs are refused with it
  forget: false, // a follow finds nothing
  isDown: false,

  /** Cut every line, as a network would; new ones are refused until `up()`. */
  down() {
    this.isDown = true
    for (const socket of [...this.sockets]) socket.close()
  },
  up() {
    this.isDown = false
  },
}

/** @type {Record<string, [low: number, high: number]>} */
const LIMITS = { learning_rate: [0.0001, 0.1], gamma: [0.8, 1], seed: [0, 100] }

export class FakeSocket {
  readyState = 0
  /** @type {Map<string, number>} */
  following = new Map() // run id -> next frame
  /** @type {(() => void) | undefined} */
  onopen
  /** @type {(() => void) | undefined} */
  onclose
  /** @type {((event: { data: string }) => void) | undefined} */
  onmessage

  /** @param {string} url */
  constructor(url) {
    this.url = url
    setTimeout(() => {
      if (server.isDown) return this.close()
      this.readyState = 1
      server.sockets.add(this)
      setInterval(() => this.say({ type: "beat" }), 5000)
      this.onopen?.()
    }, 5)
  }

  /** @param {string} text */
  send(text) {
    const message = JSON.parse(text)
    server.log.push(message)
    setTimeout(() => this.#answer(message), 3)
  }

  close() {
    if (this.readyState === 3) return
    this.readyState = 3
    server.sockets.delete(this)
    setTimeout(() => this.onclose?.(), 1)
  }

  /** @param {ServerMessage} message */
  say(message) {
    if (this.readyState !== 1) return
    const isLong = message.type === "frames"
    server.said.push(isLong ? { ...message, frames: message.frames.slice(0, 1) } : message)
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  /** @param {ClientMessage} message */
  #answer(message) {
    const { tag } = message
    if (message.type === "check") this.say({ type: "checked", tag, ...checked(message.params) })
    else if (message.type === "stop") this.#stop(message.run)
    else if (message.type === "follow") this.#follow(message)
    else if (server.refuse) this.say({ type: "error", tag, message: server.refuse })
    else if (message.type === "run") this.#run(message)
  }

  /** @param {Protocol.RunAsked} asked */
  #run({ tag, sim, params: raw }) {
    const { params, notes } = checked(raw)
    const id = `run-${JSON.stringify(params)}`
    const known = server.runs.get(id)
    const run = known && known.state !== "cancelled" ? known : start(id, sim, params)
    this.following.set(id, 0)
    this.say({
      type: "run",
      tag,
      run: id,
      params,
      notes,
      state: run.state,
      position: run.position,
      wait: run.wait,
    })
    if (run.state === "done") this.catchUp(run)
  }

  /** @param {Protocol.Follow} asked */
  #follow({ run: id, start: next = 0 }) {
    const run = server.runs.get(id)
    if (!run || server.forget) {
      server.runs.delete(id)
      return this.say({
        type: "state",
        run: id,
        state: "lost",
        message: "This run is no longer stored. Run it again.",
      })
    }
    this.following.set(id, next)
    this.say({
      type: "state",
      run: id,
      state: run.state === "queued" ? "queued" : "running",
      position: run.position,
    })
    this.catchUp(run)
  }

  /** @param {string} id */
  #stop(id) {
    this.following.delete(id)
    const run = server.runs.get(id)
    if (run && run.state !== "done") run.state = "cancelled"
    this.say({ type: "state", run: id, state: "cancelled", message: "Stopped." })
  }

  /** @param {Run} run */
  catchUp(run) {
    const next = this.following.get(run.id)
    if (next === undefined) return
    const frames = run.frames.slice(next)
    if (frames.length) this.say({ type: "frames", run: run.id, start: next, frames })
    this.following.set(run.id, next + frames.length)
    if (!["running", "queued"].includes(run.state)) {
      this.following.delete(run.id)
      this.say({ type: "state", run: run.id, state: run.state, message: run.message ?? "" })
    }
  }
}

/** @param {Params} [raw] */
function checked(raw = {}) {
  /** @type {string[]} */
  const notes = []
  const params = { ...raw }
  for (const [name, [low, high]] of Object.entries(LIMITS)) {
    if (!(name in params)) continue
    const number = Number(params[name])
    params[name] = Math.min(high, Math.max(low, number))
    if (params[name] !== number)
      notes.push(`${name} is ${number}, above its greatest value ${high}. Using ${params[name]}.`)
  }
  return { params, notes }
}

/**
 * A KL sweep of two methods, five points each: what a simulation with groups and texts yields.
 * @param {number} step
 * @param {Params} params
 * @returns {Frame}
 */
function point(step, { seed }) {
  const kl = step % 5
  return {
    step,
    method: step < 5 ? "exact" : "rloo",
    beta: 1 / (kl + 1),
    kl,
    proxy_reward: kl,
    gold_reward: kl * (4 - kl) + Number(seed) / 100,
    sample: `text ${step}`,
    progress: (step + 1) / 10,
  }
}

/**
 * An answer with log-ratios, pairs and candidates: what a simulation of a language model yields.
 * @param {number} step
 * @returns {Frame}
 */
function lab(step) {
  return {
    step,
    kl: step,
    words: ["done", "step"],
    log_ratios: [2, -0.5],
    samples: ["done step", `sample ${step}`],
    pairs: [{ chosen: "good", rejected: "bad", chosen_score: 1.5, rejected_score: 0.5 }],
    candidates: [
      ["low", 1],
      ["high", 3],
    ],
    progress: 1,
  }
}

/** @type {Record<string, (step: number, params: Params) => Frame>} */
const SIMS = { sweep: point, lab }

/** @param {string} id @param {string} sim @param {Params} params */
function start(id, sim, params) {
  /** @type {Run} */
  const run = {
    id,
    sim,
    params,
    frames: [],
    state: server.queue ? "queued" : "running",
    position: server.queue,
    wait: 20 * server.queue,
  }
  server.runs.set(id, run)
  /** @param {ServerMessage} message */
  const everyone = (message) =>
    server.sockets.forEach((socket) => socket.following.has(id) && socket.say(message))
  const tick = () => {
    if (run.state === "cancelled") return
    if (run.state === "queued") {
      if (run.position === server.queue) return setTimeout(tick, server.interval)
      run.position = server.queue
      run.wait = 20 * run.position
      if (run.position === 0) run.state = "running"
      everyone({ type: "state", run: id, state: run.state, position: run.position, wait: run.wait })
    } else if (run.frames.length !== server.hold) {
      run.frames.push((SIMS[sim] ?? frame)(run.frames.length, params))
      if (server.fail && run.frames.length === 5)
        Object.assign(run, { state: "failed", message: server.fail })
      else if (run.frames.length === server.numFrames) run.state = "done"
      server.sockets.forEach((socket) => socket.catchUp(run))
    }
    if (["running", "queued"].includes(run.state)) setTimeout(tick, server.interval)
  }
  setTimeout(tick, server.interval)
  return run
}

/**
 * A made-up learning curve with a pole that stands longer and longer.
 * @param {number} step
 * @param {Params} params
 * @returns {Frame}
 */
export function frame(step, params) {
  const [seed, rate] = [Number(params.seed), Number(params.learning_rate)]
  /** @param {number} k */
  const noise = (k) => Math.sin(12.9898 * (k + 1) + 78.233 * (seed + 1)) * 0.5
  const speed = 7 + 3 * Math.log10(rate / 0.003) + (seed % 5) * 0.8
  const learnt = 1 / (1 + Math.exp(-(step - 16 - (seed % 3)) / (28 / Math.max(3, speed))))
  const greedy = Math.max(9, Math.min(500, 500 * learnt + 40 * noise(step) * learnt))
  return {
    step,
    env_steps: 640 * step,
    greedy_return: greedy,
    episodic_return: 0.8 * greedy,
    entropy: 0.69 - 0.3 * learnt,
    progress: (step + 1) / server.numFrames,
    poses: poses(greedy, seed + step),
  }
}

/** @param {number} steps @param {number} phase */
function poses(steps, phase) {
  const count = Math.max(4, Math.round(steps / 2))
  const falls = count < 245
  return Array.from({ length: Math.min(250, count) }, (_, k) => {
    const sway = 0.05 * Math.sin(0.21 * k + phase) + 0.02 * Math.sin(0.53 * k)
    const drop = falls ? 0.21 * Math.exp((k - count) / 9) : 0
    return [0.9 * Math.sin(0.045 * k + phase), sway + (phase % 2 ? drop : -drop)].map((v) =>
      Number(v.toFixed(3)),
    )
  })
}
