/** What the chart of a simulation shows: which columns, which colours, which earlier runs. */

import { describe, meaning, words } from "./format.js"
import { band, defaultSeries, points, sameParams } from "./runs.js"

export class Picture {
  /** @param {{chart?: Object, published?: any}} data of the block */
  constructor(data) {
    const chart = data.chart ?? {}
    this.chart = chart
    this.x = chart.x ?? "step"
    this.series = [chart.y ?? []].flat()
    this.published = [data.published].flat().filter((each) => each && typeof each === "object")
    this.ghosts = [] // earlier runs, newest first: lists of tracks
  }

  get xTitle() {
    return this.chart.x_label ?? (this.x === "step" ? "updates" : words(this.x))
  }

  get yTitle() {
    return this.chart.y_label ?? this.series.map(words).join(", ")
  }

  /** Without a `y` in the deck, the first frame says what there is to draw. */
  learn(frame) {
    if (this.series.length === 0) this.series = defaultSeries(frame, this.x)
  }

  /** Put what was shown among the ghosts, unless the same is about to be computed again. */
  keep(shown, next, most) {
    const drawn = shown.filter((track) => track.frames.length > 0)
    this.ghosts = [drawn, ...this.ghosts].filter((ghost) => ghost.length > 0 && !isSame(ghost, next)).slice(0, most)
  }

  /** @returns {import("./charts.js").Model} */
  model(tracks, { hint, isGrowing, fields, names }) {
    const { chart } = this
    const about = (track) => describe(track.params, fields, names)
    const lines = this.#publishedLines()
    const bands = []
    for (const ghost of [...this.ghosts].reverse()) {
      for (const name of this.series) lines.push(this.#ghost(ghost, name, about))
    }
    for (const name of this.series) {
      const colour = meaning(name)
      const label = this.#label(name)
      if (tracks.length > 1) this.#band(tracks, name, lines, bands)
      else if (tracks.length) {
        const { x, y } = points(tracks[0].frames, this.x, name)
        lines.push({ x, y, colour, label, dash: this.#dash(name), hover: about(tracks[0]) })
      }
    }
    return { xTitle: this.xTitle, yTitle: this.yTitle, xLog: chart.x_scale === "log", yLog: chart.y_scale === "log",
      lines, bands, hint, isGrowing, target: chart.target, targetLabel: chart.target_label }
  }

  /** What a series is called in a sentence. */
  nameOf(name) {
    return this.chart.labels?.[name] ?? (this.series.length === 1 && this.chart.y_label ? this.chart.y_label : words(name))
  }

  // One curve alone is named by the axis; several carry their names at their ends.
  #label(name) {
    return this.chart.labels?.[name] ?? (this.series.length > 1 ? words(name) : "")
  }

  // Two series of the same colour differ by their dashes.
  #dash(name) {
    const alike = this.series.filter((each) => meaning(each) === meaning(name))
    return ["solid", "dash", "dot", "dashdot"][alike.indexOf(name) % 4]
  }

  #ghost(tracks, name, about) {
    const shown = { colour: meaning(name), isGhost: true, dash: this.#dash(name) }
    if (tracks.length === 1) return { ...shown, ...points(tracks[0].frames, this.x, name, 300), hover: about(tracks[0]) }
    const { x, middle } = band(tracks, this.x, name, this.chart.x_scale === "log")
    return { ...shown, x, y: middle, hover: `median of ${tracks.length} seeds, ${about(tracks[0])}` }
  }

  #band(tracks, name, lines, bands) {
    const colour = meaning(name)
    const { x, least, low, middle, high, most, count } = band(tracks, this.x, name, this.chart.x_scale === "log")
    bands.push({ x, low: least, high: most, colour, alpha: 0.1 }, { x, low, high, colour, alpha: 0.2 })
    const own = this.#label(name)
    const label = `${own ? `${own}, ` : ""}median of ${count}`
    lines.push({ x, y: middle, colour, label, dash: this.#dash(name), hover: `median of ${count} seeds` })
  }

  #publishedLines() {
    return this.published.flatMap((figure) => (figure.series ?? []).map((series) => ({
      x: series.points.map((point) => point[0]), y: series.points.map((point) => point[1]), isThin: true,
      colour: meaning(series.label ?? ""), label: series.label, hover: figure.source ?? figure.title, dash: "dot",
    })))
  }
}

function isSame(tracks, others) {
  return tracks.length === others.length && tracks.every((track, k) => sameParams(track.params, others[k].params))
}
