/**
 * The curve of a live block, drawn by Plotly in the house's template: no frame, few grid lines,
 * names at the ends of lines, a target as a dashed line, and colours by meaning.
 */

import { textSize } from "../lib/dom.js"
import { escapeHtml, faded } from "../lib/format.js"
import { quantile } from "../lib/tracks.js"
import { axis, extent, share, spread, valueAt } from "./axes.js"

/**
 * @typedef {Object} Model what a curve shows
 * @property {string} xTitle
 * @property {string} yTitle
 * @property {boolean} [xLog]
 * @property {boolean} [yLog]
 * @property {boolean} [isGrowing] more points are coming
 * @property {{x: number[], y: number[], colour: string, label?: string, hover?: string,
 *   isGhost?: boolean, isThin?: boolean, isCloud?: boolean, hasDots?: boolean, dash?: string}[]} lines
 *   `colour` is a name of the palette or a CSS colour
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
 *   targetLabel?: string, ends?: {x: number, y: number, text: string, colour: string, isCloud?: boolean}[]}} spec
 *   sizes in px; `ends` are the names of lines, in the margin at the height where each line ends
 */
export function figureLayout(theme, spec) {
  const { xAxis, yAxis, ends = [] } = spec
  const small = textSize(theme, 1.26, 12)
  const size = textSize(theme, 1.34, 12.5)
  const widest = (texts, px, weight = 400) =>
    Math.max(0, ...texts.map((text) => textWidth(text, `${weight} ${px}px ${theme.sans}`)))
  const names = [...ends.map((end) => end.text), spec.targetLabel ?? ""].flatMap((name) =>
    rows(theme, spec, name, size),
  )
  const right = Math.min(0.36 * spec.width, widest(names, size, 650) + 1.1 * size)
  const margin = {
    l: Math.max(1.2 * small, widest(yAxis.labels, small) + 1.1 * small),
    r: Math.max(right, 1.4 * small),
    t: spec.yTitle ? 2.1 * small : 0.9 * small,
    b: spec.xTitle ? 3.4 * small : 1.8 * small,
    pad: 0,
  }
  const layout = {
    width: spec.width,
    height: spec.height,
    margin,
    autosize: false,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: theme.sans, size: small, color: theme.soft },
    showlegend: false,
    hovermode: "closest",
    hoverdistance: 40,
    dragmode: false,
    hoverlabel: {
      bgcolor: theme.card,
      bordercolor: theme.hair,
      align: "left",
      font: { family: theme.sans, size: small, color: theme.ink },
    },
    xaxis: { ...plotlyAxis(theme, xAxis), showgrid: false, showline: true, linecolor: theme.hair },
    yaxis: { ...plotlyAxis(theme, yAxis), showgrid: true },
    shapes: [],
    annotations: [],
  }
  if (spec.xTitle)
    layout.xaxis.title = {
      text: escapeHtml(spec.xTitle),
      standoff: 0.8 * small,
      font: { size: small },
    }
  if (spec.yTitle)
    layout.annotations.push(
      note(spec.yTitle, {
        x: 0,
        y: 1,
        xref: "paper",
        yref: "paper",
        xanchor: "left",
        yanchor: "bottom",
        yshift: 0.45 * small,
      }),
    )
  if (spec.hint)
    layout.annotations.push(
      note(spec.hint, {
        x: 0.5,
        y: 0.5,
        xref: "paper",
        yref: "paper",
        bgcolor: theme.card,
        borderpad: 0.5 * size,
        font: { size: 1.08 * size, color: theme.soft },
      }),
    )
  if (spec.target !== undefined)
    layout.shapes.push({
      type: "line",
      layer: "below",
      xref: "paper",
      x0: 0,
      x1: 1,
      y0: plain(yAxis, spec.target),
      y1: plain(yAxis, spec.target),
      yref: "y",
      line: { color: theme.soft, width: Math.max(1, 0.09 * theme.unit), dash: "5px,5px" },
    })
  placeEnds(theme, spec, layout, size)
  return layout
}

