/** What a simulation writes: its texts, how they change along the run, and what they were worth. */

/** @import { Frame } from "../lib/types.js" */

import { el } from "../lib/dom.js"
import { number, words } from "../lib/format.js"
import { scalar } from "../lib/tracks.js"
import { keepTall } from "./panel.js"

const PATH = 3 // samples shown of a whole run: its first, its middle and its last
const MOST = 3 // lines of a list: more would take the room of the curve
const BESIDE = 2 // samples beside another text

/**
 * The columns that a frame may have texts in.
 * @typedef {{words?: string[], log_ratios?: number[], probs?: number[], token?: string, text?:
 *   string,
 *   pieces?: string[], merge?: string, question?: string, reply?: string, pairs?: Pair[],
 *   prompt_tokens?: string[], surprise?: number, expected?: string, expected_prob?: number,
 *   candidates?: [string, number][], samples?: string[], sample?: string, said?: string,
 *   beta?: number}} TextFrame
 */
/** @typedef {{chosen: string, rejected: string, chosen_score: number, rejected_score: number}} Pair
 *   of answers that a rater compared, with the scores that the model gives them now */
/** @typedef {string | Node} Content */

/**
 * What can be shown of a frame, each kind from the columns that it needs.
 * @type {{has: (frame: TextFrame) => boolean, show: (frame: TextFrame) => HTMLElement[][]}[]}
 */
const KINDS = [
  {
    has: (frame) => isList(frame.words) && isList(frame.log_ratios),
    show: ({ words = [], log_ratios = [] }) => [strip(words, log_ratios)],
  },
  {
    has: (frame) => isList(frame.words) && isList(frame.probs),
    show: (frame) => [row("text", frame.text ?? "", raw(frame)), distribution(frame)],
  },
  {
    has: (frame) => "expected" in frame && "surprise" in frame,
    show: ({ token: read = "", surprise = 0, expected = "", expected_prob: prob = 0 }) => [
      row("read", token(read, `${number(surprise, 2)} nats`)),
      row("expected", token(expected, number(prob, 2), "--policy", prob)),
    ],
  },
  {
    has: (frame) => isList(frame.pieces),
    show: ({ merge = "", pieces = [] }) => [
      row("merge", merge),
      row("text", ...pieces.map((piece) => token(piece))),
    ],
  },
  { has: (frame) => "said" in frame, show: ({ said = "" }) => [row("raters", said)] },
  {
    has: (frame) => "question" in frame && "reply" in frame,
    show: ({ question = "", reply = "" }) => [row(question, reply)],
  },
  { has: (frame) => isList(frame.pairs), show: ({ pairs = [] }) => telling(pairs).map(pair) },
  { has: (frame) => isList(frame.candidates), show: (frame) => candidates(frame.candidates ?? []) },
  {
    has: (frame) => isList(frame.samples),
    show: ({ samples = [], words }) =>
      samples.slice(0, isList(words) ? BESIDE : MOST).map((text) => row("", text)),
  },
]

/**
 * Show the texts of `frames[picked]`, or what says most of the whole run when none is picked.
 * @param {HTMLElement} element a definition list
 * @param {Frame[]} frames of one run
 * @param {{group?: string, x: string, xTitle: string, picked?: number | null}} options
 */
export function showTexts(element, frames, { group, x, xTitle, picked = null }) {
  const frame = frames[picked ?? frames.length - 1]
  const written = textsOf(frame)
  const rows = KINDS.filter((kind) => kind.has(written)).flatMap((kind) => kind.show(written))
  element.hidden = rows.length === 0 && !("sample" in frame)
  if (element.hidden) return
  const along = rows.length ? [] : picked === null ? path(frames, group) : [frame]
  const isAlong = along.some((each) => each.beta !== along[0].beta)
  const name = x === "x" ? xTitle : words(x.replace(/^num_/, ""))
  const isOpen = element.querySelector("details")?.open === true // before: it is made again
  const details = rows.flat().flatMap((each) => [...each.querySelectorAll("details")])
  for (const each of details) each.open = isOpen
  element.replaceChildren(
    ...rows.flat(),
    ...along.flatMap((each) => row(place(each, { group, x, name, isAlong }), String(each.sample))),
  )
  keepTall(element)
}

/**
 * A few frames of the last curve, from its start to its end.
 * @param {Frame[]} frames
 * @param {string | undefined} group
 */
