/** The scene of a bandit: which machines each method pulls. */

import { number, words } from "../lib/format.js"
import { Board, share } from "./canvas.js"

// Of sims/bandit.py.
/** @type {Record<string, string>} */
const NAMES = { epsilon_greedy: "ε-greedy", ucb1: "UCB1", thompson: "Thompson" }

/** @typedef {{arm_rates: number[][], methods: string[], pulls: number, win_rates: number[]}}
 *   BanditFrame */

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
