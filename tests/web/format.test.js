/** @import { Field } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import {
  about,
  describe,
  escapeHtml,
  faded,
  fieldLabel,
  meaning,
  number,
  timeLeft,
  value,
  words,
} from "../../engine/app/web/lib/format.js"

test("numbers are written for people", () => {
  assert.equal(number(4096), "4,096")
  assert.equal(number(-1.25), "−1.25")
  assert.equal(number(0.0030004), "0.003")
  assert.equal(number(1234.5), "1,235") // as many digits as are whole
  assert.equal(number(3e-5), "3×10⁻⁵")
  assert.equal(number(-1e-5), "−10⁻⁵")
  assert.equal(number(2e12), "2×10¹²")
  assert.equal(number(0), "0")
  assert.equal(number(Number.NaN), "–")
  assert.equal(number(9.999, 2), "10")
})

test("a value is shown with its unit, a switch and a choice as words", () => {
  assert.equal(value({ type: "bool" }, true), "on")
  const choices = ["reinforce", "reinforce_baseline"]
  assert.equal(value({ type: "str", choices }, "reinforce_baseline"), "REINFORCE baseline")
  assert.equal(value({ type: "str" }, "the ppo_loss"), "the ppo_loss") // as it was typed
  assert.equal(value({ type: "float", unit: "nats" }, 0.25), "0.25 nats")
  assert.equal(value({ type: "int", unit: "pairs" }, 500), "500")
  assert.equal(value({ type: "float", unit: "× usual" }, 2), "×2")
})

test("parameters are named as the field names them", () => {
  assert.equal(words("ppo_loss"), "PPO loss")
  assert.equal(fieldLabel({ name: "beta" }), "KL weight β")
  assert.equal(fieldLabel({ name: "num_comparisons" }), "comparisons")
  assert.equal(fieldLabel({ name: "x", label: "rl steps" }), "RL steps")
  /** @type {Field[]} */
  const fields = [
    { name: "gamma", type: "float", default: 0.9 },
    { name: "seed", type: "int", default: 0 },
    { name: "hidden", type: "int", default: 0 },
  ]
  const params = { gamma: 0.9, seed: 3, hidden: 1 }
  assert.equal(describe(params, fields, ["seed", "gamma"]), "discount γ 0.9, seed 3")
})

test("durations are rounded up, so that nothing takes longer than it says", () => {
  assert.equal(about(19.2), "about 20 s")
  assert.equal(about(119.5), "about 120 s")
  assert.equal(about(120), "about 2 min")
  assert.equal(timeLeft(0.9), "almost done")
  assert.equal(timeLeft(89.1), "up to 90 s left")
  assert.equal(timeLeft(91), "up to 2 min left")
})

test("a series has the colour of what it means", () => {
  const given = {
    proxy_reward: "proxy",
    "true reward": "gold",
    gold_reward: "gold",
    chosen_logprob: "chosen",
    "rejected answer": "rejected",
    "base model": "reference",
    ref_kl: "reference",
    preference: "policy", // "ref" inside a word is none
    accuracy: "policy",
  }
  for (const [name, colour] of Object.entries(given)) assert.equal(meaning(name), colour, name)
})

test("colours fade, and text stays text", () => {
  assert.equal(faded("#0b6e74", 0.5), "rgba(11, 110, 116, 0.5)")
  assert.equal(faded("teal", 0.5), "teal")
  assert.equal(escapeHtml(`<b>"a" & b</b>`), `&lt;b&gt;"a" &amp; b&lt;/b&gt;`)
})
