/**
 * The Plotly layout of every figure: no frame, few grid lines, names at the ends of lines, a target
 * as a dashed line.
 */

/** @import { Annotation, Axis, Layout, LayoutAxis, Palette, Size } from "../lib/types.js" */
/** @import { End } from "./line_names.js" */

import { textSize } from "../lib/dom.js"
import { escapeHtml } from "../lib/format.js"
import { share } from "./axes.js"
import { placeEnds, rowsOf } from "./line_names.js"
import { note, rows, textWidth } from "./words.js"

/**
 * What a layout is made of; sizes in px.
 * @typedef {Size & {xAxis: Axis, yAxis: Axis, xTitle?: string, yTitle?: string, hint?: string,
 *   target?: number, targetLabel?: string, ends?: End[]}} LayoutSpec `ends` are the names of lines,
 *   in the margin at the height where each line ends
 */

/**
 * @param {Palette} theme
 * @param {LayoutSpec} spec
 * @returns {Layout}
 */
export function figureLayout(theme, spec) {
  const small = textSize(theme, 1.26)
  const size = textSize(theme, 1.34)
  const layout = { ...bareLayout(theme, small), ...marginsOf(theme, spec, small, size) }
  if (spec.xTitle) {
    const font = { size: small }
    const titles = titleRows(theme, spec.xTitle, layout, small)
    layout.margin.b += 1.3 * small * (titles.length - 1)
    const text = titles.map(escapeHtml).join("<br>")
    layout.xaxis.title = { text, standoff: 0.8 * small, font }
  }
  Object.assign(layout.xaxis, plotlyAxis(theme, sideBySide(theme, spec.xAxis, layout, small)), {
    tickangle: 0, // Plotly would slant them over the title
    showgrid: false,
    showline: true,
    linecolor: theme.hair,
  })
  Object.assign(layout.yaxis, plotlyAxis(theme, spec.yAxis), { showgrid: true })
  if (spec.yTitle) layout.annotations.push(note(spec.yTitle, { ...TOP_LEFT, yshift: 0.45 * small }))
  if (spec.hint) layout.annotations.push(hintNote(theme, spec.hint, size))
  if (spec.target !== undefined) layout.shapes.push(targetLine(theme, spec.yAxis, spec.target))
  placeEnds(theme, spec, layout, size)
  return layout
}

const ON_PAPER = { xref: "paper", yref: "paper" }
const TOP_LEFT = { ...ON_PAPER, x: 0, y: 1, xanchor: "left", yanchor: "bottom" }

/** @param {Palette} theme @param {number} small */
function bareLayout(theme, small) {
  return {
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
    xaxis: /** @type {LayoutAxis} */ ({}),
    yaxis: /** @type {LayoutAxis} */ ({}),
    shapes: /** @type {object[]} */ ([]),
    annotations: /** @type {Annotation[]} */ ([]),
  }
}

/**
 * The title below the middle of the plot, which is not that of the figure, in rows that fit.
 * @param {Palette} theme
 * @param {string} title
 * @param {Pick<Layout, "width" | "margin">} layout
 * @param {number} small px
 */
function titleRows({ sans }, title, { width, margin }, small) {
  const middle = margin.l + (width - margin.l - margin.r) / 2
  return rows(title, 2 * Math.min(middle, width - middle), `${small}px ${sans}`)
}

/** @param {Palette} theme @param {LayoutSpec} spec @param {number} small @param {number} size */
function marginsOf(theme, spec, small, size) {
  const { width, height, ends = [] } = spec
  /** @param {string[]} texts @param {number} px @param {number} [weight] */
  const widest = (texts, px, weight = 400) =>
    Math.max(0, ...texts.map((text) => textWidth(text, `${weight} ${px}px ${theme.sans}`)))
  const texts = [...ends.map((end) => end.text), spec.targetLabel ?? ""]
  const names = texts.flatMap((name) => rowsOf(theme, width, name, size))
  const right = Math.min(0.36 * width, widest(names, size, 650) + 1.1 * size)
  const margin = {
    l: Math.max(1.2 * small, widest(spec.yAxis.labels, small) + 1.1 * small),
    r: Math.max(right, 1.4 * small),
    t: spec.yTitle ? 2.1 * small : 0.9 * small,
    b: spec.xTitle ? 3.4 * small : 2.05 * small,
    pad: 0,
  }
  return { width, height, margin }
}

/**
 * A sentence in the middle of the plot.
 * @param {Palette} theme
 * @param {string} text
 * @param {number} size
 */
function hintNote(theme, text, size) {
  const look = { bgcolor: theme.card, borderpad: 0.5 * size }
  const font = { size: 1.08 * size, color: theme.soft }
  return note(text, { ...ON_PAPER, x: 0.5, y: 0.5, ...look, font })
}

/** @param {Palette} theme @param {Axis} yAxis @param {number} target */
function targetLine(theme, yAxis, target) {
  const y = plain(yAxis, target)
  const line = { color: theme.soft, width: Math.max(1, 0.09 * theme.unit), dash: "5px,5px" }
  return {
    type: "line",
    layer: "below",
    xref: "paper",
    x0: 0,
    x1: 1,
    y0: y,
    y1: y,
    yref: "y",
    line,
  }
}

/** @param {Palette} theme @param {Axis} made */
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

/**
 * A horizontal axis with as many of its labels as stand side by side.
 * @param {Palette} theme
 * @param {Axis} made
 * @param {Pick<Layout, "width" | "margin">} layout
 * @param {number} small px
 * @returns {Axis}
 */
function sideBySide({ sans }, made, { width, margin }, small) {
  const widths = made.labels.map((text) => textWidth(text, `${small}px ${sans}`))
  const places = made.ticks.map((tick) => (width - margin.l - margin.r) * share(made, tick))
  /** @param {number} stride @returns {(_: unknown, k: number) => boolean} */
  const every = (stride) => (_, k) => k % stride === 0
  /** @param {number} stride */
  const fits = (stride) => {
    const ends = places.map((place, k) => [place - widths[k] / 2, place + widths[k] / 2])
    const kept = ends.filter(every(stride))
    return kept.every(([start], k) => k === 0 || start - kept[k - 1][1] >= 0.6 * small)
  }
  let stride = 1
  while (stride < places.length && !fits(stride)) stride += 1
  const [ticks, labels] = [made.ticks.filter(every(stride)), made.labels.filter(every(stride))]
  return { ...made, ticks, labels }
}

/** A value as Plotly places it. @param {Axis} made @param {number} value */
const plain = (made, value) => (made.isLog ? Math.log10(value) : value)

/**
 * How many labels a vertical axis of a chart of this height has room for: two to five.
 * @param {Palette} theme
 * @param {number} height
 */
export function labelsIn(theme, height) {
  const small = textSize(theme, 1.26)
  return Math.max(2, Math.min(5, Math.round((height - 5.5 * small) / (2.6 * small))))
}
