/** The presenter window: notes in large type, what is on the wall and what comes next, and the time.

    It follows the lecture's window through `link.js` and sends that window its own keys and what is
    pressed on its desk. While that window is closed it goes through the deck by itself. */

import { named } from "../lecture/commands.js"
import { openHelp, openOverview, openSearch } from "../lecture/dialogs.js"
import { listenKeys } from "../lecture/keys.js"
import { NO_STYLE, Notices } from "../lecture/notices.js"
import { family, length, move, numbered } from "../lecture/path.js"
import { Slides } from "../lecture/slides.js"
import { readPlace, writePlace } from "../lib/address.js"
import { el } from "../lib/dom.js"
import { loadStyles } from "../lib/fetching.js"
import { whenGone } from "../lib/presence.js"
import { keep, numberIn, recall } from "../lib/store.js"
import { Theme } from "../lib/theme.js"
import { channelOf, lockOf } from "./link.js"
import { Miniature } from "./miniature.js"
import { fetchDeck, firstDeck } from "./services.js"
import { clock, duration, lag, plan, Timer } from "./timer.js"
import { Desk } from "./wall_controls.js"
import { Panels } from "./wall_panels.js"

const SIZE = "practicum.notes-size"
const ANSWER = 1500 // milliseconds in which a lecture's window answers
const SURE = 4000 // milliseconds in which a second press resets the timer
const HINT =
  "← → flip both windows · 27 Enter jumps · ↓ asides · E run · B black · O overview · T timer · ? all keys"
const BLACK = "The wall is black. The next key shows the slide again."

/** Mount the presenter's view (see stage.js). */
export function open(parent, mounted) {
  const presenter = new Presenter(parent, mounted)
  presenter.start()
  return () => presenter.leave()
}

class Presenter {
  constructor(parent, mounted) {
    this.options = mounted.component.data
    this.leaving = new AbortController()
    this.asked = 0 // how often a deck was fetched anew
    this.root = el("div", { class: "practicum presenter" })
    this.main = this.root.appendChild(el("div", { class: "presenter-main" }))
    this.theme = new Theme(this.main, this.leaving.signal)
    this.pair = new URLSearchParams(location.search).get("pair") ?? "alone"
    this.timer = new Timer(`practicum.timer.${this.options.slug}.${this.pair}`)
    this.slides = new Slides(document.createElement("div"), { base: this.options.base })
    this.notices = new Notices(this.root)
    this.panels = new Panels()
    this.desk = new Desk(this)
    this.place = { isBlack: false, over: "", picked: [] } // what was told of the wall
    parent.append(this.root)
  }

