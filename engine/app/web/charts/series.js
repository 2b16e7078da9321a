/** What the chart of a simulation shows: which columns, which colours, which earlier runs. */

/** @import { ChartOptions, Field, Frame, Published, Track } from "../lib/types.js" */
/** @import { Curve } from "../lib/trends.js" */
/** @import { Area, Line, Model } from "./curve.js" */

import { describe, meaning, words } from "../lib/format.js"
import { band, defaultSeries, points } from "../lib/tracks.js"
import { labelOf, withShown } from "./earlier.js"

const CURVE_COLOURS = ["policy", "chosen", "rejected", "soft", "accent"]

export class Picture {
  /** @param {{ chart?: ChartOptions, published?: Published }} data */
  constructor(data) {
    const chart = data.chart ?? {}
    this.chart = chart
    this.x = chart.x ?? "step"
    this.group = chart.group // a text column whose values are separate curves, such as "method"
    /** @type {string[]} */
    this.series = [chart.y ?? []].flat()
    /** @type {string[]} */
    this.curves = [] // values of the group so far
    this.published = data.published ?? null // numbers of a paper, drawn beside or behind
    /** @type {Track[][]} */
    this.ghosts = [] // earlier runs, newest first: lists of tracks
    this.isFitted = false // the vertical axis follows the curves, whatever the deck says
  }

  get xTitle() {
    return this.chart.x_label ?? (this.x === "step" ? "updates" : words(this.x))
  }

  get yTitle() {
    return this.chart.y_label ?? this.series.map(words).join(", ")
  }

  /** Whether a paper's numbers are drawn into the same plot: only where both axes mean the same. */
  get isOverlaid() {
    const { published: paper, chart } = this
    return (
      paper !== null &&
      paper.x_label === this.xTitle &&
      paper.y_label === this.yTitle &&
      (paper.x_scale ?? "linear") === (chart.x_scale ?? "linear")
    )
  }

  /**
   * Without a `y` in the deck, the first frame says what there is to draw.
   * @param {Frame} frame
   */
  learn(frame) {
    if (this.series.length === 0) this.series = defaultSeries(frame, this.x)
  }

  /**
   * Put what was shown among the ghosts, unless the same is about to be computed again.
   * @param {Track[]} shown
   * @param {Track[]} next
   * @param {number} most
   */
  keep(shown, next, most) {
    this.ghosts = withShown(this.ghosts, shown, next, most)
  }

  /**
   * @param {Track[]} tracks
   * @param {{ hint: string, isGrowing: boolean, fields: Field[], names: string[],
   *   ghosts?: Track[][] }} options `ghosts`: the earlier runs that are drawn
   * @returns {Model}
   */
  model(tracks, { hint, isGrowing, fields, names, ghosts = this.ghosts }) {
    const { chart } = this
    /** @param {Track} track */
    const about = (track) => describe(track.params, fields, names)
    const lines = this.#publishedLines()
    /** @type {Area[]} */
    const bands = []
    const all = [tracks, ...ghosts].filter((run) => run.length > 0)
    for (const ghost of ghosts.filter(([first]) => !first.isHidden).reverse()) {
      const own = lines.length
      for (const [curve, part] of this.#groups(ghost)) {
        for (const name of this.series) lines.push(this.#ghost(part, name, curve, about))
      }
      if (lines[own]) lines[own].label = labelOf(ghost, all, fields)
    }
    const isOne = this.series.length === 1 && !this.group && all.length > 1
    const told = isOne && tracks.length ? labelOf(tracks, all, fields) : ""
    for (const [curve, part] of this.#groups(tracks)) {
      for (const name of this.series) {
        const shown = {
          colour: this.#colour(name, curve),
          label: told || this.#label(name, curve),
          dash: this.#dash(name, curve),
        }
        if (part.length > 1) this.#band(part, name, shown, lines, bands)
        else if (part.length) {
          lines.push({ ...shown, ...points(part[0].frames, this.x, name), hover: about(part[0]) })
        }
      }
    }
    return {
      xTitle: this.xTitle,
      yTitle: this.yTitle,
      xLog: chart.x_scale === "log",
      yLog: chart.y_scale === "log",
      lines,
      bands,
      hint: hint || this.#missing(tracks),
      isGrowing,
      yRange: this.isFitted ? undefined : /** @type {[number, number]} */ (chart.y_range),
      target: chart.target,
      targetLabel: chart.target_label,
    }
  }

  /**
   * What a series is called in a sentence.
   * @param {string} name
   */
  nameOf(name) {
    return (
      this.chart.labels?.[name] ??
      (this.series.length === 1 && this.chart.y_label ? this.chart.y_label : words(name))
    )
  }

  /**
   * The curves of some runs, each with its name: the median of several seeds.
   * @param {Track[]} tracks
   * @returns {Curve[]}
   */
  drawn(tracks) {
    const isLog = this.chart.x_scale === "log"
    return this.#groups(tracks).flatMap(([curve, part]) =>
      this.series.map((series) => {
        const name = this.#label(series, curve) || this.nameOf(series)
        if (part.length === 1) return { name, ...points(part[0].frames, this.x, series) }
        const { x, middle } = band(part, this.x, series, isLog)
        return { name, x, y: middle }
      }),
    )
  }

