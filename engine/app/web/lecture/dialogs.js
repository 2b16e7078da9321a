/** Overview of all slides, search over all lectures, and the list of keys. */

/** @import { LectureView, SearchHit, SlideChooser } from "../lib/types.js" */
/** @import { Command } from "./commands.js" */

import { icon } from "../lib/icons.js"
import { keyOf } from "../lib/keyboard.js"
import { COMMANDS } from "./commands.js"
import { element } from "./drawers.js"

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
      lecture.go(index)
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
 * Search titles, texts, notes, formulas and bibliography of all lectures.
 * @param {LectureView} lecture
 */
export function openSearch(lecture) {
  const dialog = make(lecture, "search", "Search")
  const input = element("input")
  Object.assign(input, {
    type: "search",
    placeholder: "Search slides, notes, formulas, works",
    autocomplete: "off",
  })
  input.setAttribute("aria-label", "search all lectures")
  const list = element("ol", "hits")
  const state = element("p", "quiet")
  state.role = "status"
  dialog.append(input, state, list)
  let asked = 0
  input.addEventListener("input", async () => {
    const number = ++asked
    const query = input.value.trim()
    const hits = query ? await find(query, lecture) : []
    if (number !== asked) return
    list.replaceChildren(...(hits ?? []).map((hit) => hitItem(hit, lecture, dialog)))
    if (!hits) state.textContent = "The server does not answer."
    else state.textContent = hits.length || !query ? "" : `Nothing contains “${query}”.`
  })
  dialog.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")]
    const place = links.indexOf(/** @type {HTMLAnchorElement} */ (document.activeElement))
    if (event.key === "ArrowDown") (links[place + 1] ?? links[place] ?? input).focus()
    else if (event.key === "ArrowUp") (place > 0 ? links[place - 1] : input).focus()
    else if (event.key === "Enter" && document.activeElement === input) links[0]?.click()
    else return
    event.preventDefault()
  })
  dialog.showModal()
  input.focus()
}

/**
 * @param {string} query
 * @param {LectureView} lecture
 * @returns {Promise<SearchHit[] | null>} null while the server cannot be asked
 */
async function find(query, lecture) {
  try {
    const answer = await fetch(`${lecture.options.base}api/search?q=${encodeURIComponent(query)}`)
    return answer.ok ? await answer.json() : null
  } catch {
    return null
  }
}

/** @param {SearchHit} hit @param {LectureView} lecture @param {HTMLDialogElement} dialog */
function hitItem(hit, lecture, dialog) {
  const item = element("li")
  const link = element("a")
  const [slug, slide] = [hit.slug, hit.slide].map(encodeURIComponent)
  link.href = `${lecture.options.base}${slug}?slide=${slide}`
  link.append(element("b", "", hit.title || "Untitled"), element("span", "hit-where", hit.where))
  link.append(element("span", "hit-text", hit.snippet))
  link.onclick = (event) => {
    if (hit.slug !== lecture.options.slug) return
    event.preventDefault()
    dialog.close()
    lecture.goTo(hit.slide)
  }
  item.append(link)
  return item
}

/**
 * The keys; `isThere` names those that this window knows.
 * @param {Pick<LectureView, "root">} lecture
 * @param {(command: Command) => boolean} [isThere]
 */
export function openHelp(lecture, isThere = () => true) {
  const dialog = make(lecture, "help", "Keys")
  const table = element("dl", "keys")
  for (const { action, shown, words } of COMMANDS.filter(isThere)) {
    const term = element("dt")
    term.dataset.command = action
    for (const key of shown.split(" ")) term.append(element("kbd", "", key))
    table.append(term, element("dd", "", words))
  }
  dialog.append(table)
  dialog.showModal()
}

/** @param {Pick<LectureView, "root">} lecture @param {string} name @param {string} title */
function make(lecture, name, title) {
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
