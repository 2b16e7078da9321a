/**
 * The `label` block: the reader says which of two is better, again and again.
 *
 * With a simulation that asks (`sim: preferences`) the two are clips of a body. After each round it
 * practises what was liked and shows what it does now; at the end its last try stands beside one
 * that a reward written by hand has taught, unnamed, and the reader chooses once more. With `pairs`
 * of texts it only counts. Choices are kept as letters, L, R and =, in the address of the slide.
 */

/** @import { Block, BlockContext, LabelData } from "../lib/types.js" */
/** @import { DuelLook } from "./label_duel.js" */
/** @import { LabelWords, Phase } from "./label_face.js" */
/** @import { Pair, Result, Study } from "./label_studies.js" */

import { markWide, messageOf, onResize, takeKeys } from "../lib/dom.js"
import { keyOf } from "../lib/keyboard.js"
import { Duel } from "./label_duel.js"
import { LabelFace } from "./label_face.js"
import { ClipStudy, TextStudy } from "./label_studies.js"
import { beginning, counted, verdictOn } from "./label_words.js"

/** @typedef {{phase: Phase, labels: string, shown: [Pair | null, DuelLook], words: LabelWords}}
 *   LabelPanel */

/** @type {Record<string, string>} */
const KEYS = { 1: "L", 2: "R", 3: "=", "=": "=" }
/** @type {Record<string, string>} */
const SIDES = { L: "left", R: "right" }

export class Label {
  /** @type {(() => void) | null} */
  #stopKeys = null
  #isShown = false
  #turn = 0 // counts questions, so that a late answer is dropped

  /**
   * @param {HTMLElement} element the block's place in the slide
   * @param {Block<LabelData>} block
   * @param {BlockContext} context
   */
  constructor(element, { id, data }, context) {
    this.element = element
    this.id = id
    this.data = data
    this.context = context
    const { sim } = data
    /** @type {Study} */
    this.study = sim ? new ClipStudy({ ...data, sim }, context.socket) : new TextStudy(data)
    this.labels = ""
    /** @type {{pair: Pair, prompt: string}[]} */
    this.round = [] // pairs on the table
    this.at = 0 // which of them is asked
    this.isMirror = false
    /** @type {Phase} */
    this.phase = "start"
    /** @type {Result[]} */
    this.results = [] // the left one and the right one
    /** @type {[Pair | null, DuelLook]} */
    this.shown = [null, { canPick: false }]
    this.duel = new Duel(element, {
      onPick: (side) => this.#pick(side),
      isStill: () => context.reducedMotion(),
      onTheme: context.onTheme,
      hasClips: Boolean(sim),
    })
    this.face = new LabelFace(data, this.duel.root, {
      begin: () => this.#begin(),
      tie: () => this.#pick("="),
      undo: () => this.#undo(),
      again: () => this.#startOver(),
    })
    this.root = this.face.root
    element.replaceChildren(this.root)
    this.stops = [onResize(this.root, () => markWide(this.root, element))]
    this.#enter("start")
    const kept = String(context.address.get(id).labels ?? "")
    if (/^[LR=]+$/.test(kept)) this.labels = kept.slice(0, this.study.total)
    if (this.labels) this.#enter("start")
  }

