/**
 * The curve of a live block, drawn by Plotly in the house's template: no frame, few grid lines,
 * names at the ends of lines, a target as a dashed line, and colours by meaning.
 */

import { axis, extent, share, spread, valueAt } from "./axes.js"
import { onResize, readTheme, textSize } from "./dom.js"
import { escapeHtml, faded } from "./format.js"

const LEAST_WAIT_MS = 125 // at most eight redraws a second …
const SHARE_OF_THREAD = 0.15 // … and not more than this part of the browser's time
const CONFIG = { displayModeBar: false, scrollZoom: false, doubleClick: false, showTips: false }

/**
 * @typedef {Object} Model what a curve shows
 * @property {string} xTitle
 * @property {string} yTitle
 * @property {boolean} [xLog]
 * @property {boolean} [yLog]
 * @property {boolean} [isGrowing] more points are coming
 * @property {{x: number[], y: number[], colour: string, label?: string, hover?: string,
 *   isGhost?: boolean, isThin?: boolean, dash?: string}[]} lines `colour` names the palette
 * @property {{x: number[], low: number[], high: number[], colour: string, alpha: number}[]} [bands]
 * @property {number} [target]
 * @property {string} [targetLabel]
 * @property {string} [hint] a sentence in the empty plot
 */

/**
 * The Plotly layout of every figure of the house.
 * @param {Object} theme from `readTheme`
 * @param {{width: number, height: number, xAxis: import("./axes.js").Axis, xTitle?: string,
 *   yAxis: import("./axes.js").Axis, yTitle?: string, hint?: string, target?: number,
 *   targetLabel?: string, ends?: {x: number, y: number, text: string, colour: string}[]}} spec
 *   sizes in px; `ends` are the names at the ends of lines
 */
export function figureLayout(theme, spec) {
  const { xAxis, yAxis, ends = [] } = spec
  const small = textSize(theme, 1.16, 12)
  const size = textSize(theme, 1.24, 12.5)
  const widest = (texts, px, weight = 400) =>
    Math.max(0, ...texts.map((text) => textWidth(text, `${weight} ${px}px ${theme.sans}`)))
  const names = [...ends.map((end) => end.text), spec.targetLabel ?? ""]
  const right = Math.min(0.36 * spec.width, widest(names, size, 650) + 1.1 * size)
  const margin = {
    l: Math.max(1.2 * small, widest(yAxis.labels, small) + 0.9 * small),
    r: Math.max(right, 1.4 * small),
    t: spec.yTitle ? 2.1 * small : 0.9 * small,
    b: spec.xTitle ? 3.1 * small : 1.8 * small,
    pad: 0,
  }
  const layout = {
    width: spec.width, height: spec.height, margin, autosize: false,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.sans, size: small, color: theme.soft },
    showlegend: false, hovermode: "closest", hoverdistance: 40, dragmode: false,
    hoverlabel: { bgcolor: theme.card, bordercolor: theme.hair, align: "left",
      font: { family: theme.sans, size: small, color: theme.ink } },
    xaxis: { ...plotlyAxis(theme, xAxis), showgrid: false },
    yaxis: { ...plotlyAxis(theme, yAxis), showgrid: true },
    shapes: [], annotations: [],
  }
  if (spec.xTitle) layout.xaxis.title = { text: escapeHtml(spec.xTitle), standoff: 0.55 * small }
  if (spec.yTitle) layout.annotations.push(note(spec.yTitle, { x: 0, y: 1, xref: "paper", yref: "paper",
    xanchor: "left", yanchor: "bottom", yshift: 0.45 * small }))
  if (spec.hint) layout.annotations.push(note(spec.hint, { x: 0.5, y: 0.5, xref: "paper", yref: "paper",
    font: { size: 1.08 * size, color: theme.soft } }))
  if (spec.target !== undefined) layout.shapes.push({ type: "line", layer: "below", xref: "paper", x0: 0,
    x1: 1, y0: plain(yAxis, spec.target), y1: plain(yAxis, spec.target), yref: "y",
    line: { color: theme.soft, width: Math.max(1, 0.09 * theme.unit), dash: "5px,5px" } })
  placeEnds(theme, spec, layout, size)
  return layout
}

function placeEnds(theme, spec, layout, size) {
  const { xAxis, yAxis } = spec
  const { margin } = layout
  const room = spec.height - margin.t - margin.b
  const all = (spec.ends ?? []).map((end) => ({ ...end, weight: 650, colour: theme[end.colour] ?? end.colour }))
  if (spec.target !== undefined && spec.targetLabel) {
    const x = valueAt(xAxis, 1)
    all.push({ x, y: spec.target, text: spec.targetLabel, colour: theme.soft, weight: 400 })
  }
  const heights = all.map((end) => room * (1 - share(yAxis, end.y)))
  const placed = spread(heights, 1.18 * size)
  all.forEach((end, k) => {
    const text = escapeHtml(end.text)
    layout.annotations.push(note(end.weight > 400 ? `<b>${text}</b>` : text, {
      x: share(xAxis, end.x), xref: "paper", xanchor: "left", xshift: 0.45 * size,
      y: 1 - placed[k] / room, yref: "paper", yanchor: "middle", font: { size, color: end.colour } }, true))
  })
}

function plotlyAxis(theme, made) {
  return {
    type: made.isLog ? "log" : "linear", fixedrange: true, zeroline: false, showline: false,
    range: made.range.map((value) => plain(made, value)), tickmode: "array", tickvals: made.ticks,
    ticktext: made.labels, gridcolor: theme.hair, gridwidth: 1, ticks: "",
  }
}

