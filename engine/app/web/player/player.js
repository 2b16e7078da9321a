/** The `sim` block: run a simulation, watch its curve grow and its policy play. */

/** @import { SharedBlock } from "../lib/protocol.js" */
/** @import { Block, BlockContext, Params } from "../lib/types.js" */
/** @import { SimData, SimPanel, Track, Value } from "../lib/types.js" */

import { Picture } from "../charts/series.js"
import { site } from "../lib/source.js"
import { isGoing, newTrack, tracksOfSeeds } from "../lib/tracks.js"
import { trends } from "../lib/trends.js"
import { begin } from "./beginning.js"
import { Earlier } from "./earlier.js"
import { Face, panelOf } from "./face.js"
import { FromElsewhere } from "./from_elsewhere.js"
import { Jobs } from "./jobs.js"
import { keepPanel } from "./kept.js"
import { isPending, modelBefore, modelOf } from "./models.js"
import { print } from "./on_paper.js"
import { Recorded } from "./recording.js"
import { RoomLabels } from "./room_labels.js"
import { RunsList } from "./runs_list.js"
import { ending, sentence, told } from "./sentences.js"
import { buildStrip } from "./strip.js"
import { View } from "./view.js"

export class Player {
  #asked = "" // the values of the last run that was asked for
  isOver = false // the panel was taken away: answers that come now are nobody's
  isMirrored = false // the panel of another window is shown
  isBeginning = true // what it shows first is on its way

  /**
   * @param {HTMLElement} element the block's place in the slide
   * @param {Block<SimData>} block of the deck's JSON, a `sim`
   * @param {BlockContext} context what the stage offers
   */
  constructor(element, block, context) {
    const { sim, fields, params, budget, recorded, room } = block.data
    this.element = element
    this.block = block
    this.context = context
    this.sim = sim
    this.fields = fields
    this.values = { ...params }
    this.picture = new Picture(block.data)
    this.recorded = new Recorded(context, recorded)
    this.labels = room ? new RoomLabels(context, room, fields) : null
    this.jobs = new Jobs(context.socket, sim, budget, {
      noted: (track, notes) => this.#noted(track, notes),
      grown: (track) => this.#grown(track),
      turned: (track) => this.#turned(track),
    })
    this.face = new Face(element, block.data)
    this.view = new View(this.face.parts, block.data, context, {
      picture: this.picture,
      tracks: () => this.tracks,
      model: () => modelOf(this),
      before: () => modelBefore(this),
      isPending: () => isPending(this),
      say: (text) => this.say(text),
    })
    this.earlier = new Earlier(this)
    this.elsewhere = new FromElsewhere(this)
    this.list = new RunsList(this)
    this.face.parts.state.parentElement?.before(this.list.element)
    this.face.controls = buildStrip(this, {
      changed: (name, value) => this.change(name, value),
      say: (text) => this.say(text),
    })
    this.#refresh()
    begin(this)
  }

  /** A block with `autorun` answers a slider while it moves, for simulations that take no time. */
  get isLive() {
    return this.block.data.autorun === true || this.grid !== undefined
  }

  /** The values whose runs lie beside an exported page; a server makes any run. */
  get grid() {
    return site ? this.block.data.grid : undefined
  }

  get tracks() {
    return this.jobs.tracks
  }

  /** Show the run that ships with the block, as if it had just ended; `why` it stands there. */
  showRecorded(why = "") {
    if (this.recorded.track) this.showEnded([this.recorded.track])
    if (why) this.say(`${why} Showing the recorded run.`)
  }

  /**
   * Show runs that have ended.
   * @param {Track[]} tracks
   */
  showEnded(tracks) {
    this.jobs.tracks = tracks
    if (tracks[0].frames.length) this.picture.learn(tracks[0].frames[0])
    this.view.restart(tracks[0].frames)
    this.view.grown()
    this.view.finish()
    keepPanel(this)
    this.#refresh() // before the chart, whose room depends on the words below it
    this.view.draw(true)
  }

  /**
   * Start a run with the values of the controls; the one shown before becomes a ghost.
   * @param {string[]} [notes]
   */
  async run(notes = []) {
    if (this.labels) Object.assign(this.values, await this.labels.now())
    if (this.isOver) return
    this.#asked = JSON.stringify(this.values)
    if (!this.isLive) this.context.ran?.()
    // Who sees the result already and presses Run wants to see it made.
    const isKnown = this.tracks.length > 0 && !this.isLive && !this.jobs.isStale(this.values)
    this.begin([newTrack({ ...this.values }, isKnown)], notes.join(" "))
  }

