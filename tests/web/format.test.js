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

test("the limits of how a number is written", () => {
  assert.equal(number(1e-4), "0.0001")
  assert.equal(number(9.94e-5), "9.9×10⁻⁵")
  assert.equal(number(999_999_999), "999,999,999")
  assert.equal(number(1e9), "10⁹")
  assert.equal(number(-3e12), "−3×10¹²")
  assert.equal(number(999.4), "999") // three digits
  assert.equal(number(1000.6), "1,001") // else 1,000
  assert.equal(number(12_345.6, 2), "12,346")
  assert.equal(number(Infinity), "–")
  assert.equal(number(-4096), "−4,096")
})

test("abbreviations of the field are written as it writes them", () => {
  const all = "ppo dpo ipo kto grpo rloo sft kl rl rm gae lqr reinforce rlvr"
  assert.equal(words(all.replaceAll(" ", "_")), all.toUpperCase())
  assert.equal(words("model_klass"), "model klass")
})

test("parameters with a letter of their own have it", () => {
  const names = ["gamma", "beta", "gae_lambda", "clip_eps"]
  assert.deepEqual(
    names.map((name) => fieldLabel({ name })),
    ["discount γ", "KL weight β", "GAE λ", "clip ε"],
  )
  assert.equal(fieldLabel({ name: "sum_num_pairs" }), "sum num pairs") // at its beginning alone
})

test("a switch that is off, a rate with a unit, and a value that is none", () => {
  assert.equal(value({ type: "bool" }, false), "off")
  assert.equal(value({ type: "float", unit: "" }, 1.23456), "1.235")
  assert.equal(value({ type: "int", unit: "× usual" }, 3), "×3")
  assert.equal(value({ type: "float" }, undefined), "–")
})

test("only parameters that are asked for, and that a run has, tell it from another", () => {
  /** @type {Field[]} */
  const fields = [
    { name: "gamma", type: "float", default: 0.9 },
    { name: "seed", type: "int", default: 0 },
  ]
  assert.equal(describe({ seed: 3 }, fields, ["gamma", "seed"]), "seed 3")
  assert.equal(describe({ seed: 3, gamma: 1 }, fields, ["gamma"]), "discount γ 1")
  const labels = { name: "labels", type: /** @type {const} */ ("str"), default: "" }
  assert.equal(describe({ labels: "" }, [labels], ["labels"]), "without labels")
})

test("the limits of what is left", () => {
  assert.equal(timeLeft(1), "up to 1 s left")
  assert.equal(timeLeft(89.99), "up to 90 s left")
  assert.equal(timeLeft(90), "up to 2 min left")
  assert.equal(about(150), "about 3 min")
})

test("a reference is a word of its own, whatever stands around it", () => {
  const given = {
    reference: "reference",
    "my reference policy": "reference",
    ref: "reference",
    "kl ref": "reference",
    prefer: "policy",
    refined: "policy",
    "the base models": "reference",
    "preference reference": "reference",
    "True reward": "gold",
    true_reward: "gold",
    "true-reward": "policy",
    GOLD: "gold",
    Rejected: "rejected",
  }
  for (const [name, colour] of Object.entries(given)) assert.equal(meaning(name), colour, name)
})

test("only a colour of six digits can be faded", () => {
  for (const odd of ["#fff", "x#0b6e74", "#0b6e7480", ""]) assert.equal(faded(odd, 0.5), odd)
  assert.equal(faded("#ff0010", 0.25), "rgba(255, 0, 16, 0.25)")
})
