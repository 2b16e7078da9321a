/** The reading view: the whole lecture as one page to scroll, for self-study and screen readers.

    Every step is shown, notes stand under their slide as prose, and live blocks are mounted when
    they come near. What is far away costs nothing: the browser skips drawing it (reading.css). */

import { Blocks } from "../blocks/mounted.js"
import { Cards } from "../lecture/cards.js"
import { Claims } from "../lecture/claims.js"
import { openSearch } from "../lecture/dialogs.js"
import { fit } from "../lecture/fit.js"
import { fillGlossary } from "../lecture/glossary.js"
import { listenKeys } from "../lecture/keys.js"
import { NO_STYLE, Notices } from "../lecture/notices.js"
import { listenQuizzes } from "../lecture/quiz.js"
import { idle } from "../lecture/slides.js"
import { readPlace, writePlace } from "../lib/address.js"
import { el, PAGE } from "../lib/dom.js"
import { loadStyles } from "../lib/fetching.js"
import { icon } from "../lib/icons.js"
import { keep, oneOf, recall } from "../lib/store.js"
import { Theme } from "../lib/theme.js"
import { Pages } from "./pages.js"
import { Paper } from "./print.js"
import {
  blockContext,
  catchUp,
  draws,
  fetchAhead,
  fetchDeck,
  firstDeck,
  openSocket,
} from "./services.js"

const NOTES = "practicum.read-notes"
const SCROLLS = { next: 0.87, down: 0.06, up: -0.06, previous: -0.87 } // of a page; by a key that a control held
/** Mount the reading view (see stage.js). */
export function open(parent, mounted) {
  const reading = new Reading(parent, mounted)
  reading.start()
  return () => reading.leave()
}

class Reading {
  constructor(parent, mounted) {
    this.options = mounted.component.data
    this.leaving = new AbortController()
    this.index = 0
    this.asked = 0 // how often the deck was fetched anew
    this.root = el("div", { class: "practicum reading", tabindex: "-1" })
    this.stage = this.root.appendChild(el("div", { class: "reading-frame" }))
    this.theme = new Theme(this.stage, this.leaving.signal)
    this.blocks = new Blocks(() => blockContext(this))
    this.claims = new Claims(this.options)
    this.notices = new Notices(this.root)
    parent.append(this.root)
  }

  async start() {
    const { signal } = this.leaving
    const sheets = [
      "theme.css",
      "styles/stage.css",
      "styles/live.css",
      "styles/claims.css",
      "styles/reading.css",
      "styles/print.css",
    ]
    const styled = loadStyles(this.options.web, sheets, (are) =>
      this.notices.say("style", are ? NO_STYLE : ""),
    )
    const fresh = await firstDeck(this.options, signal, this.notices)
    await styled
    if (!fresh || signal.aborted) return
    this.#build(fresh)
    this.cards = new Cards(this, signal)
    this.claims.load(signal).then(() => this.#mark())
    this.theme.listen((name) => this.pages.paint(name))
    const home = () => this.root.focus({ preventScroll: true })
    listenKeys((action, _number, isReleased) => this.act(action, isReleased), signal, { home })
    listenQuizzes(
      this.stage,
      {
        reveal: (why) => why.classList.remove("is-later"),
        announce: (text) => this.announce(text),
      },
      signal,
    )
    this.root.addEventListener("click", (event) => this.#jump(event), { signal })
    this.root.addEventListener("scroll", () => this.cards.hide(), { signal, passive: true })
    this.#connect()
    this.paper = new Paper(this)
    if (draws(this.deck)) idle(() => fetchAhead(this.options.web)) // who prints at once waits for nothing
  }

  leave() {
    this.leaving.abort()
    this.#rest()
    this.socket?.close()
    this.root.remove()
  }

  get slide() {
    return this.deck.slides[this.index]
  }

  announce(text) {
    this.live.textContent = text
  }

  /** Do what a key or a button asks for. @returns {boolean | void} false leaves the key to the browser */
  act(action, isReleased = false) {
    if (isReleased && action in SCROLLS)
      this.root.scrollBy({ top: SCROLLS[action] * this.root.clientHeight })
    else if (action === "read") location.assign(this.address({ slide: this.slide.id }))
    else if (action === "theme") this.theme.toggle()
    else if (action === "notes") this.#showNotes(this.root.dataset.notes !== "on")
    else if (action === "search") openSearch(this)
    else if (action === "glossary") this.glossary.scrollIntoView()
    else if (action === "outline") this.contents.open = !this.contents.open
    else return false
  }

  /** Bring a slide to the top, by its id or an alias. @returns {boolean} whether there is one */
  goTo(id) {
    const index = this.deck.slides.findIndex(
      (slide) => slide.id === id || slide.aliases.includes(id),
    )
    if (index < 0) return false
    const { element } = this.pages.fill(index)
    element.scrollIntoView({ block: "start" })
    this.#moved(index)
    // What is drawn for the first time may be of another height than it was held to be.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => element.scrollIntoView({ block: "start" })),
    )
    return true
  }

  #build({ hash, deck }) {
    this.#rest()
    this.resting = new AbortController()
    this.hash = hash
    this.deck = deck
    this.pages = new Pages(
      this,
      deck,
      {
        near: (index) => this.#wake(index),
        far: (index) =>
          this.blocks.hide((element) => this.pages.list[index].section.contains(element)),
        here: (index) => this.#moved(index),
      },
      this.resting.signal,
    )
    this.live = el("div", { class: "sr-only", "aria-live": "polite" })
    this.glossary = el("section", { class: "page-glossary", "aria-label": "Glossary" })
    const words = el("div")
    fillGlossary(words, this)
    this.glossary.append(el("h2", {}, "Glossary"), words)
    // Streamlit's page has the landmark `main` around all this.
    const regional = {
      class: "reading-main",
      role: "region",
      "aria-label": "Lecture",
      tabindex: "-1",
    }
    this.main = el(
      "div",
      regional,
      ...this.pages.elements,
      deck.glossary.length ? this.glossary : null,
    )
    this.contents = this.#contents()
    this.stage.replaceChildren(this.#header(), this.contents, this.main, this.live)
    const sheet = el("style")
    sheet.textContent = deck.css ?? ""
    this.stage.append(sheet)
    this.#showNotes(recall(NOTES, oneOf("on", "off")) !== "off")
    document.title = `${deck.title} · Practicum`
    const asked = decodeURIComponent(location.hash.slice(1)) || readPlace().slide
    if (!asked || !this.goTo(asked)) this.pages.fill(0)
    this.root.focus({ preventScroll: true }) // so that the arrow keys scroll
    this.pages.watch()
    this.pages.fillAll()
    this.#mark()
  }

  /** The claims of each slide, under its picture. */
  #mark() {
    this.pages.list.forEach((page, index) =>
      this.claims.mark(page.element, this.deck.slides[index]),
    )
  }

