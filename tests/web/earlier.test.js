/** @import { Track } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { labelOf, withShown } from "../../engine/app/web/charts/earlier.js"
import { newTrack } from "../../engine/app/web/lib/tracks.js"
import { change, sameAsRecorded, trends } from "../../engine/app/web/lib/trends.js"
import { fileThatRan, lineOf } from "../../engine/app/web/player/code.js"
import { MODE, RATE, SEED } from "./given.js"

const FIELDS = [{ ...RATE, label: "learning rate", unit: "× usual" }, MODE, SEED]

/** @param {object} params @param {object} [more] @returns {Track[]} */
function run(params, more = {}) {
  const all = { rate: 1, mode: "ppo", seed: 0, ...params }
  return [
    { ...newTrack(all), state: /** @type {const} */ ("done"), frames: [{ step: 0 }], ...more },
  ]
}

test("runs are told apart by what differs, and by nothing else", () => {
  const [usual, fast, other] = [run({}), run({ rate: 10 }), run({ seed: 3 })]
  assert.equal(labelOf(fast, [usual, fast], FIELDS), "learning rate ×10")
  assert.equal(labelOf(usual, [usual, fast, other], FIELDS), "learning rate ×1, seed 0")
  assert.equal(labelOf(usual, [usual], FIELDS), "")
  assert.equal(labelOf(run({}, { name: "mine" }), [usual, fast], FIELDS), "mine")
  const band = [...run({ rate: 10 }), ...run({ rate: 10, seed: 1 })]
  assert.equal(labelOf(band, [usual, band], FIELDS), "learning rate ×10, 2 seeds")
  assert.equal(labelOf(usual, [usual, band], FIELDS), "learning rate ×1, seed 0")
  assert.ok(labelOf(run({}, { name: "" }), [usual, run({ mode: "dpo" })], FIELDS).includes("mode"))
})

test("of runs on the labels of a room it is said whose they are", () => {
  const texts = ["pairs", "labels"].map((name) => ({ ...MODE, name, kind: "text" }))
  /** @type {any} */
  const fields = [...FIELDS, ...texts]
  const room = run({ pairs: "0-1 1-2", labels: "LR/.=" })
  const nobody = run({ pairs: "", labels: "" })
  assert.equal(labelOf(nobody, [room, nobody], fields), "a recorded room")
  assert.equal(labelOf(room, [room, nobody], fields), "the room, 3 labels")
  assert.equal(
    labelOf(run({ rate: 10 }), [run({}), run({ rate: 10 })], fields),
    "learning rate ×10",
  )
  const words = run({ source: "room", labels: "LOUD word; RLR | 0-1 | L/R" })
  const none = run({ source: "room", labels: "" }, {})
  const world = /** @type {any} */ ([...FIELDS, { ...MODE, name: "source" }, texts[1]])
  assert.equal(labelOf(words, [words, none], world), "the room, 2 labels")
  const usual = run({ source: "simulated", labels: "" })
  assert.equal(labelOf(usual, [words, usual], world), "simulated raters")
})

test("what a reader keeps stays, however many runs come", () => {
  let ghosts = [run({ seed: 9 }, { isPinned: true })]
  for (const seed of [1, 2, 3])
    ghosts = withShown(ghosts, run({ seed }), run({ seed: seed + 1 }), 2)
  assert.deepEqual(
    ghosts.map(([track]) => track.params.seed),
    [3, 2, 9],
  )
})

/** @param {string} name @param {number[]} y */
const curve = (name, y) => ({ name, x: y.map((_, k) => 10 * k), y })

test("a curve in words: where it goes, and where it turns", () => {
  assert.equal(trends([curve("gold", [0, 1, 2])]), "gold rises from 0 to 2.")
  assert.equal(trends([curve("gold", [2, 2, 1])]), "gold falls from 2 to 1.")
  assert.equal(trends([curve("gold", [5, 5.05, 5])]), "gold stays near 5.")
  assert.equal(
    trends([curve("gold", [0, 0.9, -1])]),
    "gold rises from 0 to 0.9 at 10, then falls to −1.",
  )
  assert.equal(trends([curve("loss", [3, 1, 2])]), "loss falls from 3 to 1 at 10, then rises to 2.")
  assert.equal(trends([curve("a", [1, 2]), curve("b", [7])]), "a rises from 1 to 2; b is 7.")
  assert.equal(trends([curve("a", [])]), "")
  assert.equal(trends([curve("a", [0, 0, 0])]), "a stays near 0.")
})

test("two runs: the greatest difference is said, and none is none", () => {
  const chart = { xTitle: "steps" }
  const was = [curve("gold", [0, 4, 3, 2])]
  assert.equal(
    change(was, [curve("gold", [0, 1, 4, 2])], chart),
    "gold peaks at 20 steps, not at 10",
  )
  assert.equal(change(was, [curve("gold", [0, 4, 3, 0])], chart), "gold ends at 0, not 2")
  assert.equal(change(was, was, chart), "much the same")
  assert.equal(change(was, [curve("proxy", [1])], chart), "")
  assert.equal(change([curve("gold", [])], was, chart), "")
  const goal = { xTitle: "steps", target: 4 }
  const slow = [curve("return", [0, 1, 2, 4])]
  const fast = [curve("return", [0, 4, 4, 4])]
  assert.equal(change(slow, fast, goal), "return reaches 4 after 10 steps, not 30")
  const never = [curve("return", [0, 1, 2, 3])]
  assert.equal(change(never, fast, goal), "return reaches 4 after 10 steps; before, never")
  assert.equal(change(fast, never, goal), "return never reaches 4; before, after 10 steps")
})

test("a run as recorded is so in every value", () => {
  const recorded = [curve("gold", [0, 1, 2])]
  assert.equal(sameAsRecorded(recorded, [curve("gold", [0, 1, 2])]), "Same as recorded: yes.")
  for (const y of [
    [0, 1, 2.001],
    [0, 1],
    [0, 1, 2, 3],
  ])
    assert.match(sameAsRecorded(recorded, [curve("gold", y)]), /^Same as recorded: no/)
})

test("the code that is shown first is that of the algorithm that ran", () => {
  const names = ["__init__.py", "ppo.py", "policy.py", "random_pushes.py", "reinforce.py"]
  const shown = (/** @type {string} */ algorithm) => fileThatRan(names, { algorithm, seed: 1 })
  assert.equal(shown("reinforce_baseline"), "reinforce.py")
  assert.equal(shown("ppo"), "ppo.py")
  assert.equal(shown("random"), "random_pushes.py")
  assert.equal(shown("unheard_of"), undefined)
  assert.equal(fileThatRan(names, { prompt: "" }), undefined)
})

test("a link leads to the line on which the algorithm begins", () => {
  assert.equal(lineOf('"""Doc."""\n\ndef helper():\n    pass\n\ndef run(params):\n'), 6)
  assert.equal(lineOf("import x\n\ndef updates(world):\n"), 3)
  assert.equal(lineOf("import x\ndef other():\n"), 2)
  assert.equal(lineOf("X = 1\n"), 1)
})
