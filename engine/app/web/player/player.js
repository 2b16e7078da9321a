/** The `sim` block: run a simulation, watch its curve grow and its policy play. */

import { Picture } from "../charts/series.js"
import { markWide, onFonts, onResize } from "../lib/dom.js"
import { timeLeft } from "../lib/format.js"
import { nearest } from "../lib/near.js"
import { isGoing, newTrack, sameParams } from "../lib/tracks.js"
import { parse } from "./controls.js"
import { Jobs } from "./jobs.js"
import { canAskAgain, fits, pack } from "./kept.js"
import { buildPanel, markTight, progress, say } from "./panel.js"
import { Recorded } from "./recording.js"
import { ending, sentence, summary } from "./sentences.js"
import { buildStrip } from "./strip.js"
import { sceneOf, View } from "./view.js"

const MOST_GHOSTS = 5

export class Player {
  #stops = []
  #started = 0 // ms, when the first frame of this run came
  #note = ""
  #asked = "" // the values of the last run that was asked for
  #fault = "" // what is wrong with the address
  #isOver = false // the panel was taken away: answers that come now are nobody's
  #hasEnded = false // the run that is mirrored
  #isMirrored = false // the panel of another window is shown

  /**
   * @param {HTMLElement} element the block's place in the slide
   * @param {{id: string, data: Object}} block of the deck's JSON, a `sim`
   * @param {Object} context what the stage offers (see blocks/kinds.js)
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
    this.parts = buildPanel({
      title: data.title,
      hasScene: sceneOf(data) !== null,
      hasPaper: Boolean(data.published),
      label: "at rest: nothing has run yet",
    })
    this.element.replaceChildren(this.parts.root)
    if (Number.isFinite(data.height))
      this.element.style.flex = `0 1 calc(${data.height / 12.8} * var(--u))`
    this.view = new View(this.parts, data, this.context, {
      picture: this.picture,
      tracks: () => this.tracks,
      model: () => this.#model(),
      say: (text) => this.#say(text),
    })
    this.controls = buildStrip(this, {
      changed: (name, value) => this.#change(name, value),
      say: (text) => this.#say(text),
    })
    this.#stops.push(
      onResize(this.parts.root, () => this.#fit()),
      onFonts(() => this.#fit()),
    )
  }

  /** Values from the address, checked by the server; a link with `run` starts at once. */
  async #restore() {
    if (this.context.isMirror) return this.#showRecordedUnless(() => this.#isMirrored)
    const given = this.context.address.get(this.block.id) ?? {}
    const named = (name) => this.fields.some((field) => field.name === name)
    const raw = Object.fromEntries(Object.entries(given).filter(([name]) => named(name)))
    const read = this.fields
      .filter((field) => field.name in raw)
      .map((field) => [field.name, parse(field, raw[field.name])])
    this.#setControls(Object.fromEntries(read))
    const kept = this.context.isOnPaper ? null : this.context.kept?.get(this.block.id)
    if (!this.isLive && fits(kept, this, this.values) && this.#isAnswer(kept))
      return this.#resume(kept)
    const notes = Object.keys(given)
      .filter((name) => !named(name))
      .map((name) => this.#unknown(name))
    if (Object.keys(raw).length) {
      try {
        const checked = await this.context.socket.check(this.sim, { ...this.values, ...raw })
        if (this.#isOver) return
        this.#setControls(checked.params)
        notes.push(...checked.notes)
      } catch (error) {
        if (this.#isOver) return
        this.#fault = [...notes, error.message].join(" ")
        this.#refresh()
        return this.#showRecordedUnless()
      }
    }
    if (notes.length) this.#say(notes.join(" "))
    const isAsked = this.isLive || this.context.address.autorun(this.block.id)
    if (isAsked && !this.context.isOnPaper && !this.tracks.length) this.run(notes)
    else await this.#showRecordedUnless()
  }

  async #showRecordedUnless(isLate = () => false) {
    if ((await this.recorded.load()) && !this.#isOver && !this.tracks.length && !isLate())
      this.#showRecorded()
  }

  /** Whether what was kept is what a link that starts a run asks for. */
  #isAnswer({ tracks: [first] }) {
    return (
      !this.context.address.autorun(this.block.id) ||
      Boolean(first && !first.isRecorded && sameParams(first.params, this.values))
    )
  }

  #unknown(name) {
    const near = nearest(
      name,
      this.fields.map((field) => field.name),
    )
    return `The address sets “${name}”, which this simulation does not have.${near ? ` Did you mean “${near}”?` : ""}`
  }

  /** What was shown here before the page was loaded anew: runs are joined, or come from the server's store. */
  async #resume({ tracks, ghosts }) {
    this.picture.ghosts = ghosts
    if (!tracks.length || tracks[0].isRecorded) {
      await this.#showRecordedUnless()
    } else if (canAskAgain(tracks)) this.#begin(tracks.map((track) => newTrack(track.params)))
    else this.#showEnded(tracks)
  }

