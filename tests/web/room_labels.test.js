import assert from "node:assert/strict"
import { test } from "node:test"
import { RoomLabels } from "../../engine/app/web/player/room_labels.js"

const RATED = { type: "room_rated", pairs: "0-1", answers: "a b; c d", labels: "L/R" }
const NUMBERED = [{ name: "pairs" }, { name: "labels" }]
const SEQUENCES = [{ name: "source" }, { name: "labels" }]

/** @param {{name: string}[]} fields @param {object | null} answer of the room; null: in none */
function labels(fields, answer) {
  const room = { say: async () => answer }
  /** @type {any} */
  const context = {
    onRoom: (/** @type {any} */ fn) => {
      if (answer) fn(room)
      return () => {}
    },
  }
  return new RoomLabels(context, "pairs", fields).now()
}

test("a room's labels go to the simulation in its own way", async () => {
  assert.deepEqual(await labels(NUMBERED, RATED), { pairs: "0-1", labels: "L/R" })
  const source = { source: "room", labels: "a b; c d | 0-1 | L/R" }
  assert.deepEqual(await labels(SEQUENCES, RATED), source)
  const clips = { ...RATED, pairs: "", answers: "" }
  assert.deepEqual(await labels(SEQUENCES, clips), { source: "room", labels: "L/R" })
})

test("without labels the recorded room stands in", async () => {
  for (const answer of [null, { ...RATED, labels: "" }, { type: "refused" }]) {
    assert.deepEqual(await labels(NUMBERED, answer), { pairs: "", labels: "" })
    assert.deepEqual(await labels(SEQUENCES, answer), { source: "room", labels: "" })
  }
})
