/** Runs as data: frames that came so far, what is drawn of them, bands over seeds, CSV. No DOM. */

/** @import { Cell, Field, Frame, Params, Track, Value } from "./types.js" */

/** @typedef {{x: number[], y: number[]}} Points */
/** @typedef {{x: number[], least: number[], low: number[], middle: number[], high: number[],
 *   most: number[], count: number}} Band quartiles are linear between order statistics */

const GRID = 160 // points of a band's curve

/** @type {["least" | "low" | "middle" | "high" | "most", number][]} */
const QUANTILES = [
  ["least", 0],
  ["low", 0.25],
  ["middle", 0.5],
  ["high", 0.75],
  ["most", 1],
]

/**
 * One run, or the place where one will be. `isFresh` asks for one made now, whatever is kept;
 * `about` says when a run was made that is not of today.
 * @param {Params} params
 * @param {boolean} [isFresh]
 * @returns {Track}
 */
export function newTrack(params, isFresh = false) {
  return {
    params,
    isFresh,
    frames: [],
    state: "waiting",
    position: 0,
    wait: 0,
    message: "",
    about: {},
  }
}

/**
 * One run for each of `count` seeds, from the chosen one on as far as the field allows.
 * @param {Params} values
 * @param {Field[]} fields
 * @param {number} count
 */
export function tracksOfSeeds(values, fields, count) {
  const { low, high } = fields.find((field) => field.name === "seed") ?? {}
  const last = (high ?? Infinity) - count + 1
  const first = Math.max(low ?? 0, Math.min(Number(values.seed), last))
  return Array.from({ length: count }, (_, k) => newTrack({ ...values, seed: first + k }))
}

/** @param {Track} track */
export function isGoing(track) {
  return ["waiting", "queued", "running", "offline"].includes(track.state)
}

/** @param {Params} a @param {Params} b */
export function sameParams(a, b) {
  return Object.keys({ ...a, ...b }).every((name) => a[name] === b[name])
}

/**
 * The names of a frame's scalars, in its own order.
 * @param {Frame} frame
 */
export function scalars(frame) {
  return Object.keys(frame).filter((name) => typeof frame[name] === "number")
}

/**
 * What the chart draws when the author named no `y`: every scalar that is a result.
 * @param {Frame} frame
 * @param {string} x
 */
export function defaultSeries(frame, x) {
  return scalars(frame)
    .filter((name) => !["step", "progress", x].includes(name))
    .slice(0, 3)
}

/** A column that holds numbers. @param {Frame} frame @param {string} column */
export function scalar(frame, column) {
  return /** @type {number} */ (frame[column])
}

/**
 * The points of one series: `{x: number[], y: number[]}`, thinned to about `most` points.
 * @param {Frame[]} frames
 * @param {string} x
 * @param {string} y
 * @param {number} [most]
 * @returns {Points}
 */
export function points(frames, x, y, most = 800) {
  const stride = Math.max(1, Math.ceil(frames.length / most))
  const last = frames.length - 1
  const kept = frames.filter((_, k) => k % stride === 0 || k === last)
  return { x: kept.map((frame) => scalar(frame, x)), y: kept.map((frame) => scalar(frame, y)) }
}

/**
 * Median and spread over several runs of the same simulation.
 *
 * Runs need not share their x values: each is read off by interpolation on one grid. A run that
 * has ended keeps its last value, so that the band does not jump when the fast ones stop.
 * @param {Track[]} tracks those without frames are left out
 * @param {string} xName
 * @param {string} yName
 * @param {boolean} [isLog]
 * @returns {Band}
 */
export function band(tracks, xName, yName, isLog = false) {
  const runs = tracks
    .filter((track) => track.frames.length > 0)
    .map((track) => ({ ...points(track.frames, xName, yName, Infinity), going: isGoing(track) }))
  const made = emptyBand(runs.length)
  if (runs.length === 0) return made
  // Not past the slowest run that still goes: what comes there is not known yet.
  const going = ends(runs.filter((run) => run.going))
  const end = going.length ? Math.min(...going) : Math.max(...ends(runs))
  const start = Math.max(...runs.map((run) => run.x[0]))
  for (let k = 0; k <= GRID; k += 1) {
    const part = k / GRID
    const x = isLog && start > 0 ? start * (end / start) ** part : start + (end - start) * part
    const values = runs.map((run) => readOff(run, x)).sort((a, b) => a - b)
    made.x.push(x)
    for (const [name, q] of QUANTILES) made[name].push(quantile(values, q))
    if (end <= start) break
  }
  return made
}

/** @param {Points[]} runs */
const ends = (runs) => runs.map(({ x }) => x[x.length - 1])

/** @param {number} count @returns {Band} */
function emptyBand(count) {
  return { x: [], least: [], low: [], middle: [], high: [], most: [], count }
}

/** @param {Points} points @param {number} at @returns {number} */
function readOff({ x, y }, at) {
  let low = 0
  let high = x.length - 1
  if (at >= x[high]) return y[high]
  if (at <= x[0]) return y[0]
  while (high - low > 1) {
    const mid = (low + high) >> 1
    if (x[mid] <= at) low = mid
    else high = mid
  }
  return y[low] + ((y[high] - y[low]) * (at - x[low])) / (x[high] - x[low])
}

/**
 * Of ascending numbers, with linear interpolation between neighbours (as NumPy's default).
 * @param {number[]} sorted
 * @param {number} q
 */
export function quantile(sorted, q) {
  const at = q * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below)
}

/**
 * The frame whose x lies nearest to a place on the chart.
 * @param {Frame[]} frames
 * @param {string} xName
 * @param {number} at
 */
export function nearest(frames, xName, at) {
  let best = 0
  frames.forEach((frame, k) => {
    const away = Math.abs(scalar(frame, xName) - at)
    if (away < Math.abs(scalar(frames[best], xName) - at)) best = k
  })
  return best
}

/** A value on one line of a comment: a text may have several. @param {Value} value */
const line = (value) => (/[\r\n]/.test(String(value)) ? JSON.stringify(value) : value)

/**
 * A run as CSV: its parameters as comment lines, then one line a frame with scalars and strings.
 * @param {string} sim
 * @param {Track} track
 */
export function csv(sim, track) {
  const params = Object.entries(track.params).map(([name, value]) => `# ${name}: ${line(value)}`)
  const columns = Object.keys(track.frames[0] ?? {}).filter((name) =>
    ["number", "string", "boolean"].includes(typeof track.frames[0][name]),
  )
  /** A spreadsheet must not take a text for a formula. @param {Cell} cell */
  const safe = (cell) =>
    typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell)
  /** @param {Cell} cell */
  const quote = (cell) =>
    /[",\r\n]/.test(String(cell)) ? `"${safe(cell).replaceAll('"', '""')}"` : safe(cell)
  const rows = track.frames.map((frame) => columns.map((name) => quote(frame[name])).join(","))
  return [`# sim: ${sim}`, ...params, columns.join(","), ...rows, ""].join("\n")
}