  /**
   * The tracks of each curve: one of all frames, or one for each value of the group.
   * @param {Track[]} tracks
   * @returns {[string | null, Track[]][]}
   */
  #groups(tracks) {
    const { group } = this
    if (!group) return [[null, tracks]]
    const names = new Set(
      tracks.flatMap((track) => track.frames.map((frame) => String(frame[group]))),
    )
    this.curves = [...new Set([...this.curves, ...names])]
    return [...names].map((curve) => [
      curve,
      tracks
        .map((track) => ({
          ...track,
          frames: track.frames.filter((frame) => String(frame[group]) === curve),
        }))
        .filter((track) => track.frames.length > 0),
    ])
  }

  // One curve alone is named by the axis; several carry their names at their ends.
  /** @param {string} name @param {string | null} curve */
  #label(name, curve) {
    const own = this.chart.labels?.[name] ?? (this.series.length > 1 ? words(name) : "")
    const group = curve === null ? "" : (this.chart.labels?.[curve] ?? words(curve))
    return [own, group].filter(Boolean).join(", ")
  }

  // With one series the curves of a group have colours of their own; with several, a colour says
  // what is drawn. In both they differ by their dashes too, for who does not tell colours apart.
  /** @param {string} name @param {string | null} curve */
  #colour(name, curve) {
    if (curve === null || this.series.length > 1) return meaning(name)
    const own = meaning(String(curve))
    return own === "policy" ? CURVE_COLOURS[this.#order(curve) % CURVE_COLOURS.length] : own
  }

  // The place of a curve among those whose name says nothing of their colour.
  /** @param {string} curve */
  #order(curve) {
    return this.curves.filter((each) => meaning(String(each)) === "policy").indexOf(curve)
  }

  /** @param {string} name @param {string | null} curve */
  #dash(name, curve) {
    const alike = this.series.filter((each) => meaning(each) === meaning(name)).indexOf(name)
    const order = curve === null ? 0 : this.curves.indexOf(curve)
    return ["solid", "dash", "dot", "dashdot"][(alike + order) % 4]
  }

  /**
   * @param {Track[]} tracks
   * @param {string} name
   * @param {string | null} curve
   * @param {(track: Track) => string} about
   * @returns {Line}
   */
  #ghost(tracks, name, curve, about) {
    const shown = {
      colour: this.#colour(name, curve),
      isGhost: true,
      dash: this.#dash(name, curve),
    }
    if (tracks.length === 1)
      return { ...shown, ...points(tracks[0].frames, this.x, name, 300), hover: about(tracks[0]) }
    const { x, middle } = band(tracks, this.x, name, this.chart.x_scale === "log")
    return {
      ...shown,
      x,
      y: middle,
      hover: `median of ${tracks.length} seeds, ${about(tracks[0])}`,
    }
  }

  /**
   * @param {Track[]} tracks
   * @param {string} name
   * @param {{ colour: string, label: string, dash: string }} shown
   * @param {Line[]} lines
   * @param {Area[]} bands
   */
  #band(tracks, name, { colour, label: own, dash }, lines, bands) {
    const { x, least, low, middle, high, most, count } = band(
      tracks,
      this.x,
      name,
      this.chart.x_scale === "log",
    )
    bands.push(
      { x, low: least, high: most, colour, alpha: 0.1 },
      { x, low, high, colour, alpha: 0.2 },
    )
    const label = `${own ? `${own}, ` : ""}median of ${count}`
    lines.push({ x, y: middle, colour, label, dash, hover: `median of ${count} seeds` })
  }

  // A name that no frame has, so that nothing can be drawn.
  /** @param {Track[]} tracks */
  #missing(tracks) {
    const frame = tracks[0]?.frames[0]
    if (!frame) return ""
    /** @param {string} name */
    const unknown = (name) => !(name in frame)
    const wrong = unknown(this.x) ? this.x : this.series.every(unknown) ? this.series[0] : null
    return wrong ? `The simulation gives no “${wrong}”` : ""
  }

  /** @returns {Line[]} */
  #publishedLines() {
    const { published } = this
    if (!published || !this.isOverlaid) return []
    return published.series.map((series) => ({
      x: series.points.map((point) => point[0]),
      y: series.points.map((point) => point[1]),
      isThin: true,
      colour: series.colour ?? meaning(series.label),
      label: series.label,
      hover: published.where,
      dash: "dot",
      isCloud: series.kind === "points",
    }))
  }
}
