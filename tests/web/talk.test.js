/** @import { WallPanel } from "../../engine/app/web/views/wall_panels.js" */

import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { keep } from "../../engine/app/web/lib/store.js"
import { newTrack } from "../../engine/app/web/lib/tracks.js"
import { clock, duration, lag, plan, Timer } from "../../engine/app/web/views/timer.js"
import { Panels, Sender } from "../../engine/app/web/views/wall_panels.js"

test("a plan gives each slide its slot, and an aside that of its slide", () => {
  const slides = [{ minutes: 1 }, { minutes: 9, is_aside: true }, { minutes: null }, { minutes: 2 }]
  const slots = plan(slides).map(({ start, end }) => [start, end])
  assert.deepEqual(slots, [
    [0, 60],
    [0, 60],
    [60, 60],
    [60, 180],
  ])
})

test("within a slide's own time one is neither ahead nor behind", () => {
  const slot = { start: 60, end: 180 }
  assert.equal(lag(59, slot), -1)
  assert.equal(lag(60, slot), 0)
  assert.equal(lag(180, slot), 0)
  assert.equal(lag(200, slot), 20)
})

test("times are written as clocks and as words", () => {
  assert.equal(clock(245), "4:05")
  assert.equal(clock(3845), "1:04:05")
  assert.equal(clock(-61.9), "1:01")
  assert.equal(duration(25 * 60), "25 min")
  assert.equal(duration(3600 + 5 * 60), "1 h 05 min")
  assert.equal(duration(59.6 * 60), "1 h 00 min")
})

test("a timer survives a reload, and forgets what no talk can have left", () => {
  mock.timers.enable({ apis: ["Date"], now: 1_000_000 })
  const timer = new Timer("t")
  timer.start()
  mock.timers.tick(5000)
  assert.equal(timer.seconds, 5)
  const again = new Timer("t")
  mock.timers.tick(1000)
  assert.equal(again.seconds, 6)
  again.toggle()
  mock.timers.tick(1000)
  assert.equal(again.seconds, 6)
  again.start()
  again.start() // goes on
  assert.ok(again.isRunning)
  again.reset()
  assert.equal(again.seconds, 0)
  mock.timers.tick(8 * 24 * 3_600_000)
  assert.equal(new Timer("t").isRunning, false)
  mock.timers.reset()
})

test("each frame is sent to the presenter window once, and a gap is noticed", () => {
  const sender = new Sender()
  const track = newTrack({ seed: 1 })
  track.state = "running"
  track.frames = [{ step: 0 }, { step: 1 }]
  const panels = new Panels()
  const first = structuredClone(sender.pack({ tracks: [track], ghosts: [] }))
  assert.ok(panels.take("b", first))
  track.frames.push({ step: 2 })
  track.state = "done"
  const second = structuredClone(sender.pack({ tracks: [track], ghosts: [] }))
  assert.equal(second.tracks?.[0].frames.length, 1)
  assert.ok(panels.take("b", second))
  const [shown] = panels.get("b")?.tracks ?? []
  assert.deepEqual(
    shown.frames.map((frame) => frame.step),
    [0, 1, 2],
  )
  assert.equal(shown.state, "done")
  assert.ok(!new Panels().take("b", second)) // who came late asks for all
  sender.reset()
  assert.equal(sender.pack({ tracks: [track] }).tracks?.[0].frames.length, 3)
})

const DAY = 24 * 3_600_000
const NOON = Date.UTC(2026, 10, 30, 12)

/** A timer as it is after what was kept. @param {unknown} kept @param {number} [now] */
function after(kept, now = NOON) {
  mock.timers.reset()
  mock.timers.enable({ apis: ["Date"], now })
  keep("old", JSON.stringify(kept))
  const timer = new Timer("old")
  const { isRunning, seconds } = timer
  mock.timers.reset()
  return { isRunning, seconds, timer }
}

test("a timer is taken up after days, and forgotten after a week", () => {
  const { isRunning, seconds } = after({ from: NOON - 6.5 * DAY, before: 1000 })
  assert.deepEqual([isRunning, seconds], [true, 6.5 * 24 * 3600 + 1])
  assert.equal(after({ from: NOON - 7 * DAY, before: 0 }).isRunning, false)
  assert.equal(after({ from: null, before: 7 * DAY }).seconds, 0)
  assert.equal(after({ from: null, before: 5000 }).seconds, 5)
})