  async start() {
    const { signal } = this.leaving
    const sheets = ["theme.css", "styles/stage.css", "styles/live.css", "styles/presenter.css"]
    const styled = loadStyles(this.options.web, sheets, (are) =>
      this.notices.say("style", are ? NO_STYLE : ""),
    )
    const fresh = await firstDeck(this.options, signal, this.notices)
    await styled
    if (!fresh || signal.aborted) return
    this.#build()
    this.#load(fresh)
    const { slide, step } = readPlace()
    this.go(Math.max(0, this.#find(slide)), step)
    listenKeys((action, number) => this.act(action, number), this.leaving.signal, {
      isNumber: (text) => numbered(this.deck.slides, text) !== undefined,
      typed: (text) => (text ? this.#say(this.where, `Go to ${text}: Enter`) : this.#where()),
    })
    this.#listen()
    this.ticking = setInterval(() => this.#tick(), 250)
  }

  leave() {
    this.leaving.abort()
    clearInterval(this.ticking)
    clearTimeout(this.waiting)
    clearTimeout(this.asking)
    this.now?.destroy()
    this.next?.destroy()
    this.channel?.close()
    this.root.remove()
  }

  get slide() {
    return this.deck.slides[this.index]
  }

  /** Keys and buttons: moves go to the lecture's window, the rest is this window's own. */
  act(action, number) {
    if (named(action)?.presenter === "wall") this.#move(action, number)
    else if (action === "timer") this.timer.toggle()
    else if (action === "start") this.timer.isRunning || this.timer.toggle()
    else if (action === "reset") this.#askReset()
    else if (action === "overview") openOverview(this.#finder())
    else if (action === "search") openSearch(this.#finder())
    else if (action === "help") openHelp(this, (command) => command.presenter)
    else if (action === "larger") this.#resize(1.1)
    else if (action === "smaller") this.#resize(1 / 1.1)
    else if (action === "theme") this.theme.toggle()
    else if (action === "lecture")
      window.open(this.#lectureAddress(), `practicum-lecture-${this.pair}`)
    else if (action === "fullscreen") this.#fullscreen()
    else return false
    this.#tick()
  }

  go(index, step) {
    this.index = index
    this.step = Math.max(0, Math.min(this.slide.steps, step))
    writePlace(this.slide.id, this.step)
    this.#show()
  }

  /** Do something with a block of the wall (views/wall_controls.js). */
  command(block, name, value) {
    this.channel?.postMessage({ type: "command", block, name, value })
  }

  /** What the overview and the search need of a lecture: they choose here, unseen, what both windows show. */
  #finder() {
    const { root, deck, theme, options, index, slides } = this
    const goTo = (id) => {
      const at = this.#find(id)
      if (at < 0) return
      if (this.isLinked) this.channel.postMessage({ type: "go", slide: deck.slides[at].id })
      else this.go(at, 0)
    }
    return { root, deck, theme, options, index, slides, goTo, go: (at) => goTo(deck.slides[at].id) }
  }

  /** A time that runs is lost by one slip of the hand: the first press asks, the second one does it. */
  #askReset() {
    clearTimeout(this.asking)
    if (this.isAsking || !this.timer.seconds) {
      this.timer.reset()
      this.isAsking = false
    } else {
      this.isAsking = true
      this.asking = setTimeout(() => {
        this.isAsking = false
        this.#tick()
      }, SURE)
    }
    this.#tick()
  }

  #move(action, number) {
    if (this.isLinked) return this.channel.postMessage({ type: "act", action, number })
    const to = move(action, this, number)
    if (to) this.go(to.index, to.step)
  }

  #listen() {
    this.channel = channelOf(this.options.slug, this.pair)
    if (!this.channel) return this.#linked(false)
    this.channel.onmessage = ({ data }) => this.#hear(data)
    this.channel.postMessage({ type: "hello" })
    this.waiting = setTimeout(() => this.isLinked || this.#linked(false), ANSWER)
  }

  #hear(data) {
    if (data.type === "place") {
      if (data.wall !== this.wall) this.#meet(data.wall)
      this.#follow(data)
    } else if (data.wall !== this.wall)
      return // a window that this one does not follow
    else if (data.type === "bye") this.#linked(false)
    else if (data.type === "panel") this.#panel(data)
  }

  /** A lecture's page that was opened, or loaded anew: it is asked for all that it shows. */
  #meet(wall) {
    this.wall = wall
    this.panels.clear()
    this.channel.postMessage({ type: "hello" })
    whenGone(lockOf(wall), this.leaving.signal, () => wall === this.wall && this.#linked(false))
  }

  #panel({ block, panel }) {
    if (!this.panels.take(block, panel)) return this.channel.postMessage({ type: "hello" })
    this.now.mirror(block)
    this.next.mirror(block)
    this.desk.update(block)
  }

  async #follow({ slide, step, hash, isBlack, over, picked }) {
    this.#linked(true)
    this.asked += 1
    const asked = this.asked
    const fresh =
      hash === this.hash ? null : await fetchDeck(this.options, hash, this.leaving.signal)
    if (this.leaving.signal.aborted || asked !== this.asked) return // a later place is coming
    if (fresh) this.#load(fresh)
    this.place = { isBlack, over, picked }
    const index = this.#find(slide)
    if (index >= 0 && (index !== this.index || step !== this.step || fresh)) this.go(index, step)
    else this.#cover()
  }

  #linked(is) {
    this.isLinked = is
    this.lost.hidden = is
    if (!is) this.place = { isBlack: false, over: "", picked: [] }
    this.desk.show(is ? this.slide : null)
    this.#cover()
  }

