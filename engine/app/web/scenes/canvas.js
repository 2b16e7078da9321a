/**
 * A canvas that fits its element, and a pen with the house's lines and letters: what scenes share.
 */

/** @import { Palette } from "../lib/types.js" */

import { fitCanvas, penOf, textSize } from "../lib/dom.js"

/** @typedef {[x: number, y: number]} Point px from the top left */

/**
 * A still of a frame, until a scene says otherwise: it paints what it is given, or the last it was.
 * @template F a frame of the simulation
 */
export class Board {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Palette} theme from `readTheme`
   */
  constructor(canvas, theme) {
    this.canvas = canvas
    this.pen = penOf(canvas)
    this.theme = theme
    this.width = 0
    this.height = 0
    this.size = 0 // of small text, px
    /** @type {F | null} */
    this.last = null // the frame drawn last: it stays until a new run has one
    this.resize(theme)
  }

  /**
   * Fit the drawing to the canvas as laid out now; true if there is room to draw.
   * @param {Palette} theme
   */
  resize(theme) {
    const { width, height } = fitCanvas(this.canvas, this.pen)
    this.theme = theme
    this.width = width
    this.height = height
    this.size = textSize(theme, 1.16)
    return width > 0 && height > 0
  }

  /** @param {F} _frame @returns {number} */
  duration(_frame) {
    return 0
  }

  /** @param {F | null} _frame @param {number} _seconds */
  paint(_frame, _seconds) {}

  /** @param {F | null} frame @param {number} seconds @param {string} [caption] */
  draw(frame, seconds, caption = "") {
    this.pen.clearRect(0, 0, this.width, this.height)
    this.last = frame ?? this.last
    this.paint(this.last, seconds)
    if (frame) this.text(caption, this.width, this.size, { align: "right" })
  }

  /** @param {F} frame @param {string} [caption] */
  still(frame, caption = "") {
    this.draw(frame, Infinity, caption)
  }

  /**
   * @param {Point[]} points
   * @param {number} width
   * @param {string} colour
   * @param {number[]} [dash]
   */
  line(points, width, colour, dash = []) {
    const { pen } = this
    pen.strokeStyle = colour
    pen.lineWidth = width
    pen.lineCap = pen.lineJoin = "round"
    pen.setLineDash(dash)
    pen.beginPath()
    points.forEach(([x, y], k) => (k ? pen.lineTo(x, y) : pen.moveTo(x, y)))
    pen.stroke()
    pen.setLineDash([])
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   * @param {string} fill
   * @param {string | null} [edge]
   */
  disc(x, y, radius, fill, edge = null) {
    const { pen } = this
    pen.beginPath()
    pen.arc(x, y, radius, 0, 2 * Math.PI)
    pen.fillStyle = fill
    pen.fill()
    if (!edge) return
    pen.strokeStyle = edge
    pen.lineWidth = Math.max(1.5, 0.16 * this.theme.unit)
    pen.stroke()
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} width
   * @param {number} height
   * @param {string} colour
   * @param {number} [alpha]
   */
  box(x, y, width, height, colour, alpha = 1) {
    this.pen.globalAlpha = alpha
    this.pen.fillStyle = colour
    this.pen.fillRect(x, y, width, height)
    this.pen.globalAlpha = 1
  }

  /**
   * @param {string} text
   * @param {number} x
   * @param {number} y
   * @param {{ align?: CanvasTextAlign, colour?: string, weight?: number, size?: number, base?:
   *   CanvasTextBaseline }} [options]
   */
  text(
    text,
    x,
    y,
    {
      align = "left",
      colour = this.theme.soft,
      weight = 400,
      size = this.size,
      base = "alphabetic",
    } = {},
  ) {
    const { pen } = this
    pen.font = `${weight} ${size}px ${this.theme.sans}`
    pen.textAlign = align
    pen.textBaseline = base
    pen.fillStyle = colour
    pen.fillText(text, x, y)
  }

  /**
   * A line from one point to another with a head at its end.
   * @param {Point} from
   * @param {Point} to
   * @param {number} width
   * @param {string} colour
   */
  arrow([x0, y0], [x1, y1], width, colour) {
    const angle = Math.atan2(y1 - y0, x1 - x0)
    const head = 2.2 * width + 3
    /** @param {number} side @returns {Point} */
    const wing = (side) => [x1 - head * Math.cos(angle + side), y1 - head * Math.sin(angle + side)]
    this.line(
      [
        [x0, y0],
        [x1, y1],
      ],
      width,
      colour,
    )
    this.line([wing(0.5), [x1, y1], wing(-0.5)], width, colour)
  }
}

/**
 * A part of one as the scenes write it: "8 %".
 * @param {number} part
 */
export function share(part) {
  return `${Math.round(100 * part)} %`
}
