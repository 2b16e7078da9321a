/** Overview of all slides, and the list of keys. */

/** @import { LectureView, SlideChooser } from "../lib/types.js" */
/** @import { Command } from "./commands.js" */

import { icon } from "../lib/icons.js"
import { keyOf } from "../lib/keyboard.js"
import { COMMANDS } from "./commands.js"
import { element } from "./drawers.js"
import { isOn, SETTINGS, set } from "./pointing.js"

/**
 * All slides as small pictures; a click or Enter goes there, arrows move.
 * @param {SlideChooser} lecture
 */
export function openOverview(lecture) {
  const dialog = make(lecture, "overview", "Overview")
  const grid = element("div", "thumbs")
  const thumbs = lecture.deck.slides.map((slide, index) => {
    const button = element("button", `thumb${slide.is_aside ? " thumb--aside" : ""}`)
    button.type = "button"
    button.setAttribute("aria-label", `${slide.number}: ${slide.title}`)
    const picture = element("div", "stage")
    picture.dataset.theme = lecture.theme.name
    picture.dataset.deck = lecture.options.scope
    picture.inert = true
    const caption = element("span", "thumb-title", slide.title || "Untitled")
    caption.prepend(element("span", "number", slide.number))
    button.append(picture, caption)
    if (index === lecture.index) button.setAttribute("aria-current", "page")
    button.onclick = () => {
      dialog.close()
      lecture.go(index, 0, true)
    }
    grid.append(button)
    return button
  })
  // Pictures are drawn as they come into view: forty slides full of formulas take a while.
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue
        seen.unobserve(entry.target)
        const at = thumbs.indexOf(/** @type {HTMLButtonElement} */ (entry.target))
        entry.target.firstElementChild?.append(lecture.slides.preview(at))
      }
    },
    { root: dialog, rootMargin: "200px" },
  )
  for (const button of thumbs) seen.observe(button)
  grid.addEventListener("keydown", (event) => moveFocus(event, thumbs, grid))
  dialog.addEventListener("close", () => seen.disconnect())
  dialog.append(grid)
  dialog.showModal()
  thumbs[lecture.index].focus()
  thumbs[lecture.index].scrollIntoView({ block: "center" })
}

/** @param {KeyboardEvent} event @param {HTMLElement[]} thumbs @param {HTMLElement} grid */
function moveFocus(event, thumbs, grid) {
  const columns = getComputedStyle(grid).gridTemplateColumns.split(" ").length
  /** @type {Record<string, number>} */
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }
  const by = steps[event.key]
  if (keyOf(event) === "o") grid.closest("dialog")?.close()
  if (!by) return
  event.preventDefault()
  const place = thumbs.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + by
  thumbs[Math.max(0, Math.min(thumbs.length - 1, place))].focus()
}

/**
 * The keys; `isThere` names those that this window knows.
 * @param {Pick<LectureView, "root">} lecture
 * @param {(command: Command) => boolean} [isThere]
 * @param {boolean} [mouse] whether the mouse may flip in this window
 */
export function openHelp(lecture, isThere = () => true, mouse = false) {
  const dialog = make(lecture, "help", "Keys")
  const table = element("dl", "keys")
  for (const { action, shown, words } of COMMANDS.filter(isThere)) {
    if (!shown) continue // only in the tool bar: a slip on a key would leave the lecture
    const term = element("dt")
    term.dataset.command = action
    for (const key of shown.split(" ")) term.append(element("kbd", "", key))
    table.append(term, element("dd", "", words))
  }
  dialog.append(table, ...(mouse ? [ofMouse()] : []))
  dialog.showModal()
}

/** What the mouse does, to be switched on and off. */
function ofMouse() {
  const box = element("fieldset", "mouse")
  box.append(element("legend", "", "Mouse"))
  for (const [name, words] of SETTINGS) {
    const label = element("label")
    const tick = document.createElement("input")
    Object.assign(tick, { type: "checkbox", checked: isOn(name) })
    tick.addEventListener("change", () => set(name, tick.checked))
    label.append(tick, ` ${words}`)
    box.append(label)
  }
  return box
}

/**
 * A window above the lecture with a title and a button that closes it; it is gone once closed.
 * @param {Pick<LectureView, "root">} lecture
 * @param {string} name
 * @param {string} title
 */
export function make(lecture, name, title) {
  const dialog = element("dialog", `panel panel--${name}`)
  const header = element("header")
  const close = element("button")
  Object.assign(close, { type: "button", innerHTML: icon("close"), onclick: () => dialog.close() })
  close.setAttribute("aria-label", "close")
  header.append(element("h2", "", title), close)
  dialog.append(header)
  dialog.setAttribute("aria-label", title)
  dialog.addEventListener("close", () => dialog.remove())
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close()
  })
  lecture.root.append(dialog)
  return dialog
}
