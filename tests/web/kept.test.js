/** @import { BlockContext, KeptPanel, KeptRuns, RunState } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { canAskAgain, fits, keepPanel, keptRuns, pack } from "../../engine/app/web/player/kept.js"
import { RATE, run, SEED } from "./given.js"
import { Store, standIn } from "./stand_ins.js"

test("a panel is kept without frames that the server gives again", () => {
  const picture = { ghosts: [[run("failed")]], x: "step", series: ["y"] }
  const kept = pack({ sim: "toy", values: { seed: 1 }, tracks: [run("done")], picture })
  assert.deepEqual(kept.tracks[0].frames, [])
  assert.deepEqual(kept.ghosts[0][0].frames, [
    { step: 0, y: 1 },
    { step: 1, y: 2 },
  ])
  assert.ok(fits(kept, { sim: "toy", fields: [SEED] }, { seed: 1 }))
  assert.ok(!fits(kept, { sim: "toy", fields: [SEED] }, { seed: 2 }))
  const odd = /** @type {KeptPanel} */ (/** @type {unknown} */ ({ ...kept, tracks: "no list" }))
  assert.ok(!fits(odd, { sim: "toy", fields: [SEED] }, { seed: 1 }))
  const track = { params: { seed: 1 }, state: "failed", frames: [{ step: 0 }] }
  const wrong = [
    null,
    [],
    {},
    { ...track, params: 1 },
    { ...track, state: 7 },
    { ...track, frames: "x" },
    { ...track, frames: [null] },
    { ...track, frames: [1] },
  ]
  for (const each of wrong)
    for (const lists of [
      { tracks: [each], ghosts: [] },
      { tracks: [], ghosts: [[each]] },
    ]) {
      const panel = /** @type {any} */ ({ sim: "toy", values: { seed: 1 }, ...lists })
      assert.ok(!fits(panel, { sim: "toy", fields: [SEED] }, { seed: 1 }), JSON.stringify(panel))
    }
  assert.ok(canAskAgain([run("done"), run("running")]))
  assert.ok(!canAskAgain([run("cancelled")]))
})

test("what a panel keeps has the columns of its chart, thinned", () => {
  const picture = { ghosts: [], x: "step", group: "method", series: ["y"] }
  const frames = Array.from({ length: 601 }, (_, step) => ({ step, y: 1, z: 2, method: "a" }))
  const track = run("cancelled", [], { position: 3, wait: 9, isRecorded: true, message: "m" })
  track.frames = frames
  const kept = pack({ sim: "toy", values: { seed: 1 }, tracks: [track], picture })
  const [only] = kept.tracks
  assert.equal(only.frames.length, 201)
  assert.deepEqual(only.frames[1], { step: 3, method: "a", y: 1 })
  assert.equal(only.frames.at(-1)?.step, 600)
  assert.deepEqual([only.position, only.wait, only.isRecorded, only.message], [0, 0, true, "m"])
  track.frames = [...frames, { step: 601, y: 5, z: 2 }] // the last stays, and has no method
  const last = pack({ sim: "toy", values: {}, tracks: [track], picture }).tracks[0].frames.at(-1)
  assert.deepEqual(last, { step: 601, y: 5 })
  track.frames = frames.slice(0, 300)
  const small = pack({ sim: "toy", values: {}, tracks: [track], picture })
  assert.equal(small.tracks[0].frames.length, 300)
})

test("what was kept fits only the block that it was kept of", () => {
  const picture = { ghosts: [[run("done")]], x: "step", series: ["y"] }
  const kept = pack({ sim: "toy", values: { seed: 1 }, tracks: [run("done")], picture })
  const block = { sim: "toy", fields: [SEED] }
  const fit = (/** @type {object} */ odd) =>
    fits(/** @type {KeptPanel} */ ({ ...kept, ...odd }), block, { seed: 1 })
  assert.ok(fit({}))
  assert.ok(!fits(kept, { ...block, sim: "other" }, { seed: 1 }))
  const two = { params: { seed: 1, rate: 0.1 } }
  const both = { ...kept, tracks: [run("done", [], two)], ghosts: [], values: two.params }
  const wide = { ...block, fields: [SEED, RATE] }
  assert.ok(fits(both, wide, { seed: 1, rate: 0.1 }))
  assert.ok(!fits(both, wide, { seed: 1, rate: 0.2 }))
  assert.ok(!fits(kept, { ...block, fields: [SEED, RATE] }, { seed: 1 }))
  for (const odd of [
    { values: null },
    { ghosts: {} },
    { ghosts: [null] },
    { tracks: [null] },
    { tracks: ["x"] },
    { tracks: [{ ...run("done"), params: null }] },
    { tracks: [{ ...run("done"), frames: "none" }] },
    { ghosts: [[{ ...run("done"), params: {} }]] },
    { sim: undefined },
  ])
    assert.ok(!fit(odd), JSON.stringify(odd))
})

test("what was kept of a lecture's block is found under both names", () => {
  standIn("sessionStorage", new Store())
  const picture = { ghosts: [], x: "step", series: ["y"] }
  const kept = pack({ sim: "toy", values: { seed: 1 }, tracks: [], picture })
  keptRuns("overview").set("b1", kept)
  assert.deepEqual(keptRuns("overview").get("b1"), kept)
  assert.equal(keptRuns("overview").get("b2"), null)
  assert.equal(keptRuns("other").get("b1"), null)
  assert.ok(sessionStorage.getItem("practicum.run.overview.b1"))
})

test("runs can be asked for again when all are done or go on", () => {
  for (const state of /** @type {RunState[]} */ (["failed", "cancelled", "lost"]))
    assert.ok(!canAskAgain([run("done"), run(state)]), state)
  assert.ok(canAskAgain([]))
})

test("what a reader did with an earlier run is kept with it", () => {
  const picture = {
    ghosts: [[run("done", [], { name: "mine", isHidden: true, isPinned: true })]],
    x: "step",
    series: ["y"],
  }
  const [[ghost]] = pack({ sim: "toy", values: {}, tracks: [], picture }).ghosts
  assert.deepEqual([ghost.name, ghost.isHidden, ghost.isPinned], ["mine", true, true])
})

test("a panel keeps what it shows, unless another window or paper shows it", () => {
  /** @type {[string, KeptPanel][]} */
  const kept = []
  /** @type {KeptRuns} */
  const store = { get: () => null, set: (...pair) => void kept.push(pair) }
  const picture = { ghosts: [], x: "step", series: ["y"] }
  const shown = { sim: "toy", values: { seed: 1 }, tracks: [run("done")], picture }
  for (const own of [{}, { isMirror: true }, { isOnPaper: true }]) {
    const context = /** @type {BlockContext} */ (/** @type {unknown} */ ({ kept: store, ...own }))
    keepPanel({ ...shown, block: { id: "b1" }, context })
  }
  assert.deepEqual(kept, [["b1", pack(shown)]])
})
