/** @import { BlockContext, Checked, Field, KeptPanel, Track } from "../../engine/app/web/lib/types.js" */
/** @import { Player } from "../../engine/app/web/player/player.js" */

import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { newTrack } from "../../engine/app/web/lib/tracks.js"
import { begin } from "../../engine/app/web/player/beginning.js"

/** @type {Field[]} */
const FIELDS = [{ name: "seed", type: "int", default: 0, low: 0, high: 9 }]

/**
 * A panel that was just made, and what is done with it.
 * @param {{ address?: Record<string, string>, check?: () => Promise<Checked>, run?: boolean,
 *   kept?: KeptPanel, isRecorded?: boolean, isLive?: boolean, isMirror?: boolean,
 *   isOnPaper?: boolean, isFirst?: boolean }} given
 */
function made(given) {
  const { address = {}, isRecorded = true, isLive = false } = given
  const check = mock.fn(given.check ?? (async () => ({ params: { seed: 1 }, notes: [] })))
  const context = /** @type {BlockContext} */ (
    /** @type {unknown} */ ({
      isMirror: given.isMirror,
      isOnPaper: given.isOnPaper,
      address: { get: () => address, autorun: () => given.run === true },
      socket: { check },
      kept: given.isFirst ? undefined : { get: () => given.kept ?? null },
    })
  )
  /** @type {string[]} */
  const done = []
  const player = {
    context,
    block: { id: "b" },
    sim: "toy",
    fields: FIELDS,
    values: { seed: 0 },
    /** @type {Track[]} */
    tracks: [],
    picture: { ghosts: /** @type {Track[][]} */ ([]) },
    isLive,
    isOver: false,
    isMirrored: false,
    isBeginning: true,
    view: { draw: () => {} },
    recorded: { load: async () => (isRecorded ? newTrack({}) : null) },
    /** @param {object} params */
    setControls(params) {
      Object.assign(this.values, params)
    },
    say: (/** @type {string} */ text) => done.push(`say ${text}`),
    refuse: (/** @type {string} */ fault) => done.push(`refuse ${fault}`),
    run: (/** @type {string[]} */ notes) => done.push(`run ${notes.join(" ")}`),
    begin: (/** @type {Track[]} */ tracks) =>
      done.push(`begin ${tracks.map((track) => track.params.seed)}`),
    showEnded: (/** @type {Track[]} */ tracks) => done.push(`ended ${tracks.length}`),
    showRecorded() {
      this.tracks = Array.from({ length: done.push("recorded") }, () => newTrack({}))
    },
  }
  const begun = begin(/** @type {Player} */ (/** @type {unknown} */ (player)))
  return { player, done, check, begun }
}

/** @param {Partial<Track>[]} tracks @returns {KeptPanel} */
function kept(...tracks) {
  const all = tracks.map((each) => ({ ...newTrack({ seed: 0 }), ...each }))
  return { sim: "toy", values: { seed: 0 }, tracks: all, ghosts: [[newTrack({ seed: 5 })]] }
}

test("without a word in the address the recorded run is shown, if one ships", async () => {
  const { begun, done, check } = made({})
  await begun
  assert.deepEqual(done, ["recorded"])
  assert.equal(check.mock.callCount(), 0)
  const bare = made({ isRecorded: false })
  await bare.begun
  assert.deepEqual(bare.done, [])
  const first = made({ isFirst: true }) // a view that keeps nothing
  await first.begun
  assert.deepEqual(first.done, ["recorded"])
})

test("values of the address move the controls at once, and the server has the last word", async () => {
  const notes = ["seed is 40, above its greatest value 9."]
  const given = made({
    address: { seed: "40", sede: "1" },
    check: async () => ({ params: { seed: 8 }, notes }),
    run: true,
  })
  assert.equal(given.player.values.seed, 9)
  await given.begun
  assert.deepEqual(given.check.mock.calls[0].arguments, ["toy", { seed: "40" }])
  assert.equal(given.player.values.seed, 8)
  assert.match(given.done[0], /^say The address sets “sede”.+ seed is 40/)
  assert.match(given.done[1], /^run The address sets .+ seed is 40/)
  assert.equal(given.done.length, 2)
})

