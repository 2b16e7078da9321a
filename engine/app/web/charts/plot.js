/**
 * A figure of Plotly's that follows its element's size and the theme, and is redrawn no more often
 * than a reader can see or the browser can afford.
 */

/** @import { Layout, MakeFigure, Plotly } from "../lib/types.js" */

import { onFonts, onResize, readTheme } from "../lib/dom.js"
import { share, valueAt } from "./axes.js"

const LEAST_WAIT_MS = 125 // at most eight redraws a second …
const SHARE_OF_THREAD = 0.15 // … and not more than this part of the browser's time
const AGAIN_MS = 3000 // between tries to load Plotly (each is three requests)
const CONFIG = { displayModeBar: false, scrollZoom: false, doubleClick: false, showTips: false }

export class Drawing {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  #drawn = 0 // when the last drawing was finished, ms
  #cost = 0 // how long it took, ms
  /** @type {(() => void) | undefined} */
  ondrawn
  /** @type {((text: string) => void) | undefined} */
  onfailed // hears why there is no chart, and "" when there is one after all
  /** @type {(() => boolean) | undefined} */
  waits // whether there is nothing to draw yet; who has it then asks for a drawing
  /** @type {Layout | undefined} */
  layout // of the last drawing
  /** @type {Plotly | undefined} */
  Plotly
  #isShown = false
  #stale = false
  #hasFailed = false // Plotly could not be had

  /**
   * @param {HTMLElement} element filled by the figure
   * @param {{plotly: () => Promise<Plotly>, onTheme: (fn: () => void) => (() => void) | void}}
   *   context
   * @param {MakeFigure} make
   *   called when there is time to draw; `layout.frame` may hold the axes of a curve
   */
  constructor(element, context, make) {
    this.element = element
    this.plot = element.appendChild(document.createElement("div"))
    this.plot.className = "live-plot"
    this.context = context
    this.make = make
    const again = () => this.request()
    const anew = () => this.request(true) // the drawing of another size lies wrong
    this.stop = [onResize(element, anew), onFonts(again), context.onTheme(again)]
  }

  /** Draw soon, together with what is asked for until then; an urgent drawing waits for nothing. */
  request(isUrgent = false) {
    this.#stale = true
    if (!this.#isShown || (this.#timer && !isUrgent)) return
    clearTimeout(this.#timer)
    const pause = isUrgent ? 0 : Math.max(LEAST_WAIT_MS, this.#cost / SHARE_OF_THREAD)
    const due = this.#drawn + pause - performance.now()
    this.#timer = setTimeout(() => this.#draw(), Math.max(0, due))
  }

  show() {
    this.#isShown = true
    if (this.#stale) this.request()
  }

  /** Draw now, before the caller's next task, where Plotly is there. */
  print() {
    this.#isShown = true
    clearTimeout(this.#timer)
    return this.#draw()
  }

  hide() {
    this.#isShown = false
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  async #draw() {
    const plotly = await this.#library()
    if (!plotly) return
    this.#timer = undefined
    if (this.waits?.()) return
    const { clientWidth: width, clientHeight: height } = this.element
    if (!this.#isShown || width < 40 || height < 40) return
    this.#stale = false
    const start = performance.now()
    const { traces, layout } = this.make(readTheme(this.element), width, height)
    this.layout = layout
    await plotly.react(this.plot, traces, layout, CONFIG)
    // The picture keeps its proportions where its place becomes another one: on paper.
    for (const svg of this.plot.querySelectorAll("svg.main-svg"))
      svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
    this.#drawn = performance.now()
    this.#cost = this.#drawn - start
    this.ondrawn?.()
  }

  /**
   * Load Plotly where it is missing; where it cannot be had, say so and try again after a while.
   */
  async #library() {
    try {
      this.Plotly ??= await this.context.plotly()
      if (this.#hasFailed) this.onfailed?.("")
      this.#hasFailed = false
      return this.Plotly
    } catch {
      if (!this.#hasFailed)
        this.onfailed?.("The chart library did not load. This page keeps trying.")
      this.#hasFailed = true
      if (this.#isShown) this.#timer = setTimeout(() => this.#draw(), AGAIN_MS)
      return null
    }
  }

  /**
   * Where a point of the data lies in the element, px; null beyond the axes last drawn.
   * @param {number} x
   * @param {number} y
   */
  place(x, y) {
    if (!this.layout?.frame) return null
    const { margin, width, height, frame } = this.layout
    const [right, up] = [share(frame.xAxis, x), share(frame.yAxis, y)]
    if (Math.min(right, up) < -0.01 || Math.max(right, up) > 1.01) return null
    return {
      left: margin.l + right * (width - margin.l - margin.r),
      top: margin.t + (1 - up) * (height - margin.t - margin.b),
      floor: height - margin.b,
    }
  }

  /**
   * The x value under a place on the screen, or null outside the plot.
   * @param {number} clientX
   */
  xUnder(clientX) {
    if (!this.layout?.frame) return null
    const { margin, width, frame } = this.layout
    const box = this.element.getBoundingClientRect()
    const part = (clientX - box.left - margin.l) / (width - margin.l - margin.r)
    return part < -0.03 || part > 1.06 ? null : valueAt(frame.xAxis, Math.min(1, Math.max(0, part)))
  }

  destroy() {
    this.hide()
    this.stop.forEach((stop) => stop?.())
    this.Plotly?.purge(this.plot)
    this.plot.remove()
  }
}
