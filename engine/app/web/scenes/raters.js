/** The scene of raters who disagree. */

/** @import { Point } from "./canvas.js" */

import { number } from "../lib/format.js"
import { Board, share } from "./canvas.js"

/** @typedef {{step: number, votes: number[], scores: number[], circle_share: number,
 *   majorities_kept: number}} CircleFrame */

/**
 * Three answers, which of two the majority wants, and where the reward model puts them.
 * @extends {Board<CircleFrame>}
 */
export class Circle extends Board {
  /** @param {CircleFrame} frame */
  has(frame) {
    return Array.isArray(frame.votes) && Array.isArray(frame.scores)
  }

  /** @param {CircleFrame} frame */
  score(frame) {
    return 1 + frame.step
  }

  /** @param {CircleFrame} frame */
  caption(frame) {
    const kept = `the reward keeps ${frame.majorities_kept} of 3 majorities`
    return `${share(frame.circle_share)} in the circle: ${kept}`
  }

  /** @param {CircleFrame | null} frame */
  paint(frame) {
    const { theme, size } = this
    const tall = this.height - 4.2 * size
    const middle = 0.36 * this.width
    const wide = Math.min(0.24 * this.width, 0.9 * tall)
    /** @type {Point[]} */
    const places = [
      [middle, 2.9 * size],
      [middle + wide, 2.7 * size + tall],
      [middle - wide, 2.7 * size + tall],
    ]
    if (frame)
      for (const [k, [i, j]] of [
        [0, 1],
        [1, 2],
        [2, 0],
      ].entries())
        this.edge(frame, places, k, i, j)
    places.forEach(([x, y], k) => {
      this.disc(x, y, 1.15 * size, theme.card, theme.ink)
      this.text("ABC"[k], x, y, { align: "center", base: "middle", colour: theme.ink, weight: 650 })
    })
    this.ladder(frame)
  }

  /**
   * An arrow from the answer that the majority wants, red where the reward disagrees.
   * @param {CircleFrame} frame
   * @param {Point[]} places
   * @param {number} k
   * @param {number} i
   * @param {number} j
   */
  edge(frame, places, k, i, j) {
    const { theme, size } = this
    const isFor = frame.votes[k] > 0.5
    const [from, to] = isFor ? [i, j] : [j, i]
    const isKept = frame.scores[from] > frame.scores[to]
    const [[x0, y0], [x1, y1]] = [places[from], places[to]]
    const length = Math.hypot(x1 - x0, y1 - y0)
    const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length]
    const colour = isKept ? theme.policy : theme.rejected
    const inset = 1.7 * size
    this.arrow(
      [x0 + ux * inset, y0 + uy * inset],
      [x1 - ux * inset, y1 - uy * inset],
      Math.max(2, 0.25 * theme.unit),
      colour,
    )
    const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2]
    const votes = share(isFor ? frame.votes[k] : 1 - frame.votes[k])
    const label = isKept ? votes : `${votes} ✗` // the reward says otherwise
    /** @type {{x: number, y: number, align: CanvasTextAlign}} */
    const place = /** @type {const} */ ([
      { x: mx + 0.8 * size, y: my, align: "left" },
      { x: mx, y: my - 0.8 * size, align: "center" },
      { x: mx - 0.8 * size, y: my, align: "right" },
    ])[k]
    this.text(label, place.x, place.y, { align: place.align, base: "middle", colour, weight: 600 })
  }

  /**
   * The one line on which a reward puts the three.
   * @param {CircleFrame | null} frame
   */
  ladder(frame) {
    const { theme, size } = this
    const x = 0.8 * this.width
    const [top, floor] = [3 * size, this.height - 0.6 * size]
    this.line(
      [
        [x, top],
        [x, floor],
      ],
      1.5,
      theme.hair,
    )
    this.text("reward", x - 0.9 * size, top, { align: "right", base: "middle" })
    if (!frame) return
    const most = Math.max(2, ...frame.scores.map(Math.abs))
    /** @param {number} score */
    const y = (score) => (top + floor) / 2 - (0.42 * (floor - top) * score) / most
    const order = [0, 1, 2].sort((a, b) => frame.scores[b] - frame.scores[a])
    let above = -Infinity
    for (const k of order) {
      const at = Math.max(y(frame.scores[k]), above + 1.25 * size) // names never lie on one another
      above = at
      this.disc(x, y(frame.scores[k]), 0.35 * size, theme.proxy)
      this.text(
        `${"ABC"[k]}  ${number(Math.round(100 * frame.scores[k]) / 100)}`,
        x + 0.9 * size,
        at,
        { base: "middle", colour: theme.ink },
      )
    }
  }
}
