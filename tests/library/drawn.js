/**
 * Draws blocks of a deck as the page does, without a page: JSON `{palette, blocks}` comes in on
 * standard input, the traces of each block go out, and its notebook. A block is `{kind, data,
 * tracks}`.
 */

import { readFileSync } from "node:fs"
import { curveFigure } from "../../engine/app/web/charts/curve.js"
import { chart } from "../../engine/app/web/charts/deck_chart.js"
import { published } from "../../engine/app/web/charts/published.js"
import { Picture } from "../../engine/app/web/charts/series.js"
import { notebook } from "../../engine/app/web/player/notebook.js"

const pen = { font: "", measureText: (/** @type {string} */ text) => ({ width: 7 * text.length }) }
Object.assign(globalThis, { document: { createElement: () => ({ getContext: () => pen }) } })

const { palette, blocks } = JSON.parse(readFileSync(0, "utf-8"))
const theme = { ...palette, unit: 12.8, narrow: false, sans: "sans", serif: "serif" }

/** @param {any} block */
function figureOf({ kind, data, tracks }) {
  if (kind === "chart") return chart(data)(theme, 800, 400)
  if (kind === "published") return published(data.content)(theme, 800, 400)
  const picture = new Picture(data)
  const runs = tracks.map((/** @type {any} */ frames) => ({ params: {}, state: "done", frames }))
  if (runs.length) picture.learn(runs[0].frames[0])
  const model = picture.model(runs, { hint: "", isGrowing: false, fields: [], names: [] })
  return curveFigure(theme, model, 800, 400)
}

/** @param {any} block the cells of its notebook */
function cellsOf({ kind, data }) {
  if (kind !== "sim") return []
  const { sim, fields, params, chart } = data
  return /** @type {any} */ (notebook({ sim, fields, params, chart, title: "A", link: "b" })).cells
}

/** @param {any} block */
const drawn = (block) => ({ traces: figureOf(block).traces, cells: cellsOf(block) })
process.stdout.write(JSON.stringify(blocks.map(drawn)))
