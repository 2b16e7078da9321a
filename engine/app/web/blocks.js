/** The live blocks of a lecture's sections: mounted once, hidden while nobody sees them. */

export class Blocks {
  /** @param {(block: Object) => Object} context makes the services that a block gets (see live.js) */
  constructor(context) {
    this.context = context
    this.mounted = new Map() // live element -> mounted block
    this.isOver = false
  }

  /** Mount what stands in `section` and show it, as long as `isShown()` holds. */
  async show(section, slide, isShown = () => true) {
    for (const [element, block] of this.mounted) if (section.contains(element)) block.show()
    const places = [...section.querySelectorAll(".live[data-block]")].filter((place) => !this.mounted.has(place))
    if (!places.length) return
    const { mount } = await import("./live.js")
    for (const place of places) {
      const block = slide.blocks.find((candidate) => candidate.id === place.dataset.block)
      if (!block || this.mounted.has(place) || this.isOver) continue
      const mounted = mount(place, block, this.context(block))
      this.mounted.set(place, mounted)
      if (isShown()) mounted.show()
    }
  }

  /** Let those that `leaves(element)` names rest. */
  hide(leaves) {
    for (const [element, block] of this.mounted) if (leaves(element)) block.hide()
  }

  /** The deck changed: blocks whose place is gone end, the others learn what is asked of them now. */
  update(slides) {
    for (const [element, block] of this.mounted) {
      if (element.isConnected) continue
      block.destroy()
      this.mounted.delete(element)
    }
    for (const slide of slides) for (const asked of slide.blocks) {
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
