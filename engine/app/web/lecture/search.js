/** Search over all lectures: terms, slides, experiments and works, in groups. */

/** @import { LectureView, SearchAnswer, SearchHit } from "../lib/types.js" */

import { ask, pageAddress, site } from "../lib/source.js"
import { make } from "./dialogs.js"
import { element } from "./drawers.js"

// How many of each kind are shown, in this order: a definition is short, and is wanted first.
/** @type {{ kind: string, title: string, most: number }[]} */
const GROUPS = [
  { kind: "term", title: "Terms", most: 2 },
  { kind: "slide", title: "Slides", most: 10 },
  { kind: "experiment", title: "Experiments", most: 4 },
  { kind: "work", title: "Works", most: 5 },
]

/** @type {Record<string, string>} the parts of a slide, where their name says too little */
const PARTS = { also: "topic", works: "cited work" }

/**
 * Ask while the reader types; arrows move along the hits, Enter opens the best slide.
 * @param {LectureView} lecture
 */
export function openSearch(lecture) {
  const dialog = make(lecture, "search", "Search")
  const input = element("input")
  Object.assign(input, {
    type: "search",
    placeholder: "Search slides, terms, experiments, works",
    autocomplete: "off",
  })
  input.setAttribute("aria-label", "search all lectures")
  const list = element("div", "hits")
  const state = element("p", "quiet")
  state.role = "status"
  dialog.append(input, state, list)
  let asked = 0
  input.addEventListener("input", async () => {
    const number = ++asked
    const query = input.value.trim()
    const answer = query ? await find(query, lecture) : { hits: [], read_as: "", unknown: [] }
    if (number !== asked) return
    list.replaceChildren(...groups(answer?.hits ?? [], lecture, dialog))
    state.textContent = stateOf(query, answer)
  })
  dialog.addEventListener("keydown", (event) => moveAlong(event, dialog, input))
  dialog.showModal()
  input.focus()
}

/** @param {string} query @param {SearchAnswer | null} answer */
function stateOf(query, answer) {
  if (!answer) return "The server does not answer."
  if (!query) return ""
  if (!answer.hits.length) return `Nothing contains “${query}”.`
  const read = answer.read_as ? `Read as “${answer.read_as}”.` : ""
  const left = answer.unknown.map((word) => `“${word}”`).join(", ")
  return [read, left && `Nothing contains ${left}.`].filter(Boolean).join(" ")
}

/** @param {KeyboardEvent} event @param {HTMLElement} dialog @param {HTMLInputElement} input */
function moveAlong(event, dialog, input) {
  const links = [...dialog.querySelectorAll("a")]
  const place = links.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement))
  const best = dialog.querySelector('[data-kind="slide"] a') ?? links[0]
  if (event.key === "ArrowDown") (links[place + 1] ?? links[place] ?? input).focus()
  else if (event.key === "ArrowUp") (place > 0 ? links[place - 1] : input).focus()
  else if (event.key === "Enter" && document.activeElement === input)
    /** @type {HTMLAnchorElement | undefined} */ (best)?.click()
  else return
  event.preventDefault()
}

/**
 * @param {string} query
 * @param {LectureView} lecture
 * @returns {Promise<SearchAnswer | null>} null while the server cannot be asked
 */
async function find(query, lecture) {
  try {
    if (site?.search) return await site.search(query)
    const answer = await ask(`${lecture.options.base}api/search?q=${encodeURIComponent(query)}`)
    return answer.ok ? await answer.json() : null
  } catch {
    return null
  }
}

/** @param {SearchHit[]} hits @param {LectureView} lecture @param {HTMLDialogElement} dialog */
function groups(hits, lecture, dialog) {
  return GROUPS.flatMap(({ kind, title, most }) => {
    const items = hits.filter((hit) => hit.kind === kind).slice(0, most)
    if (!items.length) return []
    const group = element("section", "hit-group")
    group.dataset.kind = kind
    const list = element("ol")
    list.append(...items.map((hit) => hitItem(hit, lecture, dialog)))
    group.append(element("h3", "", title), list)
    return [group]
  })
}

/** @param {SearchHit} hit @param {LectureView} lecture @param {HTMLDialogElement} dialog */
function hitItem(hit, lecture, dialog) {
  const item = element("li")
  const link = element(hit.slide ? "a" : "div", "hit") // no slide speaks of it: only to be read
  link.append(element("b", "", hit.title || "Untitled"))
  if (hit.kind === "slide") link.append(element("span", "hit-where", PARTS[hit.where] ?? hit.where))
  const text = element("span", "hit-text")
  text.append(...hit.snippet.map((piece, at) => (at % 2 ? element("mark", "", piece) : piece)))
  link.append(text)
  if (link instanceof HTMLAnchorElement) lead(link, hit, lecture, dialog)
  item.append(link)
  return item
}

/**
 * Within the lecture the window closes and the slide comes; elsewhere it is a link like others.
 * @param {HTMLAnchorElement} link
 * @param {SearchHit} hit
 * @param {LectureView} lecture
 * @param {HTMLDialogElement} dialog
 */
function lead(link, hit, lecture, dialog) {
  const page = pageAddress(lecture.options.base, hit.slug)
  link.href = `${page}?slide=${encodeURIComponent(hit.slide)}`
  link.onclick = (event) => {
    if (hit.slug !== lecture.options.slug) return
    event.preventDefault()
    dialog.close()
    lecture.goTo(hit.slide)
  }
}