  /**
   * @param {Phase} phase
   * @param {{question?: string, state?: string}} [words]
   */
  #enter(phase, { question, state = "" } = {}) {
    this.phase = phase
    const words = { question: question || this.data.question || this.study.question, state }
    const given = this.labels.length
    this.face.enter(phase, words, { given, total: this.study.total, canUndo: this.at > 0 })
    if (phase === "start") this.#invite()
    this.#keys(this.#isAsking && this.#isShown)
    this.context.changed?.()
  }

  get #isAsking() {
    return this.phase === "judging" || this.phase === "choosing"
  }

  /** @param {Pair | null} pair @param {DuelLook} [options] */
  #present(pair, options = { canPick: false }) {
    this.shown = [pair, options]
    this.duel.show(pair, options)
    this.context.changed?.()
  }

  /** What is shown here, and what the presenter window may press. */
  panel() {
    const { phase, labels, shown } = this
    return { phase, labels, shown, words: this.face.words, buttons: this.face.buttons }
  }

  /** @param {LabelPanel} panel */
  mirror({ phase, labels, shown, words }) {
    this.isMirror = true
    this.labels = labels
    this.#enter(phase, words)
    this.face.count.textContent = words.count
    this.face.begin.textContent = words.begin
    this.#present(...shown)
  }

  /** @param {string} name */
  command(name) {
    if (name === "main") this.main()
    else if ("LR=".includes(name)) this.#pick(name)
  }

  #invite() {
    this.face.begin.textContent = beginning(this.labels.length, this.study.total)
    this.face.state.textContent = this.study.invitation
    this.#present(null)
  }

  /** @param {boolean} isOn */
  #keys(isOn) {
    if (isOn && !this.isMirror && !this.#stopKeys)
      this.#stopKeys = takeKeys((event) => this.#key(event))
    if (isOn || !this.#stopKeys) return
    this.#stopKeys()
    this.#stopKeys = null
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const [target] = event.composedPath()
    const isElsewhere =
      target instanceof Element &&
      target.closest("input, select, textarea, dialog[open], [contenteditable]")
    const choice = KEYS[keyOf(event)]
    if (isElsewhere || !choice) return false
    if (event.type === "keydown" && !event.repeat) this.#pick(choice)
    return true
  }

  /** Start, or go on: the button, and its key. */
  main() {
    if (!this.face.begin.hidden) this.#begin()
  }

  #begin() {
    this.root.focus({ preventScroll: true }) // the button that was pressed is about to go
    this.study.begin()
    this.#ask()
  }

  /** Get the pairs that are to be judged next, or the two results. */
  async #ask() {
    this.#turn += 1
    const turn = this.#turn
    const state = this.labels ? "It practises what you liked …" : "One moment …"
    this.#enter("waiting", { state })
    this.#present(this.study.practice, { canPick: false })
    try {
      const round = await this.study.next(this.labels)
      if (turn !== this.#turn) return
      this.round = round
      this.at = 0
      if (round.length) return this.#judge()
      const results = await this.study.results()
      if (turn !== this.#turn) return
      if (results) this.#choose(results)
      else this.#counted()
    } catch (error) {
      if (turn !== this.#turn) return
      this.#enter("failed", { state: `${messageOf(error)} Your choices are kept.` })
      this.face.begin.textContent = "Try again"
    }
  }

  #judge() {
    const { pair, prompt } = this.round[this.at]
    this.#enter("judging", {
      question: prompt,
      state: this.study.said(this.labels.length, this.at),
    })
    this.#present(pair, { canPick: true })
  }

  /** @param {string} letter */
  #pick(letter) {
    if (this.phase === "choosing") return this.#reveal(letter)
    if (this.phase !== "judging") return
    this.labels += letter
    this.#keep()
    this.at += 1
    const words = letter === "=" ? "can't tell" : `${SIDES[letter]} is better`
    this.context.announce(`${words}, ${this.labels.length} of ${this.study.total}`)
    if (this.at < this.round.length) this.#judge()
    else this.#ask()
  }

  #undo() {
    if (this.phase !== "judging" || this.at === 0) return
    this.at -= 1
    this.labels = this.labels.slice(0, -1)
    this.#keep()
    this.#judge()
  }

  #keep() {
    this.context.address.set(this.id, this.labels ? { labels: this.labels } : null)
  }

  /**
   * The reader's pupil against the programmer's, in random places and without names.
   * @param {Result[]} results
   */
  #choose(results) {
    const [mine, other] = results
    this.results = Math.random() < 0.5 ? [mine, other] : [other, mine]
    this.#enter("choosing", {
      question: "One of these two learned from you. Which do you like better?",
      state: "The other one learned from a reward written by hand.",
    })
    this.#present(this.#clips(), { canPick: true })
  }

  /** @returns {Pair} */
  #clips() {
    const [left, right] = this.results
    return [left.poses, right.poses]
  }

  /** @param {string} letter */
  #reveal(letter) {
    const [left, right] = this.results
    const chosen = letter === "L" ? left : letter === "R" ? right : null
    const verdict = verdictOn(chosen)
    this.#enter("revealed", { question: verdict, state: this.study.summary() })
    const names = this.results.map((each) => each.name)
    this.#present(this.#clips(), { canPick: false, names, chosen: letter })
    this.context.announce(
      `${verdict} Left: ${names[0]}. Right: ${names[1]}. ${this.study.summary()}`,
    )
  }

  #counted() {
    this.#enter("counted", { question: "That was all.", state: counted(this.labels) })
    this.#present(null)
  }

  #startOver() {
    this.#turn += 1
    this.study.stop()
    this.labels = ""
    this.round = []
    this.#keep()
    this.#enter("start")
  }

  show() {
    this.#isShown = true
    this.duel.wake()
    markWide(this.root, this.element)
    this.#keys(this.#isAsking)
  }

  hide() {
    this.#isShown = false
    this.duel.sleep()
    this.#keys(false)
  }

  destroy() {
    this.hide()
    this.#turn += 1
    this.study.stop()
    this.stops.forEach((stop) => stop())
    this.duel.destroy()
    this.element.replaceChildren()
  }
}
