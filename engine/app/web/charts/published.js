/** Numbers of a paper, as a figure. */

/** @import { MakeFigure, Published, Series } from "../lib/types.js" */

import { meaning } from "../lib/format.js"
import { bars } from "./bars.js"
import { curveFigure } from "./curve.js"

/**
 * Numbers of a paper (engine/deck/blocks/published.py says what they hold), as a maker of figures.
 * @param {Published} content
 * @param {() => string | undefined} [xScale] "linear" or "log"; the content's own without it
 * @returns {MakeFigure}
 */
export function published(content, xScale = () => content.x_scale) {
  const series = content.series ?? []
  if (!series.length) throw new Error("its data has no series")
  if (content.kind === "bar")
    return (theme, width, height) =>
      bars({ theme, width, height, y_label: content.y_label, ...columns(series) })
  return (theme, width, height) =>
    curveFigure(
      theme,
      {
        xTitle: content.x_label ?? "",
        yTitle: content.y_label ?? "",
        xLog: xScale() === "log",
        yLog: content.y_scale === "log",
        lines: series.map((each) => ({
          x: each.points.map((point) => point[0]),
          y: each.points.map((point) => point[1]),
          colour: each.colour ?? meaning(each.label),
          label: series.length > 1 ? each.label : "",
          hover: each.label,
          isThin: true,
          isCloud: each.kind === "points",
          hasDots: each.kind !== "line" && each.points.length <= 30,
        })),
      },
      width,
      height,
    )
}

/** @param {Series[]} series */
function columns(series) {
  const labels = [
    ...new Set(series.flatMap((each) => each.points.map((point) => String(point[0])))),
  ]
  const sets = series.map((each) => ({
    label: each.label,
    name: each.colour ?? "policy",
    values: labels.map(
      (label) => each.points.find((point) => String(point[0]) === label)?.[1] ?? null,
    ),
  }))
  return { labels, sets }
}

/**
 * Whose numbers these are, and who took them off a figure.
 * @param {Published} content
 */
export const credit = (content) =>
  [content.where && `Data: ${content.where}`, content.read_by, content.accuracy]
    .filter((part) => typeof part === "string")
    .join("; ")
