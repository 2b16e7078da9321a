import assert from "node:assert/strict"
import { test } from "node:test"
import { COMMANDS, commandOf, keyLine, named, tip } from "../../engine/app/web/lecture/commands.js"
import { family, length, mainOf, move, numbered } from "../../engine/app/web/lecture/path.js"

/** Slides 1, 2 with two asides, and 3; slide 2 has two steps and its second aside one. */
const slides = [
  { number: "1", is_aside: false, steps: 0 },
  { number: "2", is_aside: false, steps: 2 },
  { number: "2a", is_aside: true, steps: 0 },
  { number: "2b", is_aside: true, steps: 1 },
  { number: "3", is_aside: false, steps: 0 },
]
/** @param {number} index */
const at = (index, step = 0) => ({ deck: { slides }, index, step })
/** @param {string} action @param {ReturnType<typeof at>} from @param {string} [number] */
const led = (action, from, number) => {
  const to = move(action, from, number)
  return to && [to.index, to.step]
}

test("next takes the steps, then the main path, and never an aside", () => {
  assert.deepEqual(led("next", at(0)), [1, 0])
  assert.deepEqual(led("next", at(1)), [1, 1])
  assert.deepEqual(led("next", at(1, 2)), [4, 0])
  assert.deepEqual(led("next", at(3, 1)), [4, 0])
  assert.deepEqual(led("next", at(4)), [4, 0]) // the end
})

test("previous leads to the last step of the slide before, from an aside to its own slide", () => {
  assert.deepEqual(led("previous", at(4)), [1, 2])
  assert.deepEqual(led("previous", at(2)), [1, 2])
  assert.deepEqual(led("previous", at(1, 1)), [1, 0])
  assert.deepEqual(led("previous", at(0)), [0, 0])
})

test("down and up also go through the asides", () => {
  assert.deepEqual(led("down", at(1, 2)), [2, 0])
  assert.deepEqual(led("down", at(3, 0)), [3, 1])
  assert.deepEqual(led("up", at(4)), [3, 1])
  assert.deepEqual(led("down", at(4)), [4, 0])
})

test("a number leads to its slide or aside, one that is too large to the last", () => {
  assert.deepEqual(led("goto", at(0), "2b"), [3, 0])
  assert.deepEqual(led("goto", at(0), "3"), [4, 0])
  assert.deepEqual(led("goto", at(0), "99"), [4, 0])
  assert.deepEqual(led("goto", at(0), "0"), [0, 0])
  assert.deepEqual(led("last", at(0)), [4, 0])
  assert.deepEqual(led("first", at(3, 1)), [0, 0])
  assert.equal(move("theme", at(0)), null)
  assert.equal(numbered(slides, "2c"), undefined)
})

test("a slide and its asides belong together", () => {
  assert.deepEqual(family(slides, 3), [1, 2, 3])
  assert.deepEqual(family(slides, 4), [4])
  assert.equal(mainOf(slides, 3), 1)
  assert.equal(length(slides), 3)
  assert.equal(length(slides, 4), 2)
})

test("every key means one thing, and every tool has its words and its key", () => {
  const keys = COMMANDS.flatMap((command) => command.keys)
  assert.equal(new Set(keys).size, keys.length)
  for (const { action, keys: own } of COMMANDS) {
    for (const key of own) assert.equal(commandOf(key)?.action, action)
  }
  assert.equal(tip("next"), "Next (→)")
  assert.equal(tip("timer"), "start or pause the timer of the presenter window (T)")
  assert.match(
    keyLine(),
    /^→ ← flip both windows · ↓ asides · 27a Enter jumps · E run · .+ all keys$/,
  )
  assert.throws(() => named("nxt"), /no command “nxt”/)
})

test("at either end a move leads nowhere, and keeps the step", () => {
  assert.deepEqual(led("next", at(4)), [4, 0])
  assert.deepEqual(led("up", at(0)), [0, 0])
  const one = { deck: { slides: [{ number: "1", is_aside: false, steps: 2 }] }, index: 0, step: 2 }
  assert.deepEqual(move("next", one), { index: 0, step: 2 })
  assert.deepEqual(move("down", one), { index: 0, step: 2 })
  assert.deepEqual(move("previous", { ...one, step: 0 }), { index: 0, step: 0 })
})

test("steps are taken one by one, both ways and on asides too", () => {
  assert.deepEqual(led("next", at(1, 1)), [1, 2])
  assert.deepEqual(led("up", at(3, 1)), [3, 0])
  assert.deepEqual(led("up", at(3, 0)), [2, 0])
  assert.deepEqual(led("up", at(2, 0)), [1, 2])
  assert.deepEqual(led("previous", at(3, 1)), [3, 0])
  assert.deepEqual(led("down", at(2, 0)), [3, 0])
})

test("a move to a slide begins it anew", () => {
  assert.deepEqual(led("first", at(1, 2)), [0, 0])
  assert.deepEqual(led("last", at(1, 2)), [4, 0])
  assert.deepEqual(led("goto", at(1, 2), "2"), [1, 0])
  assert.deepEqual(led("goto", at(4), "-5"), [0, 0])
  assert.deepEqual(led("goto", at(1, 1), ""), [1, 1]) // no number: it stays
  assert.equal(numbered(slides, 3), 4)
  assert.equal(numbered(slides, "1"), 0)
  assert.equal(numbered(slides, undefined), undefined)
})

test("the first slides may be asides of nothing, and are counted as none", () => {
  assert.equal(length(slides, 0), 0)
  assert.equal(length(slides, 1), 1)
  assert.deepEqual(family(slides, 0), [0])
  assert.deepEqual(family(slides, 1), [1, 2, 3])
  assert.equal(mainOf(slides, 4), 4)
})
