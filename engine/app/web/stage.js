/** The stage: a lecture that fills the window, flipped in the browser without the server.

    `open` is called once by the Streamlit component; the server hears only where the reader has
    settled. Slides are in slides.js, keys in keys.js, everything around them in chrome.js. */

import { blockAddress, readPlace, writePlace } from "./address.js"
import { Chrome } from "./chrome.js"
import { listenKeys, listenSwipes } from "./keys.js"
import { idle, Slides } from "./slides.js"
import { Theme } from "./theme.js"

const SETTLE = 150 // milliseconds without a flip before the server hears of the slide

/**
 * @param {HTMLElement} parent the component's element
 * @param {{component: {data: object, setStateValue: Function}}} mounted always the newest arguments
 * @returns {() => void} removes everything again
 */
export function open(parent, mounted) {
  const lecture = new Lecture(parent, mounted)
  lecture.start()
  return () => lecture.leave()
}

class Lecture {
  constructor(parent, mounted) {
    this.mounted = mounted
    this.options = mounted.component.data
    this.hash = this.options.deck.match(/([^/]+)\.json$/)[1]
    this.leaving = new AbortController()
    this.index = -1
    this.step = 0
    this.blocks = new Map() // live element -> mounted block
    this.root = document.createElement("div")
    this.root.className = "practicum"
    this.root.innerHTML = `<div class="stage" data-deck="${this.options.slug}"><div class="slides"></div></div>`
    this.stage = this.root.firstElementChild
    this.theme = new Theme(this.stage, this.leaving.signal)
    this.slides = new Slides(this.stage.querySelector(".slides"), { base: this.options.base })
    parent.append(this.root)
  }

  async start() {
    const styled = ["theme.css", "stage.css", "live.css"].map((name) => this.#style(name))
    const fetched = fetch(this.options.deck).then((answer) => answer.json())
    await Promise.all(styled)
    let deck
    try {
      deck = await fetched
    } catch {
      this.stage.innerHTML = "<p class='stage-note'>The lecture did not load. Is the server still running? Reload to try again.</p>"
      return
    }
    if (this.leaving.signal.aborted) return
    this.chrome = new Chrome(this)
    this.#load(deck)
    this.#openPlace()
    this.opened = true
    const act = (action, number) => this.act(action, number)
    listenKeys(act, this.leaving.signal)
    listenSwipes(this.stage, act, this.leaving.signal)
    this.slides.buildAll(this.leaving.signal)
    await this.#connect()
    this.#mountBlocks()
    const draws = deck.slides.some((slide) => slide.blocks.some((block) => block.kind in { sim: 1, chart: 1, published: 1 }))
    if (draws) setTimeout(() => idle(() => loadPlotly(this.options.web)), 1200)
  }

  leave() {
    this.leaving.abort()
    clearTimeout(this.settling)
    for (const block of this.blocks.values()) block.destroy()
    this.socket?.close()
    this.root.remove()
  }

  get slide() {
    return this.deck.slides[this.index]
  }

  /** Do what a key, a button or a swipe asks for. @returns {boolean | void} false when it is nothing */
  act(action, number) {
    if (action === "next") this.next()
    else if (action === "previous") this.previous()
    else if (action === "first") this.go(0)
    else if (action === "last") this.go(this.deck.slides.length - 1)
    else if (action === "goto") this.go(number - 1)
    else if (action === "theme") this.theme.toggle()
    else if (action === "fullscreen") toggleFullscreen()
    else return this.chrome.act(action)
  }

  next() {
    if (this.step < this.slide.steps) this.go(this.index, this.step + 1)
    else if (this.index < this.deck.slides.length - 1) this.go(this.index + 1)
  }

  previous() {
    if (this.step > 0) this.go(this.index, this.step - 1)
    else if (this.index > 0) this.go(this.index - 1, Infinity)
  }

  /** Show a slide by its number (from 0) at a step; both are brought into range. */
  go(index, step = 0) {
    const last = this.deck.slides.length - 1
    index = Math.max(0, Math.min(last, index))
    step = Math.max(0, Math.min(this.deck.slides[index].steps, step))
    const moved = index !== this.index
    if (!moved && step === this.step) return
    this.index = index
    this.step = step
    this.slides.show(index, step)
    writePlace(this.slide.id, step)
    if (!moved) return
    if (matchMedia("(max-width: 640px)").matches) scrollTo(0, 0)
    this.stage.scrollTop = 0
    this.chrome.moved()
    this.#pauseBlocks()
    afterPaint(() => this.#mountBlocks())
    clearTimeout(this.settling)
    if (!this.opened) return // where a visit starts is no news to the server
    this.settling = setTimeout(() => this.mounted.component.setStateValue("slide", this.slide.id), SETTLE)
  }

  /** Show a slide by its id or one of its aliases. @returns {boolean} whether there is one */
  goTo(id, step = 0) {
    const index = this.deck.slides.findIndex((slide) => slide.id === id || slide.aliases.includes(id))
    if (index >= 0) this.go(index, step)
    return index >= 0
  }

  #openPlace() {
    const asked = readPlace()
    const wanted = asked.slide || this.options.start
    if (wanted && this.goTo(wanted, asked.step)) return
    this.go(0)
    if (wanted) this.chrome.sayMissing(wanted)
  }

  #load(deck) {
    this.deck = deck
    this.slides.load(deck.slides)
    this.#css(deck.css ?? "")
    this.chrome.loaded()
  }

