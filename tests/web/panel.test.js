/** @import { Field, RunState, Track } from "../../engine/app/web/lib/types.js" */
/** @import { KeptPanel, Published } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { Picture } from "../../engine/app/web/charts/series.js"
import { newTrack, tracksOfSeeds } from "../../engine/app/web/lib/tracks.js"
import { thin } from "../../engine/app/web/player/clips.js"
import { fromAddress } from "../../engine/app/web/player/given.js"
import { canAskAgain, fits, keptRuns, pack } from "../../engine/app/web/player/kept.js"
import { origin } from "../../engine/app/web/player/recording.js"
import {
  ending,
  part,
  sentence,
  summary,
  timeLeftOf,
} from "../../engine/app/web/player/sentences.js"
import { parse, stops } from "../../engine/app/web/player/values.js"
import { Store, standIn } from "./stand_ins.js"

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

test("the limits of a slider's stops", () => {
  const decades = stops({ type: "float", low: 0.01, high: 1 })
  assert.deepEqual(
    decades.slice(0, 10),
    [0.01, 0.012, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.08],
  )
  assert.equal(decades.length, 21)
  assert.deepEqual(stops({ type: "float", low: 0.1, high: 9.9, step: 4.9 }), [0.1, 5, 9.9])
  assert.deepEqual(stops({ type: "int", low: 1, high: 100 }).slice(0, 6), [1, 2, 3, 4, 5, 6])
  assert.ok(!stops({ type: "int", low: 1, high: 100 }).includes(1.2))
  assert.deepEqual(stops({ type: "float", low: 0, high: 1 }).length, 101) // a hundred parts
  assert.deepEqual(stops({ type: "float", low: 0, high: 1, step: 0.5 }, [2, -1]), [0, 0.5, 1])
  assert.deepEqual(stops({ type: "int", low: 0, high: 1000, step: 1 }).length, 251) // every fourth
  assert.deepEqual(stops({ type: "int", low: 0, high: 2, step: 1 }, [0.5]), [0, 1, 2])
  assert.deepEqual(stops({ type: "float", low: -1, high: 1, step: 1 }), [-1, 0, 1])
})

test("the limits of a value in an address", () => {
  /** @param {object} more @returns {Field} */
  const field = (more) => ({ name: "x", type: "float", default: 7, ...more })
  assert.equal(parse(field({ low: 0, high: 1 }), "9"), 1)
  assert.equal(parse(field({}), "-1e9"), -1e9)
  assert.equal(parse(field({}), "2.5"), 2.5)
  assert.equal(parse(field({}), ""), 7)
  assert.equal(parse(field({}), "1/2"), 7)
  assert.equal(parse(field({ low: -1 }), "-3"), -1)
  const isOn = field({ type: "bool", default: true })
  for (const yes of ["true", "1", "yes", "Yes", true]) assert.equal(parse(isOn, yes), true)
  for (const no of ["false", "0", "no", "", "on", false]) assert.equal(parse(isOn, no), false)
  const text = field({ type: "str", default: "a", choices: [] })
  assert.equal(parse(text, "anything"), "anything")
  assert.equal(parse(field({ type: "str", default: "a", choices: null }), "b"), "b")
  assert.equal(parse(MODE, "dpo"), "dpo")
  const short = field({ type: "str", default: "", max_length: 3 })
  assert.equal(parse(short, "abcd"), "abc")
  assert.equal(parse(short, "abc"), "abc")
  assert.equal(parse(short, "a😀b😀"), "a😀b") // by characters, never inside of one
})

test("a name of an address that nothing is near to is said without advice", () => {
  const { notes } = fromAddress({ zzz: "1" }, [SEED])
  assert.deepEqual(notes, ["The address sets “zzz”, which this simulation does not have."])
})