  /** Show the run that ships with the block, as if it had just ended; `why` it stands there. */
  #showRecorded(why = "") {
    this.#showEnded([this.recorded.track])
    if (why) this.#say(`${why} Showing the recorded run.`)
  }

  #showEnded(tracks) {
    this.jobs.tracks = tracks
    if (tracks[0].frames.length) this.picture.learn(tracks[0].frames[0])
    this.view.restart(tracks[0].frames)
    this.view.grown()
    this.view.finish()
    this.view.draw()
    this.#keep()
    this.#refresh()
  }

  /** Start a run with the values of the controls; the one shown before becomes a ghost. */
  run(notes = []) {
    this.#asked = JSON.stringify(this.values)
    // Who sees the result already and presses Run wants to see it made.
    const isKnown = this.tracks.length > 0 && !this.isLive && !this.#isStale()
    this.#begin([newTrack({ ...this.values }, isKnown)], notes.join(" "))
  }

  /** The same run for `count` seeds from the chosen one on, drawn as median and spread. */
  runSeeds(count) {
    const { low, high } = this.fields.find((field) => field.name === "seed")
    const first = Math.max(low ?? 0, Math.min(this.values.seed, (high ?? Infinity) - count + 1))
    this.#begin(
      Array.from({ length: count }, (_, k) => newTrack({ ...this.values, seed: first + k })),
    )
  }

  #begin(tracks, note = "") {
    if (!this.isLive) this.picture.keep(this.tracks, tracks, MOST_GHOSTS)
    this.#started = 0
    this.#note = note
    this.#fault = ""
    this.view.restart(tracks[0].frames)
    this.jobs.start(tracks)
    this.#keep()
    this.#refresh()
    if (!this.isLive) this.view.draw() // else the old curve stays until the new one is there
  }

  /** Run, or stop: the main button, and its key. */
  main() {
    if (this.jobs.isGoing) this.stop()
    else this.run()
  }

  /** Stop what goes on; what came so far stays on the chart. */
  stop() {
    this.jobs.stop()
  }

  /** Forget earlier runs; the one shown stays. */
  clear() {
    this.picture.ghosts = []
    this.#keep()
    this.#refresh()
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
    if (!isGoing(track)) this.#keep()
    if (this.tracks.length === 1 && this.recorded.canReplace(track))
      return this.#showRecorded(ending(track, this.picture))
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
    this.#keep()
    this.#refresh()
    if (this.isLive && !this.jobs.isGoing) this.run()
  }

  /** Whether the controls were moved since the run that is shown was asked for. */
  #isStale() {
    const track = this.tracks[0]
    // A band runs over seeds from the chosen one on, so its seed is no change.
    const values =
      this.tracks.length > 1 ? { ...this.values, seed: track.params.seed } : this.values
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
    const name = this.jobs.isGoing
      ? "Stop"
      : !this.tracks.length || (!isChanged && this.tracks[0].isRecorded)
        ? "Run"
        : isChanged
          ? "Run with changes"
          : "Run again"
    if (run.textContent !== name) run.textContent = name
    run.dataset.state = this.jobs.isGoing ? "going" : isChanged ? "changed" : "idle"
    root.dataset.state = this.#fault ? "failed" : summary(this.tracks)
    say(
      this.parts,
      ...(this.#fault ? [this.#fault, "error"] : sentence(this.tracks, this.picture, this.#note)),
    )
    this.#progress()
    this.context.changed?.()
  }

  /** What is shown here, for the window that mirrors it (link.js). */
  panel() {
    const { values, tracks, picture, block, jobs, parts } = this
    return {
      values,
      tracks,
      ghosts: picture.ghosts,
      note: this.#note,
      fault: this.#fault,
      run: parts.run.textContent,
      isGoing: jobs.isGoing,
      sentence: parts.state.textContent,
      controls: block.data.controls,
    }
  }

  /** Show the panel of another window; nothing is computed here. */
  mirror({ values, tracks, ghosts, note, fault }) {
    this.#isMirrored = true
    const isOther = tracks[0] !== this.tracks[0]
    const isOver = tracks.length > 0 && !tracks.some(isGoing)
    this.jobs.tracks = tracks
    this.picture.ghosts = ghosts
    this.#note = note
    this.#fault = fault
    for (const { frames } of tracks.slice(0, 1)) if (frames.length) this.picture.learn(frames[0])
    if (isOther) this.view.restart(tracks[0]?.frames ?? [])
    this.#setControls(values)
    this.view.grown()
    if (isOver && (isOther || !this.#hasEnded)) this.view.finish()
    this.#hasEnded = isOver
    if (!this.isLive || isOver) this.view.draw()
  }

  /** Do what the presenter window asks: its buttons and controls stand for those of this panel. */
  command(name, value) {
    if (name === "main") this.main()
    else if (name === "run") this.run()
    else if (name in this.values && !Object.is(this.values[name], value)) {
      this.controls.get(name)?.set(value)
      this.#change(name, value)
    }
  }

  /** Keep what is shown for the next load of this page. */
  #keep() {
    if (this.context.isMirror || this.context.isOnPaper) return
    const { x, group, series } = this.picture
    const columns = [...new Set([x, group, ...series].filter(Boolean))]
    const { sim, values, tracks, picture } = this
    this.context.kept?.set(
      this.block.id,
      pack({ sim, values, tracks, ghosts: picture.ghosts }, columns),
    )
  }

  #progress() {
    if (!this.jobs.isGoing) return progress(this.parts, null)
    const parts = this.tracks.map((track) =>
      isGoing(track) ? (track.frames.at(-1)?.progress ?? 0) : 1,
    )
    const part = parts.reduce((sum, each) => sum + each, 0) / parts.length
    const spent = this.#started ? (performance.now() - this.#started) / 1000 : 0
    const isKnown = summary(this.tracks) === "running" && spent > 1.2 && part > 0.02
    return progress(this.parts, part, isKnown ? timeLeft((spent * (1 - part)) / part) : "")
  }

  #model() {
    const hint = this.tracks.length || this.#fault ? "" : "Press Run to compute this here"
    const names = [...new Set([...this.block.data.controls, "seed"])]
    return this.picture.model(this.tracks, {
      hint,
      isGrowing: this.jobs.isGoing,
      fields: this.fields,
      names,
    })
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
    if (!this.tracks.some((track) => track.frames.length) && this.recorded.loadNow())
      this.#showRecorded()
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
