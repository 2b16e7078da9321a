/** The `chart` block (numbers written in the deck) and the `published` block (numbers of a paper). */

import { el, textSize } from "../lib/dom.js"
import { escapeHtml, faded, meaning, number } from "../lib/format.js"
import { axis, extent } from "./axes.js"
import { curveFigure, figureLayout, labelsIn, textWidth } from "./curve.js"
import { Drawing } from "./plot.js"

// Authors write the colours of the light theme; each has a name, and so its twin in the dark one.
const NAMES = {
  "#2457c5": "policy",
  "#8a929a": "reference",
  "#6d757d": "reference",
  "#d9541e": "proxy",
  "#c44a17": "proxy",
  "#a87a00": "gold",
  "#8f6800": "gold",
  "#1b7f4d": "chosen",
  "#b3364a": "rejected",
  "#0b6e74": "accent",
  "#1c2126": "ink",
  "#5c6670": "soft",
  "#58626c": "soft",
  "#8fb0ee": "policy-light",
}
const CYCLE = ["policy", "gold", "chosen", "proxy", "reference", "rejected"]

export class Figure {
  /** @param {HTMLElement} element holds the same numbers as a table, which screen readers keep */
  constructor(element, block, context) {
    this.element = element
    const { data } = block
    const place = el("div", { class: "live-chart" })
    this.fallback = el("div", { class: "live-fallback" }, ...element.childNodes)
    element.replaceChildren(this.fallback)
    const title = data.title ?? data.options?.plugins?.title?.text ?? data.options?.title?.text
    if (typeof title === "string") element.append(el("div", { class: "live-title" }, title))
    const isPaper = block.kind === "published"
    const turn =
      isPaper && data.scale_switch ? scaleSwitch(data.content, () => this.#turned()) : null
    Object.assign(this, { turn, context })
    if (turn) element.append(turn.element)
    element.append(place)
    if (isPaper) element.append(el("div", { class: "live-note" }, credit(data.content)))
    if (Number.isFinite(data.height))
      element.style.flex = `0 1 calc(${data.height / 12.8} * var(--u))`
    const make = isPaper ? published(data.content, turn?.scale) : chart(data)
    this.drawing = new Drawing(place, context, make)
    turn?.choose(turn.scale())
    this.drawing.onfailed = (text) => this.#sayFailed(text)
    place.setAttribute("aria-hidden", String(this.fallback.children.length > 0))
    this.drawing.request()
  }

  /** Without the library the table behind the chart is what is seen, with the sentence above it. */
  #sayFailed(text) {
    this.fallback.classList.toggle("is-seen", Boolean(text))
    this.sorry?.remove()
    this.sorry = text ? el("p", { class: "live-note", role: "status" }, text) : null
    if (this.sorry) this.fallback.before(this.sorry)
  }

  print() {
    this.drawing.print()
  }

  #turned() {
    this.drawing?.request(true)
    this.context?.changed?.()
  }

  /** How the axis is drawn, for the presenter window. */
  panel() {
    return this.turn ? { scale: this.turn.scale() } : undefined
  }

  mirror({ scale }) {
    this.turn?.choose(scale)
  }

  show() {
    this.drawing.show()
  }

  hide() {
    this.drawing.hide()
  }

  destroy() {
    this.drawing.destroy()
    this.element.replaceChildren(...this.fallback.childNodes)
  }
}

function chart(data) {
  const labels = (data.data?.labels ?? []).map(String)
  const sets = (data.data?.datasets ?? []).map((set, k) => ({
    label: set.label ?? `Series ${k + 1}`,
    values: set.data ?? [],
    colour: set.color ?? set.borderColor ?? set.backgroundColor,
    name: CYCLE[k % CYCLE.length],
  }))
  const drawn =
    { line: lines, scatter, pie, doughnut: pie, radar, bar: bars }[data.type ?? "bar"] ?? bars
  return (theme, width, height) => drawn({ ...data, labels, sets, theme, width, height })
}

function colourOf(theme, set) {
  const given = typeof set.colour === "string" ? set.colour.toLowerCase() : ""
  const name = given
    ? NAMES[given]
    : meaning(set.label) === "policy"
      ? set.name
      : meaning(set.label)
  if (name === "policy-light") return faded(theme.policy, 0.5)
  return name ? theme[name] : given
}

const titleOf = (data, name) =>
  data[`${name}_label`] ?? data.options?.scales?.[name]?.title?.text ?? ""