function placeEnds(theme, spec, layout, size) {
  const { xAxis, yAxis } = spec
  const { margin } = layout
  const room = spec.height - margin.t - margin.b
  const all = (spec.ends ?? []).map((end) => ({
    ...end,
    weight: 650,
    colour: theme[end.colour] ?? end.colour,
  }))
  if (spec.target !== undefined && spec.targetLabel) {
    const x = valueAt(xAxis, 1)
    all.push({ x, y: spec.target, text: spec.targetLabel, colour: theme.soft, weight: 400 })
  }
  const heights = all.map((end) => room * (1 - share(yAxis, end.y)))
  const broken = all.map((end) => rows(theme, spec, end.text, size))
  const gap = 1.18 * size * Math.max(1, ...broken.map((each) => each.length))
  const isOver =
    textWidth(spec.yTitle ?? "", `${textSize(theme, 1.26, 12)}px ${theme.sans}`) >
    spec.width - margin.l - margin.r
  const placed = below(isOver ? 0.5 * gap : -Infinity, spread(heights, gap), gap)
  all.forEach((end, k) => {
    const text = broken[k].map(escapeHtml).join("<br>")
    layout.annotations.push(
      note(
        end.weight > 400 ? `<b>${text}</b>` : text,
        {
          x: 1,
          xref: "paper",
          xanchor: "left",
          xshift: 0.45 * size,
          y: 1 - placed[k] / room,
          yref: "paper",
          yanchor: "middle",
          align: "left",
          font: { size, color: end.colour },
        },
        true,
      ),
    )
    const from = share(xAxis, end.x)
    if (from < 0.985 && !end.isCloud)
      layout.shapes.push(
        leader(from, 1 - heights[k] / room, 1 - placed[k] / room, end.colour, theme),
      )
  })
}

/** Heights (px) moved down to `top` and, where they then come too close, further: a long title stands above. */
function below(top, heights, gap) {
  const placed = [...heights]
  let least = top
  for (const k of heights.map((_, each) => each).sort((a, b) => heights[a] - heights[b])) {
    placed[k] = Math.max(placed[k], least)
    least = top === -Infinity ? top : placed[k] + gap
  }
  return placed
}

/** A name in one row, or in two where the margin of a narrow chart has no room for it. */
function rows(theme, spec, text, size) {
  const words = text.split(" ")
  if (
    words.length < 2 ||
    textWidth(text, `650 ${size}px ${theme.sans}`) + 1.1 * size <= 0.36 * spec.width
  )
    return [text]
  const uneven = (at) => Math.abs(words.slice(0, at).join(" ").length - text.length / 2)
  const at = words.slice(1).reduce((best, _, k) => (uneven(k + 1) < uneven(best) ? k + 1 : best), 1)
  return [words.slice(0, at).join(" "), words.slice(at).join(" ")]
}

/** A thin line from where a curve ends early to its name in the margin. */
function leader(x, y, toY, colour, theme) {
  return {
    type: "line",
    layer: "below",
    xref: "paper",
    yref: "paper",
    x0: x,
    x1: 1,
    y0: y,
    y1: toY,
    line: { color: colour, width: Math.max(0.8, 0.07 * theme.unit), dash: "1px,4px" },
  }
}

function plotlyAxis(theme, made) {
  return {
    type: made.isLog ? "log" : "linear",
    fixedrange: true,
    zeroline: false,
    showline: false,
    range: made.range.map((value) => plain(made, value)),
    tickmode: "array",
    tickvals: made.ticks,
    ticktext: made.labels,
    gridcolor: theme.hair,
    gridwidth: 1,
    ticks: "outside",
    ticklen: 5,
    tickcolor: "rgba(0,0,0,0)",
  }
}

const plain = (made, value) => (made.isLog ? Math.log10(value) : value)
/** An annotation without an arrow. */
export const note = (text, rest, isHtml = false) => ({
  showarrow: false,
  text: isHtml ? text : escapeHtml(text),
  captureevents: false,
  ...rest,
})

