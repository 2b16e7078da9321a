/** A lecture and its presenter window, in step through the browser alone.

    Both talk on one BroadcastChannel, whose name holds the lecture and a `pair` that the lecture's
    tab keeps, so either window may be reloaded. The lecture tells its `place` (with what covers the
    slide), the `panel` of each live block, and says `bye`; the presenter says `hello` and asks for
    an `act`, for a slide (`go`) or for something of a block (`command`).

    A duplicated tab has the pair of the tab that it was made from. So a lecture first asks whether
    its pair is taken, and does without it then: it is a window of its own. */

/** @import { Blocks } from "../blocks/mounted.js" */
/** @import { Slides } from "../lecture/slides.js" */
/** @import { StageView, Value } from "../lib/types.js" */
/** @import { PairChannel } from "../lib/windows.js" */
/** @import { Chrome } from "./chrome.js" */
/** @import { Hand } from "./hand.js" */
/** @import { SentPanel } from "./wall_panels.js" */

import { hold } from "../lib/presence.js"
import { keep, recall } from "../lib/store.js"
import { meet, WindowChannel } from "../lib/windows.js"
import { Sender } from "./wall_panels.js"

const KEY = "practicum.pair"
const CLAIM = 400 // milliseconds in which another lecture says that the pair is its own
const PAUSE = 125 // milliseconds between two looks at the panels
const BLOCKED =
  "The browser blocked the presenter window. Allow pop-ups for this address, then press P again."
const NO_CHANNEL =
  "This browser cannot synchronise two windows. Allow site data for this address, or use a newer " +
  "browser, then press P again."

/** @param {string} text */
const isPair = (text) => (/^\d{1,20}$/.test(text) ? text : null)

/**
 * @param {string} slug of the lecture
 * @param {string} pair
 * @returns {PairChannel | null} null where the browser has none, or refuses it
 */
export function channelOf(slug, pair) {
  const name = `practicum.${slug}.${pair}`
  if (location.protocol === "file:") return new WindowChannel(name)
  try {
    return new BroadcastChannel(name)
  } catch {
    return null // an older browser, or one that blocks site data
  }
}

/** The lock that a lecture's page holds for as long as it is there. @param {string} wall */
export const lockOf = (wall) => `practicum.wall.${wall}`

const random = () => crypto.getRandomValues(new Uint32Array(2)).join("")

/**
 * Where the lecture's window is, what covers the slide there, and what was drawn on it.
 * @typedef {{wall: string, slide: string, step: number, hash: string, isBlack: boolean,
 *   over: string, picked: number[], ink: string[]}} Place
 */
/** @typedef {{type: "place"} & Place | {type: "bye", wall: string} | {type: "panel", wall: string,
 *   block: string, panel: SentPanel}} WallMessage from the lecture's window */
/** @typedef {{type: "hello"} | {type: "claim" | "taken", wall: string} | {type: "go", slide:
    string} | {type: "act", action: string, number?: string} | {type: "command", block: string,
    name: string, value?: Value}} HandMessage from the presenter window, or another lecture's */

/**
 * The lecture, as its presenter window sees it.
 * @typedef {StageView & {blocks: Blocks, slides: Slides, chrome: Chrome, hand: Hand}} Wall
 */

/** The lecture's side. */
export class Link {
  #sender = new Sender()
  /** @type {Set<string>} */
  #due = new Set() // blocks whose panel has changed
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  /** @type {PairChannel | null} */
  channel = null
  pair = ""
  last = "" // the slide that was told last
  #isHeard = false // a presenter window has said hello
  #told = "" // the place that was told last
  #isHeld = false // the lock of this page: without it, the page would seem to have left

  /** @param {Wall} lecture */
  constructor(lecture) {
    this.lecture = lecture
    this.wall = random() // this page, until it is loaded again
    const watched = {
      subtree: true,
      attributes: true,
      attributeFilter: ["open", "data-blank", "data-drawer", "aria-pressed"],
    }
    const watch = new MutationObserver(() => this.tell())
    watch.observe(lecture.root, watched)
    lecture.leaving.signal.addEventListener("abort", () => watch.disconnect())
    this.#hold()
    const pair = recall(KEY, isPair, "session")
    if (pair) this.#claim(pair)
  }

  /** Open the presenter window, or bring the one that is open to the front. */
  open() {
    if (!this.channel) {
      const pair = random()
      keep(KEY, pair, "session")
      this.#join(pair)
    }
    if (!this.channel) return this.lecture.chrome.say(NO_CHANNEL)
    const query = new URLSearchParams({
      view: "presenter",
      pair: this.pair,
      slide: this.lecture.slide.id,
    })
    const opened = window.open(
      `${location.pathname}?${query}`,
      `practicum-${this.pair}`,
      "popup,width=1240,height=780",
    )
    if (!opened) return this.lecture.chrome.say(BLOCKED)
    meet(opened)
    opened.focus()
  }

