/** The surface of a simulation's panel: its controls, its button, its sentence and its bar. */

/** @import { Picture } from "../charts/series.js" */
/** @import { Control, Params, SimData, Track } from "../lib/types.js" */
/** @import { Player } from "./player.js" */

import { markWide, onFonts, onResize } from "../lib/dom.js"
import { buildPanel, keepTall, markTight, progress, say } from "./panel.js"
import { part, sentence, summary, timeLeftOf } from "./sentences.js"
import { sceneOf } from "./view.js"

export class Face {
  note = "" // what else there is to say
  fault = "" // what is wrong with the address
  told = "" // how the run compares with the one before it
  startedAt = 0 // ms, when the first frame of this run came; 0 before
  /** @type {Map<string, Control>} */
  controls = new Map() // by the name of their field

  /**
   * @param {HTMLElement} element the block's place in the slide
   * @param {SimData} data of the block
   */
  constructor(element, data) {
    this.element = element
    this.parts = buildPanel({
      title: data.title,
      hasScene: sceneOf(data) !== null,
      hasPaper: Boolean(data.published),
      label: "at rest: nothing has run yet",
    })
    element.replaceChildren(this.parts.root)
    if (Number.isFinite(data.height))
      element.style.flex = `0 1 calc(${Number(data.height) / 12.8} * var(--u))`
    const fit = () => this.fit()
    this.stops = [onResize(this.parts.root, fit), onFonts(fit)]
  }

  /**
   * Bring the button, the sentence and the bar up to date.
   * @param {Track[]} tracks that are shown
   * @param {Picture} picture
   * @param {{isGoing: boolean, isChanged: boolean}} state of the runs, and whether the controls
   *   were
   *   moved since
   */
  refresh(tracks, picture, { isGoing, isChanged }) {
    const { run, root } = this.parts
    const name = isGoing ? "Stop" : buttonName(tracks, isChanged)
    if (run.textContent !== name) run.textContent = name
    run.dataset.state = isGoing ? "going" : isChanged ? "changed" : "idle"
    root.dataset.state = this.fault ? "failed" : summary(tracks)
    if (this.fault) say(this.parts, this.fault, "error")
    else if (this.told && !isGoing && !this.note)
      say(this.parts, `${sentence(tracks, picture, "")[0]} ${this.told}`)
    else say(this.parts, ...sentence(tracks, picture, this.note))
    if (isGoing) progress(this.parts, part(tracks), timeLeftOf(tracks, this.startedAt))
    else progress(this.parts, null)
  }

  /** Put the controls where `params` are. @param {Params} params */
  move(params) {
    for (const [name, control] of this.controls) if (name in params) control.set(params[name])
  }

  /** Where the curves go, for who does not see them. @param {string} words */
  describe(words) {
    const { chart } = this.parts
    if (words && chart.getAttribute("aria-label") !== words) chart.setAttribute("aria-label", words)
  }

  fit() {
    markWide(this.parts.root, this.element)
    markTight(this.parts)
    keepTall(this.parts.state)
    keepTall(this.parts.texts)
  }

  destroy() {
    for (const stop of this.stops) stop()
    this.element.replaceChildren()
  }
}

/** @param {Track[]} tracks @param {boolean} isChanged */
function buttonName(tracks, isChanged) {
  if (!tracks.length || (!isChanged && tracks[0].isRecorded)) return "Run"
  return isChanged ? "Run with changes" : "Run again"
}

/**
 * What a panel shows, for the window that mirrors it.
 * @param {Player} player
 */
export function panelOf({ values, tracks, picture, block, jobs, face }) {
  return {
    values,
    tracks,
    ghosts: picture.ghosts,
    note: face.note,
    fault: face.fault,
    told: face.told,
    run: face.parts.run.textContent,
    isGoing: jobs.isGoing,
    sentence: face.parts.state.textContent,
    controls: block.data.controls,
  }
}
