/** The `sim` block: run a simulation, watch its curve grow and its policy play. */

import { control, parse, seedControl } from "./controls.js"
import { download, markWide, onFonts, onResize } from "./dom.js"
import { timeLeft } from "./format.js"
import { Jobs } from "./jobs.js"
import { copyLink, menu, showCode } from "./menu.js"
import { buildPanel, markTight, progress, say } from "./panel.js"
import { Picture } from "./picture.js"
import { Recorded } from "./recorded.js"
import { csv, isGoing, newTrack, sameParams } from "./runs.js"
import { ending, sentence, summary } from "./sentences.js"
import { sceneOf, View } from "./view.js"

const MOST_GHOSTS = 5
const DEFAULT_SEEDS = 8

export class Player {
  #stops = []
  #started = 0 // ms, when the first frame of this run came
  #note = ""
  #asked = "" // the values of the last run that was asked for
  #fault = "" // what is wrong with the address
  #isOver = false // the panel was taken away: answers that come now are nobody's

  /**
   * @param {HTMLElement} element the block's place in the slide
   * @param {{id: string, data: Object}} block of the deck's JSON, a `sim`
   * @param {Object} context what the stage offers (see live.js)
   */
  constructor(element, block, context) {
    const { sim, fields, params } = block.data
    Object.assign(this, { element, block, context, sim, fields, values: { ...params } })
    this.picture = new Picture(block.data)
    this.recorded = new Recorded(context, block.data.recorded)
    this.jobs = new Jobs(context.socket, sim, block.data.budget, {
      noted: (track, notes) => this.#noted(track, notes),
      grown: (track) => this.#grown(track),
      turned: (track) => this.#turned(track),
    })
    this.#build()
    this.#refresh()
    this.#restore()
  }

  /** A block with `autorun` answers a slider while it moves, for simulations that take no time. */
  get isLive() {
    return this.block.data.autorun === true
  }

  get tracks() {
    return this.jobs.tracks
  }

