/**
 * "Show the code": the file of the algorithm that ran first, the others of its simulation beside
 * it.
 */

/** @import { Params } from "../lib/types.js" */

import { el, messageOf } from "../lib/dom.js"
import { ask } from "../lib/source.js"
import { dialog } from "./menu.js"

/**
 * The file that holds what ran: the one that a value of the run is named after
 * ("reinforce_baseline": reinforce.py), the longest such name; else the simulation's own.
 * @param {string[]} names of files
 * @param {Params} params
 * @returns {string | undefined}
 */
export function fileThatRan(names, params) {
  const values = Object.values(params)
    .filter((value) => String(value).length > 2)
    .map(String)
  const isOf = (/** @type {string} */ name) =>
    values.some((value) => value.startsWith(name) || name.startsWith(`${value}_`))
  return names
    .filter((name) => isOf(name.replace(/\.py$/, "")))
    .sort((a, b) => b.length - a.length)[0]
}

/**
 * The line on which a file's algorithm begins, from 1: its `run` or `updates`, else its first
 * function; 1 without any.
 * @param {string} text of the file
 */
export function lineOf(text) {
  const lines = text.split("\n")
  const main = lines.findIndex((line) => /^def (run|updates)\(/.test(line))
  return Math.max(0, main < 0 ? lines.findIndex((line) => /^def /.test(line)) : main) + 1
}

/**
 * Show the source of a simulation, as the server highlights it.
 * @param {Element} near
 * @param {string} base
 * @param {string} sim
 * @param {Params} params of the run that is shown
 */
export async function showCode(near, base, sim, params) {
  const code = el("pre", { class: "code-view", tabindex: "0" }, "Loading …")
  const tabs = el("div", { class: "live-switch code-files", role: "group", "aria-label": "files" })
  const box = dialog(near, `sims/${sim}`, tabs, code)
  try {
    const answer = await ask(`${base}/api/source/${encodeURIComponent(sim)}`)
    const source = await answer.json()
    if (!answer.ok) throw new Error(source.message)
    const folder = source.file.replace(/[^/]*$/, "")
    /** @type {Record<string, string>} */
    const files = { [source.file.slice(folder.length)]: source.html, ...source.beside }
    fillTabs({ box, tabs, code, folder, files, params, at: source.at ?? "" })
  } catch (error) {
    code.textContent = `The source did not load: ${messageOf(error)}`
  }
}

/**
 * @param {{box: HTMLElement, tabs: HTMLElement, code: HTMLElement, folder: string,
 *   files: Record<string, string>, params: Params, at: string}} parts `at`: address of the folder
 *   where the course is developed, "" without one
 */
function fillTabs({ box, tabs, code, folder, files, params, at }) {
  const names = Object.keys(files)
  /** @param {string} name */
  const open = (name) => {
    code.innerHTML = files[name] // made by the server from files of simulations
    code.scrollTop = 0
    link.setAttribute("href", `${at}${encodeURIComponent(name)}#L${lineOf(code.textContent ?? "")}`)
    const heading = box.querySelector("strong")
    if (heading) heading.textContent = folder + name
    for (const tab of tabs.querySelectorAll("[aria-pressed]"))
      tab.setAttribute("aria-pressed", String(tab.textContent === name))
  }
  const look = { type: "button", class: "live-choice" }
  const tab = (/** @type {string} */ name) =>
    el("button", { ...look, "aria-pressed": "false", onclick: () => open(name) }, name)
  const link = el(
    "a",
    { class: "live-choice", target: "_blank", rel: "noopener" },
    "In the repository",
  )
  const copy = el("button", look, "Copy")
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent ?? "")
      copy.textContent = "Copied"
    } catch {
      getSelection()?.selectAllChildren(code) // for the reader's own copy
      copy.textContent = "Selected: press Ctrl C"
    }
  })
  tabs.append(...(names.length > 1 ? names.map(tab) : []), copy, ...(at ? [link] : []))
  open(fileThatRan(names, params) ?? names[0])
}
