/** What a reader takes along from a panel: its figure, and its run as a notebook. */

/** @import { MenuItem } from "./menu.js" */
/** @import { Player } from "./player.js" */

import { download, el, messageOf, readTheme } from "../lib/dom.js"
import { copyText } from "./menu.js"
import { notebook } from "./notebook.js"

const SCALE = 2 // pixels of a PNG for each of the page's

/**
 * The items of the panel's menu that save its figure or its run.
 * @param {Player} player
 * @param {(text: string) => void} say
 * @returns {MenuItem[]}
 */
export function savingItems(player, say) {
  const isDrawn = () => figureOf(player) !== null
  const figureJson = () => JSON.stringify({ ...figureOf(player) })
  const copied = "Figure copied. Python reads it with plotly.io.from_json."
  return [
    {
      label: "Copy the figure (Plotly JSON)",
      act: () => copyText(player.element, figureJson(), "The figure", copied, say),
      isOn: isDrawn,
    },
    { label: "Save the figure (PNG)", act: () => saveImage(player, "png", say), isOn: isDrawn },
    { label: "Save the figure (SVG)", act: () => saveImage(player, "svg", say), isOn: isDrawn },
    { label: "Open as a notebook", act: () => saveNotebook(player) },
    { label: "More settings", act: () => location.assign(labOf(player)) },
  ]
}

/** The figure that is on screen, on the colour of the panel; null before the first drawing.
 * @param {Player} player */
function figureOf(player) {
  const { plot } = player.view.curve
  const { data, layout } = /** @type {any} */ (plot)
  if (!data || !layout) return null
  const { frame: _, ...own } = layout
  return { data, layout: { ...own, paper_bgcolor: readTheme(player.element).card } }
}

/** @param {Player} player @param {"png" | "svg"} format @param {(text: string) => void} say */
async function saveImage(player, format, say) {
  const figure = figureOf(player)
  const { Plotly } = player.view.curve
  if (!figure || !Plotly) return
  const { width, height } = figure.layout
  try {
    const url = await Plotly.toImage(figure, { format, width, height, scale: SCALE })
    el("a", { href: url, download: `${nameOf(player)}.${format}` }).click()
  } catch (error) {
    say(`The figure cannot be saved: ${messageOf(error)}`)
  }
}

/** @param {Player} player */
function saveNotebook(player) {
  const { block, sim, fields, values, tracks, context, picture, element } = player
  const params = tracks.length === 1 ? tracks[0].params : values
  const title = element.closest("[data-slide]")?.querySelector(".slide-title")?.textContent ?? ""
  const published = picture.isOverlaid ? picture.published : null
  const link = context.address.link(block.id, params)
  const what = { sim, fields, params, chart: block.data.chart, published }
  const made = notebook({ ...what, title: title.trim(), link })
  download(`${nameOf(player)}.ipynb`, JSON.stringify(made, null, 1), "application/x-ipynb+json")
}

/** @param {Player} player */
const nameOf = (player) =>
  `${player.sim}-seed${player.tracks[0]?.params.seed ?? player.values.seed ?? 0}`

/** The laboratory with the values on screen. @param {Player} player */
function labOf({ sim, values, fields }) {
  const query = new URLSearchParams({ sim })
  for (const { name, default: usual } of fields)
    if (values[name] !== usual) query.set(`${sim}.${name}`, String(values[name]))
  return `./lab?${query}`
}
