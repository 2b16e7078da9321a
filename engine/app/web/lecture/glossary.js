/** The glossary: terms of the field, each with its meaning, its source and slides that use it. */

/** @import { LectureView, Term } from "../lib/types.js" */

import { element, outward, slideLinks } from "./drawers.js"

/**
 * Fill the drawer: a box to search in, and the terms that hold what is sought.
 * @param {HTMLElement} body
 * @param {Pick<LectureView, "deck" | "slide">} lecture
 */
export function fillGlossary(body, lecture) {
  const { glossary } = lecture.deck
  if (!glossary.length)
    return body.replaceChildren(element("p", "quiet", "This lecture has no glossary."))
  /** @type {HTMLInputElement} */
  const input = body.querySelector("input.term-search") ?? element("input", "term-search")
  Object.assign(input, { type: "search", placeholder: "Search terms", autocomplete: "off" })
  input.setAttribute("aria-label", "search the glossary")
  const list = element("dl", "terms")
  const none = element("p", "quiet")
  none.setAttribute("role", "status")
  const fill = () => {
    const found = sought(glossary, input.value)
    list.replaceChildren(...found.flatMap((term) => [termName(term), termMeaning(term, lecture)]))
    none.textContent = found.length ? "" : `No term contains “${input.value.trim()}”.`
  }
  input.oninput = fill
  fill()
  const wasIn = document.activeElement === input
  body.replaceChildren(input, none, list)
  if (wasIn) input.focus()
}

/**
 * The terms that hold every word of a query, those that begin with it first.
 * @param {Term[]} glossary
 * @param {string} query
 */
export function sought(glossary, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  /** @param {Term} term */
  const named = (term) => [term.term, ...term.also].join(" ").toLowerCase()
  /** @param {Term} term */
  const whole = (term) => `${named(term)} ${plain(term.html)}`
  const found = glossary.filter((term) => words.every((word) => whole(term).includes(word)))
  /** @param {Term} term */
  const rank = (term) =>
    !words.length || named(term).startsWith(words[0]) ? 0 : named(term).includes(words[0]) ? 1 : 2
  return found.sort((a, b) => rank(a) - rank(b))
}

/** @param {string} html */
function plain(html) {
  const template = document.createElement("template")
  template.innerHTML = html
  return (template.content.textContent ?? "").toLowerCase()
}

/**
 * The name of a term, with its other names.
 * @param {Term} term
 */
export function termName(term) {
  const name = element("dt", "term-name", term.term)
  const others = term.also.filter((other) => !isPlural(other, term.term))
  if (others.length) name.append(" ", element("span", "term-also", others.join(", ")))
  return name
}

/** @param {string} other @param {string} name */
function isPlural(other, name) {
  return other.toLowerCase().replace(/(ies|s)$/, "") === name.toLowerCase().replace(/y$/, "")
}

/**
 * What a term means, the work it rests on, and up to four other slides that speak of it.
 * @param {Term} term
 * @param {Pick<LectureView, "deck" | "slide">} lecture
 */
export function termMeaning(term, lecture) {
  const meaning = element("dd", "term-meaning")
  meaning.append(termText(term))
  const slides = lecture.deck.slides.filter(
    (slide) => slide !== lecture.slide && slide.terms.includes(term.id),
  )
  if (slides.length) meaning.append(slideLinks("on ", slides))
  return meaning
}

/**
 * The definition and its source.
 * @param {Term} term
 */
export function termText(term) {
  const text = element("div")
  text.innerHTML = term.html // made and sanitised by the deck engine
  if (!term.work) return text
  const { title, authors, year, url } = term.work
  const from = element("div", "work-where")
  const link = element(url ? "a" : "span", "", title)
  if (url) outward(link, url)
  from.append(link, ` (${[surname(authors), year].filter(Boolean).join(", ")})`)
  text.append(from)
  return text
}

/** @param {string} authors */
function surname(authors) {
  const names = authors
    .split(/,| and /)
    .map((name) => name.trim())
    .filter(Boolean)
  const first = names[0]?.split(" ").at(-1) ?? ""
  return names.length > 1 ? `${first} et al.` : first
}
