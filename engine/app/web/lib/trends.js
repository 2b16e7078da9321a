/** Curves in words: where each goes, and what differs between two runs. Pure functions. */

/** @import { Points } from "./tracks.js" */

import { number } from "./format.js"

/** @typedef {Points & {name: string}} Curve */

const TURN = 0.15 // of a curve's height: less is not a peak
const FLAT = 0.02 // of its size: less is not a rise
const LEAST = 0.03 // of the chart: less is not a difference

/**
 * "gold rises from 0 to 0.93 at 2.4, then falls to −0.8", one for each curve.
 * @param {Curve[]} curves
 */
export function trends(curves) {
  const words = curves.filter(({ x }) => x.length > 0).map(trend)
  return words.length ? `${words.join("; ")}.` : ""
}

/** @param {Curve} curve */
function trend({ name, x, y }) {
  const [first, last] = [y[0], y[y.length - 1]]
  if (y.length === 1) return `${name} is ${number(first)}`
  const { top, bottom } = extremes(y)
  const height = y[top] - y[bottom]
  if (height <= FLAT * Math.max(Math.abs(y[top]), Math.abs(y[bottom])))
    return `${name} stays near ${number(last)}`
  const way = (/** @type {string} */ go, /** @type {number} */ at, /** @type {string} */ then) =>
    `${name} ${go} from ${number(first)} to ${number(y[at])} at ${number(x[at])}, then ${then} to ${number(last)}`
  const isPeak = y[top] - Math.max(first, last) > TURN * height
  const isDip = Math.min(first, last) - y[bottom] > TURN * height
  if (isPeak && !isDip) return way("rises", top, "falls")
  if (isDip && !isPeak) return way("falls", bottom, "rises")
  return `${name} ${last > first ? "rises" : "falls"} from ${number(first)} to ${number(last)}`
}

/** The places of the greatest and the least value. @param {number[]} y */
function extremes(y) {
  const place = (/** @type {(a: number, b: number) => boolean} */ isBetter) =>
    y.reduce((best, value, k) => (isBetter(value, y[best]) ? k : best), 0)
  return { top: place((a, b) => a > b), bottom: place((a, b) => a < b) }
}

/**
 * The greatest difference between the curves of two runs, in words.
 * @param {Curve[]} before
 * @param {Curve[]} after
 * @param {{xTitle: string, target?: number}} chart
 * @returns {string} "" where no curve is in both
 */
export function change(before, after, { xTitle, target }) {
  const found = after.flatMap((curve) => {
    const old = before.find((each) => each.name === curve.name)
    return old?.x.length && curve.x.length ? differences(old, curve, xTitle, target) : []
  })
  if (!found.length) return ""
  const best = found.reduce((most, each) => (each.by > most.by ? each : most))
  return best.by < LEAST ? "much the same" : best.words
}

/**
 * @param {Curve} old
 * @param {Curve} now
 * @param {string} xTitle
 * @param {number} [target]
 */
function differences(old, now, xTitle, target) {
  const wide = spread([...old.x, ...now.x])
  const high = spread([...old.y, ...now.y])
  const [last, was] = [now.y[now.y.length - 1], old.y[old.y.length - 1]]
  const words = `${now.name} ends at ${number(last)}, not ${number(was)}`
  const found = [{ by: Math.abs(last - was) / high, words }]
  const [peak, peaked] = [peakOf(now), peakOf(old)]
  if (peak !== null && peaked !== null)
    found.push({
      by: Math.abs(peak - peaked) / wide,
      words: `${now.name} peaks at ${number(peak)} ${xTitle}, not at ${number(peaked)}`,
    })
  if (target !== undefined) found.push(...reaching(old, now, xTitle, target, wide))
  return found
}

/**
 * @param {Curve} old
 * @param {Curve} now
 * @param {string} xTitle
 * @param {number} target
 * @param {number} wide
 */
function reaching(old, now, xTitle, target, wide) {
  const [at, was] = [reached(now, target), reached(old, target)]
  const goal = `${now.name} reaches ${number(target)}`
  if (at === undefined && was === undefined) return []
  if (was === undefined)
    return [{ by: 2, words: `${goal} after ${number(at ?? 0)} ${xTitle}; before, never` }]
  if (at === undefined)
    return [
      {
        by: 2,
        words: `${now.name} never reaches ${number(target)}; before, after ${number(was)} ${xTitle}`,
      },
    ]
  const words = `${goal} after ${number(at)} ${xTitle}, not ${number(was)}`
  return [{ by: (1.5 * Math.abs(at - was)) / wide, words }]
}

/** Where a curve first is at a value or above it. @param {Curve} curve @param {number} target */
const reached = ({ x, y }, target) => x[y.findIndex((value) => value >= target)]

/** Where a curve is highest, null where that is at an end. @param {Curve} curve */
function peakOf({ x, y }) {
  const { top, bottom } = extremes(y)
  const isPeak = y[top] - Math.max(y[0], y[y.length - 1]) > TURN * (y[top] - y[bottom])
  return isPeak ? x[top] : null
}

/** @param {number[]} values */
const spread = (values) => Math.max(...values) - Math.min(...values) || 1

/**
 * Whether a run with the recorded settings came out as the recorded one did.
 * @param {Curve[]} recorded
 * @param {Curve[]} now
 */
export function sameAsRecorded(recorded, now) {
  const isSame = recorded.every(({ name, y }) => {
    const other = now.find((each) => each.name === name)
    return (
      other?.y.length === y.length &&
      y.every((value, k) => Math.abs(value - other.y[k]) <= 1e-9 * Math.max(1, Math.abs(value)))
    )
  })
  return isSame
    ? "Same as recorded: yes."
    : "Same as recorded: no. Another processor rounds differently."
}
