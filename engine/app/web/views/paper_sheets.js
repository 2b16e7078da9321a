/** Sheets of paper, laid out from slides that are drawn: one slide a sheet, or one step of it; a
    slide above its notes; three slides beside lines to write on. */

/** @import { Slide } from "../lib/types.js" */

import { showSteps } from "../lecture/slides.js"
import { el } from "../lib/dom.js"

/** @typedef {{slide: Slide, section: HTMLElement, stage: HTMLElement}} Pictured a drawn slide */
/** @typedef {{slides: {id: string, step: number}[], notes: string}} About what a sheet holds */
/** @typedef {About & {element: HTMLElement}} Sheet */

/** The page of each kind of sheet. @type {Record<string, string>} */
export const PAGES = {
  slides: "size: 1280px 720px; margin: 0",
  notes: "size: 210mm 297mm; margin: 0",
  handout: "size: 210mm 297mm; margin: 0",
}
const PER_HANDOUT = 3
const LINES = 7

/**
 * @param {Pictured[]} pictured
 * @param {{kind: string, steps: boolean}} asked
 * @returns {Sheet[]}
 */
export function layOut(pictured, { kind, steps }) {
  if (kind === "handout") return handout(pictured)
  const shown = steps ? pictured.flatMap(stepsOf) : pictured.map(whole)
  return kind === "notes" ? shown.flatMap(withNotes) : shown.map(bare)
}

/**
 * A copy of what is drawn, which nothing changes any more.
 * @param {HTMLElement} stage
 */
export function stillOf(stage) {
  const copy = /** @type {HTMLElement} */ (stage.cloneNode(true))
  const from = stage.querySelectorAll("canvas")
  copy.querySelectorAll("canvas").forEach((canvas, at) => {
    if (from[at].width && from[at].height) canvas.getContext("2d")?.drawImage(from[at], 0, 0)
  })
  return copy
}

/** @typedef {Pictured & {step: number}} Shown a slide at a step */

/** @param {Pictured} one @returns {Shown} */
const whole = (one) => ({ ...one, step: one.slide.steps })

/**
 * A slide as often as “next” shows more of it; the last one is the slide itself, with its anchor.
 * @param {Pictured} one
 * @returns {Shown[]}
 */
function stepsOf(one) {
  const { slide, section, stage } = one
  const earlier = Array.from({ length: slide.steps }, (_, step) => {
    const copy = stillOf(stage)
    const inner = /** @type {HTMLElement} */ (copy.firstElementChild)
    for (const part of [inner, ...copy.querySelectorAll("[id]:not(svg [id])")])
      part.removeAttribute("id")
    showSteps(inner, step)
    return { slide, section: inner, stage: copy, step }
  })
  showSteps(section, slide.steps)
  return [...earlier, whole(one)]
}

/** @param {Shown} one @returns {Sheet} */
function bare({ slide, stage, step }) {
  const element = el("div", { class: "sheet sheet--slide" }, stage)
  return { slides: [{ id: slide.id, step }], notes: "", element }
}

/**
 * A slide above its notes, and as many more sheets as the notes take.
 * @param {Shown} one
 * @returns {Sheet[]}
 */
function withNotes({ slide, stage, step }) {
  const notes = slide.notes.split(/\n\s*\n/).filter(Boolean)
  /** @param {...Node} above */
  const sheet = (...above) => el("div", { class: "sheet sheet--notes" }, ...above)
  const begun = [sheet(el("div", { class: "sheet-slide" }, stage))]
  let words = begun[0].appendChild(el("div", { class: "sheet-notes" }))
  document.body.append(begun[0])
  const left = notes.map((text) => el("p", {}, text))
  /** @type {string[][]} */
  const said = [[]]
  for (const part of left) {
    words.append(part)
    if (words.scrollHeight > words.clientHeight + 1 && words.children.length > 1) {
      begun.push(sheet(el("p", { class: "sheet-again" }, `${slide.title}, continued`)))
      words = begun[begun.length - 1].appendChild(el("div", { class: "sheet-notes" }))
      document.body.append(begun[begun.length - 1])
      words.append(part)
      said.push([])
    }
    said[said.length - 1].push(part.textContent ?? "")
  }
  for (const one of begun) one.remove()
  return begun.map((element, at) => ({
    slides: at ? [] : [{ id: slide.id, step }],
    notes: said[at].join("\n\n"),
    element,
  }))
}

/** @param {Pictured[]} pictured @returns {Sheet[]} */
function handout(pictured) {
  const sheets = []
  for (let at = 0; at < pictured.length; at += PER_HANDOUT) {
    const here = pictured.slice(at, at + PER_HANDOUT)
    const rows = here.map(({ stage }) => {
      const lines = Array.from({ length: LINES }, () => el("hr", { "aria-hidden": "true" }))
      const place = el("div", { class: "sheet-slide" }, stage)
      return el("div", { class: "sheet-row" }, place, el("div", { class: "sheet-lines" }, ...lines))
    })
    const element = el("div", { class: "sheet sheet--handout" }, ...rows)
    sheets.push({
      slides: here.map(({ slide }) => ({ id: slide.id, step: slide.steps })),
      notes: "",
      element,
    })
  }
  return sheets
}

/**
 * Let links lead on from paper: to another sheet where it has one, else to the lecture itself.
 * @param {HTMLElement} place
 * @param {string} home the page of this lecture
 * @param {Set<string>} ids of the slides that have a sheet
 */
export function leadOn(place, home, ids) {
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const links = place.querySelectorAll("a[href]")
  for (const link of links) {
    const href = link.getAttribute("href") ?? ""
    const asked = new URLSearchParams(href.startsWith("?") ? href.slice(1) : "")
    const id = href.startsWith("#") ? decodeURIComponent(href.slice(1)) : asked.get("slide")
    if (link.matches(".term") || href === "#") link.removeAttribute("href")
    else if (id && (ids.has(id) || document.getElementById(id))) link.setAttribute("href", `#${id}`)
    else if (href.startsWith("#")) link.setAttribute("href", `${home}?slide=${id}`)
    else if (!/^[a-z]+:/i.test(href)) link.setAttribute("href", new URL(href, home).href)
  }
}
