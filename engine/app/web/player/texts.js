/** What a simulation writes: its texts, how they change along the run, and what they were worth. */

import { el } from "../lib/dom.js"
import { number, words } from "../lib/format.js"

const PATH = 3 // samples shown of a whole run: its first, its middle and its last
const MOST = 3 // lines of a list: more would take the room of the curve
const BESIDE = 2 // samples beside another text

/** What can be shown of a frame, each kind from the columns that it needs. */
const KINDS = [
  {
    has: (frame) => isList(frame.words) && isList(frame.log_ratios),
    show: (frame) => [strip(frame)],
  },
  {
    has: (frame) => isList(frame.words) && isList(frame.probs),
    show: (frame) => [row("text", frame.text), distribution(frame)],
  },
  {
    has: (frame) => isList(frame.pieces),
    show: (frame) => [
      row("merge", frame.merge),
      row(
        "text",
        frame.pieces.map((piece) => token(piece)),
      ),
    ],
  },
  {
    has: (frame) => "question" in frame && "reply" in frame,
    show: (frame) => [row(frame.question, frame.reply)],
  },
  { has: (frame) => isList(frame.pairs), show: (frame) => telling(frame.pairs).map(pair) },
  { has: (frame) => isList(frame.candidates), show: (frame) => candidates(frame.candidates) },
  {
    has: (frame) => isList(frame.samples),
    show: (frame) =>
      frame.samples.slice(0, isList(frame.words) ? BESIDE : MOST).map((text) => row("", text)),
  },
]

/**
 * Show the texts of `frames[picked]`, or what says most of the whole run when none is picked.
 * @param {HTMLElement} element a definition list
 * @param {Object[]} frames of one run
 * @param {{group?: string, x: string, xTitle: string, picked?: number | null}} options
 */
export function showTexts(element, frames, { group, x, xTitle, picked = null }) {
  const frame = frames[picked ?? frames.length - 1]
  const rows = KINDS.filter((kind) => kind.has(frame)).flatMap((kind) => kind.show(frame))
  element.hidden = rows.length === 0 && !("sample" in frame)
  if (element.hidden) return
  const along = rows.length ? [] : picked === null ? path(frames, group) : [frame]
  const isAlong = along.some((each) => each.beta !== along[0].beta)
  const name = x === "x" ? xTitle : words(x.replace(/^num_/, ""))
  element.replaceChildren(
    ...rows.flat(),
    ...along.flatMap((each) => row(place(each, { group, x, name, isAlong }), each.sample)),
  )
}

/** A few frames of the last curve, from its start to its end. */
function path(frames, group) {
  const last = group ? frames.filter((frame) => frame[group] === frames.at(-1)[group]) : frames
  const at = Array.from({ length: PATH }, (_, k) =>
    Math.round((k * (last.length - 1)) / (PATH - 1)),
  )
  const shown = [...new Set(at)].map((k) => last[k])
  return shown.every((frame) => frame.sample === shown[0].sample) ? shown.slice(-1) : shown
}

/** Where on the path a text was written: "RLOO, β = 0.05" or "KL 3.2". A β that all share says nothing. */
function place(frame, { group, x, name, isAlong }) {
  const where =
    frame.beta > 0 && isAlong ? `β = ${number(frame.beta)}` : `${name} ${number(frame[x])}`
  return group ? `${words(frame[group])}, ${where}` : where
}

/** One answer, each word tinted by how much likelier the policy finds it than the reference. */
function strip(frame) {
  const most = Math.max(1, ...frame.log_ratios.map(Math.abs))
  return row(
    "log-ratio",
    frame.words.map((word, k) => {
      const ratio = frame.log_ratios[k]
      return token(
        word,
        number(ratio, 2),
        ratio > 0 ? "--policy" : "--rejected",
        Math.abs(ratio) / most,
      )
    }),
  )
}

/** The likeliest next words, each tinted by its probability; the one that was drawn is framed. */
function distribution({ words: next, probs, token: drawn }) {
  return row(
    "drawn from",
    next.slice(0, 6).map((word, k) => {
      const made = token(word, number(probs[k], 2), "--policy", probs[k])
      made.classList.toggle("is-drawn", word === drawn)
      return made
    }),
  )
}

function token(word, below = "", colour = "--soft", share = 0.2) {
  const tint = `color-mix(in srgb, var(${colour}) ${Math.round(45 * share)}%, transparent)`
  return el(
    "span",
    { class: "live-token", style: `background: ${tint}` },
    word,
    below ? el("small", {}, below) : "",
  )
}

/** Two pairs of which the model has one right and one wrong, where it can be. */
function telling(pairs) {
  const isRight = (each) => each.chosen_score > each.rejected_score
  const one = pairs.find((each) => !isRight(each))
  const chosen = [pairs.find(isRight), one].filter(Boolean)
  return chosen.length === 2 ? chosen : pairs.slice(0, 2)
}

/** Two answers that a rater compared, with the scores that the model gives them now. */
function pair({ chosen, rejected, chosen_score: high, rejected_score: low }) {
  const isRight = high > low
  return row(isRight ? "right" : "wrong", [
    el("span", { class: "live-chosen" }, `${chosen} ${number(high, 2)}`),
    isRight ? " > " : " < ",
    el("span", { class: "live-rejected" }, `${rejected} ${number(low, 2)}`),
  ])
}

/** Answers with their scores, the best first. */
function candidates(list) {
  const sorted = [...list].sort((a, b) => b[1] - a[1]).slice(0, MOST)
  return sorted.map(([text, score], k) =>
    row(k === 0 ? `kept ${number(score)}` : number(score), text),
  )
}

const row = (name, content) => [el("dt", {}, name), el("dd", {}, ...[content].flat())]
const isList = (value) => Array.isArray(value) && value.length > 0
