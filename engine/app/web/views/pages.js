/** The slides of a lecture as pages under each other: filled in idle time, watched while one scrolls. */

import { idle, Slides } from "../lecture/slides.js"
import { el } from "../lib/dom.js"

const SPOKEN = /\s*\d+(\.\d+)? (minute|second)s?\.?$/ // what a slide takes on stage is no news to a reader
const NEAR = "500px 0px" // live blocks are mounted this far from the window
const STAY = 180 // milliseconds that a page stays near before that: who scrolls past waits for no chart

export class Pages {
  /**
   * @param {Object} view the reading view: options, theme, root (which scrolls)
   * @param {Object} deck
   * @param {{near: Function, far: Function, here: Function}} heard told the number of a page that
   *   came near and stayed, went far, or is the one that is read
   * @param {AbortSignal} signal ends all work
   */
  constructor(view, deck, heard, signal) {
    this.view = view
    this.heard = heard
    this.signal = signal
    this.slides = new Slides(document.createElement("div"), { base: view.options.base })
    this.slides.load(deck.slides)
    this.list = deck.slides.map((slide) => this.#page(slide))
  }

  get elements() {
    return this.list.map((page) => page.element)
  }

  /** Put the slide's content into its page. @returns {Object} the page: element, picture, section, isNear */
  fill(index) {
    const page = this.list[index]
    if (page.section) return page
    page.section = this.slides.page(index)
    page.picture.append(page.section)
    return page
  }

  /** All the rest while the browser has nothing else to do, so that its search finds every word. */
  fillAll() {
    let index = 0
    const work = (deadline) => {
      while (index < this.list.length && deadline.timeRemaining() > 4) this.fill(index++)
      if (index < this.list.length && !this.signal.aborted) idle(work)
    }
    idle(work)
  }

  /** Tell what comes near, goes far and is read. */
  watch() {
    const at = new Map(this.list.map((page, index) => [page.element, index]))
    const near = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) this.#near(at.get(target), isIntersecting)
      },
      { root: this.view.root, rootMargin: NEAR },
    )
    const here = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries)
          if (isIntersecting) this.heard.here(at.get(target))
      },
      { root: this.view.root, rootMargin: "-30% 0px -69% 0px" },
    )
    for (const element of at.keys()) {
      near.observe(element)
      here.observe(element)
    }
    this.signal.addEventListener("abort", () => {
      near.disconnect()
      here.disconnect()
    })
  }

  /** The theme changed. */
  paint(theme) {
    for (const page of this.list) page.picture.dataset.theme = theme
  }

  #near(index, is) {
    const page = this.fill(index)
    page.isNear = is
    clearTimeout(page.waiting)
    if (!is) this.heard.far(index)
    else
      page.waiting = setTimeout(
        () => page.isNear && !this.signal.aborted && this.heard.near(index),
        STAY,
      )
  }

  #page(slide) {
    const { theme, options } = this.view
    const picture = el("div", {
      class: "stage",
      "data-theme": theme.name,
      "data-deck": options.scope,
    })
    const notes = slide.notes
      .replace(SPOKEN, "")
      .split(/\n\s*\n/)
      .filter(Boolean)
      .map((text) => el("p", {}, text))
    const kind = slide.is_aside
      ? " page--aside"
      : slide.layout === "section-break"
        ? " page--break"
        : slide.layout.startsWith("title")
          ? " page--title"
          : ""
    const link = el(
      "a",
      {
        class: "page-link",
        href: this.view.address({ view: "read", slide: slide.id }),
        "data-jump": slide.id,
        "aria-label": `Link to “${slide.title}”`,
      },
      "#",
    )
    const element = el(
      "article",
      { class: `page${kind}`, id: slide.id, "aria-label": slide.title || "Untitled slide" },
      picture,
      link,
      notes.length ? el("aside", { class: "page-notes", "aria-label": "Notes" }, ...notes) : null,
    )
    return { element, picture, section: null, isNear: false }
  }
}
