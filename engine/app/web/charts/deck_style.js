/** Colours, titles and labels of a deck's charts. */

/** @import { ChartData, ChartSet, ColourName, Figure, Palette } from "../lib/types.js" */

import { colourIn, textSize } from "../lib/dom.js"
import { escapeHtml, faded, meaning } from "../lib/format.js"
import { rows, textWidth } from "./words.js"

/** @type {ColourName[]} */
export const CYCLE = ["policy", "gold", "chosen", "proxy", "reference", "rejected"]

/**
 * The colour that its author gave a series: a name of the palette, policy-light, or any of CSS.
 * @param {Palette} theme
 * @param {ChartSet} set
 */
export function colourOf(theme, set) {
  const given = typeof set.colour === "string" ? set.colour : ""
  if (given === "policy-light") return faded(theme.policy, 0.5)
  const name = meaning(set.label) === "policy" ? set.name : meaning(set.label)
  return colourIn(theme, given || name)
}

/** @param {ChartData} data @param {"x" | "y"} name @returns {string} */
export const titleOf = (data, name) =>
  data[`${name}_label`] ?? data.options?.scales?.[name]?.title?.text ?? ""

/**
 * A single series needs no legend: its name is the title of its axis.
 * @param {ChartData} data
 */
export const single = (data) =>
  data.sets.length === 1 && !/^Series 1$/.test(data.sets[0].label) ? data.sets[0].label : ""

/**
 * `options.scales.y.ticks: {prefix, suffix}` as colloquium knows them; a grid may be off.
 * @param {Figure} figure
 * @param {ChartData} data
 */
export function affixed(figure, data) {
  for (const name of /** @type {const} */ (["x", "y"])) {
    const { ticks, grid } = data.options?.scales?.[name] ?? {}
    const made = figure.layout[`${name}axis`]
    /** @param {string} text */
    const around = (text) =>
      `${escapeHtml(ticks?.prefix ?? "")}${text}${escapeHtml(ticks?.suffix ?? "")}`
    if (ticks && made.ticktext) made.ticktext = made.ticktext.map(around)
    if (ticks && name === "y")
      figure.layout.margin.l += textWidth(around(""), `13px ${data.theme.sans}`)
    if (grid?.display === false) made.showgrid = false
  }
  return figure
}

/** @param {string} label @param {number} room @param {Palette} theme */
export const wrap = (label, room, theme) =>
  rows(label, 0.94 * room, `${textSize(theme, 1.26)}px ${theme.sans}`)
