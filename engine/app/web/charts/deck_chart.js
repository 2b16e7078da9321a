/**
 * Numbers written in a deck, as Chart.js knows them (`data`, `options`), as a figure of Plotly's.
 */

/** @import { ChartBlock, ChartData, Figure, MakeFigure } from "../lib/types.js" */

import { textSize } from "../lib/dom.js"
import { escapeHtml, faded } from "../lib/format.js"
import { axis } from "./axes.js"
import { bars, labelled } from "./bars.js"
import { curveFigure } from "./curve.js"
import { affixed, CYCLE, colourOf, single, titleOf } from "./deck_style.js"
import { figureLayout } from "./layout.js"

/** @param {ChartBlock} data @returns {MakeFigure} */
export function chart(data) {
  const labels = (data.data?.labels ?? []).map(String)
  const sets = (data.data?.datasets ?? []).map((set, k) => ({
    label: set.label ?? `Series ${k + 1}`,
    values: set.data ?? [],
    points: set.data,
    colour: set.color ?? set.borderColor ?? set.backgroundColor,
    name: CYCLE[k % CYCLE.length],
  }))
  const drawn = KINDS[data.type ?? "bar"] ?? bars
  return (theme, width, height) => drawn({ ...data, labels, sets, theme, width, height })
}

/** @param {ChartData} data @returns {Figure} */
function lines(data) {
  const places = numericPlaces(data.labels)
  const x = places ?? data.labels.map((_, k) => k)
  const drawn = data.sets.map((set) => ({
    x: x.slice(0, set.values.length),
    y: /** @type {number[]} */ (set.values),
    colour: colourOf(data.theme, set),
    label: data.sets.length > 1 ? set.label : "",
    hover: set.label,
    hasDots: x.length <= 16,
  }))
  const figure = curveFigure(
    data.theme,
    { lines: drawn, xTitle: titleOf(data, "x"), yTitle: titleOf(data, "y") || single(data) },
    data.width,
    data.height,
  )
  if (!places) {
    const { margin } = figure.layout
    labelled(figure.layout, data, (data.width - margin.l - margin.r) / Math.max(1, x.length))
  }
  return affixed(figure, data)
}

/**
 * Labels that are numbers spaced neither evenly nor by a constant ratio stand where they belong;
 *  all others one beside the other, as the author lists them.
 * @param {string[]} labels
 */
function numericPlaces(labels) {
  const values = labels.map((label) => Number(label.replaceAll(",", "").replace("−", "-")))
  if (
    values.length < 3 ||
    values.some((value, k) => !Number.isFinite(value) || (k > 0 && value <= values[k - 1]))
  )
    return null
  /** @param {number[]} list */
  const isConstant = (list) => Math.max(...list) - Math.min(...list) < 1e-6 * Math.abs(list[0])
  const ratios = values.slice(1).map((value, k) => value / values[k])
  return isConstant(ratios) ? null : values
}

/** @param {ChartData} data @returns {Figure} */
function scatter(data) {
  const drawn = data.sets.map((set) => ({
    x: (set.points ?? []).map((point) => ("x" in point ? point.x : point[0])),
    y: (set.points ?? []).map((point) => ("y" in point ? point.y : point[1])),
    colour: colourOf(data.theme, set),
    label: data.sets.length > 1 ? set.label : "",
    hover: set.label,
    isCloud: true,
  }))
  return affixed(
    curveFigure(
      data.theme,
      { lines: drawn, xTitle: titleOf(data, "x"), yTitle: titleOf(data, "y") },
      data.width,
      data.height,
    ),
    data,
  )
}

/** @param {ChartData} data @returns {Figure} */
function pie(data) {
  const { theme, labels, sets, width, height } = data
  const blank = axis(null)
  const layout = figureLayout(theme, { width, height, xAxis: blank, yAxis: blank })
  const colours = [
    ...CYCLE.map((name) => theme[name]),
    ...CYCLE.map((name) => faded(theme[name], 0.55)),
  ]
  const traces = [
    {
      type: "pie",
      labels: labels.map(escapeHtml),
      values: sets[0]?.values ?? [],
      hole: data.type === "doughnut" ? 0.58 : 0,
      sort: false,
      textinfo: "label+percent",
      textposition: "outside",
      textfont: { color: theme.ink, size: textSize(theme, 1.34) },
      marker: { colors: colours, line: { color: theme.card, width: 2 } },
      hovertemplate: "%{label} %{value:,.4~g}<extra></extra>",
    },
  ]
  layout.margin = { l: 20, r: 20, t: 30, b: 30 }
  return { traces, layout }
}

/** @param {ChartData} data @returns {Figure} */
function radar(data) {
  const { theme, labels, sets, width, height } = data
  const layout = figureLayout(theme, { width, height, xAxis: axis(null), yAxis: axis(null) })
  /** @template T @param {T[]} list */
  const closed = (list) => [...list, list[0]]
  const traces = sets.map((set) => ({
    type: "scatterpolar",
    name: escapeHtml(set.label),
    r: closed(set.values),
    theta: closed(labels.map(escapeHtml)),
    fill: "toself",
    fillcolor: faded(colourOf(theme, set), 0.14),
    line: { color: colourOf(theme, set) },
  }))
  const rule = { gridcolor: theme.hair, linecolor: theme.hair, tickfont: { color: theme.soft } }
  Object.assign(layout, {
    polar: {
      bgcolor: "rgba(0,0,0,0)",
      radialaxis: { ...rule, rangemode: "tozero", nticks: 4 },
      angularaxis: { ...rule, tickfont: { color: theme.ink } },
    },
    showlegend: sets.length > 1,
    legend: { font: { color: theme.ink }, orientation: "h" },
    margin: { l: 60, r: 60, t: 30, b: 40 },
  })
  return { traces, layout }
}

/** @type {Record<string, (data: ChartData) => Figure>} */
const KINDS = { line: lines, scatter, pie, doughnut: pie, radar, bar: bars }
