/** On the list of lectures: a link to where a reader has left one, read from their browser. */

import { el } from "../lib/dom.js"
import { pageAddress, site } from "../lib/source.js"
import { Seen } from "./seen.js"

/**
 * Fill `place`; it stays empty where this browser has not been in the lecture.
 * @param {Element} place
 * @param {string} slug of the lecture
 */
export function offerAgain(place, slug) {
  const { last, name, slides, blocks } = new Seen(slug)
  if (!last) return place.replaceChildren()
  const link = el("a", { class: "open" }, "Continue where you left off")
  link.href = `${pageAddress(site?.base ?? "./", slug)}?slide=${encodeURIComponent(last)}`
  const seen = slides.size > 1 ? `${slides.size} slides seen` : ""
  const runs = blocks.size ? `${blocks.size} experiment${blocks.size > 1 ? "s" : ""} run` : ""
  const told = [name, seen, runs].filter(Boolean)
  place.replaceChildren(link, el("p", { class: "again-at" }, told.join(" · ")))
}
