/** The `sim` block: run a simulation, watch its curve grow and its policy play. */

import { Curve } from "./charts.js"
import { Clips } from "./clips.js"
import { control, parse, seedControl } from "./controls.js"
import { download, onResize, readTheme, stageOf } from "./dom.js"
import { fieldLabel, ordinal, timeLeft, value as asText } from "./format.js"
import { copyLink, menu, showCode } from "./menu.js"
import { buildPanel, progress, say } from "./panel.js"
import { Picture } from "./picture.js"
import { csv, ending, isGoing, nearest, newTrack, sameParams } from "./runs.js"
import { scenes } from "./scenes.js"

const MOST_GHOSTS = 5
const AT_ONCE = 4 // runs of a seed band that go on side by side
const DEFAULT_SEEDS = 8

export class Player {
  #stops = []
  #handles = new Map() // track -> handle of the socket
  #waiting = [] // tracks of a seed band that have not been asked for yet
  #started = 0 // ms, when the first frame of this run came
  #note = ""

  /**
   * @param {HTMLElement} element the block's place in the slide
   * @param {Object} block of the deck's JSON; `data` as the common contract has it
   * @param {Object} context what the stage offers
   */
  constructor(element, block, context) {
    Object.assign(this, { element, block, context, sim: block.data.sim, fields: block.data.fields })
    this.values = { ...block.data.params }
    this.tracks = [] // what is shown: one run, or one for each seed of a band
    this.picture = new Picture(block.data)
    this.#build()
    this.#restore()
  }

  #build() {
    const { data } = this.block
    const name = data.scene ?? this.sim
    const hasScene = Object.hasOwn(scenes, name)
    this.parts = buildPanel({ title: data.title, hasScene, label: "at rest: nothing has run yet" })
    this.element.replaceChildren(this.parts.root)
    this.curve = new Curve(this.parts.chart, this.context, () => this.#model())
    this.curve.ondrawn = () => this.#movePlayhead()
    if (hasScene) this.#buildScene(scenes[name])
    this.#buildStrip()
    this.#stops.push(onResize(this.parts.root, () => this.#shape()))
    this.#state("")
  }