const plain = (made, value) => (made.isLog ? Math.log10(value) : value)
const note = (text, rest, isHtml = false) =>
  ({ showarrow: false, text: isHtml ? text : escapeHtml(text), captureevents: false, ...rest })

const pen = document.createElement("canvas").getContext("2d")
function textWidth(text, font) {
  pen.font = font
  return pen.measureText(text).width
}

/** A figure that follows its model, its element's size and the theme. */
export class Curve {
  #model = null
  #timer = 0
  #drawn = 0 // when the last drawing was finished, ms
  #cost = 0 // how long it took, ms
  #isShown = false
  #stale = false

  /**
   * @param {HTMLElement} element filled by the figure
   * @param {{plotly: () => Promise<any>, onTheme: (fn: Function) => (() => void) | void}} context
   * @param {() => Model} model called when there is time to draw
   */
  constructor(element, context, model) {
    this.element = element
    this.plot = element.appendChild(document.createElement("div"))
    this.plot.className = "live-plot"
    this.#model = model
    this.context = context
    this.stop = [onResize(element, () => this.request()), context.onTheme(() => this.request())]
  }

  /** Draw soon: what is asked for in between is drawn together. */
  request() {
    this.#stale = true
    if (!this.#isShown || this.#timer) return
    const pause = Math.max(LEAST_WAIT_MS, this.#cost / SHARE_OF_THREAD)
    const due = this.#drawn + pause - performance.now()
    this.#timer = setTimeout(() => this.#draw(), Math.max(0, due))
  }

  show() {
    this.#isShown = true
    if (this.#stale) this.request()
  }

  hide() {
    this.#isShown = false
    clearTimeout(this.#timer)
    this.#timer = 0
  }

  async #draw() {
    try {
      this.Plotly ??= await this.context.plotly()
    } catch {
      this.plot.textContent = "The chart library did not load. Reload the page to try again."
    }
    this.#timer = 0
    const { clientWidth: width, clientHeight: height } = this.element
    if (!this.Plotly || !this.#isShown || width < 40 || height < 40) return
    this.#stale = false
    const start = performance.now()
    const { traces, layout } = figure(readTheme(this.element), this.#model(), width, height)
    this.layout = layout
    await this.Plotly.react(this.plot, traces, layout, CONFIG)
    this.#drawn = performance.now()
    this.#cost = this.#drawn - start
    this.ondrawn?.()
  }

  /** Where a point of the data lies in the element, px; null before the first drawing. */
  place(x, y) {
    if (!this.layout) return null
    const { margin, width, height, frame } = this.layout
    return {
      left: margin.l + share(frame.xAxis, x) * (width - margin.l - margin.r),
      top: margin.t + (1 - share(frame.yAxis, y)) * (height - margin.t - margin.b),
      floor: height - margin.b,
    }
  }

  /** The x value under a place on the screen, or null outside the plot. */
  xUnder(clientX) {
    if (!this.layout) return null
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

/** A model as Plotly's traces and layout. */
function figure(theme, model, width, height) {
  const bands = model.bands ?? []
  const target = Number.isFinite(model.target) ? [model.target] : []
  const xData = extent([...model.lines, ...bands].map((each) => each.x))
  const yData = extent([...model.lines.map((line) => line.y), ...bands.flatMap((each) => [each.low, each.high])])
  const anchored = yData || target.length ? extent([yData ?? [0], target]) : null
  const isGrowing = Boolean(model.isGrowing)
  const xAxis = axis(xData, { isLog: model.xLog, isGrowing, snug: true, count: width > 420 ? 5 : 3 })
  const yAxis = axis(anchored, { isLog: model.yLog, count: height > 150 ? 4 : 2 })
  const ends = model.lines.filter((line) => line.label && line.x.length > 0)
    .map((line) => ({ x: line.x.at(-1), y: line.y.at(-1), text: line.label, colour: line.colour }))
  const layout = figureLayout(theme, { ...model, target: target[0], width, height, xAxis, yAxis, ends })
  layout.frame = { xAxis, yAxis }
  const traces = [...bands.flatMap((each) => bandTraces(theme, each)), ...model.lines.map((line) => trace(theme, line, model))]
  return { traces, layout }
}

function trace(theme, line, model) {
  const width = line.isGhost || line.isThin ? 0.16 : 0.24
  const words = `%{y:,.4~g}<br>${escapeHtml(model.xTitle)} %{x:,.6~g}`
  return {
    type: "scatter", mode: line.x.length === 1 ? "markers" : "lines", x: line.x, y: line.y,
    opacity: line.isGhost ? 0.28 : 1, marker: { color: theme[line.colour], size: 0.5 * theme.unit },
    line: { color: theme[line.colour] ?? line.colour, width: Math.max(1.6, width * theme.unit), dash: line.dash ?? "solid" },
    hovertemplate: `${line.hover ? `${escapeHtml(line.hover)}<br>` : ""}${words}<extra></extra>`,
  }
}

function bandTraces(theme, { x, low, high, colour, alpha }) {
  const shared = { type: "scatter", mode: "lines", x, line: { width: 0 }, hoverinfo: "skip" }
  return [{ ...shared, y: low }, { ...shared, y: high, fill: "tonexty", fillcolor: faded(theme[colour], alpha) }]
}