const pen = document.createElement("canvas").getContext("2d")
/** The width (px) of a text in a CSS font. */
export function textWidth(text, font) {
  pen.font = font
  return pen.measureText(text).width
}

/** A model as Plotly's traces and layout. `layout.frame` keeps the axes, for places in the plot. */
export function curveFigure(theme, model, width, height) {
  const bands = model.bands ?? []
  model = { ...model, lines: model.lines.map((line) => placed(line, model)) }
  const target = Number.isFinite(model.target) ? [model.target] : []
  const xData = extent([...model.lines, ...bands].map((each) => each.x))
  const yData = extent([
    ...model.lines.map((line) => line.y),
    ...bands.flatMap((each) => [each.low, each.high]),
  ])
  const anchored = yData || target.length ? extent([yData ?? [0], target]) : null
  const isGrowing = Boolean(model.isGrowing)
  const xAxis = axis(xData, {
    isLog: model.xLog,
    isGrowing,
    snug: true,
    count: width > 420 ? 5 : 3,
  })
  const yAxis = axis(anchored, { isLog: model.yLog, count: labelsIn(theme, height) })
  const ends = model.lines
    .filter((line) => line.label && line.x.length > 0)
    .map((line) => ({
      x: line.x.at(-1),
      y: heightOf(line, xAxis),
      text: line.label,
      colour: line.colour,
      isCloud: line.isCloud,
    }))
  const layout = figureLayout(theme, {
    ...model,
    target: target[0],
    width,
    height,
    xAxis,
    yAxis,
    ends,
  })
  layout.frame = { xAxis, yAxis }
  const traces = [
    ...bands.flatMap((each) => bandTraces(theme, each)),
    ...model.lines.map((line) => trace(theme, line, model)),
  ]
  return { traces, layout }
}

/** How many labels a vertical axis of a chart of this height has room for: two to five. */
export function labelsIn(theme, height) {
  const small = textSize(theme, 1.26, 12)
  return Math.max(2, Math.min(5, Math.round((height - 5.5 * small) / (2.6 * small))))
}

// A cloud that does not end at the margin has its name at the height of its middle.
function heightOf({ x, y, isCloud }, xAxis) {
  if (!isCloud || share(xAxis, x.at(-1)) > 0.9) return y.at(-1)
  return quantile(
    [...y].sort((a, b) => a - b),
    0.5,
  )
}

// Zero has no place on a logarithmic axis.
function placed(line, { xLog, yLog }) {
  if (!xLog && !yLog) return line
  const kept = line.x
    .map((_, k) => k)
    .filter((k) => !(xLog && line.x[k] <= 0) && !(yLog && line.y[k] <= 0))
  return { ...line, x: kept.map((k) => line.x[k]), y: kept.map((k) => line.y[k]) }
}

function trace(theme, line, model) {
  const width = line.isGhost || line.isThin ? 0.16 : 0.24
  const words = `%{y:,.4~g}<br>${escapeHtml(model.xTitle)} %{x:,.6~g}`
  const mode =
    line.isCloud || line.x.length === 1 ? "markers" : line.hasDots ? "lines+markers" : "lines"
  return {
    type: "scatter",
    mode,
    x: line.x,
    y: line.y,
    cliponaxis: false,
    opacity: line.isGhost ? 0.36 : 1,
    marker: { color: theme[line.colour] ?? line.colour, size: Math.max(5, 0.55 * theme.unit) },
    line: {
      color: theme[line.colour] ?? line.colour,
      width: Math.max(1.6, width * theme.unit),
      dash: line.dash ?? "solid",
    },
    hovertemplate: `${line.hover ? `${escapeHtml(line.hover)}<br>` : ""}${words}<extra></extra>`,
  }
}

function bandTraces(theme, { x, low, high, colour, alpha }) {
  const shared = { type: "scatter", mode: "lines", x, line: { width: 0 }, hoverinfo: "skip" }
  return [
    { ...shared, y: low },
    { ...shared, y: high, fill: "tonexty", fillcolor: faded(theme[colour], alpha) },
  ]
}