function lines(data) {
  const places = numericPlaces(data.labels)
  const x = places ?? data.labels.map((_, k) => k)
  const drawn = data.sets.map((set) => ({
    x: x.slice(0, set.values.length),
    y: set.values,
    colour: colourOf(data.theme, set),
    label: data.sets.length > 1 ? set.label : "",
    hover: set.label,
    hasDots: x.length <= 16,
  }))
  const figure = curveFigure(
    data.theme,
    { lines: drawn, xTitle: titleOf(data, "x"), yTitle: titleOf(data, "y") || single(data) },
    data.width,
    data.height,
  )
  if (!places) {
    const { xaxis, margin } = figure.layout
    const room = (data.width - margin.l - margin.r) / Math.max(1, x.length)
    Object.assign(xaxis, {
      tickvals: x,
      ticktext: x.map((k) => wrap(data.labels[k], room, data.theme).join("<br>")),
    })
  }
  return affixed(figure, data)
}

// Labels that are numbers spaced neither evenly nor by a constant ratio stand where they belong;
// all others one beside the other, as the author lists them.
function numericPlaces(labels) {
  const values = labels.map((label) => Number(label.replaceAll(",", "").replace("−", "-")))
  if (
    values.length < 3 ||
    values.some((value, k) => !Number.isFinite(value) || (k > 0 && value <= values[k - 1]))
  )
    return null
  const isConstant = (list) => Math.max(...list) - Math.min(...list) < 1e-6 * Math.abs(list[0])
  const ratios = values.slice(1).map((value, k) => value / values[k])
  return isConstant(ratios) ? null : values
}

function scatter(data) {
  const drawn = data.sets.map((set) => ({
    x: set.values.map((point) => point.x ?? point[0]),
    y: set.values.map((point) => point.y ?? point[1]),
    colour: colourOf(data.theme, set),
    label: data.sets.length > 1 ? set.label : "",
    hover: set.label,
    isCloud: true,
  }))
  return affixed(
    curveFigure(
      data.theme,
      { lines: drawn, xTitle: titleOf(data, "x"), yTitle: titleOf(data, "y") },
      data.width,
      data.height,
    ),
    data,
  )
}

function bars(data) {
  const { theme, labels, sets, width, height } = data
  const small = textSize(theme, 1.26, 12)
  const yAxis = axis(extent([[0], ...sets.map((set) => set.values.map((value) => 1.06 * value))]), {
    count: labelsIn(theme, height),
  })
  const isSeveral = sets.length > 1
  const layout = figureLayout(theme, {
    width,
    height,
    xAxis: axis([-0.5, labels.length - 0.5], { snug: true }),
    yAxis,
    xTitle: titleOf(data, "x"),
    yTitle: titleOf(data, "y") || single(data),
  })
  const room = (width - layout.margin.l - layout.margin.r) / Math.max(1, labels.length)
  const wrapped = labels.map((label) => wrap(label, room, theme))
  const widest = Math.max(
    0,
    ...wrapped.flat().map((row) => textWidth(row, `${small}px ${theme.sans}`)),
  )
  const isSlanted = widest > 0.98 * room // on a phone: a single word has no room
  layout.margin.b += isSlanted
    ? 0.6 * widest
    : small * 1.25 * (Math.max(1, ...wrapped.map((each) => each.length)) - 1)
  Object.assign(layout.xaxis, {
    range: [-0.5, labels.length - 0.5],
    tickvals: labels.map((_, k) => k),
    ticktext: wrapped.map((each) => each.map(escapeHtml).join("<br>")),
    tickfont: { color: theme.ink },
    tickangle: isSlanted ? -40 : 0,
  })
  Object.assign(layout, {
    bargap: isSeveral ? 0.3 : 0.45,
    bargroupgap: 0.08,
    barcornerradius: 3,
    hovermode: "closest",
  })
  if (isSeveral) {
    layout.margin.t += 1.5 * small
    const title = layout.annotations.find((each) => each.xref === "paper")
    if (title) title.yshift += 1.6 * small
    Object.assign(layout, {
      showlegend: true,
      legend: {
        orientation: "h",
        x: 0,
        xanchor: "left",
        y: 1,
        yanchor: "bottom",
        font: { size: small, color: theme.ink },
        itemclick: false,
        itemdoubleclick: false,
      },
    })
  }
  const hasRoom = room / sets.length > 2.6 * small
  const traces = sets.map((set) => ({
    type: "bar",
    name: escapeHtml(set.label),
    x: set.values.map((_, k) => k),
    y: set.values,
    marker: { color: colourOf(theme, set) },
    text: hasRoom ? set.values.map((value) => number(value)) : undefined,
    textposition: "outside",
    cliponaxis: false,
    textfont: { size: small, color: theme.ink },
    constraintext: "none",
    hovertemplate: `%{customdata}<br>${escapeHtml(set.label)} %{y:,.4~g}<extra></extra>`,
    customdata: labels.map(escapeHtml),
  }))
  return affixed({ traces, layout }, data)
}

