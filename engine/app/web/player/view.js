/** What a panel shows of its runs: the curve, a scene beside it, a paper's curve, and texts. */

/** @import { Model } from "../charts/curve.js" */
/** @import { Picture } from "../charts/series.js" */
/** @import { BlockContext, Frame, MakeFigure, Published } from "../lib/types.js" */
/** @import { SceneKind, SimData, Track } from "../lib/types.js" */
/** @import { Parts } from "./panel.js" */

import { curveFigure } from "../charts/curve.js"
import { Drawing } from "../charts/plot.js"
import { credit, published } from "../charts/published.js"
import { readTheme } from "../lib/dom.js"
import { nearest } from "../lib/tracks.js"
import { scenes } from "../scenes/index.js"
import { Clips } from "./clips.js"
import { showTexts } from "./texts.js"

/**
 * The name of a block's scene, or null when it has none.
 * @param {Pick<SimData, "scene" | "sim">} data
 */
export function sceneOf({ scene, sim }) {
  const name = scene ?? sim
  return Object.hasOwn(scenes, name) ? name : null
}

export class View {
  /** @type {(() => void)[]} */
  #stops = []
  /** @type {number | null} */
  #shown = null // the number of the frame whose clip plays

  /**
   * @param {Parts} parts
   * @param {SimData} data of the block
   * @param {BlockContext} context
   * @param {{picture: Picture, tracks: () => Track[], model: () => Model, before: () => Model,
   *   isPending: () => boolean, say: (text: string) => void}} player whose runs these are;
   *   `before`: the run before this one; `isPending`: there is nothing to draw yet
   */
  constructor(parts, data, context, player) {
    this.parts = parts
    this.context = context
    this.player = player
    this.picture = player.picture
    /** @type {Drawing | undefined} */
    this.paper = undefined
    /** @type {Drawing | undefined} */
    this.other = undefined // the run before this one, where they stand side by side
    /** @type {Clips | undefined} */
    this.clips = undefined
    /** @type {MakeFigure} */
    const make = (theme, width, height) => curveFigure(theme, player.model(), width, height)
    this.curve = new Drawing(parts.chart, context, make)
    this.curve.ondrawn = () => this.#movePlayhead()
    this.curve.onfailed = (text) => player.say(text)
    this.curve.waits = () => player.isPending()
    if (data.published) this.#buildPaper(data.published)
    const scene = sceneOf(data)
    if (scene) this.#buildScene(scenes[scene])
    else this.#onPointer((index) => this.#showTexts(index)) // without a scene, texts are looked at
  }

  /**
   * The paper's curve beside ours; in our own plot, with the source under it, where axes agree.
   * @param {Published} content
   */
  #buildPaper(content) {
    const { paper } = this.parts
    if (!paper) return
    const [chart, words] = /** @type {Iterable<HTMLElement>} */ (paper.children)
    words.textContent = [content.where, content.read_by].filter(Boolean).join("; ")
    words.title = credit(content)
    if (this.picture.isOverlaid) chart.remove()
    else this.paper = new Drawing(chart, this.context, published(content))
    paper.classList.toggle("is-words", this.picture.isOverlaid)
  }

  /** @param {SceneKind} scene */
  #buildScene(scene) {
    const { canvas, scrub, root } = this.parts
    if (!canvas) return
    root.classList.toggle("is-beside", scene.isSquare === true)
    /** @param {number | null} index */
    const onClip = (index) => {
      this.#shown = index
      this.#movePlayhead()
    }
    const isStill = () => this.context.reducedMotion()
    const clips = new Clips(canvas, scene.create(canvas, readTheme(root)), { isStill, onClip })
    this.clips = clips
    this.#stops.push(this.context.onTheme(() => clips.resize()))
    this.#onPointer((index) => clips.pick(index))
    scrub.addEventListener("input", () => clips.pick(Number(scrub.value)))
    scrub.addEventListener("blur", () => clips.pick(null))
  }

  /**
   * Call `pick` with the number of the frame under the pointer, and with null when it leaves.
   * @param {(index: number | null) => void} pick
   */
  #onPointer(pick) {
    const { chart } = this.parts
    /** @param {PointerEvent} event */
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

  /** @param {number | null} picked */
  #showTexts(picked) {
    const { group, x, xTitle } = this.picture
    if (this.#frames.length) showTexts(this.parts.texts, this.#frames, { group, x, xTitle, picked })
  }

  /**
   * Another run is shown from now on; its `frames` may be on their way.
   * @param {Frame[]} frames
   */
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

  /** Draw the curve again, soon or (`isUrgent`) at once. */
  draw(isUrgent = false) {
    this.curve.request(isUrgent)
    this.other?.request(isUrgent)
  }

  get isSplit() {
    return this.other !== undefined
  }

  /** Show the run before this one in a chart of its own, beside it, or no longer. */
  split(isOn = true) {
    const { chart, root } = this.parts
    root.classList.toggle("is-split", isOn)
    if (isOn === this.isSplit) return
    if (!isOn) {
      this.other?.destroy()
      chart.previousElementSibling?.remove()
      this.other = undefined
      return
    }
    const place = document.createElement("div")
    place.className = "live-chart live-other"
    chart.before(place)
    this.other = new Drawing(place, this.context, (theme, width, height) =>
      curveFigure(theme, this.player.before(), width, height),
    )
    this.other.show()
    this.draw()
  }

  #movePlayhead() {
    const { playhead, scrub } = this.parts
    const isOne = this.player.tracks().length === 1
    const frame = isOne && this.#shown !== null ? this.#frames[this.#shown] : undefined
    const [x, y] = [frame?.[this.picture.x], frame?.[this.picture.series[0]]]
    const isPlace = typeof x === "number" && typeof y === "number" && Number.isFinite(x + y)
    const at = isPlace ? this.curve.place(x, y) : null
    playhead.hidden = !at
    if (!at) return
    playhead.style.transform = `translate(${at.left}px, ${at.top}px)`
    playhead.style.setProperty("--drop", `${Math.max(0, at.floor - at.top)}px`)
    if (document.activeElement !== scrub) scrub.value = String(this.#shown)
    scrub.setAttribute("aria-valuetext", this.clips?.caption || String(this.#shown))
  }

  show() {
    this.curve.show()
    this.paper?.show()
    this.other?.show()
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
    this.other?.hide()
    this.clips?.hide()
  }

  destroy() {
    this.#stops.forEach((stop) => stop?.())
    this.clips?.destroy()
    this.paper?.destroy()
    this.other?.destroy()
    this.curve.destroy()
  }
}
