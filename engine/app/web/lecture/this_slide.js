/** What a reader can do with the slide itself: edit it, report a problem, copy it, cite it. */

/** @import { Deck, LectureView, Slide, Source } from "../lib/types.js" */

import { el } from "../lib/dom.js"
import { ask, site } from "../lib/source.js"

const LONGEST = 6000 // characters of an address that code hosts still take

/**
 * The drawer of the shown slide.
 * @param {HTMLElement} body
 * @param {Pick<LectureView, "deck" | "slide" | "options"> & {act?(action: string): unknown}} lecture
 */
export function fillSlide(body, lecture) {
  const { deck, slide, options } = lecture
  const { source } = deck
  const place = placeOf(slide, source)
  const list = el("ul", { class: "slide-menu" })
  const status = el("p", { class: "quiet", role: "status" })
  const say = (/** @type {string} */ words) => {
    status.textContent = words
  }
  const row = (/** @type {(Node | string)[]} */ ...parts) => {
    const item = el("li", {})
    item.append(...parts)
    list.append(item)
  }
  if (source?.repository && place) {
    row(link("Edit this slide", editAddress(slide, source)), quiet(place))
    row(link("Report a problem", reportAddress(deck, slide, source, location.href)))
  } else if (place) {
    row("Edit this slide in ", el("code", {}, place))
    if (source) {
      const report = () => reportText(deck, slide, source, location.href)
      const done = "The report is in the clipboard: send it to the lecturer."
      row(button("Copy a report of a problem", () => copy(report(), done, say)))
    }
  }
  if (place && isOwnMachine()) row(button("Edit it here", () => lecture.act?.("edit")))
  if (!site) row(button("Copy as Markdown", () => copyMarkdown(lecture, say)))
  const entry = bibtex(deck, slide, options.slug, location.href)
  const copied = "The BibTeX entry is in the clipboard."
  row(
    button("Copy as BibTeX", () => copy(entry, copied, say)),
    el("pre", { class: "slide-bibtex", tabindex: "0" }, entry),
  )
  body.replaceChildren(list, status)
}

/** Whether the page comes from a server of this machine, which lets its slides be edited. */
const isOwnMachine = () =>
  !site && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname)

/**
 * Where a slide is written, as "lectures/01.md:12"; "" for one that was made (the references).
 * @param {Slide} slide
 * @param {Source} [source]
 */
export function placeOf(slide, source) {
  const isMade = /^references(-\d+|-list)*$/.test(slide.id) && slide.line === 1
  return source?.path && !isMade ? `${source.path}:${slide.line}` : ""
}

/**
 * The page of the code host that edits the slide's file, at its line.
 * @param {Slide} slide
 * @param {Source} source
 */
export function editAddress(slide, source) {
  const path = source.path.split("/").map(encodeURIComponent).join("/")
  const branch = source.branch.split("/").map(encodeURIComponent).join("/")
  return `${hostOf(source)}/edit/${branch}/${path}#L${slide.line}`
}

/**
 * A report of a fault, with what a maintainer asks first.
 * @param {Deck} deck
 * @param {Slide} slide
 * @param {Source} source
 * @param {string} here the address of the slide, with the settings of its experiments
 */
export function reportText(deck, slide, source, here) {
  const settings = new URL(here).search.slice(1).split("&").filter(Boolean)
  return [
    "What is wrong, and what is right? A source and a picture of the slide help.",
    "",
    "",
    `- Slide: ${slide.id} (${slide.number}), ${slide.title}`,
    `- Lecture: ${deck.title}`,
    `- Source: ${placeOf(slide, source)}`,
    `- Settings: ${settings.length ? settings.map(decoded).join(", ") : "as they are at first"}`,
    `- Practicum ${source.version}, ${navigator.userAgent}`,
  ].join("\n")
}

/**
 * A form for a fault at the code host, filled in with the report.
 * @param {Deck} deck
 * @param {Slide} slide
 * @param {Source} source
 * @param {string} here
 */
export function reportAddress(deck, slide, source, here) {
  const title = `Slide “${slide.title || slide.id}”: `
  const report = reportText(deck, slide, source, here)
  const words = encodeURIComponent(report).slice(0, LONGEST).replace(/%.?$/, "")
  const [asTitle, asBody] = isGitLab(source)
    ? ["issue[title]", "issue[description]"]
    : ["title", "body"]
  return `${hostOf(source)}/issues/new?${asTitle}=${encodeURIComponent(title)}&${asBody}=${words}`
}

/**
 * A BibTeX entry of the slide.
 * @param {Deck} deck
 * @param {Slide} slide
 * @param {string} slug
 * @param {string} here
 */
export function bibtex(deck, slide, slug, here) {
  const { author, date } = deck.meta
  const address = new URL(here)
  address.search = `?slide=${encodeURIComponent(slide.id)}`
  address.hash = ""
  const year = /\d{4}/.exec(String(date ?? ""))?.[0]
  const key = `${slug}-${slide.id}`.normalize("NFKD").replace(/[^A-Za-z0-9-]+/g, "")
  const within = [...new Set([deck.title, deck.source?.course])].filter(Boolean).join(", ")
  /** @type {[string, string | undefined][]} */
  const fields = [
    ["title", plain(slide.title || deck.title)],
    ["author", plain(String(author || deck.source?.course || deck.title))],
    ["howpublished", `Slide in: ${plain(within)}`],
    ["year", year],
    ["url", address.href.replace(/[{}\\]/g, encodeURIComponent)],
  ]
  const lines = fields.flatMap(([name, value]) => (value ? [`  ${name} = {${value}}`] : []))
  return `@misc{${key},\n${lines.join(",\n")}\n}`
}

/** A text with the characters that TeX takes for orders written out. @param {string} text */
function plain(text) {
  /** @type {Record<string, string>} */
  const named = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" }
  return text.replace(/[\\{}$&#%_~^]/g, (one) => named[one] ?? `\\${one}`)
}

/** @param {Source} source */
const isGitLab = (source) => new URL(source.repository).hostname.split(".").includes("gitlab")

/**
 * The repository's address, with what its host puts before its own pages.
 * @param {Source} source
 */
const hostOf = (source) =>
  source.repository.replace(/\/+$/, "").replace(/\.git$/, "") + (isGitLab(source) ? "/-" : "")

/** @param {string} text of an address */
function decoded(text) {
  try {
    return decodeURIComponent(text.replace(/\+/g, " "))
  } catch {
    return text // half an escape
  }
}

/**
 * @param {Pick<LectureView, "slide" | "options">} lecture
 * @param {(words: string) => void} say
 */
async function copyMarkdown(lecture, say) {
  const { options, slide } = lecture
  const names = [options.slug, slide.id].map(encodeURIComponent).join("/")
  const answer = await ask(`${options.base}api/slides/${names}`).catch(() => null)
  if (!answer?.ok) return say("The source of this slide is not available now.")
  await copy(await answer.text(), "The Markdown of this slide is in the clipboard.", say)
}

/** @param {string} text @param {string} done @param {(words: string) => void} say */
async function copy(text, done, say) {
  try {
    await navigator.clipboard.writeText(text)
    say(done)
  } catch {
    say("This browser does not let a page write to the clipboard.")
  }
}

/** @param {string} words @param {string} href */
const link = (words, href) => el("a", { href, target: "_blank", rel: "noopener noreferrer" }, words)

/** @param {string} words @param {() => unknown} onclick */
const button = (words, onclick) => el("button", { type: "button", onclick }, words)

/** @param {string} words */
const quiet = (words) => el("code", { class: "quiet" }, words)
