import assert from "node:assert/strict"
import { test } from "node:test"
import { Game } from "../../engine/app/web/blocks/play_game.js"
import { step, TIME_STEP } from "../../engine/app/web/scenes/cartpole_physics.js"

const START = [0.01, 0.02, 0.03, 0.01]
/** @type {(state: number[]) => number} */
const still = () => 0 // an agent that pushes nothing

/** A game that has begun with a push to the left at 0 ms. */
function begun(agent = still) {
  const game = new Game(agent)
  game.begin(START)
  game.push(-1, 0)
  return game
}

/** Play until your pole has fallen. @param {Game} game */
function lose(game) {
  let now = 0
  for (; game.phase === "going"; now += 20) game.advance(now)
  return now
}

test("nothing moves before the first push", () => {
  const game = new Game(still)
  assert.deepEqual([game.phase, game.isOn], ["rest", false])
  game.begin(START)
  assert.ok(game.isOn)
  assert.ok(!game.advance(1000))
  assert.deepEqual([game.you.state, game.you.steps], [START, 0])
  assert.ok(game.push(1, 1000))
  assert.ok(!game.push(-1, 1010)) // only the first push begins it
  assert.equal(game.phase, "going")
  assert.ok(game.isOn)
})

test("a push moves one's own cart by the force of one push, in whole steps", () => {
  const game = begun()
  assert.ok(game.advance(50))
  assert.equal(game.you.steps, 2)
  assert.deepEqual(game.you.state, step(step(START, -10), -10))
  assert.deepEqual(game.other.state, step(step(START, 0), 0))
  assert.deepEqual(game.you.before, step(START, -10))
  assert.ok(Math.abs(game.spare - 0.01) < 1e-9) // of the third step
})

test("of two directions the latest counts, and one that is let go counts no more", () => {
  const game = begun()
  game.push(1, 0)
  game.advance(20)
  assert.deepEqual(game.you.state, step(START, 10))
  game.release(1)
  game.advance(40)
  assert.deepEqual(game.you.state, step(step(START, 10), -10))
  game.release(-1)
  game.advance(60)
  assert.deepEqual(game.you.state, step(step(step(START, 10), -10), 0))
})

test("a tab that slept catches up a quarter of a second and no more", () => {
  const game = begun()
  game.advance(60_000)
  assert.equal(game.other.steps, Math.floor(0.25 / TIME_STEP))
})

test("a fallen pole ends the game, and the best try is kept", () => {
  const game = begun()
  const now = lose(game)
  assert.equal(game.phase, "over")
  assert.ok(!game.isOn && game.you.fellAt !== null)
  assert.equal(game.best, game.you.steps)
  assert.match(game.result, /^You: \d+ steps \(\d\.\d s\)\. The agent/)
  const { steps } = game.you
  game.advance(now + 20)
  assert.equal(game.you.steps, steps) // what has fallen stays
  game.begin(START)
  assert.deepEqual([game.phase, game.you.fellAt, game.best], ["ready", null, steps])
  assert.ok(!game.advance(now + 40)) // though the last game's agent had not fallen yet
  assert.deepEqual(game.other.state, START)
})

test("who falls at once keeps the earlier best, and the agent may stand on", () => {
  const game = begun(([, , theta, rate]) => (theta + 0.5 * rate > 0 ? 10 : -10))
  game.best = 400
  const now = lose(game)
  assert.equal(game.best, 400)
  assert.match(game.result, /The agent is still up\.$/)
  assert.ok(game.advance(now + 20)) // it moves on
})

test("a pole that has stopped falling moves no more", () => {
  const game = begun()
  let now = lose(game)
  for (; game.other.fellAt === null; now += 20) game.advance(now)
  const last = Math.max(game.you.fellAt ?? 0, game.other.fellAt)
  assert.ok(game.advance(last + 599))
  assert.ok(!game.advance(last + 600))
  assert.match(game.result, /The agent: \d+ steps \(\d\.\d s\)\.$/)
})

test("500 steps are all of it", () => {
  const game = begun()
  game.you.steps = 499
  game.advance(20)
  assert.equal(game.phase, "over")
  assert.match(game.result, /^You kept it up for all 500 steps\. The agent is still up\.$/)
})

test("at rest both carts stand upright in the middle", () => {
  const game = begun()
  game.advance(40)
  game.rest()
  assert.deepEqual(
    [game.phase, game.you.state, game.other.state],
    ["rest", [0, 0, 0, 0], [0, 0, 0, 0]],
  )
  assert.ok(!game.advance(100))
  assert.deepEqual(firstStep(game, 200), step(START, 0)) // nor is anything pressed any more
})

/** The first state of a new game in which a push was let go at once. @param {Game} game */
function firstStep(game, now = 0) {
  game.begin(START)
  game.push(-1, now)
  game.release(-1)
  game.advance(now + 20)
  return game.you.state
}

test("what was pressed when a game ended counts no more, what was pressed since does", () => {
  const ended = begun()
  assert.deepEqual(firstStep(ended, lose(ended)), step(START, 0))
  const game = begun()
  const now = lose(game)
  game.push(1, now)
  game.advance(now + 20)
  assert.deepEqual(firstStep(game, now + 20), step(START, 10))
})

test("a beginner's game is slow at first, in the same world", () => {
  const game = new Game(still, true)
  game.begin(START)
  game.push(-1, 0)
  game.advance(100) // 0.35 of five steps
  assert.equal(game.you.steps, 1)
  assert.deepEqual(game.you.state, step(START, -10))
  let now = 100
  for (; game.phase === "going"; now += 20) game.advance(now)
  const plain = begun()
  lose(plain)
  assert.equal(game.you.steps, plain.you.steps)
  game.advance(now)
  const { steps } = game.other
  game.advance(now + 110) // who watches the agent alone sees it at its own speed
  assert.equal(game.other.steps, steps + 5)
  assert.ok(now > 1.5 * 1000 * game.you.steps * TIME_STEP)
})

test("half of the way to full speed it is as far between slowest and full", () => {
  const game = new Game(still, true)
  game.begin(START)
  game.push(-1, 0)
  game.you.steps = 50 // of 100: at 0.35 + 0.65 / 2 of its speed
  game.advance(200) // 0.135 s of the carts
  assert.equal(game.other.steps, 6)
})
