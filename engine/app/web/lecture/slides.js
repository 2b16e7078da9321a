/** Slides in the DOM: built on demand, replaced in place when the deck changes on disk. */

const WIDE = 2.2 // width to height from which a phone shows a picture larger than its screen

/** The sections of one deck inside `frame`. */
export class Slides {
  /**
   * @param {HTMLElement} frame where the sections go
   * @param {{base: string, mountBlocks: (section: HTMLElement, slide: object) => void}} host
   */
  constructor(frame, host) {
    this.frame = frame
    this.host = host
    this.list = []
    this.sections = new Map() // slide id -> section, for those that were built
  }

  /** Show another version of the deck; sections whose slide is unchanged stay as they are. */
  load(slides) {
    const before = new Map(this.list.map((slide) => [slide.id, slide]))
    this.list = slides
    const kept = new Map()
    for (const slide of slides) {
      const section = this.sections.get(slide.id)
      if (!section) continue
      const same = JSON.stringify(before.get(slide.id)) === JSON.stringify(slide)
      kept.set(slide.id, same ? section : this.#renew(section, slide))
      this.sections.delete(slide.id)
    }
    for (const section of this.sections.values()) section.remove()
    this.sections = kept
    this.#order()
  }

  /** @returns {HTMLElement} the section of a slide, built if need be */
  section(index) {
    const slide = this.list[index]
    let section = this.sections.get(slide.id)
    if (!section) {
      section = this.#make(slide)
      this.sections.set(slide.id, section)
      this.#order()
    }
    return section
  }

  /** Build the rest while the browser has nothing else to do. */
  buildAll(signal) {
    let index = 0
    const work = (deadline) => {
      while (index < this.list.length && deadline.timeRemaining() > 4) this.section(index++)
      if (index < this.list.length && !signal.aborted) idle(work)
    }
    idle(work)
  }

  /** Show `index` at `step` and hide the one shown before. */
  show(index, step) {
    const section = this.section(index)
    if (this.current && this.current !== section) this.current.removeAttribute("aria-current")
    for (const part of section.querySelectorAll("[data-step]")) {
      part.classList.toggle("is-later", Number(part.dataset.step) > step)
    }
    section.setAttribute("aria-current", "true")
    this.current = section
    return section
  }

  /** A slide for a page on which many stand under each other: all its steps shown, no quiz given away. */
  page(index) {
    const section = this.#make(this.list[index])
    section.classList.add("is-shown")
    for (const why of section.querySelectorAll(".quiz-why")) why.classList.add("is-later")
    for (const name of ["data-slide", "role", "aria-roledescription", "aria-label"])
      section.removeAttribute(name)
    return section
  }

  /** A copy of a slide for the overview: nothing in it can be mistaken for the shown slide. */
  preview(index) {
    const copy = this.page(index)
    for (const part of copy.querySelectorAll("[id]")) part.removeAttribute("id")
    return copy
  }

  #make(slide) {
    const section = document.createElement("section")
    section.className = ["slide", `slide--${slide.layout}`, ...slide.classes].join(" ")
    section.dataset.slide = slide.id
    if (slide.style) section.setAttribute("style", slide.style)
    section.setAttribute("role", "group")
    section.setAttribute("aria-roledescription", "slide")
    section.setAttribute("aria-label", slide.title)
    const template = document.createElement("template")
    template.innerHTML = slide.html // made and sanitised by the deck engine
    this.#resolve(template.content)
    section.append(template.content)
    return section
  }

  /** Pictures are addressed from the deck's file; the server has them under /files/. */
  #resolve(content) {
    const folder = new URL(`${this.host.base}files/lectures/`, location.origin)
    for (const image of content.querySelectorAll("img[src]")) {
      const source = image.getAttribute("src")
      if (!/^[a-z]+:/i.test(source)) image.src = new URL(source, folder).href
      image.decoding = "async"
      image.addEventListener("load", () =>
        image.classList.toggle("is-wide", image.naturalWidth > WIDE * image.naturalHeight),
      )
    }
  }

  /** A new section for a slide that changed, in which running blocks live on. */
  #renew(old, slide) {
    const section = this.#make(slide)
    for (const place of section.querySelectorAll(".live[data-block]")) {
      const running = old.querySelector(`.live[data-block="${CSS.escape(place.dataset.block)}"]`)
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
    let last = null
    for (const slide of this.list) {
      const section = this.sections.get(slide.id)
      if (!section) continue
      const follows = last ? last.nextElementSibling : this.frame.firstElementChild
      if (follows !== section) this.frame.insertBefore(section, follows)
      last = section
    }
  }
}

/** Run `work` when the browser has nothing else to do. */
export function idle(work) {
  if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: 2000 })
  else setTimeout(() => work({ timeRemaining: () => 8 }), 30)
}
