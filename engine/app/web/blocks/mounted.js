/** The live blocks of a lecture's sections: mounted once, hidden while nobody sees them. */

/** @import { SharedBlock } from "../lib/protocol.js" */
/** @import { Block, BlockContext, MountedBlock, Panel, Slide, Value } from "../lib/types.js" */

import { el } from "../lib/dom.js"
import { bring } from "../lib/fetching.js"

/** @type {typeof import("./kinds.js") | null} */
let code = null // blocks/kinds.js, once it has come: who prints cannot wait for it

/**
 * Fetch the code of live blocks.
 * @returns {Promise<typeof import("./kinds.js")>}
 */
export async function bringBlocks() {
  const came = await bring("blocks/kinds.js")
  code = came
  return came
}

export class Blocks {
  /** @type {HTMLElement[]} */
  #forPaper = [] // places that were mounted to be printed

  /** @param {(block: Block) => BlockContext} context makes the services that a block gets */
  constructor(context) {
    this.context = context
    /** @type {Map<HTMLElement, MountedBlock>} */
    this.mounted = new Map() // by its live element
    /** @type {HTMLElement | null} */
    this.used = null // the element that was pressed or focused last
    this.isOver = false
  }

  /**
   * Mount what stands in `section` and show it, as long as `isShown()` holds.
   * @param {HTMLElement} section
   * @param {Slide} slide
   * @param {() => boolean} [isShown]
   * @returns {Promise<void>}
   */
  async show(section, slide, isShown = () => true) {
    for (const [element, block] of this.mounted) if (section.contains(element)) block.show()
    const places = placesIn(section).filter((place) => !this.mounted.has(place))
    if (!places.length) return
    /** @type {typeof import("./kinds.js")} */
    let kinds
    try {
      kinds = await bringBlocks()
    } catch {
      return this.#sayMissing(places, () => this.show(section, slide, isShown))
    }
    for (const place of places) {
      const block = slide.blocks.find((candidate) => candidate.id === place.dataset.block)
      // Meanwhile the view may have gone, or an edit have put another place there.
      if (!block || this.mounted.has(place) || this.isOver || !place.isConnected) continue
      place.querySelector(":scope > .live-missing")?.remove()
      const mounted = kinds.mount(place, block, this.context(block))
      const use = () => {
        this.used = place
      }
      for (const type of ["pointerdown", "focusin"]) place.addEventListener(type, use)
      this.mounted.set(place, mounted)
      if (isShown()) mounted.show()
    }
  }

  /**
   * One sentence in the place of each block, with a button for another try; its words stay below.
   * @param {HTMLElement[]} places
   * @param {() => void} again
   */
  #sayMissing(places, again) {
    if (this.isOver) return
    for (const place of places) {
      place.querySelector(":scope > .live-missing")?.remove()
      const button = el(
        "button",
        { type: "button", class: "live-button live-button--quiet", onclick: again },
        "Try again",
      )
      place.prepend(
        el(
          "p",
          { class: "live-sorry live-missing", role: "note" },
          "This part did not load. Is the server still running? ",
          button,
        ),
      )
    }
  }

  /**
   * Show every block of these sections at once, as it stands on paper: with its recorded run.
   * What was not mounted before is mounted, as far as its code has come already.
   * @param {{section: HTMLElement, slide: Slide}[]} pages
   */
  print(pages) {
    for (const { section, slide } of pages) {
      for (const place of placesIn(section)) {
        const block = slide.blocks.find((candidate) => candidate.id === place.dataset.block)
        if (!this.mounted.has(place) && block && code) {
          this.mounted.set(
            place,
            code.mount(place, block, { ...this.context(block), isOnPaper: true }),
          )
          this.#forPaper.push(place)
        }
        this.mounted.get(place)?.print()
      }
    }
  }

  /** It is printed: what was mounted for that alone goes, the others rest or go on as before. */
  printed() {
    for (const place of this.#forPaper) {
      this.mounted.get(place)?.destroy()
      this.mounted.delete(place)
    }
    this.#forPaper = []
    for (const block of this.mounted.values()) block.printed()
  }

  /**
   * Do the main thing of a block in `section` (run, play, start): of the one used last, else the
   * first.
   * @param {HTMLElement} section
   * @returns {boolean} whether there is one
   */
  main(section) {
    const usable = [...this.mounted].filter(
      ([element, block]) =>
        section.contains(element) && block.canMain() && !element.closest(".is-later"),
    )
    usable.sort(([a], [b]) =>
      a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
    )
    const [, block] = usable.find(([element]) => element === this.used) ?? usable[0] ?? []
    block?.main()
    return block !== undefined
  }

  /**
   * What a block shows, undefined when it is not mounted or shows no news.
   * @param {string} id
   */
  panel(id) {
    return this.#find(id)?.panel()
  }

  /**
   * Let a block show the panel of the same block in another window.
   * @param {string} id
   * @param {Panel} panel
   */
  mirror(id, panel) {
    this.#find(id)?.mirror(panel)
  }

  /**
   * Let a block show what the presenter of the room shows.
   * @param {string} id
   * @param {SharedBlock} shared
   */
  follow(id, shared) {
    this.#find(id)?.follow(shared)
  }

  /**
   * Do what the presenter window asks of a block.
   * @param {string} id
   * @param {string} name
   * @param {Value} [value]
   */
  command(id, name, value) {
    this.#find(id)?.command(name, value)
  }

  /** @param {string} id */
  #find(id) {
    for (const [element, block] of this.mounted) if (element.dataset.block === id) return block
    return undefined
  }

  /**
   * Let those that `leaves(element)` names rest.
   * @param {(element: HTMLElement) => boolean} leaves
   */
  hide(leaves) {
    for (const [element, block] of this.mounted) if (leaves(element)) block.hide()
  }

  /**
   * The deck changed: blocks whose place is gone end, the others learn what is asked of them now.
   * @param {Slide[]} slides
   */
  update(slides) {
    for (const [element, block] of this.mounted) {
      if (element.isConnected) continue
      block.destroy()
      this.mounted.delete(element)
    }
    for (const slide of slides)
      for (const asked of slide.blocks) {
        for (const [element, block] of this.mounted) {
          if (element.dataset.block === asked.id) block.update(asked)
        }
      }
  }

  destroy() {
    this.isOver = true
    for (const block of this.mounted.values()) block.destroy()
    this.mounted.clear()
  }
}

/** @param {HTMLElement} section @returns {HTMLElement[]} where its live blocks stand */
const placesIn = (section) => [...section.querySelectorAll(".live[data-block]")].map(asElement)
const asElement = (/** @type {Element} */ node) => /** @type {HTMLElement} */ (node)
