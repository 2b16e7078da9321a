/** The ledger of claims on the slides: a mark for each claim of a slide, and the card that it opens.

    Words and a shape say how a claim stands; colour only repeats them (claims.css). */

import { blockAddress } from "../lib/address.js"
import { el } from "../lib/dom.js"
import { persist } from "../lib/fetching.js"

export class Claims {
  /** @param {{base: string, slug: string}} options of the view that shows the marks */
  constructor(options) {
    this.options = options
    this.claims = []
    this.works = {}
    this.standings = {}
  }

  /** Fetch the ledger. Without it a lecture is whole but for its marks, so a failure is silent. */
  async load(signal) {
    const ask = async () => {
      const answer = await fetch(`${this.options.base}api/claims`, { signal })
      return answer.ok ? await answer.json() : {}
    }
    Object.assign(this, await persist(ask, signal))
  }

  /** @returns {Object[]} the claims that a slide of this lecture makes */
  of(slide) {
    return this.claims.filter(
      (claim) => claim.slide === slide.id && claim.place?.slug === this.options.slug,
    )
  }

  /** @returns {Object | undefined} one claim by its id */
  claim(id) {
    return this.claims.find((claim) => claim.id === id)
  }

  /** Put the marks of a slide into `place`, once; a slide without claims gets none. */
  mark(place, slide) {
    const claims = this.of(slide)
    if (!claims.length || place.querySelector(":scope > .claim-marks")) return
    const isLeftTaken = Boolean(place.querySelector(".colloquium-footer-left")?.textContent.trim())
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
              class: `claim-mark claim--${status}`,
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

  /** What the card says of a claim: how it stands, the figure, the sources, and where to run it. */
  card(claim, view) {
    const { base } = this.options
    const standing = el("p", { class: `claim-mark claim--${claim.status}` }, claim.status)
    standing.append(el("span", {}, this.standings[claim.status] ?? ""))
    const ledger = el("a", { href: `${base}claims?q=${claim.id}` }, `${claim.id} in the ledger`)
    return el(
      "article",
      { class: "claim-card" },
      standing,
      el("p", { class: "claim-sentence" }, claim.sentence),
      this.#correction(claim),
      figure(claim),
      this.#works(claim.references),
      el("p", { class: "claim-acts" }, this.#run(claim, view), ledger),
    )
  }

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

  #works(keys) {
    if (!keys.length) return null
    const links = keys.flatMap((key, place) =>
      place ? ["; ", this.#work(key)] : [this.#work(key)],
    )
    return el("p", { class: "claim-works" }, ...links)
  }

  #work(key) {
    const work = this.works[key]
    const href = work?.url || `${this.options.base}references?q=${encodeURIComponent(key)}`
    return el(
      "a",
      { href, title: work?.title, target: "_blank", rel: "noopener noreferrer" },
      work?.label ?? key,
    )
  }

  /** A link to the run; where its block stands before the reader with its own values, it starts there. */
  #run({ run }, view) {
    if (!run) return null
    const start = (event) => {
      if (event.metaKey || event.ctrlKey) return
      const button = standing(view.stage, run)
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

/** Fill the drawer with the claims of the shown slide. */
export function fillClaims(body, lecture) {
  const { claims, slide } = lecture
  const found = claims.of(slide)
  const all = el(
    "a",
    { class: "all", href: `${lecture.options.base}claims` },
    "The ledger of all claims",
  )
  const none = el("p", { class: "quiet" }, "The list of claims has none for this slide.")
  body.replaceChildren(
    ...(found.length ? found.map((claim) => claims.card(claim, lecture)) : [none]),
    all,
  )
}

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

/** The Run button of a block that can be seen, that rests, and that nobody has set otherwise. */
function standing(stage, { block, params }) {
  const isAsWritten = !Object.keys(params).length && !Object.keys(blockAddress.get(block)).length
  const buttons = stage.querySelectorAll(`.live[data-block="${CSS.escape(block)}"] .live-run`)
  const button = [...buttons].find(
    (each) => each.checkVisibility() && each.dataset.state !== "going",
  )
  return isAsWritten ? button : undefined
}
