/** Runs as data: frames that came so far, what is drawn of them, bands over seeds, CSV. No DOM. */

const GRID = 160 // points of a band's curve

/**
 * One run, or the place where one will be. `isFresh` asks for one made now, whatever is kept;
 * `about` says when a run was made that is not of today.
 * @typedef {{params: Object, isFresh: boolean, frames: Object[], state: string, position: number,
 *   wait: number, message: string, about: Object}} Track
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

export function isGoing(track) {
  return ["waiting", "queued", "running", "offline"].includes(track.state)
}

export function sameParams(a, b) {
  return Object.keys({ ...a, ...b }).every((name) => a[name] === b[name])
}

/** The names of a frame's scalars, in its own order. */
export function scalars(frame) {
  return Object.keys(frame).filter((name) => typeof frame[name] === "number")
}

/** What the chart draws when the author named no `y`: every scalar that is a result. */
export function defaultSeries(frame, x) {
  return scalars(frame)
    .filter((name) => !["step", "progress", x].includes(name))
    .slice(0, 3)
}

/** The points of one series: `{x: number[], y: number[]}`, thinned to about `most` points. */
export function points(frames, x, y, most = 800) {
  const stride = Math.max(1, Math.ceil(frames.length / most))
  const last = frames.length - 1
  const kept = frames.filter((_, k) => k % stride === 0 || k === last)
  return { x: kept.map((frame) => frame[x]), y: kept.map((frame) => frame[y]) }
}

/**
 * Median and spread over several runs of the same simulation.
 *
 * Runs need not share their x values: each is read off by interpolation on one grid. A run that
 * has ended keeps its last value, so that the band does not jump when the fast ones stop.
 * @param {Track[]} tracks those without frames are left out
 * @returns {{x: number[], least: number[], low: number[], middle: number[], high: number[],
 *   most: number[], count: number}} quartiles are linear between order statistics
 */
export function band(tracks, xName, yName, isLog = false) {
  const runs = tracks
    .filter((track) => track.frames.length > 0)
    .map((track) => ({ ...points(track.frames, xName, yName, Infinity), going: isGoing(track) }))
  const empty = { x: [], least: [], low: [], middle: [], high: [], most: [], count: runs.length }
  if (runs.length === 0) return empty
  // Not past the slowest run that still goes: what comes there is not known yet.
  const going = runs.filter((run) => run.going).map((run) => run.x.at(-1))
  const end = going.length ? Math.min(...going) : Math.max(...runs.map((run) => run.x.at(-1)))
  const start = Math.max(...runs.map((run) => run.x[0]))
  const made = { ...empty }
  for (let k = 0; k <= GRID; k += 1) {
    const part = k / GRID
    const x = isLog && start > 0 ? start * (end / start) ** part : start + (end - start) * part
    const values = runs.map((run) => readOff(run, x)).sort((a, b) => a - b)
    made.x.push(x)
    for (const [name, q] of [
      ["least", 0],
      ["low", 0.25],
      ["middle", 0.5],
      ["high", 0.75],
      ["most", 1],
    ]) {
      made[name].push(quantile(values, q))
    }
    if (end <= start) break
  }
  return made
}

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

/** Of ascending numbers, with linear interpolation between neighbours (as NumPy's default). */
export function quantile(sorted, q) {
  const at = q * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below)
}

/** The frame whose x lies nearest to a place on the chart. */
export function nearest(frames, xName, at) {
  let best = 0
  frames.forEach((frame, k) => {
    if (Math.abs(frame[xName] - at) < Math.abs(frames[best][xName] - at)) best = k
  })
  return best
}

/**
 * A run as CSV: its parameters as comment lines, then one line a frame with scalars and strings.
 * @param {string} sim
 * @param {Track} track
 */
export function csv(sim, track) {
  const params = Object.entries(track.params).map(([name, value]) => `# ${name}: ${value}`)
  const columns = Object.keys(track.frames[0] ?? {}).filter((name) =>
    ["number", "string", "boolean"].includes(typeof track.frames[0][name]),
  )
  const quote = (cell) =>
    /[",\r\n]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell)
  const rows = track.frames.map((frame) => columns.map((name) => quote(frame[name])).join(","))
  return [`# sim: ${sim}`, ...params, columns.join(","), ...rows, ""].join("\n")
}
