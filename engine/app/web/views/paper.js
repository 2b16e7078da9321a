/** A lecture as sheets of paper (`?view=paper`): what `practicum export pdf` prints.

    Every slide is built, its pictures, fonts, recorded runs and charts are waited for, and only
    then are the sheets laid out, so that a browser that prints has nothing to wait for. The query
    says which sheets: `sheets=slides|notes|handout`, `steps=1` for a sheet a step, `asides=0`,
    `only=first` for the title slide; `figures=1` keeps each chart as an SVG, too. */

/** @import { FreshDeck, Mounted, Slide } from "../lib/types.js" */
/** @import { Fault } from "../lecture/spill.js" */
/** @import { Pictured } from "./paper_sheets.js" */

import { Blocks, bringBlocks } from "../blocks/mounted.js"
import { Claims } from "../lecture/claims.js"
import { Slides } from "../lecture/slides.js"
import { asHtml, panelFaults, SLACK, slideFaults } from "../lecture/spill.js"
import { el } from "../lib/dom.js"
import { loadPlotly } from "../lib/fetching.js"
import { ask } from "../lib/source.js"
import { DeckView } from "./deck_view.js"
import { Frame, openFrame } from "./frame.js"
import { layOut, leadOn, PAGES, stillOf } from "./paper_sheets.js"
import { blockContext, draws, follow } from "./services.js"
import { SLIDES } from "./sheets.js"

const SHEETS = [SLIDES, "styles/print.css", "styles/paper.css"]
const PATIENCE = 20_000 // ms until a chart that is not drawn is a fault

/**
 * Mount the sheets (see stage.js).
 * @param {HTMLElement} parent
 * @param {Mounted} mounted
 */
export function open(parent, mounted) {
  const root = el("div", { class: "practicum paper", "data-printing": "" })
  document.documentElement.dataset.printing = ""
  const place = el("div", { class: "paper-sheets" })
  const frame = new Frame(parent, mounted, root, place)
  return openFrame(frame, SHEETS, (fresh) => new PaperView(frame, place, fresh))
}

class PaperView extends DeckView {
  /** @type {string} where the pages of the lecture are for who reads the paper */
  home = location.href
  /** @type {{slide: string, fault: Fault}[]} */
  faults = []
  /** @type {{slide: string, block: string, svg: string}[]} */
  figures = []