  #build() {
    const { data } = this.block
    this.parts = buildPanel({ title: data.title, hasScene: sceneOf(data) !== null, hasPaper: Boolean(data.published),
      label: "at rest: nothing has run yet" })
    this.element.replaceChildren(this.parts.root)
    if (Number.isFinite(data.height)) this.element.style.flex = `0 1 calc(${data.height / 12.8} * var(--u))`
    this.view = new View(this.parts, data, this.context, {
      picture: this.picture, tracks: () => this.tracks, model: () => this.#model(), say: (text) => this.#say(text),
    })
    this.#buildStrip()
    this.#stops.push(onResize(this.parts.root, () => this.#fit()), onFonts(() => this.#fit()))
  }

  #buildStrip() {
    const { run, controls, end } = this.parts
    const named = (name) => this.fields.find((field) => field.name === name)
    run.addEventListener("click", () => (this.jobs.isGoing ? this.stop() : this.run()))
    this.controls = new Map()
    for (const name of this.block.data.controls.filter((each) => each !== "seed" && named(each))) {
      this.controls.set(name, control(named(name), this.values[name], (value) => this.#change(name, value)))
      controls.append(this.controls.get(name).element)
    }
    if (named("seed")) {
      const change = (value) => this.#change("seed", value)
      this.controls.set("seed", seedControl(named("seed"), this.values.seed, change, () => this.run()))
      end.append(this.controls.get("seed").element)
    }
    end.append(menu(this.#menuItems(Boolean(named("seed")))))
  }

  #menuItems(hasSeed) {
    const seeds = this.block.data.seeds ?? DEFAULT_SEEDS
    const hasFrames = () => this.tracks.some((track) => track.frames.length > 0)
    return [
      { label: `Run ${seeds} seeds and show the spread`, act: () => this.runSeeds(seeds), isOn: () => hasSeed },
      { label: "Show the code", act: () => showCode(this.element, this.context.base, this.sim) },
      { label: "Download these numbers (CSV)", act: () => this.#download(), isOn: hasFrames },
      { label: "Copy a link to this run", act: () => this.#copy() },
      { label: "Clear earlier runs", act: () => this.clear(), isOn: () => this.picture.ghosts.length > 0 },
    ]
  }

  /** Values from the address, checked by the server; a link with `run` starts at once. */
  async #restore() {
    const raw = this.context.address.get(this.block.id) ?? {}
    const read = this.fields.filter((field) => field.name in raw).map((field) => [field.name, parse(field, raw[field.name])])
    this.#setControls(Object.fromEntries(read))
    if (Object.keys(raw).length) {
      try {
        const { params, notes } = await this.context.socket.check(this.sim, { ...this.values, ...raw })
        if (this.#isOver) return
        this.#setControls(params)
        if (notes.length) this.#say(notes.join(" "))
      } catch (error) {
        if (this.#isOver) return
        this.#fault = error.message
        return this.#refresh()
      }
    }
    const isAsked = this.isLive || this.context.address.autorun(this.block.id)
    if (isAsked && !this.context.isOnPaper && !this.tracks.length) this.run()
    else if (!Object.keys(raw).length && (await this.recorded.load()) && !this.#isOver && !this.tracks.length) this.#showRecorded()
  }

  /** Show the run that ships with the block, as if it had just ended; `why` it stands there. */
  #showRecorded(why = "") {
    const { track } = this.recorded
    this.jobs.tracks = [track]
    this.picture.learn(track.frames[0])
    this.view.restart(track.frames)
    this.view.grown()
    this.view.finish()
    this.view.draw()
    if (why) this.#say(`${why} Showing the recorded run.`)
    else this.#refresh()
  }

  /** Start a run with the values of the controls; the one shown before becomes a ghost. */
  run() {
    this.#asked = JSON.stringify(this.values)
    // Who sees the result already and presses Run wants to see it made.
    const isKnown = this.tracks.length > 0 && !this.isLive && !this.#isStale()
    this.#begin([newTrack({ ...this.values }, isKnown)])
  }

  /** The same run for `count` seeds from the chosen one on, drawn as median and spread. */
  runSeeds(count) {
    const { low, high } = this.fields.find((field) => field.name === "seed")
    const first = Math.max(low ?? 0, Math.min(this.values.seed, (high ?? Infinity) - count + 1))
    this.#begin(Array.from({ length: count }, (_, k) => newTrack({ ...this.values, seed: first + k })))
  }

  #begin(tracks) {
    if (!this.isLive) this.picture.keep(this.tracks, tracks, MOST_GHOSTS)
    this.#started = 0
    this.#note = this.#fault = ""
    this.view.restart(tracks[0].frames)
    this.jobs.start(tracks)
    this.#refresh()
    if (!this.isLive) this.view.draw() // else the old curve stays until the new one is there
  }

  /** Stop what goes on; what came so far stays on the chart. */
  stop() {
    this.jobs.stop()
  }

  /** Forget earlier runs; the one shown stays. */
  clear() {
    this.picture.ghosts = []
    this.view.draw()
  }

  #noted(track, notes) {
    if (this.tracks.length > 1) return
    if (!this.isLive) this.#setControls(track.params) // a moving slider is ahead of its answers
    this.#say(notes.join(" "))
  }

  #grown(track) {
    this.#started ||= performance.now()
    this.picture.learn(track.frames[0])
    this.view.grown(track === this.tracks[0])
    this.#refresh()
    if (!this.isLive) this.view.draw() // half an answer would flicker under a moving slider
  }

  #turned(track) {
    if (track === this.tracks[0] && !isGoing(track)) this.view.finish()
    if (this.tracks.length === 1 && this.recorded.canReplace(track)) return this.#showRecorded(ending(track, this.picture))
    this.#refresh()
    if (!this.isLive || !this.jobs.isGoing) this.view.draw(this.isLive)
    if (this.jobs.isGoing) return
    if (this.isLive && this.#asked !== JSON.stringify(this.values)) return this.run()
    this.context.announce(sentence(this.tracks, this.picture, "")[0] || ending(track, this.picture))
  }

  #change(name, value) {
    this.values[name] = value
    const usual = this.block.data.params
    const changed = Object.entries(this.values).filter(([key, each]) => each !== usual[key])
    this.context.address.set(this.block.id, changed.length ? Object.fromEntries(changed) : null)
    this.#note = this.#fault = ""
    this.#refresh()
    if (this.isLive && !this.jobs.isGoing) this.run()
  }

  /** Whether the controls were moved since the run that is shown was asked for. */
  #isStale() {
    const track = this.tracks[0]
    // A band runs over seeds from the chosen one on, so its seed is no change.
    const values = this.tracks.length > 1 ? { ...this.values, seed: track.params.seed } : this.values
    return Boolean(track) && !sameParams(track.params, values)
  }

  #setControls(params) {
    Object.assign(this.values, params)
    for (const [name, made] of this.controls) if (name in params) made.set(params[name])
    this.#refresh()
  }

  #say(text) {
    this.#note = text
    this.context.announce(text)
    this.#refresh()
  }

  /** Bring the button, the sentence and the bar up to date. */
  #refresh() {
    const { run, root } = this.parts
    const isChanged = this.#isStale()
    const name = this.jobs.isGoing ? "Stop" : !this.tracks.length || (!isChanged && this.tracks[0].isRecorded) ? "Run" : isChanged ? "Run with changes" : "Run again"
    if (run.textContent !== name) run.textContent = name
    run.dataset.state = this.jobs.isGoing ? "going" : isChanged ? "changed" : "idle"
    root.dataset.state = this.#fault ? "failed" : summary(this.tracks)
    say(this.parts, ...(this.#fault ? [this.#fault, "error"] : sentence(this.tracks, this.picture, this.#note)))
    this.#progress()
  }

  #progress() {
    if (!this.jobs.isGoing) return progress(this.parts, null)
    const parts = this.tracks.map((track) => (isGoing(track) ? track.frames.at(-1)?.progress ?? 0 : 1))
    const part = parts.reduce((sum, each) => sum + each, 0) / parts.length
    const spent = this.#started ? (performance.now() - this.#started) / 1000 : 0
    const isKnown = summary(this.tracks) === "running" && spent > 1.2 && part > 0.02
    return progress(this.parts, part, isKnown ? timeLeft((spent * (1 - part)) / part) : "")
  }

  #model() {
    const hint = this.tracks.length || this.#fault ? "" : "Press Run to compute this here"
    const names = [...new Set([...this.block.data.controls, "seed"])]
    return this.picture.model(this.tracks, { hint, isGrowing: this.jobs.isGoing, fields: this.fields, names })
  }

  #download() {
    const drawn = this.tracks.filter((track) => track.frames.length > 0)
    download(`${this.sim}-seed${drawn[0].params.seed ?? 0}.csv`, drawn.map((track) => csv(this.sim, track)).join("\n"))
  }

  #copy() {
    const values = this.tracks.length === 1 ? this.tracks[0].params : this.values
    copyLink(this.element, this.context.address.link(this.block.id, values), (text) => this.#say(text))
  }

  #fit() {
    markWide(this.parts.root, this.element)
    markTight(this.parts)
  }

  show() {
    this.#fit()
    this.view.show()
  }

  /** On paper a panel without a finished run shows the recorded one. */
  print() {
    this.#fit()
    if (!this.tracks.some((track) => track.frames.length) && this.recorded.loadNow()) this.#showRecorded()
    this.view.print()
  }

  hide() {
    this.view.hide()
  }

  destroy() {
    this.#isOver = true
    this.jobs.destroy()
    this.#stops.forEach((stop) => stop?.())
    this.view.destroy()
    this.element.replaceChildren()
  }
}
