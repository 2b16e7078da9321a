/**
 * Live blocks: what a reader can operate inside a slide. The stage mounts a block when its slide
 * is first shown; a new kind is one more entry of `KINDS`.
 */

/** @import { Room } from "../lib/room.js" */
/** @import { Together } from "./in_room.js" */
/** @import { Block, BlockContext, LiveBlock, MountedBlock } from "../lib/types.js" */

import { Figure } from "../charts/figures.js"
import { el, messageOf } from "../lib/dom.js"
import { putBack } from "../player/on_paper.js"
import { Player } from "../player/player.js"
import { OpenAlone } from "./alone.js"
import { RoomClips } from "./clips_room.js"
import { WallClips } from "./clips_wall.js"
import { Embed } from "./embed.js"
import { InRoom } from "./in_room.js"
import { Label } from "./label.js"
import { RoomLabel } from "./label_room.js"
import { Play } from "./play.js"
import { Timeline } from "./timeline.js"
import { Vote } from "./vote.js"
import { OpenVote } from "./vote_open.js"
import { RoomVote } from "./vote_room.js"

/**
 * @typedef {new (element: HTMLElement, block: Block<any>, context: BlockContext) => LiveBlock} Kind
 */

/** @type {Record<string, Kind>} */
const KINDS = {
  sim: Player,
  play: Play,
  timeline: Timeline,
  chart: Figure,
  published: Figure,
  iframe: Embed,
  label: Label,
  vote: Vote,
}

/** What a reader can do on the screen, and not on paper. @type {Record<string, string>} */
const BACK = { play: "Play it yourself", label: "Judge for yourself" }

/** Whether a vote is not a choice between options. @param {any} data */
const isOpen = ({ answer = "choice" }) => answer !== "choice"

/**
 * What stands in the place of a block while the page is in a room.
 * @param {Block} block
 * @returns {((room: Room) => Together) | null}
 */
function togetherOf({ kind, data }) {
  if (kind === "vote") return () => (isOpen(data) ? OpenVote : RoomVote)
  if (kind !== "label") return null
  if (!data.sim) return () => RoomLabel
  return (room) => (room.isPresenter ? WallClips : RoomClips)
}

/**
 * Put a block into its place.
 * @param {HTMLElement} element `<div class="live live--KIND" data-block=ID data-kind=KIND>`
 * @param {Block} block of the deck's JSON
 * @param {BlockContext} context the view's services
 * @returns {MountedBlock}
 */
export function mount(element, block, context) {
  let inner = make(element, block, context)
  let isShown = false
  let isOver = false
  return {
    show() {
      isShown = true
      inner.show?.()
    },
    hide() {
      isShown = false
      inner.hide?.()
    },
    /** Stand there as on paper, whatever has been drawn so far. */
    print() {
      // The line takes height, so it stands there before the figure is fitted.
      if (Object.hasOwn(BACK, block.kind)) putBack(element, BACK[block.kind], block.id, context)
      if (inner.print) inner.print()
      else inner.show?.()
    },
    printed() {
      if (!isShown) inner.hide?.()
    },
    destroy() {
      isOver = true
      inner.destroy?.()
    },
    /** Whether the key for Run has something to do here, and to do it. */
    canMain: () => typeof inner.main === "function",
    main: () => inner.main?.(),
    /**
     * For a second window (link.js): what is shown, to show that, and to do what is asked there.
     */
    panel: () => inner.panel?.(),
    mirror: (panel) => inner.mirror?.(panel),
    follow: (shared) => inner.follow?.(shared),
    command: (name, value) => inner.command?.(name, value),
    /** The deck changed on disk: a block that says the same as before goes on undisturbed. */
    update(next) {
      const isSame =
        next.kind === block.kind && JSON.stringify(next.data) === JSON.stringify(block.data)
      block = next
      if (isSame || isOver) return
      inner.destroy?.()
      inner = make(element, next, context)
      if (isShown) inner.show?.()
    },
  }
}

/**
 * @param {HTMLElement} element
 * @param {Block} block
 * @param {BlockContext} context
 * @returns {LiveBlock}
 */
function make(element, block, context) {
  const usual = Object.hasOwn(KINDS, block.kind) ? KINDS[block.kind] : null
  const Kind = block.kind === "vote" && isOpen(block.data) ? OpenAlone : usual
  if (!Kind) return sorry(element, `This page cannot show a “${block.kind}” block.`)
  try {
    const Together = togetherOf(block)
    return Together
      ? new InRoom(Kind, Together, element, block, context)
      : new Kind(element, block, context)
  } catch (error) {
    console.error(error)
    return sorry(element, `This ${block.kind} block could not be shown: ${messageOf(error)}`)
  }
}

/** @param {HTMLElement} element @param {string} text @returns {LiveBlock} */
function sorry(element, text) {
  element.replaceChildren(el("p", { class: "live-sorry", role: "note" }, text))
  return {}
}
