import assert from "node:assert/strict"
import { test } from "node:test"
import { nearest } from "../../engine/app/web/lib/near.js"
import { keep, numberIn, oneOf, recall } from "../../engine/app/web/lib/store.js"

test("the nearest name is one that could be meant", () => {
  assert.equal(nearest("learning_rat", ["gamma", "learning_rate"]), "learning_rate")
  assert.equal(nearest("xyz", ["gamma", "learning_rate"]), "")
  assert.equal(nearest("gama", ["gamma", "game"]), "gamma")
  assert.equal(nearest("ab", ["abx", "aby"]), "abx") // of equals the first
  assert.equal(nearest("temperature", ["team"]), "") // one pair of letters is chance
  assert.equal(nearest("rate", []), "")
})

test("without a storage what is kept lasts as long as the page", () => {
  keep("theme", "dark")
  assert.equal(recall("theme", oneOf("light", "dark")), "dark")
  keep("theme", "pink")
  assert.equal(recall("theme", oneOf("light", "dark")), null)
  assert.equal(recall("theme", String), null) // dropped, since it was not ours
  keep("panel", "{ no JSON")
  assert.equal(recall("panel", JSON.parse), null)
  assert.equal(numberIn(1, 3)("2.5"), 2.5)
  assert.equal(numberIn(1, 3)("4"), null)
  assert.equal(numberIn(0, 3)(" "), null)
})