  #find(id) {
    return this.deck.slides.findIndex((slide) => slide.id === id || slide.aliases.includes(id))
  }

  #load({ hash, deck }) {
    this.hash = hash
    this.deck = deck
    this.slides.load(deck.slides)
    this.plan = plan(deck.slides)
    this.isPlanned = deck.slides.some((slide) => slide.minutes !== null)
    this.sheet ??= this.root.appendChild(document.createElement("style"))
    this.sheet.textContent = deck.css ?? ""
    document.title = `Presenter · ${deck.title}`
  }

  #build() {
    const act = (action) => (event) => {
      if (event.detail) event.currentTarget.blur() // the space bar goes on flipping after a click
      this.act(action)
    }
    const button = (action, text, words) =>
      el(
        "button",
        { type: "button", onclick: act(action), title: words, "aria-label": words },
        text,
      )
    const part = (name) => (this[name] = el("span", { class: `presenter-${name}` }))
    this.toggle = button("timer", "Start", "start or pause the timer (T)")
    this.reset = button("reset", "Reset", "set the timer to zero")
    this.where = el("span", { class: "presenter-place" })
    this.lost = el(
      "p",
      { class: "presenter-lost", role: "status", hidden: true },
      "No lecture window answers, so the keys move this window only. ",
      button("lecture", "Open the lecture"),
    )
    this.notes = el("div", {
      class: "presenter-notes",
      tabindex: "0",
      role: "region",
      "aria-label": "notes",
    })
    this.title = el("h1")
    this.now = new Miniature(this, "On the wall", { isWall: true })
    this.next = new Miniature(this, "Next")
    this.main.append(
      el(
        "header",
        { class: "presenter-bar" },
        el("div", { class: "presenter-time" }, part("elapsed"), this.toggle, this.reset),
        part("lag"),
        part("total"),
        part("clock"),
      ),
      this.lost,
      el("div", { class: "presenter-slides" }, this.now.element, this.next.element),
      el(
        "section",
        { class: "presenter-talk" },
        el("div", { class: "presenter-head" }, this.title, part("slot")),
        this.notes,
        this.desk.element,
      ),
      el(
        "footer",
        { class: "presenter-foot" },
        button("previous", "←", "back"),
        this.where,
        button("next", "→", "next step or slide"),
        el("span", { class: "presenter-hint" }, HINT),
        button("smaller", "A−", "smaller notes (−)"),
        button("larger", "A+", "larger notes (+)"),
      ),
    )
    this.#resize(1)
  }

  #show() {
    const { slide, step, index } = this
    const next = move("next", this)
    this.title.textContent = slide.title || "Untitled"
    const paragraphs = slide.notes
      .split(/\n\s*\n/)
      .filter(Boolean)
      .map((text) => el("p", {}, text))
    this.notes.replaceChildren(
      ...(paragraphs.length
        ? paragraphs
        : [el("p", { class: "quiet" }, "No notes on this slide.")]),
    )
    this.notes.scrollTop = 0
    const left = slide.steps - step
    this.#where()
    this.desk.show(this.isLinked ? slide : null)
    const below = family(this.deck.slides, index).at(-1) - index
    this.slot.textContent = [
      slide.minutes && `${slide.is_aside ? "takes" : "planned"} ${clock(slide.minutes * 60)}`,
      below && `↓ ${below === 1 ? "an aside" : `${below} asides`}`,
    ]
      .filter(Boolean)
      .join(" · ")
    this.now.show(
      index,
      step,
      slide.steps ? `step ${step} of ${slide.steps}` : "",
      this.place.picked,
    )
    this.#cover()
    if (left > 0)
      this.next.show(
        index,
        step + 1,
        left === 1 ? "the last step" : `step ${step + 1}, ${left} left`,
      )
    else if (next.index !== index) this.next.show(next.index, 0, this.deck.slides[next.index].title)
    else this.next.end("The end of the lecture.")
    this.#tick()
  }

  #where() {
    const { slide } = this
    this.#say(
      this.where,
      `${slide.is_aside ? "Aside" : "Slide"} ${slide.number} of ${length(this.deck.slides)}`,
    )
  }

  /** What lies over the slide on the wall. */
  #cover() {
    const { isBlack, over, picked } = this.place
    this.now.cover(isBlack ? "black" : "open", isBlack ? BLACK : over)
    if (this.slide) this.now.show(this.index, this.step, this.now.caption.textContent, picked)
  }

  #tick() {
    const { seconds, isRunning } = this.timer
    const now = new Date()
    const hour = (date) => date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
    this.#say(this.clock, hour(now))
    this.#say(this.elapsed, clock(seconds))
    this.elapsed.classList.toggle("is-resting", !isRunning)
    this.#say(this.reset, this.isAsking ? "Press again to reset" : "Reset")
    this.#say(this.toggle, isRunning ? "Pause" : seconds ? "Go on" : "Start")
    if (!this.isPlanned) return
    const whole = this.plan.at(-1).end
    const late = lag(seconds, this.plan[this.index])
    const rest = Math.max(
      0,
      whole - Math.max(this.plan[this.index].start, Math.min(seconds, this.plan[this.index].end)),
    )
    const isIdle = !isRunning && !seconds
    this.lag.dataset.state = isIdle ? "idle" : late > 0 ? "behind" : late < 0 ? "ahead" : "on"
    const words = {
      idle: "not started",
      behind: `${clock(late)} behind`,
      ahead: `${clock(late)} ahead`,
      on: "on time",
    }
    this.#say(this.lag, words[this.lag.dataset.state])
    this.#say(
      this.total,
      `planned ${duration(whole)} · ends about ${hour(new Date(now.getTime() + rest * 1000))}`,
    )
  }

  #say(element, text) {
    if (element.textContent !== text) element.textContent = text
  }

  #resize(by) {
    const size = Math.max(0.9, Math.min(3.2, (recall(SIZE, numberIn(0.9, 3.2)) ?? 1.6) * by))
    keep(SIZE, String(size))
    this.notes.style.fontSize = `${size}rem`
  }

  #fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen()
    else document.documentElement.requestFullscreen?.()
  }

  #lectureAddress() {
    const query = new URLSearchParams({ slide: this.slide.id })
    return `${location.pathname}?${query}`
  }
}
