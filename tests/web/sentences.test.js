/** @import { Track } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { Picture } from "../../engine/app/web/charts/series.js"
import { origin } from "../../engine/app/web/player/recording.js"
import {
  ending,
  part,
  sentence,
  summary,
  timeLeftOf,
  told,
} from "../../engine/app/web/player/sentences.js"
import { run, SEED } from "./given.js"

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
  assert.equal(said([run("done"), run("running"), run("done")])[0], "Running 3 seeds, 2 done.")
  assert.equal(said([run("done"), run("failed", [], { message: "No memory." })])[0], "No memory.")
  assert.deepEqual(said(run("done")), ["Finished at 1 steps.", ""])
  assert.deepEqual(said(run("done", [1], { about: undefined })), ["Finished at 0 steps.", ""])
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
    run("done", [1], { params: { seed: 9 } }),
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

test("what a run changed is told beside the run before it", () => {
  const [shown, before] = [run("done"), run("done", [1, 4], { params: { seed: 2 } })]
  const hidden = run("done", [1, 9], { params: { seed: 3 }, isHidden: true })
  const picture = new Picture({ chart: { y: "y" } })
  const now = (/** @type {Track[]} */ tracks) => told(tracks, picture, null, [SEED])
  assert.equal(now([shown]), "")
  picture.ghosts = [[hidden], [before]]
  assert.equal(now([shown]), "Beside seed 2: y ends at 2, not 4.")
  assert.equal(told([shown], picture, null, []), "Beside the run before: y ends at 2, not 4.")
  for (const tracks of [[], [run("running")], [run("done", [1, 2], { isRecorded: true })]])
    assert.equal(now(tracks), "", String(tracks[0]?.state))
  picture.ghosts = [[run("cancelled", [], { params: { seed: 2 } })]]
  assert.equal(now([shown]), "") // it came to nothing
  const goal = new Picture({ chart: { y: "y", target: 2, x_label: "steps" } })
  goal.ghosts = [[run("done", [1, 1.5], { params: { seed: 2 } })]]
  assert.equal(
    told([shown], goal, null, [SEED]),
    "Beside seed 2: y reaches 2 after 1 steps; before, never.",
  )
})

test("a run with the recorded values is told beside the recorded one", () => {
  const picture = new Picture({ chart: { y: "y" } })
  picture.ghosts = [[run("done", [1, 4], { params: { seed: 2 } })]]
  const recorded = (/** @type {number[]} */ ys, seed = 1) =>
    run("done", ys, { params: { seed }, isRecorded: true })
  const now = (/** @type {Track} */ of, count = 1) =>
    told(Array(count).fill(run("done")), picture, of, [SEED])
  assert.equal(now(recorded([1, 2])), "Same as recorded: yes.")
  assert.equal(now(recorded([1, 3])), "Same as recorded: no. Another processor rounds differently.")
  assert.equal(now(recorded([1, 2], 5)), "Beside seed 2: y ends at 2, not 4.")
  assert.doesNotMatch(now(recorded([1, 2]), 2), /recorded/) // several seeds are no one run
})
