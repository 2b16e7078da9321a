/** @import { Field, RunState, Track } from "../../engine/app/web/lib/types.js" */
/** @import { KeptPanel, Published } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { Picture } from "../../engine/app/web/charts/series.js"
import { newTrack, tracksOfSeeds } from "../../engine/app/web/lib/tracks.js"
import { thin } from "../../engine/app/web/player/clips.js"
import { parse, stops } from "../../engine/app/web/player/controls.js"
import { fromAddress } from "../../engine/app/web/player/given.js"
import { canAskAgain, fits, pack } from "../../engine/app/web/player/kept.js"
import { origin } from "../../engine/app/web/player/recording.js"
import { ending, part, sentence, summary } from "../../engine/app/web/player/sentences.js"

/** @type {Field} */
const SEED = { name: "seed", type: "int", default: 0, low: 0, high: 9 }
/** @type {Field} */
const RATE = { name: "rate", type: "float", default: 0.1, low: 0.01, high: 1 }
/** @type {Field} */
const MODE = { name: "mode", type: "str", default: "ppo", choices: ["ppo", "dpo"] }

/**
 * A run of these values, four frames being all of it.
 * @param {RunState} state
 * @param {number[]} [ys]
 * @param {Partial<Track>} [more]
 * @returns {Track}
 */
function run(state, ys = [1, 2], more = {}) {
  const frames = ys.map((y, step) => ({ step, y, progress: (step + 1) / 4 }))
  return { ...newTrack({ seed: 1 }), state, frames, ...more }
}

test("a slider stops at round values: by ratio over two powers of ten, else evenly", () => {
  const rates = stops(RATE)
  assert.equal(rates[0], 0.01)
  assert.equal(rates.at(-1), 1)
  assert.ok(rates.includes(0.012) && rates.includes(0.25))
  assert.deepEqual(stops({ type: "int", low: 1, high: 4 }), [1, 2, 3, 4])
  assert.deepEqual(
    stops({ type: "float", low: 0, high: 1, step: 0.25 }, [0.3]),
    [0, 0.25, 0.3, 0.5, 0.75, 1],
  )
  assert.ok(stops({ type: "int", low: 0, high: 100000 }).length <= 402)
})

test("a value of an address becomes one of the field's", () => {
  assert.equal(parse(SEED, "3.6"), 4)
  assert.equal(parse(SEED, "-5"), 0)
  assert.equal(parse(SEED, "many"), 0)
  assert.equal(parse(SEED, ""), 0)
  assert.equal(parse(MODE, "DPO"), "ppo")
  assert.equal(parse({ name: "x", type: "bool", default: false }, "TRUE"), true)
})

test("a name that the simulation does not have is said, with the nearest", () => {
  const { raw, read, notes } = fromAddress({ seed: "7", rat: "1" }, [SEED, RATE])
  assert.deepEqual(raw, { seed: "7" })
  assert.deepEqual(read, { seed: 7 })
  assert.equal(notes.length, 1)
  assert.match(notes[0], /sets “rat”.+Did you mean “rate”\?$/)
})

test("several seeds begin at the chosen one, and stay inside the field", () => {
  /** @param {number} seed @param {number} count */
  const seeds = (seed, count) =>
    tracksOfSeeds({ seed }, [SEED], count).map((track) => track.params.seed)
  assert.deepEqual(seeds(3, 3), [3, 4, 5])
  assert.deepEqual(seeds(9, 3), [7, 8, 9])
  assert.deepEqual(seeds(0, 12).length, 12)
})

test("several runs are said as one", () => {
  assert.equal(summary([]), "empty")
  assert.equal(summary([run("done"), run("failed")]), "failed")
  assert.equal(summary([run("done"), run("queued"), run("running")]), "running")
  assert.equal(part([run("done"), run("running", [1])]), 0.625)
})

test("the sentence under the chart says how the run stands", () => {
  const picture = new Picture({ chart: { y: "y", x_label: "steps" } })
  /** @param {Track | Track[]} track */
  const said = (track, note = "") => sentence([track].flat(), picture, note)
  assert.deepEqual(said([]), ["", "note"])
  assert.deepEqual(said(run("queued", [], { position: 3, wait: 20 })), [
    "Waiting for a free worker. Position 3, about 20 s.",
    "",
  ])
  assert.deepEqual(said(run("running")), ["1 steps: y 2", ""])
  assert.deepEqual(said(run("offline"))[1], "note")
  assert.deepEqual(said(run("failed", [], { message: "It ran out of memory." })), [
    "It ran out of memory.",
    "error",
  ])
  assert.equal(said([run("done"), run("running")])[0], "Running 2 seeds, 1 done.")
  assert.equal(ending(run("done"), picture), "Finished at 1 steps.")
  assert.equal(ending(run("lost", []), picture).split(".")[0], "The run failed")
})

test("a run of another day says with what it was made", () => {
  const about = { date: "2026-11-24T08:00", seconds: 8.06, versions: { torch: "2.13.0+cpu" } }
  assert.match(
    origin(about),
    /^Recorded on 2026-11-24 with torch 2\.13\.0 .+; it took 8\.1\u00a0s\.$/,
  )
  const plain = { torch: "2.6", instruction_set: "DEFAULT" }
  assert.match(origin({ ...about, versions: plain }), /on a processor without AVX; it/)
})

test("clips are a few of all, with the first and the last", () => {
  assert.deepEqual(thin([1, 2, 3, 4, 5], 3), [1, 3, 5])
  assert.deepEqual(thin([1, 2, 3], 1), [3])
  assert.deepEqual(thin([1, 2], 4), [1, 2])
})

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
  assert.ok(canAskAgain([run("done"), run("running")]))
  assert.ok(!canAskAgain([run("cancelled")]))
})

test("curves of a group have colours of their own, a paper's is drawn where axes agree", () => {
  /** @type {Published} */
  const paper = {
    source: "gao2023",
    how_obtained: "read off the figure",
    accuracy: "0.1",
    x_label: "steps",
    y_label: "reward",
    where: "Figure 2",
    series: [{ label: "gold", points: [[0, 1]] }],
  }
  const chart = { x: "step", y: ["r"], group: "method", x_label: "steps", y_label: "reward" }
  const picture = new Picture({ chart, published: paper })
  const track = newTrack({ seed: 1 })
  track.frames = ["dpo", "ppo", "dpo"].map((method, step) => ({ step, r: step, method }))
  const options = { hint: "", isGrowing: false, fields: [], names: [] }
  const { lines, hint } = picture.model([track], options)
  assert.deepEqual(
    lines.map(({ label, colour, x }) => [label, colour, x]),
    [
      ["gold", "gold", [0]],
      ["DPO", "policy", [0, 2]],
      ["PPO", "chosen", [1]],
    ],
  )
  assert.equal(hint, "")
  const missing = new Picture({ chart: { x: "stepp", y: "r" } })
  assert.equal(missing.model([track], options).hint, "The simulation gives no “stepp”")
})
