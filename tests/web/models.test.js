/** @import { Track } from "../../engine/app/web/lib/types.js" */
/** @import { Player } from "../../engine/app/web/player/player.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { newTrack } from "../../engine/app/web/lib/tracks.js"
import { isPending } from "../../engine/app/web/player/models.js"

/**
 * Whether a panel has nothing to draw yet.
 * @param {{isBeginning?: boolean, isLive?: boolean, isGoing?: boolean, tracks?: Track[],
 *   fault?: string}} given
 */
function pending({
  isBeginning = false,
  isLive = false,
  isGoing = false,
  tracks = [],
  fault = "",
}) {
  const player = { isBeginning, isLive, tracks, jobs: { isGoing }, face: { fault } }
  return isPending(/** @type {Player} */ (/** @type {unknown} */ (player)))
}

test("a panel draws nothing while what it shows first is on its way", () => {
  assert.equal(pending({ isBeginning: true }), true)
  assert.equal(pending({ isBeginning: true, fault: "no such value" }), false)
  assert.equal(pending({ isBeginning: true, tracks: [newTrack({})] }), false) // Run was pressed
  assert.equal(pending({}), false) // nothing is recorded: it says so
})

test("where a slider answers at once, the old curve stays until the new one is there", () => {
  const waiting = newTrack({})
  const answered = { ...newTrack({}), frames: [{ step: 0 }] }
  assert.equal(pending({ isLive: true, isGoing: true, tracks: [waiting] }), true)
  assert.equal(pending({ isLive: true, isGoing: true, tracks: [answered] }), false)
  assert.equal(pending({ isLive: true, isGoing: false, tracks: [waiting] }), false) // it failed
  assert.equal(pending({ isGoing: true, tracks: [waiting] }), false) // a long run has its axes
})
