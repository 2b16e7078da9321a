/** The ledger of claims on the slides: a mark for each claim of a slide, and the card that it
    opens.

    Words and a shape say how a claim stands; colour only repeats them (claims.css). */

/** @import { MarkedView, Params, ShownClaim, Slide, ViewOptions, Work } from "../lib/types.js" */

import { blockAddress } from "../lib/address.js"
import { el } from "../lib/dom.js"
import { persist } from "../lib/fetching.js"
import { ask, pageAddress } from "../lib/source.js"

export class Claims {
  /** @type {ShownClaim[]} */
  claims = []
  /** @type {Record<string, Work>} */
  works = {}
  /** @type {Record<string, string>} */
  standings = {} // what each status means

  /** @param {Pick<ViewOptions, "base" | "slug">} options of the view that shows the marks */
  constructor(options) {
    this.options = options
  }

  /**
   * Fetch the ledger. Without it a lecture is whole but for its marks, so a failure is silent.
   * @param {AbortSignal} signal
   */
  async load(signal) {
    const look = async () => {
      const answer = await ask(`${this.options.base}api/claims`, { signal })
      return answer.ok ? await answer.json() : {}
    }
    const { claims = [], works = {}, standings = {} } = (await persist(look, signal)) ?? {}
    this.claims = claims
    this.works = works
    this.standings = standings
  }

  /**
   * The deck was edited, and perhaps the ledger: the marks in `place` are to be put again.
   * @param {HTMLElement} place
   * @param {AbortSignal} signal
   */
  async reload(place, signal) {
    await this.load(signal)
    for (const marks of place.querySelectorAll(".claim-marks")) marks.remove()
  }

  /**
   * The claims that a slide of this lecture makes.
   * @param {Pick<Slide, "id">} slide
   */
  of(slide) {
    return this.claims.filter(
      (claim) => claim.slide === slide.id && claim.place?.slug === this.options.slug,
    )
  }

  /**
   * One claim by its id.
   * @param {string} id
   */
  claim(id) {
    return this.claims.find((claim) => claim.id === id)
  }

  /**
   * Put the marks of a slide into `place`, once; a slide without claims gets none.
   * @param {HTMLElement} place
   * @param {Slide} slide
   */
  mark(place, slide) {
    const claims = this.of(slide)
    if (!claims.length || place.querySelector(":scope > .claim-marks")) return
    const left = place.querySelector(".colloquium-footer-left")
    const isLeftTaken = Boolean(left?.textContent?.trim())
    const marks = el("ul", {
      class: `claim-marks${isLeftTaken ? " is-right" : ""}`,
      "aria-label": "Claims of this slide",
    })
    marks.append(
      ...claims.map(({ id, status, sentence }, at) =>
        el(
          "li",
          {},
          el(
            "button",
            {
              type: "button",
              class: `claim-mark ${shape(status)}`,
              "data-claim": id,
              "aria-label": `${status}: ${sentence}`,
            },
            claims[at + 1]?.status === status ? "" : status,
          ),
        ),
      ),
    ) // several of one status share its word
    place.insertBefore(marks, place.querySelector(":scope > .page-notes"))
  }

  /**
   * What the card says of a claim: how it stands, the figure, the sources, and where to run it.
   * @param {ShownClaim} claim
   * @param {MarkedView} view
   */
  card(claim, view) {
    const { base } = this.options
    const standing = el("p", { class: `claim-mark ${shape(claim.status)}` }, claim.status)
    standing.append(el("span", {}, this.standings[claim.status] ?? ""))
    const ledger = el("a", { href: `${base}claims?q=${claim.id}` }, `${claim.id} in the ledger`)
    return el(
      "article",
      { class: "claim-card" },
      standing,
      el("p", { class: "claim-sentence" }, claim.sentence),
      this.#correction(claim),
      part(claim),
      figure(claim),
      withoutIt(claim),
      atScale(claim),
      this.#works(claim.references),
      el("p", { class: "claim-acts" }, this.#run(claim, view), ledger),
    )
  }

  /** @param {ShownClaim} claim */
  #correction({ correction }) {
    if (!correction) return null
    const source = correction.source ? [" ", this.#work(correction.source)] : []
    return el(
      "p",
      { class: "claim-correction" },
      el("b", {}, "Correction: "),
      correction.text,
      ...source,
    )
  }

  /** @param {string[]} keys */
  #works(keys) {
    if (!keys.length) return null
    const links = keys.flatMap((key, place) =>
      place ? ["; ", this.#work(key)] : [this.#work(key)],
    )
    return el("p", { class: "claim-works" }, ...links)
  }

  /** Where a work without an address of its own is. @param {string} key */
  #listed(key) {
    const page = pageAddress(this.options.base, "references")
    return `${page}?q=${encodeURIComponent(key)}`
  }

