/** What the drawer at the side of the stage holds. Text goes in as text, never as markup. */

/** @import { LectureView, Work } from "../lib/types.js" */
/** @import { Seen } from "./seen.js" */

import { pageAddress } from "../lib/source.js"
import { isReferences } from "./path.js"
import { mapOf } from "./seen.js"

/**
 * All slides by section; the shown one is marked. Above them a map of what was seen and run.
 * @param {HTMLElement} body
 * @param {LectureView & {seen?: Seen}} lecture
 */
export function fillOutline(body, lecture) {
  const list = element("ol", "outline")
  let section = ""
  lecture.deck.slides.forEach((slide, index) => {
    if (slide.section && slide.section !== section) {
      section = slide.section
      list.append(element("li", "outline-section", section))
    }
    const item = element(
      "li",
      `${index === lecture.index ? "is-here" : ""}${slide.is_aside ? " is-aside" : ""}`,
    )
    const link = element("a", "", slide.title || "Untitled")
    link.href = `?slide=${encodeURIComponent(slide.id)}`
    link.dataset.jump = slide.id
    link.prepend(element("span", "number", slide.number))
    if (index === lecture.index) link.setAttribute("aria-current", "page")
    if (slide.blocks.some((block) => block.kind === "sim" || block.kind === "play")) {
      const dot = element("span", "runs")
      dot.title = "has a live experiment"
      link.append(dot)
    }
    item.append(link)
    list.append(item)
  })
  body.replaceChildren(
    ...(lecture.seen ? mapOf(lecture.deck, lecture.index, lecture.seen) : []),
    list,
  )
}

/**
 * The works cited on the shown slide, and a link to the page of all.
 * @param {HTMLElement} body
 * @param {LectureView} lecture
 */
export function fillReferences(body, lecture) {
  const cited = lecture.deck.references.filter((work) => lecture.slide.citations.includes(work.key))
  const list = element("ol", "works")
  for (const work of cited) list.append(workItem(work, lecture))
  const all = element("a", "all", "All references, with the slides that cite them")
  all.href = pageAddress(lecture.options.base, "references")
  const none = element("p", "quiet", "This slide cites nothing.")
  body.replaceChildren(cited.length ? list : none, all)
}

/**
 * Authors, title, where and when, a link, and the other slides that cite the work.
 * @param {Work} work
 * @param {Pick<LectureView, "deck" | "slide">} lecture
 */
export function workItem(work, lecture) {
  const item = element("li", "work")
  item.dataset.work = work.key
  const title = element(work.url ? "a" : "span", "work-title", work.title)
  if (work.url) outward(title, work.url)
  item.append(title, element("div", "work-who", work.authors))
  item.append(element("div", "work-where", [work.venue, work.year].filter(Boolean).join(", ")))
  const others = lecture.deck.slides.filter(
    (slide) =>
      slide !== lecture.slide && !isReferences(slide) && slide.citations.includes(work.key),
  )
  if (others.length) item.append(slideLinks("also on ", others))
  return item
}

/**
 * Links to the first four of some slides.
 * @param {string} words before them
 * @param {{id: string, title: string}[]} slides
 */
export function slideLinks(words, slides) {
  const list = element("div", "work-also", words)
  slides.slice(0, 4).forEach((slide, place) => {
    const link = element("a", "", slide.title)
    link.href = `?slide=${encodeURIComponent(slide.id)}`
    link.dataset.jump = slide.id
    list.append(place ? ", " : "", link)
  })
  return list
}

/**
 * What the presenter wrote for this slide.
 * @param {HTMLElement} body
 * @param {LectureView} lecture
 */
export function fillNotes(body, lecture) {
  const text = lecture.slide.notes
  const paragraphs = text.split(/\n\s*\n/).map((part) => element("p", "", part))
  body.replaceChildren(...(text ? paragraphs : [element("p", "quiet", "No notes on this slide.")]))
}

/**
 * Each fault of the deck as a card: where, what, and how to fix it.
 * @param {HTMLElement} body
 * @param {LectureView} lecture
 */
export function fillProblems(body, lecture) {
  body.replaceChildren(
    ...lecture.deck.problems.map((problem) => {
      const card = element("article", `fault fault--${problem.severity}`)
      card.append(
        element("code", "", `${problem.file}:${problem.line}`),
        element("p", "", problem.message),
      )
      if (problem.fix) card.append(element("p", "fix", problem.fix))
      return card
    }),
  )
}

/**
 * Let `link` open another site, in a tab of its own.
 * @param {HTMLElement} link
 * @param {string} url
 */
export function outward(link, url) {
  Object.assign(link, { href: url, target: "_blank", rel: "noopener noreferrer" })
}

/**
 * An element with a class and a text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} name
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(name, className = "", text = "") {
  const made = document.createElement(name)
  if (className) made.className = className
  if (text) made.textContent = text
  return made
}