test("what the server refuses is said, and nothing runs", async () => {
  const check = async () => {
    throw new Error("There is no simulation “toy”.")
  }
  const { begun, done } = made({ address: { seed: "1" }, check, run: true })
  await begun
  const both = made({ address: { seed: "1", sede: "1" }, check })
  await both.begun
  assert.match(both.done[0], /^refuse The address sets .+ There is no simulation “toy”\.$/)
  assert.deepEqual(done, ["refuse There is no simulation “toy”.", "recorded"])
})

test("a panel that is taken away while the server checks starts no run", async () => {
  for (const fails of [false, true]) {
    let answer = () => {}
    const check = () =>
      /** @type {Promise<Checked>} */ (
        new Promise((resolve, reject) => {
          answer = () =>
            fails ? reject(new Error("No.")) : resolve({ params: { seed: 8 }, notes: [] })
        })
      )
    const { player, begun, done } = made({ address: { seed: "1" }, check, run: true })
    player.isOver = true
    answer()
    await begun
    assert.deepEqual(done, [])
    assert.equal(player.values.seed, 1)
  }
})

test("what is live shows its usual values as recorded, and runs others at once", async () => {
  const usual = made({ isLive: true })
  await usual.begun
  assert.deepEqual(usual.done, ["recorded"])
  const moved = made({ isLive: true, address: { seed: "1" } })
  await moved.begun
  assert.deepEqual(moved.done, ["run "])
})

test("what is live runs without a recording, but not on paper, nor what runs already", async () => {
  const live = made({ isLive: true, isRecorded: false })
  await live.begun
  assert.deepEqual(live.done, ["run "])
  const paper = made({ isLive: true, isOnPaper: true })
  await paper.begun
  assert.deepEqual(paper.done, ["recorded"])
  const asked = made({ address: { seed: "1" }, run: true })
  asked.player.tracks = [newTrack({ seed: 3 })] // the reader pressed Run meanwhile
  await asked.begun
  assert.deepEqual(asked.done, [])
})

test("after a reload a run that was done or went on is asked for again", async () => {
  const again = made({ kept: kept({ state: "done" }, { state: "running", params: { seed: 7 } }) })
  await again.begun
  assert.deepEqual(again.done, ["begin 0,7"])
  assert.equal(again.player.picture.ghosts.length, 1)
})

test("a run that was stopped is shown as it was, a recorded one is fetched", async () => {
  const stopped = made({ kept: kept({ state: "cancelled" }) })
  await stopped.begun
  assert.deepEqual(stopped.done, ["ended 1"])
  for (const tracks of [[], [{ state: "done", isRecorded: true }]]) {
    const recorded = made({ kept: kept(.../** @type {Partial<Track>[]} */ (tracks)) })
    await recorded.begun
    assert.deepEqual(recorded.done, ["recorded"])
    assert.equal(recorded.player.picture.ghosts.length, 1)
  }
})

test("a link that starts a run takes what was kept only where it is that run", async () => {
  const same = made({ run: true, kept: kept({ state: "done" }) })
  await same.begun
  assert.deepEqual(same.done, ["begin 0"])
  for (const track of [{ params: { seed: 3 } }, { isRecorded: true }, null]) {
    const other = made({ run: true, kept: track ? kept(track) : kept() })
    await other.begun
    assert.deepEqual(other.done, ["run "])
  }
})

test("what was kept is nothing to a live block, on paper, or with another address", async () => {
  const panel = kept({ state: "cancelled" })
  const live = made({ isLive: true, kept: panel })
  await live.begun
  assert.deepEqual(live.done, ["recorded"])
  const paper = made({ isOnPaper: true, kept: panel })
  await paper.begun
  assert.deepEqual(paper.done, ["recorded"])
  const moved = made({ address: { seed: "4" }, kept: panel })
  await moved.begun
  assert.deepEqual(moved.done, ["recorded"])
})

test("a mirror computes nothing, and shows no recorded run over what it mirrors", async () => {
  const mirror = made({ isMirror: true, run: true, address: { seed: "1" } })
  await mirror.begun
  assert.deepEqual(mirror.done, ["recorded"])
  assert.equal(mirror.check.mock.callCount(), 0)
  const late = made({ isMirror: true })
  late.player.isMirrored = true
  await late.begun
  assert.deepEqual(late.done, [])
})
