/** The presenter's hand on the wall: pen, laser pointer, and a look at one figure. */

/** @import { Room } from "../lib/room.js" */
/** @import { Tool } from "./ink.js" */
/** @import { Look } from "./lens.js" */
/** @import { PictureHost } from "./wall_picture.js" */

import { Ink } from "./ink.js"
import { Lens } from "./lens.js"
import { WallPicture } from "./wall_picture.js"

/** @type {Record<string, Tool>} */
const TOOLS = { pen: "pen", laser: "laser" }
const SAID = {
  pen: "Pen: draw on the slide. U removes a stroke, X all of them, I puts the pen away.",
  laser: "Laser pointer. L switches it off.",
}

export class Hand {
  /** Another page of the room is to see it. @type {() => void} */
  onChange = () => {}
  /** @type {Room | null} that is told where the pointer is */
  room = null

  /**
   * @param {PictureHost & {section: HTMLElement, slide: {id: string}, options: {slug: string},
   *   chrome: {say: (text: string) => void}, link: {tell: () => void}}}
   *   lecture
   */
  constructor(lecture) {
    this.lecture = lecture
    const { stage, options, leaving } = lecture
    this.lens = new Lens(stage, leaving.signal)
    this.ink = new Ink(stage, options.slug, leaving.signal, {
      drawn: () => this.#changed(),
      pointed: (at) => this.room?.isPresenter && this.room.point(at),
      seen: () => this.picture?.update(),
    })
    this.picture = new WallPicture(lecture, this.ink)
    const { page } = this.picture
    page.addEventListener("change", () => this.#look(this.look), { signal: leaving.signal })
  }

  /**
   * Do what a key asks for.
   * @param {string} action
   * @returns {boolean} whether it was one of ours
   */
  act(action) {
    const { lens, ink, lecture } = this
    if (action === "zoom") {
      if (this.look) this.#look(null)
      else lens.toggle(lecture.section)
      this.#changed()
    } else if (action in TOOLS) {
      ink.take(TOOLS[action])
      if (ink.tool) lecture.chrome.say(SAID[ink.tool])
    } else if (action === "undo" || action === "erase") ink.undo(action === "erase")
    else if (action === "close" && (this.look || ink.tool)) this.#close()
    else return false
    return true
  }

  #close() {
    const wasNear = Boolean(this.look)
    this.#look(null)
    if (this.ink.tool) this.ink.take(this.ink.tool)
    if (wasNear) this.#changed()
  }

  /** Tell the room, and the presenter window. */
  #changed() {
    this.onChange()
    this.lecture.link.tell()
  }

  /** Another slide is shown, or another step of it. @param {boolean} isOther */
  moved(isOther) {
    if (!isOther) return this.picture.update()
    this.#look(null)
    this.ink.show(this.lecture.slide.id)
  }

  /** What those who follow see of it. */
  get shared() {
    return { ink: this.ink.strokes, zoom: this.look ?? [] }
  }

  /** At one figure of the slide, here or in the picture of the wall. */
  get look() {
    return this.lens.look ?? this.picture.look
  }

  /** @param {{slide: string, ink?: string[], zoom?: number[]}} place of the presenter */
  follow({ slide, ink = [], zoom = [] }) {
    this.ink.follow(slide, ink)
    const [x, y, scale] = zoom
    if (slide === this.lecture.slide.id) this.#look(zoom.length === 3 ? [x, y, scale] : null)
  }

  /** Where a slide is reflowed, the wall's look at it is one at the picture of the wall. */
  #look(/** @type {Look | null} */ look) {
    const isPage = this.picture.page.matches
    this.lens.set(isPage ? null : look)
    this.picture.lookAt(isPage ? look : null)
  }
}
