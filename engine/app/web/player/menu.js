/** The quiet "more" menu of a panel, and the dialogs that it opens. */

import { el, stageOf } from "../lib/dom.js"

/**
 * A button that opens a short list of actions.
 * @param {{label: string, act: () => void, isOn?: () => boolean}[]} items `isOn`: can be chosen now
 * @returns {HTMLElement}
 */
export function menu(items) {
  const name = "More about this run"
  const button = el("button", {
    type: "button",
    class: "live-icon",
    "aria-label": name,
    title: name,
    "aria-expanded": "false",
  })
  button.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true" fill="currentColor"><circle cx="4" cy="10" r="1.6"/>
    <circle cx="10" cy="10" r="1.6"/><circle cx="16" cy="10" r="1.6"/></svg>`
  const list = el("div", { class: "live-menu-list", hidden: true, "data-keys": "own" })
  const box = el("div", { class: "live-menu" }, button, list)
  const buttons = items.map((item) =>
    el("button", { type: "button", onclick: () => choose(item) }, item.label),
  )
  list.append(...buttons)

  const outside = (event) => box.contains(event.target) || close()
  function open() {
    items.forEach((item, k) => (buttons[k].disabled = !(item.isOn?.() ?? true)))
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
  function choose(item) {
    close()
    button.focus()
    item.act()
  }
  button.addEventListener("click", () => (list.hidden ? open() : close()))
  list.addEventListener("keydown", (event) => {
    const usable = buttons.filter((each) => !each.disabled)
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.key === "Escape") {
      close()
      button.focus()
    } else if (step) {
      usable[
        (usable.indexOf(document.activeElement) + step + usable.length) % usable.length
      ]?.focus()
    } else return
    event.preventDefault()
    event.stopPropagation()
  })
  list.addEventListener("leave-list", close) // a key of the lecture was pressed (hold.js)
  box.addEventListener("focusout", (event) => {
    if (!list.hidden && event.relatedTarget && !box.contains(event.relatedTarget)) close()
  })
  return box
}

/**
 * Open a dialog over the stage; it removes itself when it closes.
 * @param {Element} near an element on the stage
 * @param {string} title
 * @param {...Node} content
 */
export function dialog(near, title, ...content) {
  const close = el("button", { type: "button", class: "live-button live-button--quiet" }, "Close")
  const head = el("div", { class: "live-dialog-head" }, el("strong", {}, title), close)
  const box = el("dialog", { class: "live-dialog", "aria-label": title }, head, ...content)
  close.addEventListener("click", () => box.close())
  box.addEventListener("click", (event) => event.target === box && box.close())
  box.addEventListener("close", () => box.remove())
  stageOf(near).append(box)
  box.showModal()
  return box
}

/** Show the source of a simulation, as the server highlights it. */
export async function showCode(near, base, sim) {
  const code = el("pre", { class: "code-view", tabindex: "0" }, "Loading …")
  const box = dialog(near, `sims/${sim}`, code)
  try {
    const answer = await fetch(`${base}/api/source/${encodeURIComponent(sim)}`)
    const source = await answer.json()
    if (!answer.ok) throw new Error(source.message)
    code.innerHTML = source.html // made by the server from our own files
    box.querySelector("strong").textContent = source.file
    if (source.beside?.length)
      code.after(el("p", { class: "live-note" }, `Beside it: ${source.beside.join(", ")}`))
  } catch (error) {
    code.textContent = `The source did not load: ${error.message}`
  }
}

/** Copy a link; where the browser forbids that, show it for the reader to copy. */
export async function copyLink(near, link, announce) {
  try {
    await navigator.clipboard.writeText(link)
    return announce("Link copied. It opens this slide with these values and runs it.")
  } catch {
    const input = el("input", {
      type: "text",
      readonly: true,
      value: link,
      "aria-label": "link to this run",
    })
    dialog(near, "Link to this run", input)
    input.select()
  }
}
