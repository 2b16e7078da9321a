/** A lecture on paper: every slide, its steps, its charts and its recorded runs, but no answer.

    A browser prints what stands in the page, and waits for nothing. So all that was not drawn yet
    is drawn when it says that it will print (`beforeprint`; a change of the medium says the same
    where a page is only looked at as on paper), in the layout of paper, which print.css gives. */

/** @import { Blocks } from "../blocks/mounted.js" */
/** @import { Slide, ViewOptions, WayBack } from "../lib/types.js" */

import { fit } from "../lecture/fit.js"
import { idle } from "../lecture/slides.js"
import { ask, askNow, site } from "../lib/source.js"

const LATER = 3000 // ms after which an exported page brings what it may have to print

export class Paper {
  #isOn = false
  #size = document.createElement("style")
  /** @type {Element[]} */
  #shown = [] // explanations of quizzes that the reader has opened

  /**
   * @param {{root: HTMLElement, blocks: Blocks, leaving: AbortController, options: ViewOptions,
   *   codes: Record<string, WayBack>,
   *   sections: () => {section: HTMLElement, slide: Slide}[]}} view `sections` builds every slide
   *   that is missing
   * @param {string} [page] CSS of a sheet of paper; the printer's own without it
   */
  constructor(view, page = "") {
    this.view = view
    this.#size.textContent = page && `@page { ${page} }`
    const { signal } = view.leaving
    window.addEventListener("beforeprint", () => this.#begin(), { signal })
    window.addEventListener("afterprint", () => this.#end(), { signal })
    const medium = matchMedia("print")
    medium.addEventListener("change", () => (medium.matches ? this.#begin() : this.#end()), {
      signal,
    })
    // Scripts beside a page cannot be had while it stands still.
    if (site) setTimeout(() => idle(() => ask(this.#address()).catch(() => {})), LATER)
  }

  /** Of the ways back to blocks, on the server or beside the page. */
  #address() {
    const { base, slug } = this.view.options
    const at = new URL(base, location.href).href.replace(/[?#].*$/, "")
    return `${base}api/paper/${encodeURIComponent(slug)}?at=${encodeURIComponent(at)}`
  }

  /** Learn where each block can be opened again; paper without that has no codes. */
  #findWays() {
    try {
      const text = askNow(this.#address())
      const { home, codes } = JSON.parse(text ?? "{}")
      // A site that does not know its own address was made with that of a server on one machine.
      if (home && !(site && new URL(home).hostname === "127.0.0.1")) this.view.codes = codes
    } catch (error) {
      console.info("no codes on this paper", error)
    }
  }

  #begin() {
    if (this.#isOn) return
    this.#isOn = true
    const { root, blocks } = this.view
    for (const element of [root, document.documentElement]) element.dataset.printing = ""
    root.append(this.#size)
    this.#shown = [...root.querySelectorAll(".quiz-why:not(.is-later)")]
    this.#shown.forEach((why) => why.classList.add("is-later"))
    this.#findWays()
    const pages = this.view.sections()
    pages.forEach(({ section }) => fit(section))
    blocks.print(pages)
  }

  #end() {
    if (!this.#isOn) return
    this.#isOn = false
    this.#shown.forEach((why) => why.classList.remove("is-later"))
    for (const element of [this.view.root, document.documentElement])
      delete element.dataset.printing
    this.#size.remove()
    this.view.blocks.printed()
  }
}
