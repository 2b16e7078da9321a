import assert from "node:assert/strict"
import { mock, test } from "node:test"
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
