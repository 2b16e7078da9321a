/** Words in a figure of Plotly's, and how wide they are. */

/** @import { Annotation } from "../lib/types.js" */

import { penOf } from "../lib/dom.js"
import { escapeHtml } from "../lib/format.js"

/** @type {CanvasRenderingContext2D | null} */
let pen = null

/**
 * The width (px) of a text in a CSS font.
 * @param {string} text
 * @param {string} font
 */
export function textWidth(text, font) {
  pen ??= penOf(document.createElement("canvas"))
  pen.font = font
  return pen.measureText(text).width
}

/**
 * A text in rows that are no wider than `room` (px), as far as its words allow.
 * @param {string} text
 * @param {number} room
 * @param {string} font
 */
export function rows(text, room, font) {
  /** @type {string[]} */
  const made = []
  for (const word of text.split(" ")) {
    const longer = made.length ? `${made.at(-1)} ${word}` : word
    if (made.length && textWidth(longer, font) <= room) made[made.length - 1] = longer
    else made.push(word)
  }
  return made
}

/**
 * An annotation without an arrow.
 * @param {string} text
 * @param {object} rest
 * @param {boolean} [isHtml]
 * @returns {Annotation}
 */
export const note = (text, rest, isHtml = false) => ({
  showarrow: false,
  text: isHtml ? text : escapeHtml(text),
  captureevents: false,
  ...rest,
})
