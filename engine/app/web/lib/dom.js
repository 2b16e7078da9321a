/** Small helpers for building and reading the page. Nothing here keeps state. */

/** @import { Attributes, ColourName, Palette } from "./types.js" */

/**
 * Make an element: `el('button', {class: 'x', onclick: fn}, 'Run')`.
 * Keys that start with "on" become listeners, `true` a bare attribute, `null`/`false` nothing.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {...(Node | string | null | undefined)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (typeof value === "function")
      node.addEventListener(name.slice(2), /** @type {EventListener} */ (value))
    else node.setAttribute(name, value === true ? "" : String(value))
  }
  for (const child of children) if (child !== null && child !== undefined) node.append(child)
  return node
}

/**
 * Take key presses before the stage sees them (it listens on the document, this on the window).
 * `handler` returns true for a key that is used up; such a key scrolls and flips nothing.
 * @param {(event: KeyboardEvent) => boolean} handler
 * @returns {() => void} stop taking keys
 */
export function takeKeys(handler) {
  /** @param {KeyboardEvent} event */
  const listen = (event) => {
    if (event.isComposing || !handler(event)) return
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  const types = /** @type {const} */ (["keydown", "keyup"])
  types.forEach((type) => window.addEventListener(type, listen, { capture: true }))
  return () => types.forEach((type) => window.removeEventListener(type, listen, { capture: true }))
}

/**
 * The stage that an element stands on (its width is the unit of every size).
 * @param {Element} element
 * @returns {HTMLElement}
 */
export function stageOf(element) {
  return /** @type {HTMLElement | null} */ (element.closest(".stage")) ?? document.documentElement
}

/** @type {ColourName[]} */
const COLOURS = [
  "paper",
  "card",
  "wash",
  "ink",
  "soft",
  "hair",
  "accent",
  "policy",
  "reference",
  "proxy",
  "gold",
  "chosen",
  "rejected",
]
const ZOOMED = "screen and (max-width: 1000px) and (min-resolution: 1.4dppx) and (pointer: fine)"
const LEAST_TEXT = 14 // px, on a page
const TWICE = `${ZOOMED} and (min-resolution: 1.9dppx)`
/**
 * Where a slide is a page that scrolls, as in theme.css: on a phone either way up, on a tablet held
 * upright, and where a reader has zoomed.
 */
const TOUCHED =
  "screen and (max-width: 940px) and (pointer: coarse), " +
  "screen and (max-height: 500px) and (pointer: coarse)"
export const PAGE = `(max-width: 640px), ${TOUCHED}, ${ZOOMED}`

/**
 * The palette and the sizes that hold at an element now, for canvas and charts.
 * @param {Element} element anywhere inside the stage
 * @returns {Palette}
 */
export function readTheme(element) {
  const stage = stageOf(element)
  const style = getComputedStyle(stage)
  /** @param {string} name @param {string} otherwise */
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise
  const view = element.ownerDocument.defaultView ?? window // a frame has a width of its own
  const narrow = view.matchMedia(PAGE).matches
  const colours = COLOURS.map((name) => [name, longHex(read(`--${name}`, "#888888"))])
  return {
    .../** @type {Record<ColourName, string>} */ (Object.fromEntries(colours)),
    unit: narrow ? pageUnit() : (stage.clientWidth || 1280) / 100,
    narrow,
    sans: read("--sans", "system-ui, sans-serif"),
    serif: read("--serif", "Georgia, serif"),
  }
}

/** The length of --u on a page, px, as in theme.css: under a zoom what it was before. */
function pageUnit() {
  const isZoomed = matchMedia(ZOOMED).matches
  const part = matchMedia(TWICE).matches ? 0.02 : isZoomed ? 0.015 : 0.0125
  return Math.max(9.4, Math.min(isZoomed ? 20 : 11, part * innerWidth))
}

/** @param {string} colour */
function longHex(colour) {
  return /^#...$/.test(colour) ? colour.replace(/[^#]/g, "$&$&") : colour
}

/**
 * A name of the palette as its colour; a CSS colour as it is.
 * @param {Palette} theme
 * @param {string} colour
 */
export function colourIn(theme, colour) {
  return COLOURS.some((name) => name === colour)
    ? theme[/** @type {ColourName} */ (colour)]
    : colour
}

/**
 * A text size in px: `units` of the stage, on a page never too small to read.
 * @param {{ narrow: boolean, unit: number }} theme
 * @param {number} units
 */
export function textSize(theme, units) {
  return theme.narrow ? Math.max(LEAST_TEXT, units * theme.unit) : units * theme.unit
}

/**
 * Call `fn` when an element changes size, at most once a frame.
 * @param {Element} element
 * @param {() => void} fn
 * @returns {() => void} stop watching
 */
export function onResize(element, fn) {
  let due = 0
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(due)
    due = requestAnimationFrame(fn)
  })
  observer.observe(element)
  return () => {
    observer.disconnect()
    cancelAnimationFrame(due)
  }
}

/**
 * Call `fn` when a type face has arrived: canvas and charts measured and drew with another.
 * @param {() => void} fn
 * @returns {() => void} stop listening
 */
export function onFonts(fn) {
  document.fonts.addEventListener("loadingdone", fn)
  return () => document.fonts.removeEventListener("loadingdone", fn)
}

/**
 * Mark a panel as wide as its slide: what is in it stands side by side.
 * @param {HTMLElement} root
 * @param {Element} element
 */
export function markWide(root, element) {
  const share = root.clientWidth / (stageOf(element).clientWidth || 1)
  root.classList.toggle("is-wide", share > 0.7 && root.clientWidth > 640)
}

/**
 * Where an event happened: the element that is `selector`, or holds it.
 * @param {Event} event
 * @param {string} selector
 */
export function closest(event, selector) {
  const { target } = event
  return target instanceof Element
    ? /** @type {HTMLElement | null} */ (target.closest(selector))
    : null
}

/** What was thrown, in words. @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error))

/**
 * Hand the reader a text file.
 * @param {string} name
 * @param {string} text
 * @param {string} [type]
 */
export function download(name, text, type = "text/csv") {
  const url = URL.createObjectURL(new Blob([text], { type }))
  el("a", { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}

/** @param {HTMLCanvasElement} canvas @returns {CanvasRenderingContext2D} what draws on it */
export function penOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
}

/**
 * Give a canvas as many pixels as it is laid out with, and its pen a unit of one CSS pixel.
 * @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2D} pen
 * @returns {{width: number, height: number}} CSS pixels
 */
export function fitCanvas(canvas, pen) {
  const { clientWidth: width, clientHeight: height } = canvas
  const ratio = Math.min(3, devicePixelRatio || 1)
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  pen.setTransform(ratio, 0, 0, ratio, 0, 0)
  return { width, height }
}
