/** Scenes of decisions: a heated room, a chain of states, machines to pull. */

/** @import { Point } from "./canvas.js" */

import { number, words } from "../lib/format.js"
import { Board, share } from "./canvas.js"

const POINTS_A_SECOND = 24 // of a temperature curve
const BAND = [68, 72] // °F that are paid, as in sims/thermostat.py
// Of sims/bandit.py.
/** @type {Record<string, string>} */
const NAMES = { epsilon_greedy: "ε-greedy", ucb1: "UCB1", thompson: "Thompson" }

/** @typedef {{step: number, temperatures: number[], heater_on: number[], switch_point: number,
 *   exact_comfort?: number, log_prob?: number, comfort: number}} RoomFrame */
/** @typedef {{step: number, values: number[], actions: number[], rewards: number[],
 *   stationary: number[], frequencies: number[], num_visits?: number, at_start?: number,
 *   bound?: number, value: number, gamma: number}} ChainFrame */
/** @typedef {{arm_rates: number[][], methods: string[], pulls: number, win_rates: number[]}}
 *   BanditFrame */

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

/**
 * States in a row, what each is worth, and which way the best policy goes.
 * @extends {Board<ChainFrame>}
 */
export class Chain extends Board {
  /** @param {ChainFrame} frame */
  has(frame) {
    return Array.isArray(frame.values) && Array.isArray(frame.actions)
  }

  /** @param {ChainFrame} frame */
  score(frame) {
    return 1 + frame.step
  }

  /** @param {ChainFrame} frame */
  caption(frame) {
    if (frame.num_visits !== undefined)
      return `${number(frame.num_visits)} steps: ${share(frame.at_start ?? 0)} of them in state 1`
    if (frame.bound !== undefined)
      return `sweep ${frame.step}: state 1 is worth ${number(frame.value)}`
    return `discount ${number(frame.gamma)}: state 1 is worth ${number(frame.value)}`
  }

  /** @param {ChainFrame | null} frame */
  paint(frame) {
    const { theme, size } = this
    const count = frame?.values.length ?? 5
    const gap = this.width / count
    const hasVisits = frame?.stationary.some((each) => each > 0)
    const radius = Math.min(0.32 * gap, (hasVisits ? 0.17 : 0.24) * this.height, 3 * size)
    const middle = (hasVisits ? 0.45 : 0.62) * this.height
    const most = Math.max(...(frame?.rewards ?? [1]), 1e-9)
    for (let state = 0; state < count; state += 1) {
      const x = (state + 0.5) * gap
      const isEnd = state === 0 || state === count - 1
      if (state > 0)
        this.line(
          [
            [x - gap + radius, middle],
            [x - radius, middle],
          ],
          1.5,
          theme.hair,
        )
      if (isEnd) this.end(frame, x, middle, radius, state === 0 ? 0 : 1)
      else this.state(frame, x, middle, radius, state, most)
      if (frame && hasVisits) this.visits(frame, x, middle + radius + 0.4 * size, gap, state)
    }
  }

  /**
   * @param {ChainFrame | null} frame
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   * @param {number} which
   */
  end(frame, x, y, radius, which) {
    const { theme, size } = this
    this.disc(x, y, radius, theme.wash, theme.gold)
    const text = frame ? number(frame.rewards[which]) : ""
    this.text(text, x, y, {
      align: "center",
      base: "middle",
      colour: theme.gold,
      weight: 650,
      size: Math.min(1.2 * size, 0.75 * radius),
    })
  }

  /**
   * @param {ChainFrame | null} frame
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   * @param {number} state
   * @param {number} most
   */
  state(frame, x, y, radius, state, most) {
    const { theme, size } = this
    this.disc(x, y, radius, theme.card, theme.soft)
    if (!frame) return
    this.pen.globalAlpha = 0.55 * Math.min(1, frame.values[state] / most)
    this.disc(x, y, radius, theme.policy)
    this.pen.globalAlpha = 1
    this.text(number(frame.values[state], 2), x, y, {
      align: "center",
      base: "middle",
      colour: theme.ink,
      size: Math.min(1.1 * size, 0.72 * radius),
    })
    const way = frame.actions[state]
    const above = y - radius - 0.7 * size
    if (way)
      this.arrow(
        [x - 0.8 * way * radius, above],
        [x + 0.8 * way * radius, above],
        Math.max(2, 0.25 * theme.unit),
        theme.policy,
      )
  }

  /**
   * How often a state was visited, as a bar, and its share of the stationary distribution.
   * @param {ChainFrame} frame
   * @param {number} x
   * @param {number} top
   * @param {number} gap
   * @param {number} state
   */
  visits(frame, x, top, gap, state) {
    const room = this.height - top - 2
    const most = Math.max(...frame.frequencies, ...frame.stationary)
    /** @param {number} part */
    const tall = (part) => (room * part) / most
    const floor = this.height - 1
    this.box(
      x - 0.2 * gap,
      floor - tall(frame.frequencies[state]),
      0.4 * gap,
      tall(frame.frequencies[state]),
      this.theme.policy,
      0.6,
    )
    const level = floor - tall(frame.stationary[state])
    this.line(
      [
        [x - 0.26 * gap, level],
        [x + 0.26 * gap, level],
      ],
      2,
      this.theme.ink,
    )
  }
}

/**
 * Where each method's pulls went: a row a method, the best machine in the policy's colour.
 * @extends {Board<BanditFrame>}
 */
export class Machines extends Board {
  /** @param {BanditFrame} frame */
  has(frame) {
    return Array.isArray(frame.arm_rates)
  }

  /** @param {BanditFrame} frame */
  score(frame) {
    return frame.pulls
  }

  /** @param {BanditFrame} frame */
  caption(frame) {
    const best = frame.win_rates[frame.win_rates.length - 1]
    return `pulls of the best machine (${number(best)}) after ${number(frame.pulls)}`
  }

  /** @param {BanditFrame | null} frame */
  paint(frame) {
    if (!frame) return
    const { theme, size } = this
    const rows = frame.arm_rates
    const top = 1.9 * size
    const pitch = (this.height - top) / Math.max(4, rows.length)
    const left = 6 * size
    const room = this.width - left - 3.4 * size
    rows.forEach((shares, k) => {
      const y = top + (k + 0.14) * pitch
      const tall = 0.66 * pitch
      this.text(
        NAMES[frame.methods[k]] ?? words(frame.methods[k]),
        left - 0.6 * size,
        y + tall / 2,
        { align: "right", base: "middle" },
      )
      let x = left
      for (const [arm, part] of [...shares.entries()].reverse()) {
        // the best machine first
        const isBest = arm === shares.length - 1
        this.box(
          x,
          y,
          Math.max(0, room * part - 1),
          tall,
          isBest ? theme.policy : theme.reference,
          isBest ? 1 : 0.25 + (0.4 * arm) / shares.length,
        )
        x += room * part
      }
      this.text(share(shares[shares.length - 1]), left + room + 0.5 * size, y + tall / 2, {
        base: "middle",
        colour: theme.policy,
        weight: 600,
      })
    })
  }
}