test("a clock that was set back by less than a minute is not a reason to forget", () => {
  assert.deepEqual(after({ from: NOON + 59_000, before: 0 }).isRunning, true)
  assert.equal(after({ from: NOON + 59_000, before: 0 }).seconds, 0) // never less than nothing
  assert.equal(after({ from: NOON + 60_000, before: 0 }).isRunning, false)
  assert.equal(after({ from: NOON, before: -60_000 }).isRunning, false)
})

test("what no timer has kept is none", () => {
  for (const odd of [
    { from: "x", before: 0 },
    { from: null, before: "5" },
    { from: null },
    { from: NOON, before: [5] },
  ])
    assert.deepEqual([after(odd).isRunning, after(odd).seconds], [false, 0])
})

test("a reset timer runs on from zero, or rests at zero, also after a reload", () => {
  mock.timers.enable({ apis: ["Date"], now: NOON })
  const timer = new Timer("reset")
  timer.start()
  mock.timers.tick(9000)
  timer.reset()
  mock.timers.tick(2000)
  assert.deepEqual([timer.isRunning, timer.seconds], [true, 2])
  assert.equal(new Timer("reset").seconds, 2)
  timer.toggle()
  timer.reset()
  mock.timers.tick(2000)
  assert.deepEqual([timer.isRunning, timer.seconds], [false, 0])
  assert.deepEqual([new Timer("reset").isRunning, new Timer("reset").seconds], [false, 0])
  mock.timers.reset()
})

test("a panel keeps what is not a run, and runs that are gone are forgotten", () => {
  const sender = new Sender()
  const panels = new Panels()
  const one = { ...newTrack({ seed: 1 }), frames: [{ step: 0 }] }
  const ghost = { ...newTrack({ seed: 2 }), frames: [{ step: 0 }, { step: 1 }] }
  /** @param {WallPanel} panel */
  const sent = (panel) => structuredClone(sender.pack(panel))
  assert.ok(panels.take("b", sent({ note: "n", tracks: [one], ghosts: [[ghost]] })))
  assert.equal(panels.get("b")?.note, "n")
  assert.equal(panels.get("b")?.ghosts?.[0][0].frames.length, 2)
  const late = sent({ tracks: [one], ghosts: [[ghost]] })
  assert.deepEqual(late.ghosts?.[0][0].frames, [])
  assert.deepEqual([late.tracks?.[0].start, late.ghosts?.[0][0].start], [1, 2])
  assert.notEqual(late.tracks?.[0].id, late.ghosts?.[0][0].id)
  assert.ok(panels.take("b", late))
  assert.ok(panels.take("b", sent({ tracks: [] })))
  assert.ok(!panels.take("b", late)) // its runs were forgotten: they are asked for anew
  assert.equal(panels.get("c"), undefined)
  const [last] = sent({ tracks: [one] }).tracks ?? []
  sender.reset()
  const [fresh] = sent({ tracks: [one] }).tracks ?? []
  assert.ok(panels.take("b", { tracks: [fresh] }))
  panels.clear()
  assert.equal(panels.get("b"), undefined)
  assert.ok(!panels.take("b", { tracks: [{ ...last, id: fresh.id }] })) // its first frame is gone
})

test("frames that came twice are taken once, and none is taken after a gap", () => {
  const sender = new Sender()
  const panels = new Panels()
  const track = { ...newTrack({ seed: 1 }), frames: [{ step: 0 }] }
  const first = structuredClone(sender.pack({ tracks: [track] }))
  track.frames.push({ step: 1 })
  sender.reset()
  const all = structuredClone(sender.pack({ tracks: [track] }))
  panels.take("b", first)
  const [sent] = all.tracks ?? []
  assert.ok(panels.take("b", { tracks: [{ ...sent, id: first.tracks?.[0].id ?? 0 }] }))
  assert.deepEqual(panels.get("b")?.tracks?.[0].frames, [{ step: 0 }, { step: 1 }])
  const gap = { ...sent, id: first.tracks?.[0].id ?? 0, start: 5, frames: [{ step: 5 }] }
  assert.ok(!panels.take("b", { tracks: [gap] }))
  assert.equal(panels.get("b")?.tracks?.[0].frames.length, 2)
})

test("a panel without runs is a panel", () => {
  const panels = new Panels()
  assert.ok(panels.take("v", structuredClone(new Sender().pack({ total: 3 }))))
  assert.deepEqual(panels.get("v"), { total: 3, tracks: undefined, ghosts: undefined })
})
