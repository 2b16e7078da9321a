/** What is on a slide but hard to read: text with too little contrast, characters that no font has,
    and parts that lie on each other. */

/** @typedef {import("/web/lecture/spill.js").Fault} Fault */

const TEXT = 4.5 // contrast of text with its ground, WCAG 2.2 AA; …
const LARGE = 3 // … of large text
const LARGE_PX = 24
const LARGE_BOLD_PX = 18.66
const TOUCH = 6 // px that two boxes may share: leading, borders
const UNASSIGNED = "\u0378" // no font has a glyph for it
const NO_TEXT = ".katex-mathml, .live-plot, svg, script, style, .is-later, [aria-hidden='true']"
const PARTS = [
  ".slide-title",
  ...["p", "ul", "ol", "table", "pre", "figure", "img", "blockquote", ".colloquium-box"].map(
    (name) => `.slide-content ${name}`,
  ),
  ".slide-content .live[data-block]",
  ".slide-content .katex-display",
  ".colloquium-slide-meta",
].join(",")

/**
 * The least contrast of a text of a slide with what is painted behind it.
 * @param {Element} section
 * @returns {Fault[]}
 */
export function lowContrast(section) {
  let worst = { by: TEXT, side: "", what: "" }
  for (const part of texts(section)) {
    const style = getComputedStyle(part)
    const size = Number.parseFloat(style.fontSize)
    const isBold = Number.parseInt(style.fontWeight, 10) >= 700
    const least = size >= LARGE_PX || (isBold && size >= LARGE_BOLD_PX) ? LARGE : TEXT
    const ground = groundOf(part)
    const ink = rgba(style.color)
    if (!ground || !ink || ink[3] === 0) continue
    const by = contrast(over(ink, ground), ground)
    if (by < least && by < worst.by) worst = { by, side: "contrast", what: said(part) }
  }
  return worst.side ? [worst] : []
}

/**
 * The first characters of a slide that are drawn as an empty box.
 * @param {Element} section
 * @returns {Fault[]}
 */
export function missingGlyphs(section) {
  /** @type {Map<string, Element>} */
  const seen = new Map()
  for (const part of texts(section))
    for (const letter of ownText(part))
      if (letter > "\u02ff" && !/[\s\p{M}\p{C}]/u.test(letter) && !seen.has(letter))
        seen.set(letter, part)
  const missing = [...seen].filter(([letter, part]) => isMissing(letter, part))
  const what = missing.map(([letter]) => letter).join(" ")
  return missing.length ? [{ by: missing.length, side: "glyph", what }] : []
}

/**
 * Two parts of a slide that lie on each other, the worst pair.
 * @param {Element} section
 * @returns {Fault[]}
 */
export function overlaps(section) {
  const parts = [...section.querySelectorAll(PARTS)].filter(
    (part) => !part.closest(".live[data-block] *, .is-later, pre *") && ownBox(part).width > 0,
  )
  let worst = { by: TOUCH, side: "", what: "" }
  parts.forEach((one, at) => {
    const box = ownBox(one)
    for (const other of parts.slice(at + 1)) {
      if (one.contains(other) || other.contains(one)) continue
      const by = shared(box, ownBox(other))
      if (by > worst.by) worst = { by, side: "overlap", what: `${said(one)}” and “${said(other)}` }
    }
  })
  return worst.side ? [worst] : []
}

/** Elements that hold text of their own. @param {Element} section */
function* texts(section) {
  for (const part of section.querySelectorAll("*"))
    if (ownText(part).trim() && !part.closest(NO_TEXT) && part.getClientRects().length) yield part
}

/** @param {Element} part */
const ownText = (part) =>
  [...part.childNodes].map((node) => (node.nodeType === 3 ? node.textContent : "")).join("")

/** @param {Element} part */
const said = (part) =>
  (part.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 30) || part.tagName.toLowerCase()

/** @param {Element} part */
const ownBox = (part) => part.getBoundingClientRect()

/**
 * How far two boxes reach into each other, in px; 0 when they do not.
 * @param {DOMRect} a
 * @param {DOMRect} b
 */
function shared(a, b) {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left)
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
  return Math.max(0, Math.min(across, down))
}

/** @typedef {number[]} Rgba red, green, blue from 0 to 255, and alpha from 0 to 1 */

/** @param {string} text as getComputedStyle has it @returns {Rgba | null} */
function rgba(text) {
  const found = /^rgba?\(([^)]+)\)$/
    .exec(text)?.[1]
    .split(/[,/\s]+/)
    .map(Number)
  return found && found.length >= 3 && !found.some(Number.isNaN)
    ? [found[0], found[1], found[2], found[3] ?? 1]
    : null
}

/**
 * The colour behind an element; null behind a picture or a gradient, which has many.
 * @param {Element} part
 * @returns {Rgba | null}
 */
function groundOf(part) {
  /** @type {Rgba[]} */
  const layers = []
  for (let at = /** @type {Element | null} */ (part); at; at = at.parentElement) {
    const style = getComputedStyle(at)
    if (style.backgroundImage !== "none" || Number(style.opacity) < 1) return null
    const colour = rgba(style.backgroundColor)
    if (!colour) return null
    layers.push(colour)
    if (colour[3] === 1) break
  }
  return layers.reverse().reduce((below, above) => over(above, below), [255, 255, 255, 1])
}

/** @param {Rgba} above @param {Rgba} below @returns {Rgba} */
const over = (above, below) => [
  ...[0, 1, 2].map((at) => above[at] * above[3] + below[at] * (1 - above[3])),
  1,
]

/** WCAG 2.2: (lighter + 0.05) / (darker + 0.05). @param {Rgba} a @param {Rgba} b */
function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

/** @param {Rgba} colour */
function luminance(colour) {
  const [red, green, blue] = colour
    .slice(0, 3)
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/**
 * Whether a letter is drawn as one that no font has.
 * @param {string} letter
 * @param {Element} part
 */
function isMissing(letter, part) {
  const { fontFamily } = getComputedStyle(part)
  return drawn(letter, fontFamily) === drawn(UNASSIGNED, fontFamily)
}

/** @param {string} letter @param {string} family */
function drawn(letter, family) {
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = 48
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"))
  pen.font = `32px ${family}`
  pen.fillText(letter, 4, 36)
  return canvas.toDataURL()
}
