import assert from "node:assert/strict"
import { test } from "node:test"
import { at } from "../../engine/app/web/scenes/acrobot.js"
import { dropped } from "../../engine/app/web/scenes/cartpole.js"
import { linearGains } from "../../engine/app/web/scenes/cartpole_balance.js"
import {
  ANGLE_LIMIT,
  FORCE,
  fallen,
  policy,
  START_LIMIT,
  start,
  step,
} from "../../engine/app/web/scenes/cartpole_physics.js"
import { Film, isLight, pictureAt, shorter } from "../../engine/app/web/scenes/film.js"

test("a pole that stands still and is not pushed stays; one push moves the cart with its mass", () => {
  assert.deepEqual(step([0, 0, 0, 0], 0), [0, 0, 0, 0])
  const [x, xDot, theta, thetaDot] = step([0, 0, 0, 0], FORCE)
  assert.deepEqual([x, theta], [0, 0]) // positions move with the old velocities
  assert.ok(Math.abs(xDot - 0.195121951) < 1e-8) // as Gymnasium's CartPole-v1
  assert.ok(Math.abs(thetaDot + 0.292682927) < 1e-8)
})

test("an episode ends beyond the track or twelve degrees", () => {
  assert.ok(!fallen([2.4, 0, ANGLE_LIMIT, 0]))
  assert.ok(fallen([-2.41, 0, 0, 0]))
  assert.ok(fallen([0, 0, -ANGLE_LIMIT - 1e-9, 0]))
})

// What CartPole-v1 of Gymnasium 1.4 answers, in double precision.
test("a step of a leaning pole is that of Gymnasium", () => {
  for (const [state, force, after] of /** @type {const} */ ([
    [[0.1, 0.5, 0.2, -0.7], 10, [0.11, 0.6918703863384896, 0.186, -0.9236598461380127]],
    [[-0.3, -1, -0.15, 1.2], -10, [-0.32, -1.1928975968244373, -0.126, 1.442162536167818]],
  ]))
    step([...state], force).forEach((value, k) => assert.ok(Math.abs(value - after[k]) < 1e-12))
  assert.ok(!fallen([0, 0, 0.20943, 0])) // twelve degrees are 0.20944
  assert.ok(fallen([0, 0, 0.20945, 0]))
})

test("the linear agent pushes right where the sum is above zero, else left", () => {
  const push = policy([0, 0, 2, 1])
  assert.deepEqual([push([9, 9, 1, -1]), push([9, 9, 1, -2]), push([9, 9, 1, -3])], [10, -10, -10])
})

test("starts are repeatable and small", () => {
  assert.deepEqual(
    start(() => 0.5),
    [0, 0, 0, 0],
  )
  assert.ok(start().every((each) => Math.abs(each) <= START_LIMIT))
})

test("the linear agent keeps the pole up for a whole episode from every corner", () => {
  const act = policy(linearGains())
  for (const corner of [0, 0.999]) {
    let state = start(() => corner)
    for (let k = 0; k < 500; k += 1) {
      state = step(state, act(state))
      assert.ok(!fallen(state))
    }
  }
})

test("a dropped pole ends flat on the side that it leans to", () => {
  assert.equal(dropped(0.1, 2), Math.PI / 2)
  assert.equal(dropped(-0.1, 1), -Math.PI / 2)
  assert.equal(dropped(0.1, 0), 0.1)
})

test("between two poses an angle is read off the line, and ends stay ends", () => {
  const poses = [
    [0, 0],
    [1, 2],
    [3, 2],
  ]
  assert.deepEqual(at(poses, 0.02), [0.5, 1])
  assert.deepEqual(at(poses, 99), [3, 2])
  assert.deepEqual(at(poses, -1), [0, 0])
})

test("a film shows its pictures one after the other, row by row, and then the last", () => {
  /** @type {import("../../engine/app/web/scenes/film.js").Reel} */
  const reel = ["", 180, 120, 23, 10, 115, 115]
  assert.deepEqual(pictureAt(reel, 0), { index: 0, x: 0, y: 0 })
  assert.deepEqual(pictureAt(reel, 0.95), { index: 9, x: 1620, y: 0 })
  assert.deepEqual(pictureAt(reel, 1.05), { index: 10, x: 0, y: 120 })
  assert.deepEqual(pictureAt(reel, Infinity), { index: 22, x: 360, y: 240 })
  assert.deepEqual(pictureAt(reel, -1), { index: 0, x: 0, y: 0 })
})

test("a picture on white paper is light, one of a dark world or of grey fog is not", () => {
  const [white, black, grey] = [
    [255, 255, 255, 255],
    [0, 0, 0, 255],
    [200, 200, 200, 255],
  ]
  assert.ok(isLight([...white, ...white, ...black]))
  assert.ok(!isLight([...white, ...black, ...black]))
  assert.ok(!isLight([...grey, ...grey, ...white]))
  assert.ok(!isLight([255, 255, 0, 255])) // yellow is a colour
})

test("a better return is a better score, also among negative ones", () => {
  /** @param {number} total */
  const score = (total) =>
    Film.prototype.score.call(null, {
      film: ["", 180, 120, 1, 10, 1, total],
      env_steps: 0,
      greedy_return: 0,
    })
  const returns = [-500, -120, -80, 0, 20, 500]
  const scores = returns.map(score)
  assert.deepEqual(
    scores,
    [...scores].sort((a, b) => a - b),
  )
  assert.ok(scores[0] > 0)
})

test("a caption without room is cut between words", () => {
  const caption = "after 50,176 steps of training: return −75 in 76 steps"
  assert.equal(shorter(caption, 60), caption)
  assert.equal(shorter(caption, 28), "return −75 in 76 steps")
  assert.equal(shorter(caption, 12), "return −75")
  assert.equal(shorter(caption, 5), "")
})
