/** The tool bar, in three groups, and the line that tells a newcomer which keys to press. */

/** @import { StageView } from "../lib/types.js" */

import { keyFor, named, tip } from "../lecture/commands.js"
import { make } from "../lecture/dialogs.js"
import { closest, el, PAGE } from "../lib/dom.js"
import { icon } from "../lib/icons.js"
import { keep, oneOf, recall } from "../lib/store.js"

/** Where to go, what to look at, how to view it. */
const GROUPS = [
  ["home", "previous", "next", "down", "outline", "overview", "search"],
  ["references", "glossary", "claims", "notes", "slide"],
  ["presenter", "read", "theme", "fullscreen", "help", "more"],
]
/** @type {Record<string, string>} parts of their names, short enough to stand below an icon */
const BRIEF = {
  home: "Lectures",
  down: "Aside",
  slide: "Slide",
  presenter: "Presenter",
  read: "Read",
  theme: "Dark",
}
const AWAKE = 2200 // ms without the pointer until the tools leave the stage
const SEEN = "practicum.hint" // kept once a reader has flipped so often
const FLIPS = 3

/**
 * Every tool by its name, where the bar of a small screen has no room for all.
 * @param {StageView} lecture
 */
export function openMore(lecture) {
  const dialog = make(lecture, "more", "More")
  const list = el("div", { class: "more-tools" })
  for (const action of GROUPS.flat().filter((each) => each !== "more")) {
    const name = named(action).tool ?? action
    const button = el("button", { type: "button" }, name)
    button.insertAdjacentHTML("afterbegin", icon(action))
    button.onclick = () => {
      dialog.close()
      lecture.act(action)
    }
    list.append(button)
  }
  dialog.append(list)
  dialog.showModal()
}

/** @returns {string} the tool bar as markup */
export function toolBar() {
  const groups = GROUPS.map((group) => `<div class="tool-group">${group.map(tool).join("")}</div>`)
  return `<div class="tools" role="toolbar" aria-label="lecture">${groups.join("")}</div>`
}

/** @param {string} action */
function tool(action) {
  const { tool: name } = named(action)
  const words = `title="${tip(action)}" aria-label="${name}" data-word="${BRIEF[action] ?? name}"`
  return `<button type="button" data-act="${action}" ${words}>${icon(action)}</button>`
}

/**
 * Tools show while the pointer moves or one of them has the focus, and then leave the stage.
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 */
export function fadeTools(root, signal) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  /** @type {Element | null} */
  let beside = null // the marks that the bar has its place beside
  /** @param {PointerEvent} [event] */
  const wake = (event) => {
    // Under a finger that is after something else, they would take its tap.
    const isInTheWay =
      event?.pointerType === "touch" && closest(event, ".live, .slide :is(a, button)")
    const marks = root.querySelector("[data-slide][aria-current='true'] > .claim-marks")
    if (marks !== beside) makeRoom(root, marks)
    beside = marks
    root.classList.toggle("is-awake", !isInTheWay)
    clearTimeout(timer)
    timer = setTimeout(() => root.classList.remove("is-awake"), AWAKE)
  }
  for (const kind of /** @type {const} */ (["pointermove", "pointerdown"])) {
    root.addEventListener(kind, wake, { signal, passive: true })
  }
  signal.addEventListener("abort", () => clearTimeout(timer))
  wake()
}

/**
 * The bar lies over no mark of a claim: they stand on the same line, at its left end.
 * @param {HTMLElement} root
 * @param {Element | null} marks
 */
function makeRoom(root, marks) {
  const tools = /** @type {HTMLElement} */ (root.querySelector(".tools"))
  const isPage = matchMedia(PAGE).matches
  const end = marks?.lastElementChild?.getBoundingClientRect().right ?? 0
  const half = tools.offsetWidth / 2
  const middle = Math.min(innerWidth - half - 8, end + half + 12)
  tools.style.left = isPage || middle <= innerWidth / 2 ? "" : `${middle}px`
}

/** What to press, at the foot of the slide, until a reader has flipped a few times. */
export class Hint {
  flips = 0

  /** @param {StageView} lecture */
  constructor(lecture) {
    const isTouch = matchMedia("(pointer: coarse)").matches
    const words = isTouch
      ? ["Swipe left for the next slide", "the arrow down shows more on this one"]
      : [
          `${keyFor("next")} next slide`,
          `${keyFor("down")} more on this one`,
          `${keyFor("search")} search`,
          `${keyFor("help")} all keys`,
        ]
    const close = el("button", {
      type: "button",
      "aria-label": "dismiss",
      onclick: () => this.hide(),
    })
    close.innerHTML = icon("close")
    this.lecture = lecture
    this.element = el("p", { class: "hint", hidden: recall(SEEN, oneOf("seen")) !== null })
    this.element.append(words.join("  ·  "), close)
    lecture.root.append(this.element)
  }

  /** Another slide is shown. */
  moved() {
    this.flips += 1
    if (this.flips > FLIPS) this.hide()
    const isLive = this.lecture.section.querySelector(".live") !== null
    this.element.classList.toggle("is-in-the-way", isLive)
  }

  /** It is known now; the help (?) lists the same keys. */
  hide() {
    if (this.element.hidden) return
    this.element.hidden = true
    keep(SEEN, "seen")
  }
}
