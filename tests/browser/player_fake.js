/**
 * A server in the page: `FakeSocket` speaks the live protocol as `engine/app/socket/live.py` does, and
 * `server` is the test's hand on it (how fast, when it fails, when the line drops).
 */

export const server = {
  runs: new Map(), // id -> {sim, params, frames, state, sent}
  sockets: new Set(),
  log: [], // every message of the clients
  said: [], // every message to them, frames left out; conftest.py holds both to the protocol
  interval: 30, // ms between two frames of a run
  numFrames: 40,
  hold: -1, // the number of frames at which a run waits until this is another number
  queue: 0, // where those who wait stand: they follow it, and start when it is 0
  fail: "", // a sentence: runs fail with it after five frames
  refuse: "", // a sentence: runs are refused with it
  forget: false, // a follow finds nothing

  /** Cut every line, as a network would; new ones are refused until `up()`. */
  down() {
    this.isDown = true
    for (const socket of [...this.sockets]) socket.close()
  },
  up() {
    this.isDown = false
  },
}

const LIMITS = { learning_rate: [0.0001, 0.1], gamma: [0.8, 1], seed: [0, 100] }

export class FakeSocket {
  constructor(url) {
    this.url = url
    this.readyState = 0
    this.following = new Map() // run id -> next frame
    setTimeout(() => {
      if (server.isDown) return this.close()
      this.readyState = 1
      server.sockets.add(this)
      setInterval(() => this.say({ type: "beat" }), 5000)
      this.onopen?.()
    }, 5)
  }

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

  say(message) {
    if (this.readyState !== 1) return
    server.said.push(message.frames ? { ...message, frames: message.frames.slice(0, 1) } : message)
    this.onmessage?.({ data: JSON.stringify(message) })
  }

  #answer(message) {
    const { type, tag } = message
    if (type === "check") this.say({ type: "checked", tag, ...checked(message.params) })
    else if (type === "stop") this.#stop(message.run)
    else if (type === "follow") this.#follow(message)
    else if (server.refuse) this.say({ type: "error", tag, message: server.refuse })
    else this.#run(message)
  }

  #run({ tag, sim, params: raw }) {
    const { params, notes } = checked(raw)
    const id = `run-${JSON.stringify(params)}`
    if (!server.runs.has(id) || server.runs.get(id).state === "cancelled") start(id, sim, params)
    const run = server.runs.get(id)
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

  #follow({ run: id, start: next }) {
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

  #stop(id) {
    this.following.delete(id)
    const run = server.runs.get(id)
    if (run && run.state !== "done") run.state = "cancelled"
    this.say({ type: "state", run: id, state: "cancelled", message: "Stopped." })
  }

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

function checked(raw) {
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

/** A KL sweep of two methods, five points each: what a simulation with groups and texts yields. */
function point(step, { seed }) {
  const kl = step % 5
  return {
    step,
    method: step < 5 ? "exact" : "rloo",
    beta: 1 / (kl + 1),
    kl,
    proxy_reward: kl,
    gold_reward: kl * (4 - kl) + seed / 100,
    sample: `text ${step}`,
    progress: (step + 1) / 10,
  }
}

/** An answer with log-ratios, pairs and candidates: what a simulation of a language model yields. */
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

function start(id, sim, params) {
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
      run.frames.push(({ sweep: point, lab }[sim] ?? frame)(run.frames.length, params))
      if (server.fail && run.frames.length === 5)
        Object.assign(run, { state: "failed", message: server.fail })
      else if (run.frames.length === server.numFrames) run.state = "done"
      server.sockets.forEach((socket) => socket.catchUp(run))
    }
    if (["running", "queued"].includes(run.state)) setTimeout(tick, server.interval)
  }
  setTimeout(tick, server.interval)
}

/** A made-up learning curve with a pole that stands longer and longer. */
export function frame(step, params) {
  const noise = (k) => Math.sin(12.9898 * (k + 1) + 78.233 * (params.seed + 1)) * 0.5
  const speed = 7 + 3 * Math.log10(params.learning_rate / 0.003) + (params.seed % 5) * 0.8
  const learnt = 1 / (1 + Math.exp(-(step - 16 - (params.seed % 3)) / (28 / Math.max(3, speed))))
  const greedy = Math.max(9, Math.min(500, 500 * learnt + 40 * noise(step) * learnt))
  return {
    step,
    env_steps: 640 * step,
    greedy_return: greedy,
    episodic_return: 0.8 * greedy,
    entropy: 0.69 - 0.3 * learnt,
    progress: (step + 1) / server.numFrames,
    poses: poses(greedy, params.seed + step),
  }
}

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
