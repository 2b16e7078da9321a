/** @import { Field } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import { tracksOfSeeds } from "../../engine/app/web/lib/tracks.js"
import { fromAddress } from "../../engine/app/web/player/given.js"
import { parse, stops } from "../../engine/app/web/player/values.js"
import { MODE, RATE, SEED } from "./given.js"

test("a slider stops at round values: by ratio over two powers of ten, else evenly", () => {
  const rates = stops(RATE)
  assert.equal(rates[0], 0.01)
  assert.equal(rates.at(-1), 1)
  assert.ok(rates.includes(0.012) && rates.includes(0.25))
  assert.deepEqual(stops({ type: "int", low: 1, high: 4 }), [1, 2, 3, 4])
  assert.deepEqual(
    stops({ type: "float", low: 0, high: 1, step: 0.25 }, [0.3]),
    [0, 0.25, 0.3, 0.5, 0.75, 1],
  )
  assert.ok(stops({ type: "int", low: 0, high: 100000 }).length <= 402)
})

test("a value of an address becomes one of the field's", () => {
  assert.equal(parse(SEED, "3.6"), 4)
  assert.equal(parse(SEED, "-5"), 0)
  assert.equal(parse(SEED, "many"), 0)
  assert.equal(parse(SEED, ""), 0)
  assert.equal(parse(MODE, "DPO"), "ppo")
  assert.equal(parse({ name: "x", type: "bool", default: false }, "TRUE"), true)
})

test("a name that the simulation does not have is said, with the nearest", () => {
  const { raw, read, notes } = fromAddress({ seed: "7", rat: "1" }, [SEED, RATE])
  assert.deepEqual(raw, { seed: "7" })
  assert.deepEqual(read, { seed: 7 })
  assert.equal(notes.length, 1)
  assert.match(notes[0], /sets “rat”.+Did you mean “rate”\?$/)
})

test("several seeds begin at the chosen one, and stay inside the field", () => {
  /** @param {number} seed @param {number} count */
  const seeds = (seed, count) =>
    tracksOfSeeds({ seed }, [SEED], count).map((track) => track.params.seed)
  assert.deepEqual(seeds(3, 3), [3, 4, 5])
  assert.deepEqual(seeds(9, 3), [7, 8, 9])
  assert.deepEqual(seeds(0, 12).length, 12)
})

test("the limits of a slider's stops", () => {
  const decades = stops({ type: "float", low: 0.01, high: 1 })
  assert.deepEqual(
    decades.slice(0, 10),
    [0.01, 0.012, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.06, 0.08],
  )
  assert.equal(decades.length, 21)
  assert.deepEqual(stops({ type: "float", low: 0.1, high: 9.9, step: 4.9 }), [0.1, 5, 9.9])
  assert.deepEqual(stops({ type: "int", low: 1, high: 100 }).slice(0, 6), [1, 2, 3, 4, 5, 6])
  assert.ok(!stops({ type: "int", low: 1, high: 100 }).includes(1.2))
  assert.deepEqual(stops({ type: "float", low: 0, high: 1 }).length, 101) // a hundred parts
  assert.deepEqual(stops({ type: "float", low: 0, high: 1, step: 0.5 }, [2, -1]), [0, 0.5, 1])
  assert.deepEqual(stops({ type: "int", low: 0, high: 1000, step: 1 }).length, 251) // every fourth
  assert.deepEqual(stops({ type: "int", low: 0, high: 2, step: 1 }, [0.5]), [0, 1, 2])
  assert.deepEqual(stops({ type: "float", low: -1, high: 1, step: 1 }), [-1, 0, 1])
})

test("the limits of a value in an address", () => {
  /** @param {object} more @returns {Field} */
  const field = (more) => ({ name: "x", type: "float", default: 7, ...more })
  assert.equal(parse(field({ low: 0, high: 1 }), "9"), 1)
  assert.equal(parse(field({}), "-1e9"), -1e9)
  assert.equal(parse(field({}), "2.5"), 2.5)
  assert.equal(parse(field({}), ""), 7)
  assert.equal(parse(field({}), "1/2"), 7)
  assert.equal(parse(field({ low: -1 }), "-3"), -1)
  const isOn = field({ type: "bool", default: true })
  for (const yes of ["true", "1", "yes", "Yes", true]) assert.equal(parse(isOn, yes), true)
  for (const no of ["false", "0", "no", "", "on", false]) assert.equal(parse(isOn, no), false)
  const text = field({ type: "str", default: "a", choices: [] })
  assert.equal(parse(text, "anything"), "anything")
  assert.equal(parse(field({ type: "str", default: "a", choices: null }), "b"), "b")
  assert.equal(parse(MODE, "dpo"), "dpo")
  const short = field({ type: "str", default: "", max_length: 3 })
  assert.equal(parse(short, "abcd"), "abc")
  assert.equal(parse(short, "abc"), "abc")
  assert.equal(parse(short, "a😀b😀"), "a😀b") // by characters, never inside of one
})

test("a name of an address that nothing is near to is said without advice", () => {
  const { notes } = fromAddress({ zzz: "1" }, [SEED])
  assert.deepEqual(notes, ["The address sets “zzz”, which this simulation does not have."])
})

test("how close evenly spaced stops are", () => {
  /** @param {object} field */
  const of = (field) => stops({ type: "float", low: 100, high: 200, ...field })
  assert.equal(of({}).length, 101) // a hundredth of the range, wherever it lies
  assert.equal(of({ step: 0.5 }).length, 201)
  assert.equal(of({ step: 0.25 }).length, 401) // 400 parts are the most
  assert.equal(of({ step: 0.2 }).length, 251)
  assert.deepEqual(of({ low: 0, high: 1, step: 0.3 }), [0, 0.3, 0.6, 0.9, 1])
})
