/**
 * An episode of any environment of Gymnasium, as the pictures that it draws itself; of the cart it
 * is the scene of the cart.
 */

/** @import { Frame, Palette, Scene } from "../lib/types.js" */

import { penOf } from "../lib/dom.js"
import { number } from "../lib/format.js"
import { Board } from "./canvas.js"
import { CartPole } from "./cartpole.js"

const BRIGHTEN = "rgb(38% 38% 38%)" // by 1 / (1 - 38 %): thin lines are pale on a dark card
const COLUMNS = 10 // pictures of a row, as in sims/cartpole/film.py

/** @typedef {[png: string, width: number, height: number, count: number, rate: number,
 *   steps: number, total: number]} Reel PNG in base64 with all pictures, their size in px, how many,
 *   pictures a second, steps of the whole episode and its return */

/** @typedef {{film: Reel | [], env_steps: number, greedy_return: number}} FilmFrame */

/**
 * Which picture of a reel is shown at a time, and where it lies in the sheet, px.
 * @param {Reel} reel
 * @param {number} seconds
 */
export function pictureAt([, width, height, count, rate], seconds) {
  const index = Math.max(0, Math.min(count - 1, Math.floor(seconds * rate)))
  return { index, x: (index % COLUMNS) * width, y: Math.floor(index / COLUMNS) * height }
}

/**
 * Whether most of a picture is nearly white: as Gymnasium draws its classic environments.
 * @param {ArrayLike<number>} pixels red, green, blue and alpha of each, 0 to 255
 */
export function isLight(pixels) {
  const count = pixels.length / 4
  let light = 0
  for (let k = 0; k < count; k += 1)
    light += Number(Math.min(pixels[4 * k], pixels[4 * k + 1], pixels[4 * k + 2]) > 230)
  return light > count / 2
}

/** @param {string} colour "#rrggbb" */
function isDark(colour) {
  return Number.parseInt(colour.slice(1, 3), 16) < 128
}

/** @extends {Board<FilmFrame>} */
export class Film extends Board {
  /** @type {{png: string, sheet: ImageBitmap | null, isLight: boolean} | undefined} */
  #loaded = undefined // the sheet of one reel; null until it is decoded

  #beside = document.createElement("canvas")

  /** @param {FilmFrame} frame */
  has(frame) {
    return Array.isArray(frame.film) && frame.film.length === 7
  }

  /** @param {FilmFrame} frame */
  duration({ film }) {
    return film.length ? film[3] / film[4] : 0
  }

  /**
   * Never negative, and higher where the return is: a clip is chosen for being better.
   * @param {FilmFrame} frame
   */
  score({ film }) {
    const total = film.length ? film[6] : 0
    return total < 0 ? 1000 / (1000 - total) : 1 + total
  }

  /** @param {FilmFrame} frame */
  caption({ film, env_steps }) {
    const [steps, total] = film.length ? [film[5], film[6]] : [0, 0]
    const earned = `return ${number(Math.round(total))} in ${number(steps)} steps`
    return `after ${number(env_steps)} steps of training: ${earned}`
  }

  /** @param {FilmFrame | null} frame @param {number} seconds @param {string} [caption] */
  draw(frame, seconds, caption = "") {
    if (frame) this.last = frame
    this.#paint(seconds, frame ? caption : "")
  }

  /** @param {number} seconds @param {string} caption */
  #paint(seconds, caption) {
    const { pen, last, size } = this
    pen.clearRect(0, 0, this.width, this.height)
    if (!last?.film.length) return
    const reel = last.film
    const top = 1.6 * size
    this.text(shorter(caption, this.width / (0.52 * size)), this.width / 2, size, {
      align: "center",
    })
    const sheet = this.#sheet(reel, () => this.#paint(seconds, caption))
    if (!sheet) return
    const [, width, height] = reel
    const scale = Math.min(this.width / width, (this.height - top) / height)
    if (scale <= 0) return
    const { x, y } = pictureAt(reel, seconds)
    const left = (this.width - scale * width) / 2
    const isTurned = this.#loaded?.isLight && isDark(this.theme.card)
    const [from, fx, fy] = isTurned ? [this.#dark(sheet, x, y, width, height), 0, 0] : [sheet, x, y]
    pen.drawImage(from, fx, fy, width, height, left, top, scale * width, scale * height)
  }

