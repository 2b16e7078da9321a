/** The scene of a heated room: its temperature, the band that pays, and its heater. */

/** @import { Point } from "./canvas.js" */

import { number } from "../lib/format.js"
import { Board, share } from "./canvas.js"

const POINTS_A_SECOND = 24 // of a temperature curve
const BAND = [68, 72] // °F that are paid, as in sims/thermostat.py

/** @typedef {{step: number, temperatures: number[], heater_on: number[], switch_point: number,
 *   exact_comfort?: number, log_prob?: number, comfort: number}} RoomFrame */

/**
 * A room's temperature over six hours, the band that pays, and when the heater is on.
 * @extends {Board<RoomFrame>}
 */
export class Room extends Board {
  /** @param {RoomFrame} frame */
  has(frame) {
    return Array.isArray(frame.temperatures) && frame.temperatures.length > 1
  }

  /** @param {RoomFrame} frame */
  duration(frame) {
    return (frame.temperatures.length - 1) / POINTS_A_SECOND
  }

  /** @param {RoomFrame} frame */
  score(frame) {
    return frame.exact_comfort ?? frame.temperatures.length
  }

  /** @param {RoomFrame} frame */
  caption(frame) {
    if (frame.log_prob !== undefined)
      return `after ${number(frame.step + 1)} decisions: log p = ${number(frame.log_prob)}`
    return `update ${frame.step}: in the band ${share(frame.comfort)} of the time`
  }

  /** @param {RoomFrame | null} frame @param {number} seconds */
  paint(frame, seconds) {
    const { theme, size } = this
    const left = 2.4 * size
    const floor = this.height - 1.1 * size // the heater's strip lies under it
    const top = 1.8 * size
    const [least, most] = range(frame)
    /** @param {number} t */
    const x = (t) => left + ((this.width - left - 4 * size) * t) / 60
    /** @param {number} degrees */
    const y = (degrees) => floor - ((floor - top) * (degrees - least)) / (most - least)
    this.box(left, y(BAND[1]), x(60) - left, y(BAND[0]) - y(BAND[1]), theme.gold, 0.18)
    for (const degrees of BAND)
      this.text(`${degrees}°`, left - 0.4 * size, y(degrees), { align: "right", base: "middle" })
    this.line(
      [
        [left, floor],
        [x(60), floor],
      ],
      1,
      theme.hair,
    )
    if (!frame) return
    this.switchLine(frame, y, left, x(60))
    const now = Math.min(frame.temperatures.length - 1, seconds * POINTS_A_SECOND)
    /** @param {number} t @returns {Point} */
    const point = (t) => [x(t), y(frame.temperatures[t])]
    this.curve(frame, now, point, floor)
    const [atX, atY] = point(Math.floor(now))
    this.disc(atX, atY, 1.6 * this.stroke, theme.ink)
    const words = `${number(frame.temperatures[Math.floor(now)])} °F`
    this.text(words, atX + 0.6 * size, atY - 0.5 * size, { colour: theme.ink, weight: 600 })
  }

  /** The width of the curve, px. */
  get stroke() {
    return Math.max(1.8, 0.22 * this.theme.unit)
  }

  /**
   * The temperature until `now`, and under it when the heater is on.
   * @param {RoomFrame} frame
   * @param {number} now
   * @param {(t: number) => Point} point
   * @param {number} floor
   */
  curve(frame, now, point, floor) {
    const { theme, size } = this
    for (let t = 0; t < Math.ceil(now); t += 1) {
      const part = Math.min(1, now - t)
      const [from, to] = [point(t), point(t + 1)]
      const [dx, dy] = [(to[0] - from[0]) * part, (to[1] - from[1]) * part]
      const isOn = frame.heater_on[t] === 1
      const colour = isOn ? theme.proxy : theme.reference
      this.line([from, [from[0] + dx, from[1] + dy]], this.stroke, colour)
      if (isOn) this.box(from[0], floor + 0.35 * size, dx, 0.5 * size, theme.proxy)
    }
  }

  /**
   * @param {RoomFrame} frame
   * @param {(degrees: number) => number} y
   * @param {number} left
   * @param {number} right
   */
  switchLine(frame, y, left, right) {
    const { theme, size } = this
    const height = y(frame.switch_point)
    this.line(
      [
        [left, height],
        [right, height],
      ],
      Math.max(1.2, 0.13 * theme.unit),
      theme.policy,
      [5, 5],
    )
    this.text(`${number(frame.switch_point)}°`, right + 0.4 * size, height, {
      colour: theme.policy,
      weight: 600,
      base: "middle",
    })
  }
}

/**
 * Degrees at the floor and at the top: the usual room, or more if the curve asks for it.
 * @param {RoomFrame | null} frame
 */
function range(frame) {
  const all = frame ? [...frame.temperatures, frame.switch_point] : []
  return [Math.min(58, ...all), Math.max(76, ...all)]
}