  #address(hash) {
    return `${this.options.base}api/decks/${this.options.slug}/${hash}.json`
  }

  /** An edit while there was no connection was told to nobody: ask which version is there now. */
  async #catchUp() {
    const answer = await fetch(this.#address(this.hash), { method: "HEAD", cache: "no-store" })
    const now = answer.headers.get("x-deck-hash")
    if (answer.ok && now !== this.hash) await this.reload(now)
  }

  /** The deck changed on disk: show the new one at the same slide, step and with the same runs. */
  async reload(hash) {
    const asked = (this.asked = (this.asked ?? 0) + 1)
    const answer = await fetch(this.#address(hash))
    const deck = answer.ok ? await answer.json() : null
    if (!deck?.slides.length || asked !== this.asked) return // half written, or a later one is coming
    const [here, index, step] = [this.slide, this.index, this.step]
    this.hash = answer.headers.get("x-deck-hash")
    this.#load(deck)
    this.index = -1
    if (!this.goTo(here?.id, step)) this.go(index, step)
    for (const [element, mounted] of this.blocks) {
      if (element.isConnected) continue
      mounted.destroy()
      this.blocks.delete(element)
    }
    for (const slide of this.deck.slides) for (const block of slide.blocks) {
      for (const [element, mounted] of this.blocks) {
        if (element.dataset.block === block.id) mounted.update(block)
      }
    }
  }

  async #connect() {
    const { connect } = await import("./socket.js")
    const url = new URL(`${this.options.base}api/live`, location.origin)
    url.protocol = url.protocol.replace("http", "ws")
    if (this.leaving.signal.aborted) return
    this.socket = connect(url.href)
    this.socket.on("deck", (change) => {
      if (change.slug === this.options.slug) this.reload(change.hash)
    })
    this.socket.on("open", () => this.#catchUp())
  }

  #pauseBlocks() {
    for (const [element, mounted] of this.blocks) {
      if (!this.slides.current.contains(element)) mounted.hide()
    }
  }

  /** Mount the live blocks of the shown slide; those that were mounted before go on. */
  async #mountBlocks() {
    const section = this.slides.current
    const slide = this.slide
    for (const [element, mounted] of this.blocks) if (section.contains(element)) mounted.show()
    const places = [...section.querySelectorAll(".live[data-block]")].filter((place) => !this.blocks.has(place))
    if (!places.length || !this.socket) return
    const { mount } = await import("./live.js")
    for (const place of places) {
      const block = slide.blocks.find((candidate) => candidate.id === place.dataset.block)
      if (!block || this.blocks.has(place) || this.leaving.signal.aborted) continue
      const mounted = mount(place, block, this.#context())
      this.blocks.set(place, mounted)
      if (this.slides.current === section) mounted.show()
    }
  }

  #context() {
    return {
      lecture: this.options.slug,
      base: this.options.base.replace(/\/$/, ""),
      socket: this.socket,
      address: blockAddress,
      plotly: () => loadPlotly(this.options.web),
      theme: () => this.theme.name,
      onTheme: (listener) => this.theme.listen(listener),
      announce: (text) => this.chrome.announce(text),
      reducedMotion: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
    }
  }

  #style(name) {
    return new Promise((done) => {
      const href = this.options.web + name
      if (document.querySelector(`link[href="${href}"]`)) return done()
      const link = document.createElement("link")
      link.rel = "stylesheet"
      link.href = href
      link.onload = link.onerror = done
      document.head.append(link)
    })
  }

  #css(text) {
    this.sheet ??= this.root.appendChild(document.createElement("style"))
    this.sheet.textContent = text
  }
}

let plotly
function loadPlotly(web) {
  plotly ??= new Promise((done, failed) => {
    const script = document.createElement("script")
    script.src = `${web}plotly.min.js`
    script.onload = () => done(window.Plotly)
    script.onerror = () => failed(new Error("Plotly did not load"))
    document.head.append(script)
  })
  return plotly
}

/** A flip is painted first; what is mounted on the slide may take longer than a frame. */
function afterPaint(work) {
  requestAnimationFrame(() => setTimeout(work, 0))
}

function toggleFullscreen() {
  if (document.fullscreenElement) document.exitFullscreen()
  else document.documentElement.requestFullscreen?.()
}
