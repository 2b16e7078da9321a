/** The slide as on the wall, in small, with the presenter's pen and pointer, or enlarged as there.

    On a phone a slide is reflowed into a page, so strokes over it would mark other words. There the
    ink moves into this picture, which is seen for as long as there is ink or an enlarged figure. */

/** @import { Slides } from "../lecture/slides.js" */
/** @import { Room } from "../lib/room.js" */
/** @import { Theme } from "../lib/theme.js" */
/** @import { Block, BlockContext, ClosableSocket, Slide, ViewOptions } from "../lib/types.js" */
/** @import { Ink } from "./ink.js" */
/** @import { Look } from "./lens.js" */
/** @import { RoomDoor } from "./room_door.js" */

import { Blocks } from "../blocks/mounted.js"
import { fit } from "../lecture/fit.js"
import { showSteps } from "../lecture/slides.js"
import { el, onResize, PAGE } from "../lib/dom.js"
import { magnify } from "./lens.js"
import { blockContext } from "./services.js"

const WIDTH = 1280 // of the wall's window, px, before it is scaled; 720 high, as in small_windows.css
const SHEETS = "head > :is(link[rel=stylesheet], style), body > link[rel=stylesheet]"
// What asks for a finger, as a media query: the wall has a mouse, though the phone has none.
const FINGER = /\((?:any-)?pointer:\s*coarse\)/g
const NEVER = "(width < 0px)"
const LINGERS = 3000 // ms that it stays when a pointer has gone: it often comes back

/** @typedef {{root: HTMLElement, stage: HTMLElement, sheet: HTMLElement, slides: Slides, theme: Theme,
 *   slide: Slide, index: number, step: number, leaving: AbortController, options: ViewOptions,
 *   blocks: Blocks, socket: ClosableSocket | null, door?: RoomDoor}} PictureHost */

export class WallPicture {
  /** @type {HTMLElement | null} */
  #figure = null
  /** @type {HTMLElement | null} the stage in the frame, once that has loaded */
  #inner = null
  /** @type {HTMLElement | null} of the frame */
  #head = null
  /** @type {WeakSet<Element>} style sheets of this page that are in the frame, too */
  #worn = new WeakSet()
  /** @type {Element | null} the first of them that is not in the page's head */
  #ours = null
  #index = -1 // of the slide in it
  /** @type {HTMLElement | null} */
  #section = null
  /** @type {Blocks | null} the live blocks in it, which only show what those of the page do */
  #blocks = null
  /** @type {Look | null} at a figure of the wall */
  look = null
  #isPointed = false // no stroke was in it, only a pointer
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #going

