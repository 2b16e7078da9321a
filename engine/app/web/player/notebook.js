/**
 * A run as a Jupyter notebook: what `practicum export notebook` writes, with the values on screen.
 */

/** @import { ChartOptions, Field, Params, Published } from "../lib/types.js" */

/**
 * @param {{sim: string, fields: Field[], params: Params, chart?: ChartOptions,
 *   published?: Published | null, title: string, link: string}} given `params` of the run
 * @returns {object} a notebook of format 4.5
 */
export function notebook({ sim, fields, params, chart, published, title, link }) {
  const changed = fields.filter((field) => params[field.name] !== field.default)
  const words = changed.map((field) => `${field.name}=${literal(params[field.name])}`)
  const run = call("frames = sims.run", [literal(sim), ...words])
  const drawn = chart ? [`chart=${rows(withoutEmpty(chart))}`] : []
  if (published) drawn.push(`published=${literal(published)}`)
  const figure = call("sims.figure", ["frames", ...drawn])
  const said = [title && `## ${title}`, `From [the slide](${link}), with the values it had.`]
  const cells = [
    cell("markdown", said.filter(Boolean).join("\n\n")),
    ...["import sims", run, figure].map((source) => cell("code", source)),
  ]
  const kernel = { name: "python3", display_name: "Python 3", language: "python" }
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: kernel },
    cells: cells.map((each, k) => ({ id: `cell-${k}`, ...each })),
  }
}

/** @param {"markdown" | "code"} kind @param {string} source */
function cell(kind, source) {
  const code = kind === "code" ? { execution_count: null, outputs: [] } : {}
  return { cell_type: kind, metadata: {}, source, ...code }
}

/** @param {object} options as a dict, one a line */
const rows = (options) =>
  `{\n${Object.entries(options)
    .map(([name, value]) => `        ${literal(name)}: ${literal(value)},\n`)
    .join("")}    }`

/** @param {string} start @param {string[]} words */
function call(start, words) {
  const short = `${start}(${words.join(", ")})`
  return short.length <= 88
    ? short
    : `${start}(\n${words.map((word) => `    ${word},\n`).join("")})`
}

/** @param {object} options */
const withoutEmpty = (options) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value != null && value !== ""))

/**
 * A value as Python writes it.
 * @param {unknown} value
 * @returns {string}
 */
export function literal(value) {
  if (value === null || value === undefined) return "None"
  if (typeof value === "boolean") return value ? "True" : "False"
  if (typeof value !== "object") return JSON.stringify(value) // numbers and texts are the same
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`
  const pairs = Object.entries(value).map(
    ([name, each]) => `${JSON.stringify(name)}: ${literal(each)}`,
  )
  return `{${pairs.join(", ")}}`
}
