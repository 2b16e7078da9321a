/** A block that stands alone, or in a room while the page is in one. */

/** @import { SharedBlock } from "../lib/protocol.js" */
/** @import { Room } from "../lib/room.js" */
/** @import { Block, BlockContext, LiveBlock, Panel, Value } from "../lib/types.js" */

/** @typedef {new (element: HTMLElement, block: Block<any>, context: BlockContext) => LiveBlock}
 *   Alone */
/** @typedef {new (element: HTMLElement, block: Block<any>, context: BlockContext, room: Room) =>
 *   LiveBlock} Together */

/** @implements {LiveBlock} */
export class InRoom {
  /** @type {LiveBlock | null} */
  #inner = null
  /** @type {Room | null} */
  #room = null
  #isShown = false
  #stop = () => {}

  /**
   * @param {Alone} Alone
   * @param {(room: Room) => Together} together what stands there in a room
   * @param {HTMLElement} element
   * @param {Block<any>} block
   * @param {BlockContext} context
   */
  constructor(Alone, together, element, block, context) {
    /** @param {Room | null} room */
    const enter = (room) => {
      if (this.#inner && room === this.#room) return
      this.#inner?.destroy?.()
      this.#room = room
      const Together = room && together(room)
      this.#inner = Together
        ? new Together(element, block, context, room)
        : new Alone(element, block, context)
      if (this.#isShown) this.#inner.show?.()
    }
    this.#stop = context.onRoom?.(enter) ?? this.#stop
    if (!this.#inner) enter(null)
  }

  show() {
    this.#isShown = true
    this.#inner?.show?.()
  }

  hide() {
    this.#isShown = false
    this.#inner?.hide?.()
  }

  print() {
    if (this.#inner?.print) this.#inner.print()
    else this.#inner?.show?.()
  }

  main() {
    this.#inner?.main?.()
  }

  panel() {
    return this.#inner?.panel?.()
  }

  /** @param {Panel} panel */
  mirror(panel) {
    this.#inner?.mirror?.(panel)
  }

  /** @param {SharedBlock} shared */
  follow(shared) {
    this.#inner?.follow?.(shared)
  }

  /** @param {string} name @param {Value} [value] */
  command(name, value) {
    this.#inner?.command?.(name, value)
  }

  destroy() {
    this.#stop()
    this.#inner?.destroy?.()
  }
}
