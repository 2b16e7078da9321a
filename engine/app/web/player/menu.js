/** The quiet "more" menu of a panel, and the dialogs that it opens. */

import { el, stageOf } from "../lib/dom.js"

/** @type {Record<string, number>} */
const STEPS = { ArrowDown: 1, ArrowUp: -1 }
const DOTS = `<svg viewBox="0 0 20 20" aria-hidden="true" fill="currentColor">
  <circle cx="4" cy="10" r="1.6"/><circle cx="10" cy="10" r="1.6"/>
  <circle cx="16" cy="10" r="1.6"/></svg>`

/** @typedef {{label: string, act: () => void, isOn?: () => boolean}} MenuItem `isOn`: can be
 *   chosen now */

/**
 * A button that opens a short list of actions.
 * @param {MenuItem[]} items
 * @returns {HTMLElement}
 */
export function menu(items) {
  const button = opener()
  const list = el("div", { class: "live-menu-list", hidden: true, "data-keys": "own" })
  const box = el("div", { class: "live-menu" }, button, list)
  const buttons = items.map((item) =>
    el("button", { type: "button", onclick: () => choose(item) }, item.label),
  )
  list.append(...buttons)

  /** @param {Event} event */
  const outside = (event) => {
    if (!box.contains(/** @type {Node} */ (event.target))) close()
  }
  function open() {
    for (const [k, item] of items.entries()) buttons[k].disabled = !(item.isOn?.() ?? true)
    list.hidden = false
    button.setAttribute("aria-expanded", "true")
    document.addEventListener("pointerdown", outside)
    buttons.find((each) => !each.disabled)?.focus()
  }
  function close() {
    list.hidden = true
    button.setAttribute("aria-expanded", "false")
    document.removeEventListener("pointerdown", outside)
  }
  /** @param {MenuItem} item */
  function choose(item) {
    close()
    button.focus()
    item.act()
  }
  button.addEventListener("click", () => (list.hidden ? open() : close()))
  list.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close()
      button.focus()
    } else if (!moveIn(buttons, event.key)) return
    event.preventDefault()
    event.stopPropagation()
  })
  list.addEventListener("leave-list", close) // a key of the lecture was pressed (hold.js)
  box.addEventListener("focusout", (event) => {
    const next = /** @type {Node | null} */ (event.relatedTarget)
    if (!list.hidden && next && !box.contains(next)) close()
  })
  return box
}

function opener() {
  const name = "More about this run"
  const look = { type: "button", class: "live-icon", "aria-label": name, title: name }
  const button = el("button", { ...look, "aria-expanded": "false" })
  button.innerHTML = DOTS
  return button
}

/**
 * Move the focus to the next usable button, or to the one before.
 * @param {HTMLButtonElement[]} buttons
 * @param {string} key
 * @returns {boolean} whether the key is one that moves
 */
function moveIn(buttons, key) {
  const step = STEPS[key]
  if (!step) return false
  const usable = buttons.filter((each) => !each.disabled)
  const at = usable.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement))
  usable[(at + step + usable.length) % usable.length]?.focus()
  return true
}

/**
 * Open a dialog over the stage; it removes itself when it closes.
 * @param {Element} near an element on the stage
 * @param {string} title
 * @param {...Node} content
 * @returns {HTMLDialogElement}
 */
export function dialog(near, title, ...content) {
  const close = el("button", { type: "button", class: "live-button live-button--quiet" }, "Close")
  const name = el("strong", {}, title)
  const head = el("div", { class: "live-dialog-head" }, name, close)
  const box = el("dialog", { class: "live-dialog", "aria-label": title }, head, ...content)
  close.addEventListener("click", () => box.close())
  box.addEventListener("click", (event) => event.target === box && box.close())
  box.addEventListener("close", () => box.remove())
  stageOf(near).append(box)
  box.showModal()
  return box
}

/**
 * Copy a link; where the browser forbids that, show it for the reader to copy.
 * @param {Element} near
 * @param {string} link
 * @param {(text: string) => void} announce
 */
export function copyLink(near, link, announce) {
  const done = "Link copied. It opens this slide with these values and runs it."
  return copyText(near, link, "Link to this run", done, announce)
}

/**
 * Copy a text; where the browser forbids that, show it for the reader to copy.
 * @param {Element} near
 * @param {string} text
 * @param {string} title of what is copied
 * @param {string} done what is said then
 * @param {(text: string) => void} announce
 */
export async function copyText(near, text, title, done, announce) {
  try {
    await navigator.clipboard.writeText(text)
    return announce(done)
  } catch {
    const name = title[0].toLowerCase() + title.slice(1)
    const input = el("input", { type: "text", readonly: true, value: text, "aria-label": name })
    dialog(near, title, input)
    input.select()
  }
}
