/** Bars, of a deck's numbers or of a paper's. */

/** @import { ChartData, ChartSet, Figure, Layout } from "../lib/types.js" */

import { textSize } from "../lib/dom.js"
import { escapeHtml, number } from "../lib/format.js"
import { axis, extent } from "./axes.js"
import { affixed, colourOf, single, titleOf, wrap } from "./deck_style.js"
import { figureLayout, labelsIn } from "./layout.js"
import { textWidth } from "./words.js"

/**
 * Bars side by side, their labels under them: slanted where they have no room.
 * @param {ChartData} data
 * @returns {Figure}
 */
export function bars(data) {
  const { theme, labels, sets, width, height } = data
  const yAxis = axis(extent(withNumbers(sets)), { count: labelsIn(theme, height) })
  const range = /** @type {[number, number]} */ ([-0.5, labels.length - 0.5])
  const layout = figureLayout(theme, {
    width,
    height,
    xAxis: axis(range, { snug: true }),
    yAxis,
    xTitle: titleOf(data, "x"),
    yTitle: titleOf(data, "y") || single(data),
  })
  const { l, r } = layout.margin
  const room = (width - l - r) / Math.max(1, labels.length)
  labelled(layout, data, room)
  Object.assign(layout.xaxis, { range, tickfont: { color: theme.ink } })
  Object.assign(layout, {
    bargap: sets.length > 1 ? 0.3 : 0.45,
    bargroupgap: 0.08,
    barcornerradius: 3,
    hovermode: "closest",
  })
  if (sets.length > 1) withLegend(layout, data)
  const small = textSize(theme, 1.26)
  const hasRoom = room / sets.length > 2.6 * small
  return affixed({ traces: sets.map((set, k) => barTrace(data, set, k, hasRoom)), layout }, data)
}

/**
 * The values that the axis must hold, with room for the numbers above the bars, and below those
 * that go down.
 * @param {ChartSet[]} sets
 */
export function withNumbers(sets) {
  const values = sets.map((set) => set.values.map((value) => value ?? 0))
  const all = [0, ...values.flat()]
  const room = 0.08 * (Math.max(...all) - Math.min(...all))
  const lows = all.filter((value) => value < 0)
  return [[0], ...values.map((row) => row.map((value) => 1.06 * value)), lows.map((v) => v - room)]
}

const SWATCH = 46 // px that Plotly gives a line of its legend beside its words
const PADDING = 10 // px around all of its rows

/**
 * How many rows a legend of Plotly's has: one, or a table whose columns are as wide as the widest.
 * @param {number[]} widths of its entries, px
 * @param {number} room px
 */
export function legendRows(widths, room) {
  if (widths.reduce((sum, each) => sum + each, 0) <= room) return 1
  const columns = Math.max(1, Math.floor(room / Math.max(...widths)))
  return Math.ceil(widths.length / columns)
}

/**
 * Names below an axis: in rows; where a single word has no room, slanted; of numbers every second,
 * third …
 * @param {Layout} layout
 * @param {Pick<ChartData, "theme" | "labels">} data
 * @param {number} room of one label, px
 */
export function labelled(layout, { theme, labels }, room) {
  const small = textSize(theme, 1.26)
  const wrapped = labels.map((label) => wrap(label, room, theme))
  /** @param {string[]} texts */
  const widestOf = (texts) =>
    Math.max(0, ...texts.map((each) => textWidth(each, `${small}px ${theme.sans}`)))
  const widest = widestOf(wrapped.flat())
  const isThinned = labels.every((label) => /^[\d.,−]+$/.test(label))
  const step = isThinned ? Math.max(1, Math.ceil((1.2 * widest) / room)) : 1
  const isSlanted = !isThinned && widest > 0.98 * room // on a phone: a single word has no room
  const mostRows = Math.max(1, ...wrapped.map((each) => each.length))
  const first = widestOf(labels.slice(0, 1))
  if (isSlanted) layout.margin.l = Math.max(layout.margin.l, 0.77 * first + small - room / 2)
  layout.margin.b += isSlanted ? 0.64 * widestOf(labels) : small * 1.25 * (mostRows - 1)
  Object.assign(layout.xaxis, {
    tickvals: labels.map((_, k) => k).filter((k) => k % step === 0),
    ticktext: wrapped
      .map((each) => each.map(escapeHtml).join(isSlanted ? " " : "<br>"))
      .filter((_, k) => k % step === 0),
    tickangle: isSlanted ? -40 : 0,
    ticklabeloverflow: "allow", // Plotly would leave out the first one
  })
}

/**
 * Names of the sets above the bars, and the title of the axis above the names.
 * @param {Layout} layout
 * @param {ChartData} data
 */
function withLegend(layout, { theme, sets, width }) {
  const small = textSize(theme, 1.26)
  const { l, r } = layout.margin
  const face = `${small}px ${theme.sans}`
  const widths = sets.map((set) => SWATCH + textWidth(set.label, face))
  const height = legendRows(widths, width - l - r) * 1.52 * small + PADDING
  layout.margin.t += height
  const title = layout.annotations.find((each) => each.xref === "paper")
  if (title) title.yshift = (title.yshift ?? 0) + height
  const place = { orientation: "h", x: 0, xanchor: "left", y: 1, yanchor: "bottom" }
  const font = { size: small, color: theme.ink }
  layout.showlegend = true
  layout.legend = { ...place, font, itemclick: false, itemdoubleclick: false }
}

// Of the sets side by side, so that they differ without their colours; the first is plain.
const PATTERNS = ["", "/", ".", "x", "-", "\\"]

/**
 * How the bars of a set are filled.
 * @param {string} color
 * @param {number} order of the set
 * @param {string} ground the colour behind the bars, of which the pattern is
 */
export function filling(color, order, ground) {
  const shape = PATTERNS[order % PATTERNS.length]
  const pattern = { shape, fgcolor: ground, bgcolor: color, size: 7, solidity: 0.22 }
  return shape ? { color, pattern } : { color }
}

/**
 * @param {ChartData} data
 * @param {ChartSet} set
 * @param {number} order of the set
 * @param {boolean} hasRoom for numbers above the bars
 */
function barTrace({ theme, labels }, set, order, hasRoom) {
  return {
    type: "bar",
    name: escapeHtml(set.label),
    x: set.values.map((_, k) => k),
    y: set.values,
    marker: filling(colourOf(theme, set), order, theme.card),
    text: hasRoom ? set.values.map((value) => number(value ?? Number.NaN)) : undefined,
    textposition: "outside",
    cliponaxis: false,
    textfont: { size: textSize(theme, 1.26), color: theme.ink },
    constraintext: "none",
    hovertemplate: `%{customdata}<br>${escapeHtml(set.label)} %{y:,.4~g}<extra></extra>`,
    customdata: labels.map(escapeHtml),
  }
}