  /** Tell the presenter window where the lecture is, and what covers the slide. */
  tell(isAsked = false) {
    if (!this.channel || !this.#isHeld) return
    const { slide, step, hash, root, slides, chrome, hand } = this.lecture
    const choices = slides.current?.querySelectorAll(".quiz-choice") ?? []
    const picked = [...choices].flatMap((each, k) => (each.ariaPressed === "true" ? [k] : []))
    const over =
      root.querySelector("dialog[open]")?.getAttribute("aria-label") ?? chrome.drawerTitle
    const place = {
      slide: slide.id,
      step,
      hash,
      isBlack: root.hasAttribute("data-blank"),
      over,
      picked,
      ink: hand.ink.of(slide.id),
    }
    const text = JSON.stringify(place)
    if (text === this.#told && !isAsked) return
    if (slide.id !== this.last) for (const block of slide.blocks) this.changed(block.id)
    this.#told = text
    this.last = slide.id
    this.#post({ type: "place", ...place })
  }

  /**
   * The panel of a block looks different now.
   * @param {string} block
   */
  changed(block) {
    if (!this.channel || !this.#isHeard) return
    this.#due.add(block)
    this.#timer ??= setTimeout(() => this.#flush(), PAUSE)
  }

  #flush() {
    this.#timer = undefined
    const due = [...this.#due]
    this.#due.clear()
    for (const block of due) {
      const panel = this.lecture.blocks.panel(block)
      if (panel) this.#post({ type: "panel", block, panel: this.#sender.pack(panel) })
    }
  }

  /** @param {object} message */
  #post(message) {
    this.channel?.postMessage({ ...message, wall: this.wall })
  }

  /** @param {string} pair */
  #claim(pair) {
    const channel = channelOf(this.lecture.options.slug, pair)
    if (!channel) return
    const end = () => {
      clearTimeout(waiting)
      channel.close()
    }
    const waiting = setTimeout(() => {
      end()
      this.#join(pair)
    }, CLAIM)
    channel.onmessage = ({ data }) => {
      const isTaken = data.type === "taken" && data.wall === this.wall
      // Two that ask at once: the smaller name has it.
      if (data.type === "claim" && data.wall > this.wall)
        channel.postMessage({ type: "taken", wall: data.wall })
      else if (isTaken || (data.type === "claim" && data.wall < this.wall)) end()
    }
    channel.postMessage({ type: "claim", wall: this.wall })
    this.lecture.leaving.signal.addEventListener("abort", end)
  }

  /** @param {string} pair */
  #join(pair) {
    if (this.channel || this.lecture.leaving.signal.aborted) return
    this.pair = pair
    this.channel = channelOf(this.lecture.options.slug, pair)
    if (!this.channel) return
    this.channel.onmessage = ({ data }) => this.#hear(data)
    const { signal } = this.lecture.leaving
    const bye = () => this.#post({ type: "bye" })
    window.addEventListener("pagehide", bye, { signal })
    window.addEventListener("pageshow", (event) => event.persisted && this.#comeBack(), { signal })
    signal.addEventListener("abort", () => {
      bye()
      this.channel?.close()
    })
    this.tell(true)
  }

  /** @param {HandMessage} data */
  #hear(data) {
    const { lecture } = this
    if (data.type === "claim") this.channel?.postMessage({ type: "taken", wall: data.wall })
    else if (data.type === "taken" && data.wall === this.wall) this.#leave()
    else if (data.type === "hello") this.#welcome()
    else if (data.type === "command") lecture.blocks.command(data.block, data.name, data.value)
    else if (data.type === "go") this.#uncovered(() => lecture.goTo(data.slide))
    else if (data.type === "act" && data.action === "close") this.#close()
    else if (data.type === "act") this.#uncovered(() => lecture.act(data.action, data.number))
  }

  /** The browser had kept this page and shows it again: it said goodbye, so it is a new one. */
  #comeBack() {
    this.wall = random()
    this.#hold()
  }

  #hold() {
    this.#isHeld = false
    hold(lockOf(this.wall), this.lecture.leaving.signal, () => {
      this.#isHeld = true
      this.tell(true)
    })
  }

  #close() {
    if (!this.#uncovered(() => {})) this.lecture.act("close")
  }

  #welcome() {
    this.#isHeard = true
    this.#sender.reset()
    this.tell(true)
    for (const block of this.lecture.slide.blocks) this.changed(block.id)
  }

  /** Somebody who was asked answered late: the pair is another lecture's. */
  #leave() {
    this.channel?.close()
    this.channel = null
    keep(KEY, "", "session") // no pair
  }

  /**
   * Close what is open over the slide, then act.
   * @param {() => void} act
   * @returns {boolean} whether something was open
   */
  #uncovered(act) {
    /** @type {HTMLDialogElement[]} */
    const dialogs = [...this.lecture.root.querySelectorAll("dialog")].filter((each) => each.open)
    dialogs.forEach((dialog) => dialog.close())
    act()
    return dialogs.length > 0
  }
}
