/** What a panel shows of its runs: the curve, a scene beside it, a paper's curve, and texts. */

import { curveFigure } from "../charts/curve.js"
import { credit, published } from "../charts/figures.js"
import { Drawing } from "../charts/plot.js"
import { readTheme } from "../lib/dom.js"
import { nearest } from "../lib/tracks.js"
import { scenes } from "../scenes/index.js"
import { Clips } from "./clips.js"
import { showTexts } from "./texts.js"

/** The name of a block's scene, or null when it has none. */
export function sceneOf({ scene, sim }) {
  const name = scene ?? sim
  return Object.hasOwn(scenes, name) ? name : null
}

export class View {
  #stops = []
  #shown // the number of the frame whose clip plays

  /**
   * @param {Object<string, HTMLElement>} parts from `buildPanel`
   * @param {Object} data of the block
   * @param {Object} context what the stage offers (see blocks/kinds.js)
   * @param {{picture: import("../charts/series.js").Picture, tracks: () => Object[],
   *   model: () => import("../charts/curve.js").Model, say: (text: string) => void}} player whose runs these are
   */
  constructor(parts, data, context, player) {
    Object.assign(this, { parts, context, player, picture: player.picture })
    const make = (theme, width, height) => curveFigure(theme, player.model(), width, height)
    this.curve = new Drawing(parts.chart, context, make)
    this.curve.ondrawn = () => this.#movePlayhead()
    this.curve.onfailed = (text) => player.say(text)
    if (data.published) this.#buildPaper(data.published)
    const scene = sceneOf(data)
    if (scene) this.#buildScene(scenes[scene])
    else this.#onPointer((index) => this.#showTexts(index)) // without a scene, texts are looked at
  }

  /** The paper's curve beside ours; in our own plot, with the source under it, where axes agree. */
  #buildPaper(content) {
    const [chart, words] = this.parts.paper.children
    words.textContent = [content.where, content.read_by].filter(Boolean).join("; ")
    words.title = credit(content)
    if (this.picture.isOverlaid) chart.remove()
    else this.paper = new Drawing(chart, this.context, published(content))
    this.parts.paper.classList.toggle("is-words", this.picture.isOverlaid)
  }

  #buildScene(scene) {
    const { canvas, scrub, root } = this.parts
    root.classList.toggle("is-beside", scene.isSquare === true)
    const onClip = (index) => {
      this.#shown = index
      this.#movePlayhead()
    }
    const isStill = () => this.context.reducedMotion()
    this.clips = new Clips(canvas, scene.create(canvas, readTheme(root)), { isStill, onClip })
    this.#stops.push(this.context.onTheme(() => this.clips.resize()))
    this.#onPointer((index) => this.clips.pick(index))
    scrub.addEventListener("input", () => this.clips.pick(Number(scrub.value)))
    scrub.addEventListener("blur", () => this.clips.pick(null))
  }

  /** Call `pick` with the number of the frame under the pointer, and with null when it leaves. */
  #onPointer(pick) {
    const { chart } = this.parts
    const move = (event) => {
      const at = this.#frames.length ? this.curve.xUnder(event.clientX) : null
      if (at !== null) pick(nearest(this.#frames, this.picture.x, at))
    }
    chart.addEventListener("pointermove", move)
    chart.addEventListener("pointerdown", move)
    chart.addEventListener("pointerleave", () => pick(null))
  }

  /** The frames of the run whose scene and texts are shown. */
  get #frames() {
    return this.player.tracks()[0]?.frames ?? []
  }

  #showTexts(picked) {
    const { group, x, xTitle } = this.picture
    if (this.#frames.length) showTexts(this.parts.texts, this.#frames, { group, x, xTitle, picked })
  }

  /** Another run is shown from now on; its `frames` may be on their way. */
  restart(frames) {
    this.clips?.restart(frames)
  }

  /** Frames came: of the first run, or (`isFirst` false) of another one of a band. */
  grown(isFirst = true) {
    this.parts.scrub.max = String(this.#frames.length - 1)
    if (!isFirst) return
    this.clips?.look()
    this.#showTexts(null)
  }

  /** The first run has ended: its last clip plays on. */
  finish() {
    this.clips?.finish()
  }

  /** Draw the curve anew, soon or (`isUrgent`) at once. */
  draw(isUrgent = false) {
    this.curve.request(isUrgent)
  }

  #movePlayhead() {
    const { playhead, scrub } = this.parts
    const frame = this.player.tracks().length === 1 ? this.#frames[this.#shown] : undefined
    const [x, y] = [frame?.[this.picture.x], frame?.[this.picture.series[0]]]
    const at = Number.isFinite(x) && Number.isFinite(y) ? this.curve.place(x, y) : null
    playhead.hidden = !at
    if (!at) return
    playhead.style.transform = `translate(${at.left}px, ${at.top}px)`
    playhead.style.setProperty("--drop", `${Math.max(0, at.floor - at.top)}px`)
    if (document.activeElement !== scrub) scrub.value = String(this.#shown)
    scrub.setAttribute("aria-valuetext", this.clips.caption || String(this.#shown))
  }

  show() {
    this.curve.show()
    this.paper?.show()
    this.clips?.show()
    this.curve.request()
    this.paper?.request()
  }

  /** Everything at rest and drawn now, for paper. */
  print() {
    this.clips?.print()
    this.curve.print()
    this.paper?.print()
  }

  hide() {
    this.curve.hide()
    this.paper?.hide()
    this.clips?.hide()
  }

  destroy() {
    this.#stops.forEach((stop) => stop?.())
    this.clips?.destroy()
    this.paper?.destroy()
    this.curve.destroy()
  }
}
