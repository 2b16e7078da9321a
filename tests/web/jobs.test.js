/** @import { Handlers, RunState, Track } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { newTrack } from "../../engine/app/web/lib/tracks.js"
import { Jobs } from "../../engine/app/web/player/jobs.js"
import { runSocket } from "./stand_ins.js"

/** Runs that were asked for, and what the panel heard of them. */
function bench() {
  const { asked, socket } = runSocket()
  /** @type {string[]} */
  const heard = []
  /** @param {Track} track */
  const name = (track) => `${track.params.seed}`
  const jobs = new Jobs(
    socket,
    "toy",
    { seconds: 3 },
    {
      noted: (track, notes) => heard.push(`noted ${name(track)}: ${notes}`),
      grown: (track) => heard.push(`grown ${name(track)}: ${track.frames.length}`),
      turned: (track) => heard.push(`turned ${name(track)}: ${track.state}`),
    },
  )
  return { asked, heard, jobs }
}

/** @param {number} count */
const seeds = (count) => Array.from({ length: count }, (_, seed) => newTrack({ seed }))

/** @param {{ handlers: Handlers }} run @param {RunState} state */
const turn = ({ handlers }, state) =>
  handlers.onState?.({ state, position: 0, wait: 0, message: "" })

test("a run is asked for with its budget, and its frames are heard in order", () => {
  const { asked, heard, jobs } = bench()
  jobs.start([newTrack({ seed: 1 }, true)])
  assert.deepEqual(asked[0].wishes, { fresh: true, budget: { seconds: 3 } })
  assert.ok(jobs.isGoing)
  asked[0].handlers.onRun?.({ id: "r", params: { seed: 2 }, notes: ["seed is 2"], about: {} })
  asked[0].handlers.onFrames?.([{ step: 0 }, { step: 1 }], 0)
  turn(asked[0], "done")
  assert.deepEqual(heard, ["noted 2: seed is 2", "grown 2: 2", "turned 2: done"])
  assert.ok(!jobs.isGoing)
})

test("what is not wished is left out, and a run without notes is not noted", () => {
  const { asked, heard, jobs } = bench()
  jobs.start(seeds(1))
  assert.deepEqual(asked[0].wishes, { fresh: undefined, budget: { seconds: 3 } })
  const about = { date: "2026-11-24" }
  asked[0].handlers.onRun?.({ id: "r", params: { seed: 0 }, notes: [], about })
  assert.deepEqual(heard, [])
  assert.equal(jobs.tracks[0].about, about)
})

test("of many seeds four run at once, and each that is done makes room for the next", () => {
  const { asked, jobs } = bench()
  jobs.start(seeds(6))
  assert.equal(asked.length, 4)
  turn(asked[1], "done")
  assert.deepEqual(
    asked.map(({ params }) => params.seed),
    [0, 1, 2, 3, 4],
  )
  turn(asked[4], "running")
  assert.equal(asked.length, 5)
  turn(asked[0], "done")
  assert.equal(asked.length, 6)
  for (const run of [2, 3, 4, 5]) {
    assert.ok(jobs.isGoing)
    turn(asked[run], "done")
  }
  assert.ok(!jobs.isGoing)
})

test("after one seed has failed no other is begun", () => {
  const { asked, heard, jobs } = bench()
  jobs.start(seeds(6))
  asked[0].handlers.onError?.("It ran out of memory.")
  assert.equal(jobs.tracks[0].message, "It ran out of memory.")
  assert.deepEqual(heard, ["turned 0: failed"])
  turn(asked[1], "done")
  assert.equal(asked.length, 4)
  assert.deepEqual(
    jobs.tracks.map(({ state }) => state),
    ["failed", "done", "waiting", "waiting", "cancelled", "cancelled"],
  )
})

test("a stop ends what goes on, and what comes late is not heard", () => {
  const { asked, heard, jobs } = bench()
  jobs.start(seeds(5))
  asked[0].handlers.onFrames?.([{ step: 0 }], 0)
  jobs.stop()
  assert.ok(asked.every(({ stopped }) => stopped))
  assert.ok(jobs.tracks.every(({ state }) => state === "cancelled"))
  assert.equal(jobs.tracks[0].frames.length, 1)
  turn(asked[1], "done")
  asked[2].handlers.onFrames?.([{ step: 0 }], 0)
  asked[3].handlers.onRun?.({ id: "r", params: { seed: 9 }, notes: ["late"], about: {} })
  assert.deepEqual(heard, ["grown 0: 1", "turned 0: cancelled"])
  jobs.stop()
  assert.equal(heard.length, 2) // nothing goes on: nothing is said
})

test("a new run stops the one before, whose answers are nobody's", () => {
  const { asked, heard, jobs } = bench()
  jobs.start(seeds(1))
  jobs.start([newTrack({ seed: 7 })])
  assert.deepEqual([asked[0].stopped, asked[1].stopped], [true, false])
  asked[0].handlers.onFrames?.([{ step: 0 }], 0)
  asked[1].handlers.onFrames?.([{ step: 0 }], 0)
  assert.deepEqual(heard, ["grown 7: 1"])
})

test("a panel that is gone hears nothing and starts nothing", () => {
  const { asked, heard, jobs } = bench()
  jobs.start(seeds(2))
  jobs.destroy()
  assert.ok(asked.every(({ stopped }) => stopped))
  turn(asked[0], "done")
  jobs.start(seeds(1))
  assert.equal(asked.length, 2)
  assert.deepEqual(heard, [])
})

test("values are other ones when a control was moved, but a band's seed is none", () => {
  const { jobs } = bench()
  assert.ok(!jobs.isStale({ seed: 0 })) // nothing is shown
  jobs.tracks = [newTrack({ seed: 0, rate: 1 })]
  assert.ok(!jobs.isStale({ seed: 0, rate: 1 }))
  assert.ok(jobs.isStale({ seed: 5, rate: 1 }))
  jobs.tracks = [newTrack({ seed: 0, rate: 1 }), newTrack({ seed: 1, rate: 1 })]
  assert.ok(!jobs.isStale({ seed: 5, rate: 1 }))
  assert.ok(jobs.isStale({ seed: 0, rate: 2 }))
  jobs.tracks = [newTrack({ rate: 1 })]
  assert.ok(!jobs.isStale({ rate: 1 })) // a simulation without a seed
})

test("a run that is done stays done when the next one begins", () => {
  const { asked, heard, jobs } = bench()
  jobs.start(seeds(1))
  turn(asked[0], "done")
  const [first] = jobs.tracks
  jobs.start([newTrack({ seed: 7 })])
  assert.deepEqual([first.state, asked[0].stopped], ["done", false])
  assert.deepEqual(heard, ["turned 0: done"])
})

test("a socket without a line answers at once, and the panel may stop then", () => {
  const { jobs } = bench()
  jobs.socket.run = (_sim, _params, handlers) => {
    handlers.onState?.({ state: "offline", position: 0, wait: 0, message: "" })
    return { id: null, stop() {} }
  }
  jobs.hear.turned = ({ state }) => {
    if (state === "offline") jobs.stop()
  }
  jobs.start(seeds(1))
  assert.equal(jobs.tracks[0].state, "cancelled")
})