  /**
   * The same run for `count` seeds from the chosen one on, drawn as median and spread.
   * @param {number} count
   */
  runSeeds(count) {
    this.context.ran?.()
    this.begin(tracksOfSeeds(this.values, this.fields, count))
  }

  /**
   * Start these runs; those that were shown become ghosts.
   * @param {Track[]} tracks
   * @param {string} [note]
   */
  begin(tracks, note = "") {
    this.earlier.makeWay(tracks)
    this.face.told = ""
    this.face.startedAt = 0
    this.face.note = note
    this.face.fault = ""
    this.view.restart(tracks[0].frames)
    this.jobs.start(tracks)
    keepPanel(this)
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

  /** What stands around the runs has changed: keep, say and draw it. */
  redraw() {
    keepPanel(this)
    this.#refresh()
    this.view.draw()
  }

  /** Let the vertical axis follow the curves, or hold what the deck says. */
  fitAxis() {
    this.picture.isFitted = !this.picture.isFitted
    this.view.draw()
  }

  /** @param {Track} track @param {string[]} notes */
  #noted(track, notes) {
    if (this.tracks.length > 1) return
    if (!this.isLive) this.setControls(track.params) // a moving slider is ahead of its answers
    this.say(notes.join(" "))
  }

  /** @param {Track} track */
  #grown(track) {
    this.face.startedAt ||= performance.now()
    this.picture.learn(track.frames[0])
    this.view.grown(track === this.tracks[0])
    this.#refresh()
    if (!this.isLive) this.view.draw() // half an answer would flicker under a moving slider
  }

  /** @param {Track} track */
  #turned(track) {
    if (track === this.tracks[0] && !isGoing(track)) this.view.finish()
    if (!isGoing(track)) keepPanel(this)
    if (this.tracks.length === 1 && this.recorded.canReplace(track))
      return this.showRecorded(ending(track, this.picture))
    this.#refresh()
    if (!this.isLive || !this.jobs.isGoing) this.view.draw(this.isLive)
    if (this.jobs.isGoing) return
    if (this.isLive && this.#asked !== JSON.stringify(this.values)) return this.run()
    const [said] = sentence(this.tracks, this.picture, "")
    this.face.told = told(this.tracks, this.picture, this.recorded.track, this.fields)
    this.#refresh()
    const words = [said || ending(track, this.picture), this.face.told]
    this.context.announce(words.filter(Boolean).join(" "))
  }

  /** A control was set. @param {string} name @param {Value} value */
  change(name, value) {
    this.values[name] = value
    const usual = this.block.data.params
    const changed = Object.entries(this.values).filter(([key, each]) => each !== usual[key])
    this.context.address.set(this.block.id, changed.length ? Object.fromEntries(changed) : null)
    this.face.note = this.face.fault = ""
    keepPanel(this)
    this.#refresh()
    if (this.isLive && !this.jobs.isGoing) this.run()
  }

  /** Set the controls, and what the next run is asked with. @param {Params} params */
  setControls(params) {
    Object.assign(this.values, params)
    this.face.move(params)
    this.#refresh()
  }

  /**
   * The values of the address are wrong.
   * @param {string} fault in a sentence
   */
  refuse(fault) {
    this.face.fault = fault
    this.#refresh()
  }

  /** Say one sentence under the chart, and to a screen reader. @param {string} text */
  say(text) {
    this.face.note = text
    this.context.announce(text)
    this.#refresh()
  }

  #refresh() {
    const state = { isGoing: this.jobs.isGoing, isChanged: this.jobs.isStale(this.values) }
    this.face.refresh(this.tracks, this.picture, state)
    this.list?.refresh()
    const way = trends(this.picture.drawn(this.tracks.filter((track) => track.frames.length)))
    if (!this.jobs.isGoing) this.face.describe(way)
    this.context.changed?.()
  }

  /** What is shown here, for the window that mirrors it (views/link.js). */
  panel() {
    return panelOf(this)
  }

  /** @param {SimPanel} panel of another window */
  mirror(panel) {
    this.elsewhere.mirror(panel)
  }

  /** @param {SharedBlock} shared by the presenter of a room */
  follow(shared) {
    this.elsewhere.follow(shared)
  }

  /**
   * Do what the presenter window asks: its buttons and controls stand for those of this panel.
   * @param {string} name
   * @param {Value} [value] of a control
   */
  command(name, value) {
    this.elsewhere.command(name, value)
  }

  show() {
    this.face.fit()
    this.view.show()
  }

  print() {
    print(this)
  }

  hide() {
    this.view.hide()
  }

  destroy() {
    this.isOver = true
    this.labels?.stop()
    this.jobs.destroy()
    this.view.destroy()
    this.face.destroy()
  }
}
