/** A canvas that fits its element, and a pen with the house's lines and letters: what scenes share. */

import { fitCanvas, textSize } from "../lib/dom.js"

/** A still of a frame, until a scene says otherwise: it paints what it is given, or the last it was. */
export class Board {
  /** @param {HTMLCanvasElement} canvas @param {Object} theme from `readTheme` */
  constructor(canvas, theme) {
    this.canvas = canvas
    this.pen = canvas.getContext("2d")
    this.last = null // the frame drawn last: it stays until a new run has one
    this.resize(theme)
  }

  /** Fit the drawing to the canvas as laid out now; true if there is room to draw. */
  resize(theme) {
    const { width, height } = fitCanvas(this.canvas, this.pen)
    Object.assign(this, { theme, width, height, size: textSize(theme, 1.16, 12) })
    return width > 0 && height > 0
  }

  duration() {
    return 0
  }

  draw(frame, seconds, caption = "") {
    this.pen.clearRect(0, 0, this.width, this.height)
    this.last = frame ?? this.last
    this.paint(this.last, seconds)
    if (frame) this.text(caption, this.width, this.size, { align: "right" })
  }

  still(frame, caption = "") {
    this.draw(frame, Infinity, caption)
  }

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

  box(x, y, width, height, colour, alpha = 1) {
    this.pen.globalAlpha = alpha
    this.pen.fillStyle = colour
    this.pen.fillRect(x, y, width, height)
    this.pen.globalAlpha = 1
  }

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

  /** A line from one point to another with a head at its end. */
  arrow([x0, y0], [x1, y1], width, colour) {
    const angle = Math.atan2(y1 - y0, x1 - x0)
    const head = 2.2 * width + 3
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

/** A part of one as the scenes write it: "8 %". */
export function share(part) {
  return `${Math.round(100 * part)} %`
}