function path(frames, group) {
  const newest = frames[frames.length - 1]
  const last = group ? frames.filter((frame) => frame[group] === newest[group]) : frames
  const at = Array.from({ length: PATH }, (_, k) =>
    Math.round((k * (last.length - 1)) / (PATH - 1)),
  )
  const shown = [...new Set(at)].map((k) => last[k])
  return shown.every((frame) => frame.sample === shown[0].sample) ? shown.slice(-1) : shown
}

/**
 * Where on the path a text was written: "RLOO, β = 0.05" or "KL 3.2". A β that all share says
 * nothing.
 * @param {Frame} frame
 * @param {{ group?: string, x: string, name: string, isAlong: boolean }} look
 */
function place(frame, { group, x, name, isAlong }) {
  const beta = Number(frame.beta ?? 0)
  const where = beta > 0 && isAlong ? `β = ${number(beta)}` : `${name} ${number(scalar(frame, x))}`
  return group ? `${words(String(frame[group]))}, ${where}` : where
}

/**
 * One answer, each word tinted by how much likelier the policy finds it than the reference.
 * @param {string[]} answer
 * @param {number[]} ratios
 */
function strip(answer, ratios) {
  const most = Math.max(1, ...ratios.map(Math.abs))
  const tokens = answer.map((word, k) => {
    const colour = ratios[k] > 0 ? "--policy" : "--rejected"
    return token(word, number(ratios[k], 2), colour, Math.abs(ratios[k]) / most)
  })
  return row("log-ratio", ...tokens)
}

/**
 * The likeliest next words, each tinted by its probability; the one that was drawn is framed.
 * @param {TextFrame} frame
 */
function distribution({ words: next = [], probs = [], token: drawn }) {
  const tokens = next.slice(0, 6).map((word, k) => {
    const made = token(word, number(probs[k], 2), "--policy", probs[k])
    made.classList.toggle("is-drawn", word === drawn)
    return made
  })
  return row("drawn from", ...tokens)
}

/**
 * The prompt as the model gets it, for who asks: tokens, a chat template's among them.
 * @param {TextFrame} frame
 */
function raw({ prompt_tokens: tokens = [] }) {
  if (!isList(tokens)) return ""
  const name = `${tokens.length} ${tokens.length === 1 ? "token" : "tokens"} of prompt`
  return el("details", {}, el("summary", {}, name), ...tokens.map((each) => token(each)))
}

/** @param {string} word @param {string} [below] @param {string} [colour] @param {number} [share] */
function token(word, below = "", colour = "--soft", share = 0.2) {
  const tint = `color-mix(in srgb, var(${colour}) ${Math.round(45 * share)}%, transparent)`
  return el(
    "span",
    { class: "live-token", style: `background: ${tint}` },
    word,
    below ? el("small", {}, below) : "",
  )
}

/**
 * Two pairs of which the model has one right and one wrong, where it can be.
 * @param {Pair[]} pairs
 */
function telling(pairs) {
  /** @param {Pair} each */
  const isRight = (each) => each.chosen_score > each.rejected_score
  const one = pairs.find((each) => !isRight(each))
  const other = pairs.find(isRight)
  return one && other ? [other, one] : pairs.slice(0, 2)
}

/**
 * Two answers that a rater compared, with the scores that the model gives them now.
 * @param {Pair} scored
 */
function pair({ chosen, rejected, chosen_score: high, rejected_score: low }) {
  const isRight = high > low
  return row(
    isRight ? "right" : "wrong",
    el("span", { class: "live-chosen" }, `${chosen} ${number(high, 2)}`),
    isRight ? " > " : " < ",
    el("span", { class: "live-rejected" }, `${rejected} ${number(low, 2)}`),
  )
}

/**
 * Answers with their scores, the best first.
 * @param {[string, number][]} list
 */
function candidates(list) {
  const sorted = [...list].sort((a, b) => b[1] - a[1]).slice(0, MOST)
  return sorted.map(([text, score], k) =>
    row(k === 0 ? `kept ${number(score)}` : number(score), text),
  )
}

/** @param {string} name @param {...Content} content @returns {HTMLElement[]} */
const row = (name, ...content) => [el("dt", {}, name), el("dd", {}, ...content)]
/** The columns of a frame as texts. @param {Frame} frame */
const textsOf = (frame) => /** @type {TextFrame} */ (/** @type {unknown} */ (frame))

/** @param {unknown} value */
const isList = (value) => Array.isArray(value) && value.length > 0
