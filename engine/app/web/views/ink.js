/** A pen and a laser pointer over the slides. Strokes stay with their slide for as long as the tab is
    open; those who follow in a room see both. */

/** @import { Point } from "../lecture/strokes.js" */

import { pathOf, read, SIZE, thin, written } from "../lecture/strokes.js"
import { keep, recall } from "../lib/store.js"

const SVG = "http://www.w3.org/2000/svg"
const PAUSE = 80 // milliseconds between two places of the pointer that are told
const FADES = 1500 // after which a pointer that rests is gone at those who follow

/** @typedef {"" | "pen" | "laser"} Tool */

export class Ink {
  /** @type {Tool} */
  tool = ""
  /** @type {Record<string, string[]>} of each slide */
  #strokes = {}
  #slide = ""
  /** @type {Point[] | null} */
  #drawing = null
  #told = 0
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #fading

  /**
   * @param {HTMLElement} stage
   * @param {string} slug of the lecture
   * @param {AbortSignal} signal
   * @param {{drawn: () => void, pointed: (at: Point | null) => void, seen: () => void}} hears
   *   `seen`: what is seen of the ink has changed
   */
  constructor(stage, slug, signal, hears) {
    this.stage = stage
    this.hears = hears
    this.key = `ink:${slug}`
    this.#strokes = recall(this.key, strokesOf, "session") ?? {}
    this.svg = sheet()
    this.dot = document.createElement("i")
    this.dot.className = "laser"
    this.dot.hidden = true
    stage.append(this.svg, this.dot)
    const options = { signal }
    this.svg.addEventListener("pointerdown", (event) => this.#down(event), options)
    this.svg.addEventListener("pointermove", (event) => this.#move(event), options)
    this.svg.addEventListener("pointerup", () => this.#up(), options)
    this.svg.addEventListener("pointercancel", () => this.#up(), options)
    this.svg.addEventListener("pointerleave", () => this.#away(), options)
  }

  /** The strokes of the shown slide. */
  get strokes() {
    return this.of(this.#slide)
  }

  /** @param {string} slide */
  of(slide) {
    return this.#strokes[slide] ?? []
  }

  /** Whether there is anything to look at, or to draw on. */
  get isSeen() {
    return Boolean(this.strokes.length || this.#drawing || this.tool || !this.dot.hidden)
  }

  /** Lie over this picture of the slide from now on. @param {HTMLElement} place */
  lieOn(place) {
    if (this.svg.parentElement !== place) place.append(this.svg, this.dot)
  }

  /** Take a tool, or lay it down. @param {Tool} tool */
  take(tool) {
    this.tool = this.tool === tool ? "" : tool
    this.stage.dataset.tool = this.tool
    if (!this.tool) delete this.stage.dataset.tool
    if (this.tool !== "laser") this.#away()
    this.#drawing = null
    this.hears.seen()
  }

  /** @param {string} slide that is shown now */
  show(slide) {
    this.#slide = slide
    this.#drawing = null
    this.#draw()
  }

  /** What the presenter has drawn on a slide. @param {string} slide @param {string[]} strokes */
  follow(slide, strokes) {
    this.#strokes[slide] = strokes
    if (slide === this.#slide) this.#draw()
  }

  /** Where the presenter points, null for nowhere. @param {Point | null} at */
  point(at) {
    clearTimeout(this.#fading)
    const isNews = this.dot.hidden === Boolean(at)
    this.dot.hidden = !at
    if (isNews) this.hears.seen()
    if (!at) return
    this.dot.style.setProperty("--x", String(at[0] / 1000))
    this.dot.style.setProperty("--y", String(at[1] / 1000))
    if (this.tool !== "laser") this.#fading = setTimeout(() => this.point(null), FADES)
  }

  /** Take the last stroke of the shown slide away, or all of them. @param {boolean} all */
  undo(all) {
    const left = all ? [] : this.strokes.slice(0, -1)
    if (this.strokes.length) this.#changed(left)
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (this.tool !== "pen" || event.button !== 0) return
    event.preventDefault()
    this.svg.setPointerCapture(event.pointerId)
    this.#drawing = [this.#at(event)]
    this.#draw()
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#at(event)
    if (this.tool === "laser") {
      this.point(at)
      const now = performance.now()
      if (now - this.#told < PAUSE) return
      this.#told = now
      this.hears.pointed(at)
    } else if (this.#drawing) {
      this.#drawing = thin([...this.#drawing, at])
      this.#draw()
    }
  }

  #up() {
    const drawn = this.#drawing
    this.#drawing = null
    if (drawn) this.#changed([...this.strokes, written(drawn)])
  }

  #away() {
    if (!this.dot.hidden) this.hears.pointed(null)
    this.point(null)
  }

  /** @param {PointerEvent} event @returns {Point} in thousandths of the slide */
  #at({ clientX, clientY }) {
    const { left, top, width, height } = this.svg.getBoundingClientRect()
    return [(1000 * (clientX - left)) / width, (1000 * (clientY - top)) / height]
  }

  /** @param {string[]} strokes */
  #changed(strokes) {
    this.#strokes[this.#slide] = strokes
    keep(this.key, JSON.stringify(this.#strokes), "session")
    this.#draw()
    this.hears.drawn()
  }

  #draw() {
    draw(this.svg, this.strokes, this.#drawing)
    this.hears.seen()
  }
}

/** A picture over a slide, without any stroke. */
export function sheet() {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("class", "ink")
  svg.setAttribute("viewBox", `0 0 ${SIZE.join(" ")}`)
  svg.setAttribute("preserveAspectRatio", "none")
  svg.setAttribute("aria-hidden", "true")
  return svg
}

/**
 * Show these strokes, and the one that is being drawn.
 * @param {SVGElement} svg
 * @param {string[]} strokes
 * @param {Point[] | null} [drawing]
 */
export function draw(svg, strokes, drawing = null) {
  const paths = strokes.map((stroke) => pathOf(read(stroke)))
  if (drawing) paths.push(pathOf(drawing, false))
  svg.replaceChildren(
    ...paths.map((d) => {
      const path = document.createElementNS(SVG, "path")
      path.setAttribute("d", d)
      return path
    }),
  )
}

/**
 * @param {string} text
 * @returns {Record<string, string[]>} what was kept, where it is as we write it
 */
function strokesOf(text) {
  const kept = Object.entries(JSON.parse(text)).filter(([, strokes]) => Array.isArray(strokes))
  return Object.fromEntries(kept.map(([slide, strokes]) => [slide, strokes.map(String)]))
}