  /**
   * @param {Frame} frame
   * @param {HTMLElement} place
   * @param {FreshDeck} fresh
   */
  constructor(frame, place, fresh) {
    super(frame, fresh)
    this.place = place
    this.socket = follow(this)
    this.claims = new Claims(this.options)
    this.blocks = new Blocks(() => ({
      ...blockContext(this),
      isOnPaper: true,
      reducedMotion: () => true,
    }))
    const sheet = el("style")
    const query = new URLSearchParams(location.search)
    const kind = query.get("sheets") ?? "slides"
    this.asked = {
      kind: kind in PAGES ? kind : "slides",
      steps: query.get("steps") === "1",
      figures: query.get("figures") === "1",
    }
    const isFirst = query.get("only") === "first"
    this.slides = this.deck.slides
      .slice(0, isFirst ? 1 : undefined)
      .filter((slide) => !slide.is_aside || query.get("asides") !== "0")
    sheet.textContent = `@page { ${PAGES[this.asked.kind]} }\n${this.deck.css}`
    this.root.append(sheet)
    this.title.say(this.deck.title)
    this.#make().catch((error) => {
      console.error(error)
      this.root.dataset.failed = String(error)
    })
  }

  leave() {
    this.blocks.destroy()
    this.socket?.close()
  }

  announce() {}

  /** @param {string} _hash */
  async reload(_hash) {
    location.reload()
  }

  async #make() {
    await this.#gather()
    const builder = new Slides(document.createElement("div"), { base: this.options.base })
    builder.load(this.slides)
    const pictured = []
    for (const [index, slide] of this.slides.entries())
      pictured.push(await this.#drawn(slide, builder.page(index)))
    this.place.replaceChildren(...pictured.map(({ stage }) => stage))
    leadOn(this.place, this.home, new Set(this.slides.map(({ id }) => id)))
    const sheets = layOut(pictured, this.asked)
    this.place.replaceChildren(...sheets.map(({ element }) => element))
    Object.assign(this.root, {
      sheets: sheets.map(({ element, ...about }) => about),
      faults: this.faults,
      figures: this.figures,
    })
    this.root.dataset.ready = ""
  }

  /**
   * A slide as it stands on paper. It is drawn alone in the page, and kept as a picture of itself:
   * with all other slides around it each chart would cost a layout of them all.
   * @param {Slide} slide
   * @param {HTMLElement} section
   * @returns {Promise<Pictured>}
   */
  async #drawn(slide, section) {
    const look = { class: "stage", "data-theme": this.theme.name, "data-deck": this.options.scope }
    const stage = el("div", look, section)
    section.id = slide.id
    this.claims.mark(section, slide)
    this.place.replaceChildren(stage)
    const pictures = [...section.querySelectorAll("img")] // which the deck's check has opened
    await Promise.allSettled([document.fonts.ready, ...pictures.map((one) => one.decode())])
    this.#note(slide, slideFaults(section))
    this.blocks.print([{ slide, section }])
    await this.#charts(slide, section)
    if (this.asked.figures) await this.#take(slide, section)
    const inCards = panelFaults(section).filter(({ side }) => side === "card")
    this.#note(slide, inCards)
    const kept = stillOf(stage)
    this.blocks.printed()
    return { slide, stage: kept, section: asHtml(kept.firstElementChild ?? kept) }
  }

  /**
   * Keep each chart of a slide as an SVG; `data-figure` is its number.
   * @param {Slide} slide
   * @param {HTMLElement} section
   */
  async #take(slide, section) {
    for (const plot of section.querySelectorAll(".live-plot")) {
      const place = asHtml(plot.parentElement ?? plot)
      const { clientWidth: width, clientHeight: height } = place
      const address = await window.Plotly?.toImage(asHtml(plot), { format: "svg", width, height })
      if (!address) continue
      const svg = decodeURIComponent(address.slice(address.indexOf(",") + 1))
      const block = place.closest("[data-block]")?.getAttribute("data-block") ?? ""
      place.dataset.figure = String(this.figures.length)
      this.figures.push({ slide: slide.id, block, svg })
    }
  }

  /**
   * Keep the worst of these faults, if it is one.
   * @param {Slide} slide
   * @param {Fault[]} found
   */
  #note({ id }, found) {
    const [worst] = found.filter(({ by }) => by > SLACK).sort((a, b) => b.by - a.by)
    if (worst) this.faults.push({ slide: id, fault: worst })
  }

  /** All that the blocks would ask for later. */
  async #gather() {
    const { base, slug, web } = this.options
    const recorded = this.slides.flatMap(({ blocks }) => blocks.map(({ data }) => data.recorded))
    await Promise.all([
      bringBlocks(),
      draws(this.deck) ? loadPlotly(web) : null,
      this.claims.load(this.leaving.signal),
      this.#codes(`${base}api/paper/${encodeURIComponent(slug)}`),
      ...recorded.filter(Boolean).map((path) => ask(`${base}${path}`).catch(() => null)),
    ])
  }

  /** Where the blocks can be opened again. @param {string} address */
  async #codes(address) {
    try {
      const answer = await ask(address)
      if (answer.ok) ({ home: this.home, codes: this.codes } = await answer.json())
    } catch (error) {
      console.info("no codes on this paper", error)
    }
  }

  /**
   * Wait for all charts; one that does not come is a fault.
   * @param {Slide} slide
   * @param {HTMLElement} section
   */
  async #charts(slide, section) {
    const places = [...section.querySelectorAll(".live-chart")]
    const missing = () => places.filter((place) => !place.querySelector("svg.main-svg"))
    const end = performance.now() + PATIENCE
    while (missing().length && performance.now() < end)
      await new Promise((done) => setTimeout(done, 5))
    for (const place of missing()) {
      const what = place.closest("[data-block]")?.getAttribute("data-block") ?? ""
      this.faults.push({ slide: slide.id, fault: { side: "undrawn", by: 0, what } })
    }
  }
}