  /**
   * A picture with light and dark turned round: its colours keep their hues, and its paper is that
   * of the card. Made beside the scene, where no edge falls between two pixels.
   * @param {ImageBitmap} sheet @param {number} x @param {number} y of the picture in the sheet
   * @param {number} width @param {number} height
   */
  #dark(sheet, x, y, width, height) {
    const canvas = this.#beside
    Object.assign(canvas, { width, height })
    const pen = penOf(canvas)
    const put = () => pen.drawImage(sheet, x, y, width, height, 0, 0, width, height)
    /** @param {GlobalCompositeOperation} how @param {string} colour */
    const fill = (how, colour) => {
      pen.globalCompositeOperation = how
      pen.fillStyle = colour
      pen.fillRect(0, 0, width, height)
    }
    put()
    fill("difference", "white")
    fill("color-dodge", BRIGHTEN)
    pen.globalCompositeOperation = "hue"
    put()
    fill("lighten", this.theme.card)
    return canvas
  }

  /**
   * The decoded sheet of a reel, or null until it is there; then `onready` is called.
   * @param {Reel} reel
   * @param {() => void} onready
   */
  #sheet([png, width, height], onready) {
    if (this.#loaded?.png === png) return this.#loaded.sheet
    this.#loaded?.sheet?.close()
    /** @type {{png: string, sheet: ImageBitmap | null, isLight: boolean}} */
    const loading = { png, sheet: null, isLight: false }
    this.#loaded = loading
    decode(png).then((sheet) => {
      if (this.#loaded !== loading) return sheet.close()
      loading.sheet = sheet
      loading.isLight = isLight(firstOf(sheet, width, height))
      onready()
    }, console.warn)
    return null
  }
}

/**
 * The first picture of a sheet, made small.
 * @param {ImageBitmap} sheet @param {number} width of a picture @param {number} height
 */
function firstOf(sheet, width, height) {
  const canvas = document.createElement("canvas")
  canvas.width = canvas.height = 16
  const pen = penOf(canvas)
  pen.drawImage(sheet, 0, 0, width, height, 0, 0, 16, 16)
  return pen.getImageData(0, 0, 16, 16).data
}

/** @param {string} png in base64 */
async function decode(png) {
  const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0))
  return createImageBitmap(new Blob([bytes], { type: "image/png" }))
}

/**
 * A caption, or as much of its end as there is room for: "return 200 in 200 steps", "return 200".
 * @param {string} caption
 * @param {number} room in letters
 */
export function shorter(caption, room) {
  const score = caption.slice(caption.indexOf("return "))
  const all = [caption, score, score.split(" in ")[0]]
  return all.find((each) => each.length <= room) ?? ""
}

/**
 * The cart where a frame has its poses, the film where it has pictures.
 * @implements {Scene}
 */
export class CartOrFilm {
  /** @param {HTMLCanvasElement} canvas @param {Palette} theme */
  constructor(canvas, theme) {
    this.cart = new CartPole(canvas, theme)
    this.film = new Film(canvas, theme)
    /** @type {Scene} */
    this.shown = this.cart
  }

  /** @param {Frame} frame */
  #of(frame) {
    this.shown = this.film.has(/** @type {any} */ (frame)) ? this.film : this.cart
    return this.shown
  }

  /** @param {Frame} frame */
  has(frame) {
    return this.#of(frame).has(frame)
  }

  /** @param {Frame} frame */
  duration(frame) {
    return this.#of(frame).duration(frame)
  }

  /** @param {Frame} frame */
  score(frame) {
    return this.#of(frame).score(frame)
  }

  /** @param {Frame} frame */
  caption(frame) {
    return this.#of(frame).caption(frame)
  }

  /** @param {Frame | null} frame @param {number} seconds @param {string} [caption] */
  draw(frame, seconds, caption) {
    const scene = frame ? this.#of(frame) : this.shown
    scene.draw(frame, seconds, caption)
  }

  /** @param {Frame} frame @param {string} [caption] */
  still(frame, caption) {
    this.#of(frame).still(frame, caption)
  }

  /** @param {Palette} theme */
  resize(theme) {
    this.cart.resize(theme)
    return this.film.resize(theme)
  }
}
