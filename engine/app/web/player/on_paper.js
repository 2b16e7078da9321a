/** A panel on paper. Under its figure, in place of the controls, stand the settings of the run and
    the way back to it; a screen hides them (print.css). */

/** @import { BlockContext, Field, Params, WayBack } from "../lib/types.js" */
/** @import { Player } from "./player.js" */

import { el } from "../lib/dom.js"
import { describe } from "../lib/format.js"
import { qrPicture } from "../lib/qr.js"
import { sameParams } from "../lib/tracks.js"

/**
 * Make a panel ready for paper: one without a finished run shows the recorded one.
 * @param {Player} player
 */
export function print(player) {
  player.face.fit()
  if (!player.tracks.some((track) => track.frames.length) && player.recorded.loadNow())
    player.showRecorded()
  putLine(player)
  player.view.print()
}

/**
 * Put the line under the figure of a panel, or put it again.
 * @param {Player} player
 */
function putLine({ element, block, context, tracks, values, fields, face }) {
  element.querySelector(".paper-line")?.remove()
  const params = tracks[0]?.params ?? values
  const words = settings(fields, params, block.data.controls ?? [])
  const line = el("div", { class: "paper-line" }, el("span", { class: "paper-settings" }, words))
  // The code leads to the settings that the deck gives.
  const back = sameParams(params, block.data.params) ? context.reopen?.(block.id) : undefined
  if (back) line.append(wayBack(back))
  face.parts.root.append(line)
}

/**
 * The settings that say which run this is: those that the slide offers, the seed, and all that
 * differ from what the simulation itself would take.
 * @param {Field[]} fields
 * @param {Params} params of the run
 * @param {string[]} offered names of the fields that have a control
 */
export function settings(fields, params, offered) {
  const told = fields.filter(
    ({ name, default: usual }) =>
      offered.includes(name) || name === "seed" || params[name] !== usual,
  )
  return describe(
    params,
    fields,
    told.map(({ name }) => name),
  )
}

/**
 * The way back to a block without settings, under its panel.
 * @param {HTMLElement} element of the block
 * @param {string} words what is done there
 * @param {string} id
 * @param {BlockContext} context
 */
export function putBack(element, words, id, context) {
  element.querySelector(".paper-line")?.remove()
  const back = context.reopen?.(id)
  const line = el(
    "div",
    { class: "paper-line paper-line--end" },
    back ? wayBack(back, words) : null,
  )
  if (back) element.querySelector(".live-panel")?.append(line)
}

/** A QR code that is a link, too. @param {WayBack} back @param {string} [words] */
export function wayBack({ address, rows }, words = "Run it again") {
  const picture = qrPicture(rows)
  picture.setAttribute("class", "paper-qr")
  return el("a", { class: "paper-back", href: address }, el("span", {}, words), picture)
}
