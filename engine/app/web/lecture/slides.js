/** Slides in the DOM: built on demand, replaced in place when the deck changes on disk. */

/** @import { Slide } from "../lib/types.js" */

import { PAGE } from "../lib/dom.js"
import { arrivals } from "../lib/fetching.js"
import { markSideways } from "./sideways.js"

const WIDE = 2.2 // width to height from which a phone shows a picture larger than its screen
const DRAWN = 480 // px of a drawing from which it does, for its words

/** The sections of one deck inside `frame`. */
export class Slides {
  /**
   * @param {HTMLElement} frame where the sections go
   * @param {{base: string}} host
   */
  constructor(frame, host) {
    this.frame = frame
    this.host = host
    /** @type {Slide[]} */
    this.list = []
    /** @type {Map<string, HTMLElement>} */
    this.sections = new Map() // by the slide's id, for those that were built
    /** @type {HTMLElement | null} */
    this.current = null
    this.drafted = "" // id of a slide that is shown as it is being written
  }

  /**
   * Show the current slide as it is being written, all of its steps, until the deck comes again.
   * @param {Slide} slide
   */
  draft(slide) {
    if (this.current?.dataset.slide !== slide.id) return
    const section = this.#renew(this.current, slide)
    this.sections.set(slide.id, section)
    this.drafted = slide.id
  }

  /**
   * Show another version of the deck; sections whose slide is unchanged stay as they are.
   * @param {Slide[]} slides
   */
  load(slides) {
    const before = new Map(this.list.map((slide) => [slide.id, slide]))
    this.list = slides
    /** @type {Map<string, HTMLElement>} */
    const kept = new Map()
    for (const slide of slides) {
      const section = this.sections.get(slide.id)
      if (!section) continue
      const isKept = slide.id !== this.drafted
      const same = isKept && lookOf(before.get(slide.id)) === lookOf(slide)
      kept.set(slide.id, same ? section : this.#renew(section, slide))
      this.sections.delete(slide.id)
    }
    for (const section of this.sections.values()) section.remove()
    this.sections = kept
    this.drafted = ""
    this.#order()
  }

  /**
   * @param {number} index
   * @param {boolean} [isAhead] built before anybody looks: its pictures wait
   * @returns {HTMLElement} the section of a slide, built if need be
   */
  section(index, isAhead = false) {
    const slide = this.list[index]
    let section = this.sections.get(slide.id)
    if (!section) {
      section = this.#make(slide, isAhead)
      this.sections.set(slide.id, section)
      this.#order()
    }
    if (!isAhead) bringPictures(section)
    return section
  }

  /**
   * Build the rest while the browser has nothing else to do.
   * @param {AbortSignal} signal
   */
  buildAll(signal) {
    let index = 0
    /** @param {Deadline} deadline */
    const work = (deadline) => {
      while (index < this.list.length && deadline.timeRemaining() > 4) this.section(index++, true)
      if (signal.aborted) return
      if (index < this.list.length) idle(work)
      else this.#bringAll(signal)
    }
    idle(work)
  }

  /**
   * Fetch the pictures of all slides, those of the next ones first, one slide after the other: on
   * a slow line the slide that is shown needs it for itself.
   * @param {AbortSignal} signal
   */
  async #bringAll(signal) {
    await arrivals() // of the chart library, where the shown slide has a chart
    while (!signal.aborted) {
      const at = this.list.findIndex((slide) => this.sections.get(slide.id) === this.current)
      const order = [...this.list.slice(Math.max(0, at)), ...this.list.slice(0, Math.max(0, at))]
      const sections = order.map((slide) => this.sections.get(slide.id))
      const next = sections.find((section) => section?.querySelector("img[data-later]"))
      if (!next) return
      await Promise.allSettled(bringPictures(next).map((image) => image.decode()))
    }
  }

  /**
   * Show `index` at `step` and hide the one shown before.
   * @param {number} index
   * @param {number} step
   */
  show(index, step) {
    const section = this.section(index)
    if (this.current && this.current !== section) this.current.removeAttribute("aria-current")
    showSteps(section, step)
    section.setAttribute("aria-current", "true")
    this.current = section
    return section
  }

  /**
   * A slide for a page on which many stand: all its steps shown, no quiz given away.
   * @param {number} index
   */
  page(index) {
    const section = this.#make(this.list[index])
    section.classList.add("is-shown")
    for (const why of section.querySelectorAll(".quiz-why")) why.classList.add("is-later")
    for (const name of ["data-slide", "role", "aria-roledescription", "aria-label"])
      section.removeAttribute(name)
    return section
  }

  /**
   * A copy of a slide for the overview: nothing in it can be mistaken for the shown slide.
   * @param {number} index
   */
  preview(index) {
    const copy = this.page(index)
    for (const part of copy.querySelectorAll("[id]")) part.removeAttribute("id")
    return copy
  }

