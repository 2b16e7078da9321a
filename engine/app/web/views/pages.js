/** The slides of a lecture as pages under each other: filled in idle time, watched in scrolling. */

/** @import { Deadline } from "../lecture/slides.js" */
/** @import { Deck, Slide, ViewOptions } from "../lib/types.js" */

import { markSideways } from "../lecture/sideways.js"
import { idle, Slides } from "../lecture/slides.js"
import { addressOf } from "../lib/address.js"
import { el, onFonts, PAGE } from "../lib/dom.js"

const SPOKEN = /\s*\d+(\.\d+)? (minute|second)s?\.?$/ // how long a slide takes on stage
const NEAR = "500px 0px" // live blocks are mounted this far from the window
const STAY = 180 // ms that a page stays near before that: who scrolls past waits for no chart

/** @typedef {{element: HTMLElement, picture: HTMLElement, section: HTMLElement | null,
 *   isNear: boolean, waiting?: ReturnType<typeof setTimeout>}} Page */

export class Pages {
  /**
   * @param {{options: ViewOptions, theme: {name: string}, root: HTMLElement}} view whose root
   *   scrolls
   * @param {Deck} deck
   * @param {Record<"near" | "far" | "here", (index: number) => void>} heard the number of a page
   *   that
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

  /**
   * Put the slide's content into its page.
   * @param {number} index
   * @returns {Page & {section: HTMLElement}}
   */
  fill(index) {
    const page = this.list[index]
    const section = page.section ?? this.slides.page(index)
    if (!page.section) page.picture.append(section)
    return Object.assign(page, { section })
  }

  /** All the rest while the browser has nothing else to do, so that its search finds every word. */
  fillAll() {
    let index = 0
    /** @param {Deadline} deadline */
    const work = (deadline) => {
      while (index < this.list.length && deadline.timeRemaining() > 4) this.fill(index++)
      if (this.signal.aborted) return
      if (index < this.list.length) idle(work)
      else this.#markTables()
    }
    idle(work)
    // A typeface that a table alone needs comes when that table is measured.
    this.signal.addEventListener(
      "abort",
      onFonts(() => this.#markTables()),
    )
  }

  /** The keyboard must find a table that is wider than the page before it comes near. */
  #markTables() {
    if (!matchMedia(PAGE).matches || this.signal.aborted) return
    for (const { section } of this.list) if (section?.querySelector("table")) markSideways(section)
  }

  /** Tell what comes near, goes far and is read. */
  watch() {
    /** @type {Map<Element, number>} */
    const at = new Map(this.list.map((page, index) => [page.element, index]))
    const placeOf = (/** @type {Element} */ page) => at.get(page) ?? 0
    const near = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries)
          this.#near(placeOf(target), isIntersecting)
      },
      { root: this.view.root, rootMargin: NEAR },
    )
    const here = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries)
          if (isIntersecting) this.heard.here(placeOf(target))
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

  /**
   * The theme changed.
   * @param {string} theme
   */
  paint(theme) {
    for (const page of this.list) page.picture.dataset.theme = theme
  }

  /** @param {number} index @param {boolean} is */
  #near(index, is) {
    const page = this.fill(index)
    page.isNear = is
    clearTimeout(page.waiting)
    if (!is) return this.heard.far(index)
    page.waiting = setTimeout(() => {
      if (page.isNear && !this.signal.aborted) this.heard.near(index)
    }, STAY)
  }

  /** @param {Slide} slide @returns {Page} */
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
        href: addressOf({ view: "read", slide: slide.id }),
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
      notes.length
        ? el(
            "aside",
            { class: "page-notes", "aria-label": `Notes on ${slide.title || slide.id}` },
            ...notes,
          )
        : null,
    )
    return { element, picture, section: null, isNear: false }
  }
}