  #buildScene(scene) {
    const { canvas, chart, scrub } = this.parts
    const isStill = () => this.context.reducedMotion()
    const onClip = (index) => {
      this.shown = index
      this.#movePlayhead()
    }
    this.clips = new Clips(canvas, scene.create(canvas, readTheme(this.element)), { isStill, onClip })
    this.#stops.push(this.context.onTheme(() => this.clips.resize()))
    const pick = (event) => {
      const at = this.tracks.length ? this.curve.xUnder(event.clientX) : null
      if (at !== null) this.clips.pick(nearest(this.tracks[0].frames, this.picture.x, at))
    }
    chart.addEventListener("pointermove", pick)
    chart.addEventListener("pointerdown", pick)
    chart.addEventListener("pointerleave", () => this.clips.pick(null))
    scrub.addEventListener("input", () => this.clips.pick(Number(scrub.value)))
    scrub.addEventListener("blur", () => this.clips.pick(null))
  }

  #buildStrip() {
    const { data } = this.block
    const { run, controls, end } = this.parts
    run.addEventListener("click", () => (this.isGoing ? this.stop() : this.run()))
    this.controls = new Map()
    const named = (name) => this.fields.find((field) => field.name === name)
    for (const name of data.controls.filter((each) => each !== "seed" && named(each))) {
      const made = control(named(name), this.values[name], (value) => this.#change(name, value))
      this.controls.set(name, made)
      controls.append(made.element)
    }
    if (named("seed")) {
      const change = (value) => this.#change("seed", value)
      const made = seedControl(named("seed"), this.values.seed, change, () => this.run())
      this.controls.set("seed", made)
      end.append(made.element)
    }
    const seeds = data.seeds ?? DEFAULT_SEEDS
    const hasFrames = () => this.tracks.some((track) => track.frames.length > 0)
    end.append(menu([
      { label: `Run ${seeds} seeds and show the spread`, act: () => this.runSeeds(seeds), isOn: () => Boolean(named("seed")) },
      { label: "Show the code", act: () => showCode(this.element, this.context.base, this.sim) },
      { label: "Download these numbers (CSV)", act: () => this.#download(), isOn: hasFrames },
      { label: "Copy a link to this run", act: () => this.#copy() },
      { label: "Clear earlier runs", act: () => this.clear(), isOn: () => this.picture.ghosts.length > 0 },
    ]))
  }

  /** Values from the address, checked by the server; a link with `run` starts at once. */
  async #restore() {
    const raw = this.context.address.get(this.block.id) ?? {}
    for (const field of this.fields) if (field.name in raw) this.values[field.name] = parse(field, raw[field.name])
    this.#setControls(this.values)
    if (Object.keys(raw).length) {
      try {
        const { params, notes } = await this.context.socket.check(this.sim, raw)
        this.#setControls({ ...this.values, ...params })
        if (notes.length) this.#sayNote(notes.join(" "))
      } catch (error) {
        return this.#state("failed", error.message)
      }
    }
    if (this.context.address.autorun(this.block.id) && !this.tracks.length) this.run()
  }

  get isGoing() {
    return this.#waiting.length > 0 || this.tracks.some(isGoing)
  }

  /** Start a run with the values of the controls; the one shown before becomes a ghost. */
  run() {
    const track = newTrack({ ...this.values })
    this.#begin([track])
    this.#ask(track)
  }

  /** The same run for `count` seeds, drawn as median and spread. */
  runSeeds(count) {
    const seed = this.fields.find((field) => field.name === "seed")
    const first = Math.min(this.values.seed, (seed.high ?? Infinity) - count + 1)
    const start = Math.max(first, seed.low ?? 0)
    const tracks = Array.from({ length: count }, (_, k) => newTrack({ ...this.values, seed: start + k }))
    this.#begin(tracks)
    this.#waiting = tracks.slice(AT_ONCE)
    tracks.slice(0, AT_ONCE).forEach((track) => this.#ask(track))
  }

  #begin(tracks) {
    this.#stopAll()
    this.picture.keep(this.tracks, tracks[0].params, MOST_GHOSTS)
    this.tracks = tracks
    this.#started = 0
    this.#note = ""
    this.clips?.restart(tracks[0].frames)
    this.#state("waiting")
    this.curve.request()
  }

  #ask(track) {
    const isShown = () => this.tracks.includes(track)
    this.#handles.set(track, this.context.socket.run(this.sim, track.params, {
      onRun: ({ params, notes }) => {
        track.params = params
        if (isShown() && this.tracks.length === 1 && notes.length) {
          this.#setControls(params)
          this.#sayNote(notes.join(" "))
        }
      },
      onFrames: (frames) => {
        track.frames.push(...frames)
        if (isShown()) this.#grown(track)
      },
      onState: ({ state, position, message }) => {
        Object.assign(track, { state, position, message })
        if (isShown()) this.#turned(track)
      },
      onError: (message) => {
        Object.assign(track, { state: "failed", message })
        if (isShown()) this.#turned(track)
      },
    }))
  }

  #grown(track) {
    this.#started ||= performance.now()
    this.picture.learn(track.frames[0])
    this.curve.request()
    if (track === this.tracks[0]) this.clips?.look()
    this.parts.scrub.max = String(this.tracks[0].frames.length - 1)
    this.#state()
  }

  #turned(track) {
    if (!isGoing(track)) {
      this.#handles.delete(track)
      const next = track.state === "failed" ? undefined : this.#waiting.shift()
      if (track.state === "failed") this.#waiting = []
      if (next) this.#ask(next)
      if (track === this.tracks[0]) this.clips?.finish()
      if (!this.isGoing) this.#ended()
    }
    this.curve.request()
    this.#state()
  }

  #ended() {
    const track = this.tracks.find((each) => each.state !== "done") ?? this.tracks[0]
    this.context.announce(ending(track, this.picture.x, this.picture.xTitle))
  }

  /** Stop what is going on; frames that came stay. */
  stop() {
    const going = this.isGoing
    this.#stopAll()
    if (going) this.#turned(this.tracks[0])
  }

  #stopAll() {
    this.#waiting.forEach((track) => (track.state = "cancelled"))
    this.#waiting = []
    const handles = [...this.#handles]
    this.#handles.clear()
    for (const [track, handle] of handles) {
      track.state = "cancelled"
      handle.stop()
    }
  }

  /** Forget earlier runs; the one shown stays. */
  clear() {
    this.picture.ghosts = []
    this.curve.request()
  }

  #change(name, value) {
    this.values[name] = value
    const from = this.block.data.params
    const changed = Object.entries(this.values).filter(([key, each]) => each !== from[key])
    this.context.address.set(this.block.id, changed.length ? Object.fromEntries(changed) : null)
    this.#note = ""
    this.#state()
  }

  #setControls(params) {
    Object.assign(this.values, params)
    for (const [name, made] of this.controls) if (name in params) made.set(params[name])
  }

  #sayNote(text) {
    this.#note = text
    this.context.announce(text)
    this.#state()
  }

  #state(state = this.#summary(), message = "") {
    const { run } = this.parts
    const track = this.tracks[0]
    const isChanged = track && !sameParams(track.params, { ...this.values, ...this.#bandSeed() })
    const idle = !track ? "Run" : isChanged ? "Run with changes" : "Run again"
    run.textContent = this.isGoing ? "Stop" : idle
    run.dataset.state = this.isGoing ? "going" : isChanged ? "changed" : "idle"
    this.parts.root.dataset.state = state || "empty"
    const [text, tone] = this.#sentence(state, message)
    say(this.parts, text, tone)
    this.#progress(state)
  }

  // A band runs over seeds from the chosen one on, so its seed is no change.
  #bandSeed() {
    return this.tracks.length > 1 ? { seed: this.tracks[0].params.seed } : {}
  }

  #summary() {
    const going = this.tracks.filter(isGoing)
    if (!this.tracks.length) return ""
    if (!going.length) return this.tracks.find((track) => track.state !== "done")?.state ?? "done"
    return going.find((track) => track.state === "running")?.state ?? going[0].state
  }

  #sentence(state, message) {
    const track = this.tracks.find((each) => each.state === state) ?? this.tracks[0]
    if (state === "") return [this.#note, "note"]
    if (state === "failed" || state === "lost") return [message || ending(track, this.picture.x, ""), "error"]
    if (state === "offline") return ["No connection. The run goes on when it is back.", "note"]
    if (this.#note) return [this.#note, "note"]
    if (state === "queued") return [`Waiting for a free worker: ${track.position > 0 ? ordinal(track.position) : "next"} in line.`, ""]
    if (state === "waiting") return ["Starting …", ""]
    if (state === "running") return [this.#running(), ""]
    return [this.tracks.length > 1 ? this.#bandSentence() : ending(track, this.picture.x, this.picture.xTitle), ""]
  }

  #running() {
    const done = this.tracks.filter((track) => !isGoing(track) && track.state === "done").length
    if (this.tracks.length > 1) return `Running ${this.tracks.length} seeds, ${done} done.`
    return this.tracks[0].frames.length ? this.picture.latest(this.tracks[0]) : "Starting …"
  }

  #bandSentence() {
    const drawn = this.tracks.filter((track) => track.frames.length)
    const [from, to] = [drawn[0], drawn.at(-1)].map((track) => track?.params.seed)
    return drawn.length ? `Seeds ${from} to ${to}: median, middle half and range. A run that ended keeps its last value.` : "Stopped."
  }

  #progress(state) {
    if (state !== "running" && state !== "waiting" && state !== "queued" && state !== "offline") return progress(this.parts, null)
    const shares = this.tracks.map((track) => (isGoing(track) ? track.frames.at(-1)?.progress ?? 0 : 1))
    const share = shares.reduce((sum, each) => sum + each, 0) / shares.length
    const spent = this.#started ? (performance.now() - this.#started) / 1000 : 0
    const isKnown = state === "running" && spent > 1.2 && share > 0.02
    return progress(this.parts, share, isKnown ? timeLeft((spent * (1 - share)) / share) : "")
  }

  #model() {
    const hint = this.tracks.length || this.parts.root.dataset.state === "failed" ? "" : "Press Run to compute this here"
    const fields = [...new Set([...this.block.data.controls, "seed"])]
    return this.picture.model(this.tracks, { hint, isGrowing: this.isGoing, fields: this.fields, names: fields })
  }

  #movePlayhead() {
    const { playhead, scrub } = this.parts
    const frame = this.tracks[0]?.frames[this.shown]
    const at = frame && this.tracks.length === 1 && this.picture.series.length ? this.curve.place(frame[this.picture.x], frame[this.picture.series[0]]) : null
    playhead.hidden = !at
    if (!at) return
    playhead.style.transform = `translate(${at.left}px, ${at.top}px)`
    playhead.style.setProperty("--drop", `${Math.max(0, at.floor - at.top)}px`)
    if (document.activeElement !== scrub) scrub.value = String(this.shown)
    scrub.setAttribute("aria-valuetext", this.clips.caption || String(this.shown))
  }

  #download() {
    const one = this.tracks.filter((track) => track.frames.length)
    const text = one.map((track) => csv(this.sim, track)).join("\n")
    download(`${this.sim}-seed${one[0].params.seed ?? 0}.csv`, text)
  }

  #copy() {
    const values = this.tracks[0] && this.tracks.length === 1 ? this.tracks[0].params : this.values
    copyLink(this.element, this.context.address.link(this.block.id, values), (text) => this.#sayNote(text))
  }

  // A panel as wide as the slide puts the scene beside the chart.
  #shape() {
    const share = this.parts.root.clientWidth / (stageOf(this.element).clientWidth || 1)
    this.parts.root.classList.toggle("is-wide", share > 0.7 && this.parts.root.clientWidth > 640)
  }

  show() {
    this.#shape()
    this.curve.show()
    this.clips?.show()
    this.curve.request()
  }

  hide() {
    this.curve.hide()
    this.clips?.hide()
  }

  destroy() {
    this.#stopAll()
    this.#stops.forEach((stop) => stop?.())
    this.clips?.destroy()
    this.curve.destroy()
    this.element.replaceChildren()
  }
}
