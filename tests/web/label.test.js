/** @import { Handlers } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { ClipStudy, TextStudy } from "../../engine/app/web/blocks/label_studies.js"
import { beginning, counted, verdictOn } from "../../engine/app/web/blocks/label_words.js"
import { runSocket } from "./stand_ins.js"

const PAIR = [[[0, 0]], [[1, 1]]]

/** A server that is asked for runs. */
function bench() {
  const { asked, socket } = runSocket()
  const params = { num_comparisons: 12, seed: 1 }
  const data = { sim: "preferences", params, against: { reward: "turn_speed" } }
  return { asked, study: new ClipStudy(data, socket), socket }
}

/** @param {number} step @param {boolean} [hasPair] */
const frame = (step, hasPair = true) => ({
  step,
  poses: [[step, step]],
  pair: hasPair ? PAIR : [],
  weights: [
    ["height", 0.2],
    ["speed", -3],
    ["turns", 2],
    ["rest", 0.1],
  ],
  accuracy: 0.856,
})

/** @param {{ handlers: Handlers }} run @param {object[]} frames */
function answer({ handlers }, ...frames) {
  handlers.onFrames?.(
    /** @type {import("../../engine/app/web/lib/types.js").Frame[]} */ (frames),
    0,
  )
  handlers.onState?.({ state: "done", position: 0, wait: 0, message: "" })
}

test("choices go to the simulation, and the pairs that it asks come back", async () => {
  const { asked, study } = bench()
  assert.equal(study.total, 12)
  assert.match(study.question, /better\?$/)
  assert.match(study.invitation, /press 1 or 2/)
  assert.equal(study.practice, null)
  const round = study.next("LR=")
  assert.deepEqual(asked[0].params, {
    num_comparisons: 12,
    seed: 1,
    rater: "viewer",
    labels: "LR=",
  })
  answer(asked[0], frame(0), frame(1, false), frame(2))
  assert.deepEqual(await round, [
    { pair: PAIR, prompt: "" },
    { pair: PAIR, prompt: "" },
  ])
  assert.deepEqual(study.practice, [[[2, 2]], [[2, 2]]]) // what the body does now, on both sides
})

test("a run that ends early is said, with the server's sentence where there is one", async () => {
  for (const [state, message, said] of /** @type {const} */ ([
    ["failed", "It ran out of memory.", "It ran out of memory."],
    ["cancelled", "", "The run ended early."],
    ["lost", "", "The run ended early."],
  ])) {
    const { asked, study } = bench()
    const round = study.next("")
    asked[0].handlers.onState?.({ state: "running", position: 0, wait: 0, message: "" })
    asked[0].handlers.onState?.({ state, position: 0, wait: 0, message })
    await assert.rejects(round, { message: said })
  }
  const { asked, study } = bench()
  const round = study.next("")
  asked[0].handlers.onError?.("No such simulation.")
  await assert.rejects(round, { message: "No such simulation." })
})

test("the reader's pupil stands beside one that a written reward has taught", async () => {
  const { asked, study } = bench()
  study.begin()
  assert.deepEqual(asked[0].params, { reward: "turn_speed" })
  const round = study.next("L")
  answer(asked[1], frame(4, false))
  assert.deepEqual(await round, [])
  answer(asked[0], frame(8), frame(9))
  assert.deepEqual(await study.results(), [
    { isMine: true, name: "your 12 choices", poses: [[4, 4]] },
    { isMine: false, name: "a reward written by hand: turn speed", poses: [[9, 9]] },
  ])
  assert.equal(
    study.summary(),
    "Your choices became a reward: − speed; + turns; + height. " +
      "It predicts 86 % of them, each from the others.",
  )
})

test("without a choice there is nothing to compare", async () => {
  const { asked, study } = bench()
  const results = study.results()
  answer(asked[0], frame(1))
  await assert.rejects(results, /nothing to compare/)
})

test("what goes on is stopped when the reader starts over", () => {
  const { asked, study } = bench()
  study.begin()
  study.next("").catch(() => {})
  study.stop()
  assert.ok(asked.every(({ stopped }) => stopped))
  assert.equal(study.practice, null)
})

test("it says when it shows what it has learned", () => {
  const { study } = bench()
  assert.equal(study.said(0, 0), "")
  assert.equal(study.said(6, 0), "This is what it does now.")
  assert.equal(study.said(7, 1), "")
})

test("pairs of texts are asked in order, from where the reader has come", async () => {
  const study = new TextStudy({
    pairs: [
      { a: "x", b: "y" },
      { prompt: "Why?", a: "p", b: "q" },
    ],
  })
  assert.equal(study.total, 2)
  assert.deepEqual(await study.next("L"), [{ prompt: "Why?", pair: ["p", "q"] }])
  assert.deepEqual(await study.next(""), [
    { prompt: "", pair: ["x", "y"] },
    { prompt: "Why?", pair: ["p", "q"] },
  ])
  assert.deepEqual(await study.next("LR"), [])
  assert.equal(await study.results(), null)
  assert.deepEqual([study.said(), study.summary()], ["", ""]) // they are only counted
  assert.match(study.question, /better\?$/)
  assert.match(study.invitation, /press 1 or 2/)
  assert.throws(() => new TextStudy({}), /no pairs/)
})

test("a label block says what was chosen", () => {
  assert.equal(beginning(0, 3), "Start")
  assert.equal(beginning(2, 3), "Continue after 2 choices")
  assert.equal(beginning(3, 3), "See what 3 choices teach")
  assert.equal(
    counted("LLR=L"),
    "You chose the left 3 times, the right 1 times, and could not tell 1 times.",
  )
  assert.equal(verdictOn(null), "You could not tell.")
  assert.match(verdictOn({ isMine: true, name: "", poses: [] }), /learned from you/)
  assert.match(verdictOn({ isMine: false, name: "", poses: [] }), /written by hand/)
})

test("a study with nothing to compare with asks for no second run", async () => {
  const { asked, socket } = bench()
  const study = new ClipStudy({ sim: "preferences", params: { num_comparisons: 2 } }, socket)
  study.begin()
  assert.equal(asked.length, 0)
  await assert.rejects(study.results(), /nothing to compare/)
  assert.ok(Number.isNaN(new ClipStudy({ sim: "preferences" }, socket).total)) // half written
})

test("who starts over stops the run before", () => {
  const { asked, study } = bench()
  study.begin()
  study.begin()
  assert.deepEqual(
    asked.map(({ stopped }) => stopped),
    [true, false],
  )
})