  /** Every slide, put into its page if need be, for paper. */
  sections() {
    return this.deck.slides.map((slide, index) => ({
      slide,
      section: this.pages.fill(index).section,
    }))
  }

  #wake(index) {
    const page = this.pages.list[index]
    if (page.section && !matchMedia(PAGE).matches) fit(page.section)
    if (this.socket && page.isNear)
      this.blocks.show(page.section, this.deck.slides[index], () => page.isNear)
  }

  #rest() {
    this.resting?.abort()
    this.blocks.destroy()
    this.blocks = new Blocks(() => blockContext(this))
  }

  #moved(index) {
    this.index = index
    writePlace(this.slide.id, 0)
    const links = [...this.contents.querySelectorAll("a")]
    const here = links.findLast((link) => Number(link.dataset.index) <= index)
    for (const link of links) {
      if (link === here) link.setAttribute("aria-current", "true")
      else link.removeAttribute("aria-current")
    }
  }

  #connect() {
    this.socket = openSocket(this.options, this.leaving.signal, this.notices)
    if (!this.socket) return
    this.pages.list.forEach((_, index) => this.#wake(index))
    this.socket.on("deck", (change) => {
      if (change.slug === this.options.slug) this.reload(change.hash)
    })
    this.socket.on("open", () => catchUp(this))
  }

  /** The deck changed on disk: show the new one at the same place. */
  async reload(hash) {
    this.asked += 1
    const asked = this.asked
    const fresh = await fetchDeck(this.options, hash, this.leaving.signal)
    if (fresh && asked === this.asked) this.#build(fresh)
  }

  #header() {
    const button = (action, words, key) => {
      const made = el("button", {
        type: "button",
        title: `${words} (${key})`,
        "data-act": action,
        onclick: () => this.act(action),
      })
      made.innerHTML = `${icon(action)}<span>${words}</span>`
      return made
    }
    const slides = button("read", "Slides", "V")
    return el(
      "header",
      { class: "reading-head" },
      el("a", { class: "skip", href: "#", "data-skip": "" }, "Skip to the lecture"),
      el("strong", {}, this.deck.title),
      el(
        "div",
        { class: "reading-tools" },
        slides,
        button("notes", "Notes", "N"),
        button("search", "Search", "/"),
        this.deck.glossary.length ? button("glossary", "Glossary", "G") : null,
        button("theme", "Light or dark", "D"),
      ),
    )
  }

  /** The parts of the lecture; a lecture without parts lists its slides. */
  #contents() {
    const first = new Map()
    this.deck.slides.forEach((slide, index) => {
      if (slide.section && !first.has(slide.section)) first.set(slide.section, index)
    })
    const parts =
      first.size > 1 ? [...first] : this.deck.slides.map((slide, index) => [slide.title, index])
    const link = ([title, index]) => {
      const { id } = this.deck.slides[index]
      const href = this.address({ view: "read", slide: id })
      return el("li", {}, el("a", { href, "data-jump": id, "data-index": index }, title))
    }
    const wide = matchMedia("(min-width: 1240px)").matches
    return el(
      "details",
      { class: "reading-contents", open: wide },
      el("summary", {}, "Contents"),
      el("nav", { "aria-label": "Contents" }, el("ol", {}, ...parts.map(link))),
    )
  }

  #showNotes(are) {
    const here = this.pages.list[this.index].element
    const before = here.getBoundingClientRect().top
    this.root.dataset.notes = are ? "on" : "off"
    keep(NOTES, this.root.dataset.notes)
    this.root.querySelector("[data-act='notes']").setAttribute("aria-pressed", String(are))
    this.root.scrollTop += here.getBoundingClientRect().top - before // what one reads stays in place
  }

  #jump(event) {
    const link = event.target.closest("[data-jump], [data-skip]")
    if (!link || event.metaKey || event.ctrlKey) return
    event.preventDefault()
    if ("skip" in link.dataset) this.main.focus()
    else if (this.goTo(link.dataset.jump) && !matchMedia("(min-width: 1240px)").matches)
      this.contents.open = false
  }

  /** This lecture's address with another query; the settings of its experiments stay. */
  address(query) {
    const settings = [...new URLSearchParams(location.search)].filter(([name]) =>
      name.includes("."),
    )
    return `${location.pathname}?${new URLSearchParams([...Object.entries(query), ...settings])}`
  }
}
