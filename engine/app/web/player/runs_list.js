/** The runs of a chart by name: shown or hidden, kept, named, removed, side by side. */

/** @import { Track } from "../lib/types.js" */
/** @import { Player } from "./player.js" */

import { labelOf } from "../charts/earlier.js"
import { el } from "../lib/dom.js"
import { describe } from "../lib/format.js"
import { dialog } from "./menu.js"

/** A row of names under the chart, one for each earlier run; a click hides or shows its line. */
export class RunsList {
  #said = "" // what the row shows

  /** @param {Player} player */
  constructor(player) {
    this.player = player
    this.element = el("div", {
      class: "live-runs",
      role: "group",
      "aria-label": "earlier runs",
      hidden: true,
    })
  }

  /** Bring the row up to date. */
  refresh() {
    const { picture, tracks, view } = this.player
    const { ghosts } = picture
    const names = ghosts.map((ghost) => this.#name(ghost))
    const said = JSON.stringify([names, ghosts.map(([first]) => first.isHidden), view?.isSplit])
    if (said === this.#said) return
    this.#said = said
    this.element.hidden = ghosts.length === 0 || tracks.length === 0
    const more = button("Compare …", () => openRuns(this.player), { class: "live-chip is-more" })
    this.element.replaceChildren(...ghosts.map((ghost, k) => this.#chip(ghost, names[k])), more)
  }

  /** @param {Track[]} ghost */
  #name(ghost) {
    const { picture, tracks, fields } = this.player
    return labelOf(ghost, [tracks, ...picture.ghosts], fields) || "earlier run"
  }

  /** @param {Track[]} ghost @param {string} name */
  #chip(ghost, name) {
    const act = () => {
      ghost[0].isHidden = !ghost[0].isHidden
      this.player.earlier.changed()
    }
    const title = `Show or hide: ${name}`
    return button(name, act, { class: "live-chip", "aria-pressed": !ghost[0].isHidden, title })
  }
}

/**
 * The window in which runs are named, kept and removed.
 * @param {Player} player
 */
export function openRuns(player) {
  const list = el("ul", { class: "live-runs-list" })
  const split = el("input", { type: "checkbox", role: "switch" })
  split.checked = player.view.isSplit
  split.addEventListener("change", () => player.earlier.split(split.checked))
  const beside = el("label", { class: "live-control live-control--toggle" }, split)
  beside.append(" the newest of them beside the run that is shown")
  const fill = () => list.replaceChildren(...player.picture.ghosts.map((ghost) => row(ghost)))
  /** @param {Track[]} ghost */
  const row = (ghost) => item(player, ghost, fill)
  fill()
  dialog(player.element, "Earlier runs on this chart", beside, list)
}

/** @param {Player} player @param {Track[]} ghost @param {() => void} removed */
function item(player, ghost, removed) {
  const { fields, picture, tracks, block } = player
  const [first] = ghost
  const names = [...new Set([...block.data.controls, "seed"])]
  const words = describe(first.params, fields, names)
  const name = el("input", { type: "text", maxlength: 40, "aria-label": `name of: ${words}` })
  name.placeholder = labelOf(ghost, [tracks, ...picture.ghosts], fields) || words
  name.value = first.name ?? ""
  name.addEventListener("change", () => {
    first.name = name.value.trim()
    player.earlier.changed()
  })
  const shown = check("shown", !first.isHidden, (is) => (first.isHidden = !is))
  const kept = check("keep", first.isPinned === true, (is) => (first.isPinned = is))
  const remove = button("Remove", () => {
    picture.ghosts = picture.ghosts.filter((each) => each !== ghost)
    player.earlier.changed()
    removed()
  })
  return el("li", {}, name, el("span", { class: "live-note" }, words), shown, kept, remove)

  /** @param {string} label @param {boolean} is @param {(is: boolean) => void} turn */
  function check(label, is, turn) {
    const input = el("input", { type: "checkbox" })
    input.checked = is
    input.addEventListener("change", () => {
      turn(input.checked)
      player.earlier.changed()
    })
    return el("label", {}, input, ` ${label}`)
  }
}

/** @param {string} text @param {() => void} act @param {Record<string, unknown>} [look] */
function button(text, act, look = { class: "live-button live-button--quiet" }) {
  const shown = Object.fromEntries(Object.entries(look).map(([key, each]) => [key, String(each)]))
  return el("button", { type: "button", ...shown, onclick: act }, text)
}
