/** @import { Published } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { Picture } from "../../engine/app/web/charts/series.js"
import { newTrack } from "../../engine/app/web/lib/tracks.js"
import { thin } from "../../engine/app/web/player/clips.js"

test("clips are a few of all, with the first and the last", () => {
  assert.deepEqual(thin([1, 2, 3, 4, 5], 3), [1, 3, 5])
  assert.deepEqual(thin([1, 2, 3], 1), [3])
  assert.deepEqual(thin([1, 2], 4), [1, 2])
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