  /** @param {string} key */
  #work(key) {
    const work = this.works[key]
    const href = work?.url || this.#listed(key)
    return el(
      "a",
      { href, title: work?.title, target: "_blank", rel: "noopener noreferrer" },
      work?.label ?? key,
    )
  }

  /**
   * A link to the run; where its block is seen, with its own values, it starts there.
   * @param {ShownClaim} claim
   * @param {MarkedView} view
   */
  #run({ run }, view) {
    if (!run) return null
    const start = (/** @type {MouseEvent} */ event) => {
      if (event.metaKey || event.ctrlKey) return
      const button = restingButton(view.stage, run)
      if (!button) return
      event.preventDefault()
      view.cards.hide()
      button.scrollIntoView({ block: "nearest" })
      button.click()
      button.focus({ preventScroll: true })
    }
    return el(
      "a",
      { class: "claim-run", href: `${this.options.base}${run.href}`, onclick: start },
      "Run it",
    )
  }
}

/**
 * Fill the drawer with the claims of the shown slide.
 * @param {HTMLElement} body
 * @param {MarkedView} lecture
 */
export function fillClaims(body, lecture) {
  const { claims, slide } = lecture
  const found = claims.of(slide)
  const all = el(
    "a",
    { class: "all", href: pageAddress(lecture.options.base, "claims") },
    "The ledger of all claims",
  )
  const none = el("p", { class: "quiet" }, "The list of claims has none for this slide.")
  body.replaceChildren(
    ...(found.length ? found.map((claim) => claims.card(claim, lecture)) : [none]),
    all,
  )
}

/**
 * The style class of a status, which gives it its shape.
 * @param {string} status
 */
function shape(status) {
  return `claim--${status.replaceAll(" ", "-")}`
}

/** @param {ShownClaim} claim */
function part({ part: sentence }) {
  return sentence ? el("p", { class: "claim-part" }, el("b", {}, "Shown: "), sentence) : null
}

/**
 * The null: what was measured without what is claimed.
 * @param {ShownClaim} claim
 */
function withoutIt({ null: none, seeds }) {
  if (!none) return null
  if (none.none) return el("p", { class: "claim-figure" }, el("b", {}, "No null: "), none.none)
  return el(
    "p",
    { class: "claim-figure" },
    el("b", {}, `Without ${none.without}: `),
    none.figure,
    el("span", {}, `${none.held} of ${seeds} seeds agree`),
  )
}

/**
 * What came of the same claim on a real language model.
 * @param {ShownClaim} claim
 */
function atScale({ real }) {
  if (!real) return null
  const agree = real.seeds > 1 ? `${real.held} of ${real.seeds} seeds agree` : ""
  return el(
    "p",
    { class: "claim-figure" },
    el("b", {}, `Also at ${real.size}: ${real.state}. `),
    real.figure,
    agree ? el("span", {}, agree) : "",
  )
}

/** @param {ShownClaim} claim */
function figure({ figure: words, held, seeds, date }) {
  if (!words) return null
  const agree = seeds === 1 ? "one run, the same for every seed" : `${held} of ${seeds} seeds agree`
  return el(
    "p",
    { class: "claim-figure" },
    el("b", {}, "Measured: "),
    words,
    el("span", {}, `${agree}, ${date}`),
  )
}

/**
 * The Run button of a block that can be seen, that rests, and that nobody has set otherwise.
 * @param {HTMLElement} stage
 * @param {{ block: string, params: Params }} run
 */
function restingButton(stage, { block, params }) {
  const isAsWritten = !Object.keys(params).length && !Object.keys(blockAddress.get(block)).length
  /** @type {NodeListOf<HTMLButtonElement>} */
  const buttons = stage.querySelectorAll(`.live[data-block="${CSS.escape(block)}"] .live-run`)
  const isResting = (/** @type {HTMLElement} */ each) => each.dataset.state !== "going"
  const button = [...buttons].find((each) => each.checkVisibility() && isResting(each))
  return isAsWritten ? button : undefined
}