function pie(data) {
  const { theme, labels, sets, width, height } = data
  const blank = axis(null)
  const layout = figureLayout(theme, { width, height, xAxis: blank, yAxis: blank })
  const colours = [
    ...CYCLE.map((name) => theme[name]),
    ...CYCLE.map((name) => faded(theme[name], 0.55)),
  ]
  const traces = [
    {
      type: "pie",
      labels: labels.map(escapeHtml),
      values: sets[0]?.values ?? [],
      hole: data.type === "doughnut" ? 0.58 : 0,
      sort: false,
      textinfo: "label+percent",
      textposition: "outside",
      textfont: { color: theme.ink, size: textSize(theme, 1.34, 12) },
      marker: { colors: colours, line: { color: theme.card, width: 2 } },
      hovertemplate: "%{label} %{value:,.4~g}<extra></extra>",
    },
  ]
  layout.margin = { l: 20, r: 20, t: 30, b: 30 }
  return { traces, layout }
}

function radar(data) {
  const { theme, labels, sets, width, height } = data
  const layout = figureLayout(theme, { width, height, xAxis: axis(null), yAxis: axis(null) })
  const closed = (list) => [...list, list[0]]
  const traces = sets.map((set) => ({
    type: "scatterpolar",
    name: escapeHtml(set.label),
    r: closed(set.values),
    theta: closed(labels.map(escapeHtml)),
    fill: "toself",
    fillcolor: faded(colourOf(theme, set), 0.14),
    line: { color: colourOf(theme, set) },
  }))
  const rule = { gridcolor: theme.hair, linecolor: theme.hair, tickfont: { color: theme.soft } }
  Object.assign(layout, {
    polar: {
      bgcolor: "rgba(0,0,0,0)",
      radialaxis: { ...rule, rangemode: "tozero", nticks: 4 },
      angularaxis: { ...rule, tickfont: { color: theme.ink } },
    },
    showlegend: sets.length > 1,
    legend: { font: { color: theme.ink }, orientation: "h" },
    margin: { l: 60, r: 60, t: 30, b: 40 },
  })
  return { traces, layout }
}

// A single series needs no legend: its name is the title of its axis.
const single = (data) =>
  data.sets.length === 1 && !/^Series 1$/.test(data.sets[0].label) ? data.sets[0].label : ""

// `options.scales.y.ticks: {prefix, suffix}` as colloquium knows them, and a grid that may be off.
function affixed(figure, data) {
  for (const name of ["x", "y"]) {
    const { ticks, grid } = data.options?.scales?.[name] ?? {}
    const made = figure.layout[`${name}axis`]
    const around = (text) =>
      `${escapeHtml(ticks?.prefix ?? "")}${text}${escapeHtml(ticks?.suffix ?? "")}`
    if (ticks && made.ticktext) made.ticktext = made.ticktext.map(around)
    if (ticks && name === "y")
      figure.layout.margin.l += textWidth(around(""), `13px ${data.theme.sans}`)
    if (grid?.display === false) made.showgrid = false
  }
  return figure
}

function wrap(label, room, theme) {
  const font = `${textSize(theme, 1.26, 12)}px ${theme.sans}`
  const rows = []
  for (const word of label.split(" ")) {
    const longer = rows.length ? `${rows.at(-1)} ${word}` : word
    if (rows.length && textWidth(longer, font) <= 0.94 * room) rows[rows.length - 1] = longer
    else rows.push(word)
  }
  return rows
}

/**
 * Numbers of a paper (engine/deck/blocks/published.py says what a `content` holds), as a maker of figures.
 * @param {Object} content `{series: [{label, colour, kind, points: [[x, y], …]}], x_label, …}`
 * @param {() => string} [xScale] "linear" or "log"; the content's own without it
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

function columns(series) {
  const labels = [...new Set(series.flatMap((each) => each.points.map((point) => point[0])))]
  const sets = series.map((each) => ({
    label: each.label,
    name: each.colour ?? "policy",
    values: labels.map((label) => each.points.find((point) => point[0] === label)?.[1] ?? null),
  }))
  return { labels, sets }
}

/** Whose numbers these are, and who took them off a figure. */
export const credit = (content) =>
  [content.where && `Data: ${content.where}`, content.read_by, content.accuracy]
    .filter((part) => typeof part === "string")
    .join("; ")

/** A pair of buttons that set the scale of the x axis, and the function that says which is on. */
function scaleSwitch(content, changed) {
  let scale = content.x_scale ?? "linear"
  const buttons = ["linear", "log"].map((name) =>
    el("button", { type: "button", class: "live-choice", onclick: () => choose(name) }, name),
  )
  const choose = (name) => {
    scale = name
    buttons.forEach((button) =>
      button.setAttribute("aria-pressed", String(button.textContent === scale)),
    )
    changed()
  }
  const element = el(
    "div",
    { class: "live-switch", role: "group", "aria-label": "scale of the horizontal axis" },
    ...buttons,
  )
  return { element, choose, scale: () => scale }
}