test("what several runs are, in one word", () => {
  assert.equal(summary([run("queued"), run("waiting")]), "queued")
  assert.equal(summary([run("done")]), "done")
  assert.equal(summary([run("done"), run("cancelled"), run("failed")]), "cancelled")
  assert.equal(summary([run("offline"), run("running")]), "running")
  assert.equal(summary([run("failed"), run("waiting")]), "waiting")
})

test("every way that a run stands has its sentence", () => {
  const picture = new Picture({ chart: { x: "step", y: "y", labels: { y: "reward" } } })
  /** @param {Track | Track[]} track */
  const said = (track, note = "") => sentence([track].flat(), picture, note)
  assert.deepEqual(said(run("done"), "seed is 3"), ["seed is 3", "note"])
  assert.deepEqual(said([], "seed is 3"), ["seed is 3", "note"])
  assert.deepEqual(said(run("failed", []), "a note"), [
    "The run failed. Run it again, or with other values.",
    "error",
  ])
  assert.equal(said(run("lost", [], { message: "Gone." }))[1], "error")
  assert.deepEqual(said(run("offline"), "a note"), [
    "No connection. The run continues when it is back.",
    "note",
  ])
  assert.deepEqual(said(run("waiting")), ["Starting …", ""])
  assert.deepEqual(said(run("running", [])), ["Starting …", ""])
  assert.deepEqual(said(run("running", [4096])), ["0 updates: reward 4,096", ""])
  assert.deepEqual(said(run("queued", [], { position: 0, wait: 0 })), [
    "Waiting for a free worker. Position 1.",
    "",
  ])
  assert.equal(said([run("cancelled", []), run("cancelled", [])])[0], "Stopped.")
  const seeds = [
    run("done", [1], { params: { seed: 4 } }),
    run("done", [], { params: { seed: 5 } }),
  ]
  assert.equal(
    said([...seeds, run("done", [1], { params: { seed: 6 } })])[0],
    "Seeds 4 to 6: median, middle half, range. A run that ended keeps its last value.",
  )
  const bare = new Picture({ chart: { y: "other" } })
  assert.equal(sentence([run("running")], bare, "")[0], "1 updates")
})

test("every way that a run ends has its sentence", () => {
  const picture = new Picture({ chart: { x_label: "steps" } })
  assert.equal(ending(run("cancelled"), picture), "Stopped at 1 steps.")
  assert.equal(
    ending(run("cancelled", [1], { reason: "unwatched" }), picture),
    "Stopped at 0 steps, because nobody was watching.",
  )
  assert.equal(ending(run("done", []), picture), "Finished.")
  assert.equal(ending(run("failed", [], { message: "No memory." }), picture), "No memory.")
  const comma = new Picture({ chart: { x_label: "KL, nats" } })
  assert.equal(ending(run("done"), comma), "Finished.") // "at 1 KL, nats" reads badly
  const about = { date: "2026-11-24T08:00", seconds: 12.4 }
  assert.equal(
    ending(run("done", [1], { about }), picture),
    "Recorded on 2026-11-24 (processor not recorded); it took 12\u00a0s.",
  )
})

test("how far runs are, and what is left of them", (context) => {
  assert.equal(part([run("running", [])]), 0)
  assert.equal(part([run("cancelled", [])]), 1)
  const going = [run("running", [1])] // a quarter
  let now = 0
  context.mock.method(performance, "now", () => now)
  assert.equal(timeLeftOf(going, 0), "")
  now = 21_000
  assert.equal(timeLeftOf(going, 1000), "up to 60 s left")
  assert.equal(timeLeftOf([run("done")], 1000), "")
  assert.equal(timeLeftOf([run("running", [])], 1000), "") // nothing is known yet
  now = 2200
  assert.equal(timeLeftOf(going, 1000), "") // too early to tell
  now = 2201
  assert.equal(timeLeftOf(going, 1000), "up to 4 s left")
  const slow = run("running", [1])
  slow.frames[0].progress = 0.02
  assert.equal(timeLeftOf([slow], 1000), "")
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