  /** @param {Slide} slide @param {boolean} [isAhead] */
  #make(slide, isAhead = false) {
    const section = document.createElement("section")
    section.className = ["slide", `slide--${slide.layout}`, ...slide.classes].join(" ")
    section.dataset.slide = slide.id
    if (slide.style) section.setAttribute("style", slide.style)
    section.setAttribute("role", "group")
    section.setAttribute("aria-roledescription", "slide")
    section.setAttribute("aria-label", slide.title)
    const template = document.createElement("template")
    template.innerHTML = slide.html // made and sanitised by the deck engine
    this.#resolve(template.content, isAhead)
    section.append(template.content)
    return section
  }

  /**
   * Pictures are addressed from the deck's file; the server has them under /files/.
   * @param {DocumentFragment} content
   * @param {boolean} isAhead
   */
  #resolve(content, isAhead) {
    const folder = new URL(`${this.host.base}files/lectures/`, location.href)
    /** @type {NodeListOf<HTMLImageElement>} */
    const images = content.querySelectorAll("img[src]")
    for (const image of images) {
      const source = image.getAttribute("src") ?? ""
      const address = /^[a-z]+:/i.test(source) ? source : new URL(source, folder).href
      if (isAhead) {
        image.dataset.later = address
        image.removeAttribute("src")
      } else image.src = address
      image.decoding = "async"
      image.addEventListener("load", () => measure(image))
    }
  }

  /**
   * A new section for a slide that changed, in which running blocks live on.
   * @param {HTMLElement} old
   * @param {Slide} slide
   */
  #renew(old, slide) {
    const section = this.#make(slide)
    /** @type {NodeListOf<HTMLElement>} */
    const places = section.querySelectorAll(".live[data-block]")
    for (const place of places) {
      const name = CSS.escape(place.dataset.block ?? "")
      /** @type {HTMLElement | null} */
      const running = old.querySelector(`.live[data-block="${name}"]`)
      if (running && running.dataset.kind === place.dataset.kind) place.replaceWith(running)
    }
    if (old === this.current) {
      section.setAttribute("aria-current", "true")
      this.current = section
    }
    old.replaceWith(section)
    return section
  }

  #order() {
    /** @type {HTMLElement | null} */
    let last = null
    for (const slide of this.list) {
      const section = this.sections.get(slide.id)
      if (!section) continue
      /** @type {Element | null} */
      const follows = last ? last.nextElementSibling : this.frame.firstElementChild
      if (follows !== section) this.frame.insertBefore(section, follows)
      last = section
    }
  }
}

/**
 * Fetch the pictures of a slide that has waited with them.
 * @param {HTMLElement} section
 */
function bringPictures(section) {
  /** @type {HTMLImageElement[]} */
  const images = [...section.querySelectorAll("img")].filter((image) => image.dataset.later)
  for (const image of images) {
    image.src = image.dataset.later ?? ""
    delete image.dataset.later
  }
  return images
}

/** What a section is made of. @param {Slide | undefined} slide */
const lookOf = (slide) =>
  JSON.stringify([slide?.html, slide?.title, slide?.layout, slide?.classes, slide?.style])

/** @typedef {{timeRemaining: () => number}} Deadline */

/**
 * Hide the parts of a slide that a later step shows.
 * @param {HTMLElement} section
 * @param {number} step
 */
export function showSteps(section, step) {
  /** @type {NodeListOf<HTMLElement>} */
  const parts = section.querySelectorAll("[data-step]")
  for (const part of parts) part.classList.toggle("is-later", Number(part.dataset.step) > step)
}

/**
 * A flip is painted first; what is mounted on the slide may take longer than a frame.
 * @param {() => void} work
 */
export function afterPaint(work) {
  requestAnimationFrame(() => setTimeout(work, 0))
}

/**
 * Run `work` when the browser has nothing else to do.
 * @param {(deadline: Deadline) => void} work
 */
export function idle(work) {
  if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: 2000 })
  else setTimeout(() => work({ timeRemaining: () => 8 }), 30)
}

/**
 * Note the size of a picture: on a phone, words of a drawing stay as large as a reader needs.
 * @param {HTMLImageElement} image
 */
function measure(image) {
  const { naturalWidth: width, naturalHeight: height } = image
  const isDrawing = new URL(image.src).pathname.endsWith(".svg") && width >= DRAWN
  image.classList.toggle("is-wide", width > WIDE * height || isDrawing)
  image.style.setProperty("--drawn", `${width}px`)
  const section = image.closest("section")
  if (!section || !matchMedia(PAGE).matches) return
  // Pages far below are laid out when they come near; the keyboard must find the way to them before.
  if (section.checkVisibility({ contentVisibilityAuto: true })) markSideways(section)
  else if (image.classList.contains("is-wide")) image.parentElement?.setAttribute("tabindex", "0")
}
