/** The curve of a live block: its lines and bands as traces of Plotly's, in colours by meaning. */

/** @import { Axis, Figure, Layout, Palette } from "../lib/types.js" */

import { colourIn } from "../lib/dom.js"
import { escapeHtml, faded } from "../lib/format.js"
import { quantile } from "../lib/tracks.js"
import { axis, extent, share } from "./axes.js"
import { figureLayout, labelsIn } from "./layout.js"

/** @typedef {{x: number[], y: number[], colour: string, label?: string, hover?: string,
 *   isGhost?: boolean, isThin?: boolean, isCloud?: boolean, hasDots?: boolean, dash?: string}} Line
 *   `colour` is a name of the palette or a CSS colour */
/** @typedef {{x: number[], low: number[], high: number[], colour: string, alpha: number}} Area */

/**
 * @typedef {Object} Model what a curve shows
 * @property {string} xTitle
 * @property {string} yTitle
 * @property {boolean} [xLog]
 * @property {boolean} [yLog]
 * @property {boolean} [isGrowing] more points are coming
 * @property {[number, number]} [yRange] what the vertical axis holds, whatever the curves
 * @property {{x: number[], y: number[]}[]} [among] curves of a chart beside this one
 * @property {Line[]} lines
 * @property {Area[]} [bands]
 * @property {number} [target]
 * @property {string} [targetLabel]
 * @property {string} [hint] a sentence in the empty plot
 */

/**
 * A model as Plotly's traces and layout. `layout.frame` keeps the axes, for places in the plot.
 * @param {Palette} theme
 * @param {Model} given
 * @param {number} width px
 * @param {number} height px
 * @returns {Figure}
 */
export function curveFigure(theme, given, width, height) {
  const model = { ...given, lines: given.lines.map((line) => placed(line, given)) }
  const { lines, bands = [], target } = model
  const goal = target !== undefined && Number.isFinite(target) ? [target] : []
  const { among = [], yRange } = model
  const xData = extent([...lines, ...bands, ...among].map((each) => each.x))
  const heights = bands.flatMap((each) => [each.low, each.high])
  const yData = extent([...lines, ...among].map((each) => each.y).concat(heights))
  const anchored = yData || goal.length ? extent([yData ?? [0], goal]) : null
  const count = width > 420 ? 5 : width > 260 ? 3 : 2
  const isGrowing = Boolean(model.isGrowing)
  const xAxis = axis(xData, { isLog: model.xLog, isGrowing, snug: true, count })
  const labels = { isLog: model.yLog, count: labelsIn(theme, height) }
  // What is declared is the least that is shown: no curve leaves the chart.
  const isHeld = yRange !== undefined && anchored !== null && holds(yRange, anchored)
  const yAxis = isHeld ? axis(yRange, { ...labels, snug: true }) : axis(anchored, labels)
  const ends = endsOf(lines, xAxis)
  const spec = { ...model, target: goal[0], width, height, xAxis, yAxis, ends }
  const traces = [
    ...bands.flatMap((each) => bandTraces(theme, each)),
    ...lines.map((line) => trace(theme, line, model)),
  ]
  const layout = { ...figureLayout(theme, spec), frame: { xAxis, yAxis } }
  if (!lines.some((line) => line.isCloud)) readAllAt(layout, model.xTitle)
  return { traces, layout }
}

/** @param {[number, number]} range @param {[number, number]} data */
const holds = ([low, high], data) => low <= data[0] && data[1] <= high

/** The lines that have a name, and where each ends. @param {Line[]} lines @param {Axis} xAxis */
function endsOf(lines, xAxis) {
  return lines
    .filter((line) => line.label && line.x.length > 0)
    .map((line) => ({
      x: line.x[line.x.length - 1],
      y: heightOf(line, xAxis),
      text: line.label ?? "",
      colour: line.colour,
      isCloud: line.isCloud,
    }))
}

// A cloud that does not end at the margin has its name at the height of its middle.
/** @param {Line} line @param {Axis} xAxis */
function heightOf({ x, y, isCloud }, xAxis) {
  const last = x.length - 1
  if (!isCloud || share(xAxis, x[last]) > 0.9) return y[last]
  return quantile(
    [...y].sort((a, b) => a - b),
    0.5,
  )
}

// Zero has no place on a logarithmic axis.
/** @param {Line} line @param {{ xLog?: boolean, yLog?: boolean }} scales @returns {Line} */
function placed(line, { xLog, yLog }) {
  if (!xLog && !yLog) return line
  const kept = line.x
    .map((_, k) => k)
    .filter((k) => !(xLog && line.x[k] <= 0) && !(yLog && line.y[k] <= 0))
  return { ...line, x: kept.map((k) => line.x[k]), y: kept.map((k) => line.y[k]) }
}

/** A pointer reads every curve at one place. @param {Layout} layout @param {string} xTitle */
function readAllAt(layout, xTitle) {
  layout.hovermode = "x unified"
  layout.xaxis.unifiedhovertitle = { text: `${escapeHtml(xTitle)} %{x:,.6~g}` }
  Object.assign(layout.xaxis, { showspikes: false })
}

/** @param {Palette} theme @param {Line} line @param {Model} model */
function trace(theme, line, model) {
  const width = line.isGhost || line.isThin ? 0.16 : 0.24
  const isRead = !model.lines.some((each) => each.isCloud) // all at one place: x is above them
  const words = isRead ? "%{y:,.4~g}" : `%{y:,.4~g}<br>${escapeHtml(model.xTitle)} %{x:,.6~g}`
  const who = [line.label, line.hover].filter(Boolean).join(" · ")
  const mode =
    line.isCloud || line.x.length === 1 ? "markers" : line.hasDots ? "lines+markers" : "lines"
  return {
    type: "scatter",
    mode,
    x: line.x,
    y: line.y,
    cliponaxis: false,
    opacity: line.isGhost ? 0.36 : 1,
    marker: { color: colourIn(theme, line.colour), size: Math.max(5, 0.55 * theme.unit) },
    line: {
      color: colourIn(theme, line.colour),
      width: Math.max(1.6, width * theme.unit),
      dash: line.dash ?? "solid",
    },
    hovertemplate: isRead
      ? `${words}${who ? `  ${escapeHtml(who)}` : ""}<extra></extra>`
      : `${line.hover ? `${escapeHtml(line.hover)}<br>` : ""}${words}<extra></extra>`,
  }
}

/** @param {Palette} theme @param {Area} area */
function bandTraces(theme, { x, low, high, colour, alpha }) {
  const shared = { type: "scatter", mode: "lines", x, line: { width: 0 }, hoverinfo: "skip" }
  return [
    { ...shared, y: low },
    { ...shared, y: high, fill: "tonexty", fillcolor: faded(colourIn(theme, colour), alpha) },
  ]
}