  /** @param {PictureHost} lecture @param {Ink} ink */
  constructor(lecture, ink) {
    this.lecture = lecture
    this.ink = ink
    this.page = matchMedia(PAGE)
    const { signal } = lecture.leaving
    this.page.addEventListener("change", () => this.update(), { signal })
    signal.addEventListener("abort", () => {
      clearTimeout(this.#going)
      this.#blocks?.destroy()
    })
  }

  /** The wall shows one figure in large, or the slide. @param {Look | null} look */
  lookAt(look) {
    const isNews = String(look) !== String(this.look)
    this.look = look
    if (isNews) this.update()
  }

  /** The ink, the slide, its step, or the window has changed. */
  update() {
    const { ink, lecture, page } = this
    clearTimeout(this.#going)
    if (!page.matches) {
      this.#hide()
      ink.lieOn(lecture.stage)
      return
    }
    const isOther = this.#index !== lecture.index
    if (ink.isSeen || this.look) this.#show()
    else if (isOther || !this.#isPointed) this.#hide()
    else this.#going = setTimeout(() => this.#hide(), LINGERS)
    if (ink.isSeen) this.#isPointed = !ink.strokes.length
  }

  #hide() {
    if (this.#figure) this.#figure.hidden = true
  }

  #show() {
    this.#figure ??= this.#made()
    this.#figure.hidden = false
    const box = /** @type {HTMLElement} */ (this.#figure.firstElementChild)
    this.ink.lieOn(box)
    magnify(box, this.look)
    this.#fill()
  }

  /** Put the shown slide at its step into the frame. */
  #fill() {
    const { slides, index, step } = this.lecture
    if (!this.#inner) return
    if (this.#index !== index || !this.#section) {
      this.#index = index
      this.#section = slides.preview(index)
      this.#inner.firstElementChild?.replaceChildren(this.#section)
      fit(this.#section)
      this.#mount(this.#section)
    }
    showSteps(this.#section, step)
  }

  /** @param {HTMLElement} section */
  async #mount(section) {
    this.#blocks?.destroy()
    const { slide, socket } = this.lecture
    const blocks = new Blocks((block) => this.#context(block))
    this.#blocks = blocks
    if (!socket || !slide.blocks.length) return
    await blocks.show(section, slide)
    this.#dress() // a block may have brought a style sheet of its own
    if (this.#blocks === blocks) for (const { id } of slide.blocks) this.mirror(id)
  }

  /** A live block of the page has changed. @param {string} block */
  mirror(block) {
    const panel = this.#blocks && this.lecture.blocks.panel(block)
    if (panel) this.#blocks?.mirror(block, panel)
  }

  /** @param {Block} _block @returns {BlockContext} */
  #context(_block) {
    const { options, socket, theme, door } = this.lecture
    const address = { get: () => ({}), set() {}, autorun: () => false, link: () => "" }
    return {
      ...blockContext({ options, socket, theme, announce() {} }),
      address,
      kept: undefined,
      isMirror: true,
      onRoom: (listener) =>
        door?.listen((room) => listener(room && asPresenter(room))) ?? (() => {}),
    }
  }

  /** Give the frame the style sheets of this page that it does not have yet. */
  #dress() {
    for (const style of [...document.querySelectorAll(SHEETS), this.lecture.sheet]) {
      if (!this.#head || this.#worn.has(style)) continue
      this.#worn.add(style)
      const copy = copyOf(style)
      copy.addEventListener("load", () => forMouse(copy.sheet))
      // As in the page: whatever comes when, Streamlit's rules stand before ours.
      const isOurs = style.parentElement !== document.head
      this.#head.insertBefore(copy, isOurs ? null : this.#ours)
      if (isOurs) this.#ours ??= copy
    }
  }

  /** A frame has a width of its own, so the rules for phones do not hold in it. */
  #made() {
    const frame = el("iframe", { title: "the slide on the wall", tabindex: -1, inert: true })
    frame.srcdoc = "<!doctype html>"
    frame.onload = () => this.#furnish(frame)
    const box = el("div", { class: "wall-picture-frame" }, frame)
    const figure = el("figure", { class: "wall-picture", "aria-label": "The wall, with ink" }, box)
    this.lecture.stage.after(figure)
    const stop = onResize(box, () => {
      frame.style.scale = String(box.clientWidth / WIDTH)
    })
    this.lecture.leaving.signal.addEventListener("abort", stop)
    return figure
  }

  /** @param {HTMLIFrameElement} frame */
  #furnish(frame) {
    const inside = frame.contentDocument
    if (!inside) return
    const { stage, theme, leaving } = this.lecture
    inside.head.append(el("base", { href: document.baseURI }))
    this.#head = inside.head
    this.#dress()
    const { deck = "" } = stage.dataset
    this.#inner = el("div", { class: "stage", "data-deck": deck }, el("div", { class: "slides" }))
    const root = el("div", { class: "practicum" }, this.#inner)
    inside.body.append(root)
    inside.documentElement.dataset.view = "" // as Frame does
    const paint = (/** @type {string} */ name) => {
      for (const part of [root, this.#inner]) part?.setAttribute("data-theme", name)
    }
    paint(theme.name)
    leaving.signal.addEventListener("abort", theme.listen(paint))
    this.#fill()
  }
}

/**
 * A style sheet for the frame, with the rules that a script has put in.
 * @param {Element} style
 * @returns {HTMLLinkElement | HTMLStyleElement}
 */
function copyOf(style) {
  if (!(style instanceof HTMLStyleElement))
    return /** @type {HTMLLinkElement} */ (style.cloneNode(true))
  return el("style", {}, [...(style.sheet?.cssRules ?? [])].map((rule) => rule.cssText).join("\n"))
}

/**
 * Take the rules for fingers out of a style sheet of the frame: larger buttons would move all else.
 * @param {CSSStyleSheet | null | undefined} sheet that is loaded, with all that it imports
 */
function forMouse(sheet) {
  try {
    for (const rule of sheet?.cssRules ?? []) {
      const { media, styleSheet } = /** @type {CSSMediaRule & CSSImportRule} */ (rule)
      if (media) media.mediaText = media.mediaText.replace(FINGER, NEVER)
      forMouse(styleSheet)
    }
  } catch {
    // Pages of a folder (file://) may not read their style sheets.
  }
}

/** @type {WeakMap<Room, Room>} */
const presented = new WeakMap()

/**
 * The room as the wall's blocks see it: they have the presenter's buttons, which take up space.
 * @param {Room} room
 */
function asPresenter(room) {
  const known = presented.get(room)
  if (known) return known
  const made = new Proxy(room, {
    get(target, name) {
      const value = name === "isPresenter" || Reflect.get(target, name, target)
      return typeof value === "function" ? value.bind(target) : value
    },
  })
  presented.set(room, made)
  return made
}
