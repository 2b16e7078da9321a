/** The names of lines in the margin, at the heights where the lines end. */

/** @import { Layout, Palette } from "../lib/types.js" */
/** @import { LayoutSpec } from "./layout.js" */

import { colourIn, textSize } from "../lib/dom.js"
import { escapeHtml } from "../lib/format.js"
import { share, spread, valueAt } from "./axes.js"
import { note, rows, textWidth } from "./words.js"

/** @typedef {{x: number, y: number, text: string, colour: string, isCloud?: boolean}} End where a
 *   line ends, and its name */

/**
 * Put the names of lines, and of the target, into the margin at the heights where they end.
 * @param {Palette} theme
 * @param {LayoutSpec} spec
 * @param {Layout} layout gets the names, and thin lines to those of curves that end early
 * @param {number} size of the names, px
 */
export function placeEnds(theme, spec, layout, size) {
  const { xAxis, yAxis } = spec
  const { margin } = layout
  const room = spec.height - margin.t - margin.b
  const all = named(theme, spec)
  const heights = all.map((end) => room * (1 - share(yAxis, end.y)))
  const broken = all.map((end) => rowsOf(theme, spec.width, end.text, size))
  const gap = 1.18 * size * Math.max(1, ...broken.map((each) => each.length))
  const titleFont = `${textSize(theme, 1.26)}px ${theme.sans}`
  const isOver = textWidth(spec.yTitle ?? "", titleFont) > spec.width - margin.l - margin.r
  const placed = below(isOver ? 0.5 * gap : -Infinity, spread(heights, gap), gap)
  all.forEach((end, k) => {
    const text = broken[k].map(escapeHtml).join("<br>")
    const html = end.weight > 400 ? `<b>${text}</b>` : text
    layout.annotations.push(nameNote(html, 1 - placed[k] / room, end.colour, size))
    const from = share(xAxis, end.x)
    if (from < 0.985 && !end.isCloud) {
      const [y, toY] = [1 - heights[k] / room, 1 - placed[k] / room]
      layout.shapes.push(leader(from, y, toY, end.colour, theme))
    }
  })
}

/**
 * The names of lines and of the target, each in its colour.
 * @param {Palette} theme
 * @param {LayoutSpec} spec
 */
function named(theme, spec) {
  // A run that lacks a column, such as the true reward of a real room, has no end to name.
  const ends = (spec.ends ?? []).filter(({ y }) => Number.isFinite(y))
  const all = ends.map((end) => ({
    ...end,
    weight: 650,
    colour: colourIn(theme, end.colour),
  }))
  if (spec.target !== undefined && spec.targetLabel) {
    const x = valueAt(spec.xAxis, 1)
    all.push({ x, y: spec.target, text: spec.targetLabel, colour: theme.soft, weight: 400 })
  }
  return all
}

/**
 * @param {string} html
 * @param {number} y share of the height
 * @param {string} colour
 * @param {number} size
 */
function nameNote(html, y, colour, size) {
  const place = { x: 1, xref: "paper", xanchor: "left", xshift: 0.45 * size }
  const height = { y, yref: "paper", yanchor: "middle", align: "left" }
  return note(html, { ...place, ...height, font: { size, color: colour } }, true)
}

/**
 * Heights (px) moved down to `top` and, where they then come too close, further: a long title
 * stands above.
 * @param {number} top
 * @param {number[]} heights
 * @param {number} gap
 */
function below(top, heights, gap) {
  const placed = [...heights]
  let least = top
  for (const k of heights.map((_, each) => each).sort((a, b) => heights[a] - heights[b])) {
    placed[k] = Math.max(placed[k], least)
    least = top === -Infinity ? top : placed[k] + gap
  }
  return placed
}

/**
 * A name in one row, or in two where the margin of a narrow chart has no room for it; in more where
 * two are still too wide.
 * @param {Palette} theme
 * @param {number} width of the chart, px
 * @param {string} text
 * @param {number} size
 */
export function rowsOf(theme, width, text, size) {
  const words = text.split(" ")
  const font = `650 ${size}px ${theme.sans}`
  const room = 0.36 * width - 1.1 * size
  if (words.length < 2 || textWidth(text, font) <= room) return [text]
  /** @param {number} at */
  const uneven = (at) => Math.abs(words.slice(0, at).join(" ").length - text.length / 2)
  const at = words.slice(1).reduce((best, _, k) => (uneven(k + 1) < uneven(best) ? k + 1 : best), 1)
  const two = [words.slice(0, at).join(" "), words.slice(at).join(" ")]
  const most = 0.36 * width - 0.5 * size // what is left of the margin beside the gap
  return two.every((row) => textWidth(row, font) <= most) ? two : rows(text, most, font)
}

/**
 * A thin line from where a curve ends early to its name in the margin.
 * @param {number} x
 * @param {number} y
 * @param {number} toY
 * @param {string} colour
 * @param {Palette} theme
 */
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
