/** Axes worked out by hand: ranges, ticks and places, so that nothing jumps while a curve grows. */

/** @import { Axis } from "../lib/types.js" */

import { number } from "../lib/format.js"

const LADDER = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]

/**
 * The least and the greatest finite number of several lists, or null when there is none.
 * @param {(number | null)[][]} lists
 * @returns {[number, number] | null}
 */
export function extent(lists) {
  let low = Infinity
  let high = -Infinity
  for (const list of lists) {
    for (const value of list) {
      if (value === null || !Number.isFinite(value)) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  return low <= high ? [low, high] : null
}

/**
 * The next number up on a ladder of round ones: 4,300 -> 5,000.
 * @param {number} value
 */
export function roundUp(value) {
  if (!(value > 0)) return value
  const power = 10 ** Math.floor(Math.log10(value))
  return power * (LADDER.find((rung) => rung * power >= value * (1 - 1e-9)) ?? 10)
}

/**
 * An axis over what is known so far.
 * @param {[number, number] | null} data extent; null before the first point
 * @param {{isLog?: boolean, isGrowing?: boolean, snug?: boolean, count?: number}} options
 *   growing: leave room up to a round number; snug: end where the data ends (for x)
 * @returns {Axis}
 */
export function axis(data, { isLog = false, isGrowing = false, snug = false, count = 4 } = {}) {
  if (data === null) return { range: isLog ? [1, 10] : [0, 1], isLog, ticks: [], labels: [] }
  let [low, high] = data
  if (isLog) return logAxis(Math.max(low, 1e-12), Math.max(high, 1e-12))
  if (low >= 0 && low <= 0.4 * high) low = 0
  if (isGrowing && low === 0) high = roundUp(high)
  if (high - low < 1e-9 * Math.max(1, Math.abs(high))) {
    low -= low === 0 ? 0 : 0.5 * Math.abs(low)
    high += 0.5 * Math.abs(high) || 1
  }
  const ticks = roundTicks(low, high, count)
  if (!snug) {
    const pad = 0.05 * (high - low)
    high += pad
    if (low !== 0) low -= pad
  }
  return { range: [low, high], isLog, ticks, labels: tickLabels(ticks) }
}

/** @param {number} low @param {number} high @returns {Axis} */
function logAxis(low, high) {
  if (high / low < 1.01) return logAxis(low / 2, high * 2)
  const ticks = []
  // With fewer than three labels nobody sees that the axis is logarithmic.
  const isShort = Math.floor(Math.log10(high * 1.001)) - Math.ceil(Math.log10(low * 0.999)) < 2
  const mantissas = high / low < 30 ? [1, 2, 5] : isShort ? [1, 3] : [1]
  const decades = Math.log10(high / low)
  const stride = Math.max(1, Math.round(decades / 5))
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += stride) {
    for (const mantissa of mantissas) ticks.push(mantissa * 10 ** power)
  }
  const inside = ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001)
  return {
    range: [low, high],
    isLog: true,
    ticks: inside,
    labels: inside.map((tick) => number(tick)),
  }
}

/** @param {number} low @param {number} high @param {number} count */
function roundTicks(low, high, count) {
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((rung) => rung * power >= rough * 0.8) ?? 10)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  return Array.from({ length: last - first + 1 }, (_, k) =>
    Number(((first + k) * step).toPrecision(10)),
  )
}

/** @param {number[]} ticks */
function tickLabels(ticks) {
  const decimals = Math.max(0, ...ticks.map((tick) => (String(tick).split(".")[1] ?? "").length))
  if (decimals > 4) return ticks.map((tick) => number(tick))
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  return ticks.map((tick) =>
    tick === 0 ? "0" : tick.toLocaleString("en-US", options).replace("-", "−"),
  )
}

/**
 * Where a value lies on an axis: 0 at its start, 1 at its end.
 * @param {Pick<Axis, "range" | "isLog">} axis
 * @param {number} value
 */
export function share({ range: [low, high], isLog }, value) {
  if (isLog) return Math.log(value / low) / Math.log(high / low)
  return (value - low) / (high - low)
}

/**
 * The value at a share of an axis; the inverse of `share`.
 * @param {Pick<Axis, "range" | "isLog">} axis
 * @param {number} part
 */
export function valueAt({ range: [low, high], isLog }, part) {
  return isLog ? low * (high / low) ** part : low + (high - low) * part
}

/**
 * Heights (px) moved as little as needed for neighbours to be `gap` apart; order is kept.
 * @param {number[]} heights
 * @param {number} gap
 */
export function spread(heights, gap) {
  const order = heights.map((_, k) => k).sort((a, b) => heights[a] - heights[b])
  const placed = [...heights]
  for (let round = 0; round < 12; round += 1) {
    for (let k = 1; k < order.length; k += 1) {
      const overlap = gap - (placed[order[k]] - placed[order[k - 1]])
      if (overlap <= 0.01) continue
      placed[order[k - 1]] -= overlap / 2
      placed[order[k]] += overlap / 2
    }
  }
  return placed
}
