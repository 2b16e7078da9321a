/** The curves of a panel as a table, for those who read numbers or hear them. */

/** @import { Curve } from "../lib/trends.js" */
/** @import { Player } from "./player.js" */

import { el } from "../lib/dom.js"
import { number } from "../lib/format.js"
import { dialog } from "./menu.js"

const ROWS = 24 // at most: a curve has hundreds of points

/** @param {Player} player */
export function openNumbers(player) {
  const { picture, tracks, element } = player
  const tables = picture.drawn(tracks).map((curve) => table(curve, picture.xTitle))
  dialog(element, "The numbers of this chart", ...tables)
}

/** @param {Curve} curve @param {string} xTitle */
function table({ name, x, y }, xTitle) {
  const stride = Math.max(1, Math.ceil(x.length / ROWS))
  const shown = x.map((_, k) => k).filter((k) => k % stride === 0 || k === x.length - 1)
  const head = el("tr", {}, el("th", { scope: "col" }, xTitle), el("th", { scope: "col" }, name))
  const rows = shown.map((k) =>
    el("tr", {}, el("td", {}, number(x[k])), el("td", {}, number(y[k]))),
  )
  const caption = el("caption", {}, name)
  return el(
    "table",
    { class: "live-numbers" },
    caption,
    el("thead", {}, head),
    el("tbody", {}, ...rows),
  )
}
