/** Z: the figure under the pointer fills the slide, and Z gives the slide back. */

const FIGURES = ".live-panel, figure, img, svg:not(.ink), table, pre, .katex-display"
const MARGIN = 0.96 // of the stage that a figure may fill
const MOST = 6 // times as large

/** @typedef {[x: number, y: number, scale: number]} Look in widths and heights of the stage: what
 *   lies at x, y comes to the corner, and all is `scale` times as large */

export class Lens {
  /** @type {Look | null} */
  look = null
  /** @type {{clientX: number, clientY: number} | null} */
  #pointer = null

  /** @param {HTMLElement} stage @param {AbortSignal} signal */
  constructor(stage, signal) {
    this.stage = stage
    const follow = (/** @type {PointerEvent} */ { clientX, clientY }) => {
      this.#pointer = { clientX, clientY }
    }
    stage.addEventListener("pointermove", follow, { passive: true, signal })
  }

  /** Look at a figure of the slide, or at the slide again. @param {HTMLElement} section */
  toggle(section) {
    const figure = this.look ? null : this.#figure(section)
    this.set(figure ? this.#lookAt(figure) : null)
  }

  /** @param {Look | null} look */
  set(look) {
    this.look = look
    magnify(this.stage, look)
  }

  /** The one under the pointer, else the largest. @param {HTMLElement} section */
  #figure(section) {
    const all = /** @type {Element[]} */ ([...section.querySelectorAll(FIGURES)])
    const outer = all.filter((one) => !one.parentElement?.closest(FIGURES) && area(one) > 0)
    const under = outer.find((one) => this.#pointer && isOver(one, this.#pointer))
    return under ?? outer.sort((a, b) => area(b) - area(a))[0] ?? null
  }

  /** @param {Element} figure @returns {Look} */
  #lookAt(figure) {
    const stage = this.stage.getBoundingClientRect()
    const box = figure.getBoundingClientRect()
    const fit = MARGIN * Math.min(stage.width / box.width, stage.height / box.height)
    return lookAt(
      (box.left + box.width / 2 - stage.left) / stage.width,
      (box.top + box.height / 2 - stage.top) / stage.height,
      Math.max(1, Math.min(MOST, fit)),
    )
  }
}

/**
 * A look that brings a place to the middle, but never shows what lies beside the slide.
 * @param {number} x @param {number} y in widths and heights of the stage
 * @param {number} scale
 * @returns {Look}
 */
export function lookAt(x, y, scale) {
  const most = 1 - 1 / scale
  const corner = [x, y].map((at) => Math.max(0, Math.min(most, at - 0.5 / scale)))
  return [corner[0], corner[1], scale]
}

/**
 * Enlarge what lies in a picture of a slide, or show all of it.
 * @param {HTMLElement} picture
 * @param {Look | null} look
 */
export function magnify(picture, look) {
  picture.toggleAttribute("data-zoom", Boolean(look))
  const [x, y, scale] = look ?? [0, 0, 1]
  const parts = { x: String(x), y: String(y), scale: String(scale) }
  for (const [name, value] of Object.entries(parts))
    if (look) picture.style.setProperty(`--look-${name}`, value)
    else picture.style.removeProperty(`--look-${name}`)
}

/** @param {Element} one */
function area(one) {
  const { width, height } = one.getBoundingClientRect()
  return width * height
}

/** @param {Element} one @param {{clientX: number, clientY: number}} at */
function isOver(one, { clientX, clientY }) {
  const { left, right, top, bottom } = one.getBoundingClientRect()
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom
}
