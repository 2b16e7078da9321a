/** The scene of a chain of states: what each is worth, and where the best policy goes. */

import { number } from "../lib/format.js"
import { Board, share } from "./canvas.js"

/** @typedef {{step: number, values: number[], actions: number[], rewards: number[],
 *   stationary: number[], frequencies: number[], num_visits?: number, at_start?: number,
 *   bound?: number, value: number, gamma: number}} ChainFrame */

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
