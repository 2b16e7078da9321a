import assert from "node:assert/strict"
import { test } from "node:test"
import { keyOf } from "../../engine/app/web/lib/keyboard.js"
import { nearest } from "../../engine/app/web/lib/near.js"
import { keep, numberIn, oneOf, recall } from "../../engine/app/web/lib/store.js"

/**
 * A key press as a browser reports it.
 * @param {string} key
 * @param {string} code
 * @param {object} [others]
 */
function pressed(key, code, others = {}) {
  const event = { key, code, keyCode: 0, isComposing: false, shiftKey: false, ...others }
  return keyOf(/** @type {KeyboardEvent} */ (event))
}

test("the nearest name is one that could be meant", () => {
  assert.equal(nearest("learning_rat", ["gamma", "learning_rate"]), "learning_rate")
  assert.equal(nearest("xyz", ["gamma", "learning_rate"]), "")
  assert.equal(nearest("gama", ["gamma", "game"]), "gamma")
})

test("a key means what is printed on it, and by its place in another script", () => {
  assert.equal(pressed("ArrowRight", "ArrowRight"), "ArrowRight")
  assert.equal(pressed("B", "KeyB", { shiftKey: true }), "b")
  assert.equal(pressed("a", "KeyQ"), "a") // AZERTY
  assert.equal(pressed("и", "KeyB"), "b") // Cyrillic
  assert.equal(pressed("é", "Digit2"), "2") // AZERTY's unshifted row of digits
  assert.equal(pressed("é", "KeyE"), "") // a letter that means nothing here
  assert.equal(pressed("ー", "Slash", { shiftKey: true }), "?")
})

test("a key with Ctrl belongs to the browser, a sign typed with AltGr does not", () => {
  assert.equal(pressed("f", "KeyF", { ctrlKey: true }), "")
  assert.equal(pressed("a", "KeyA", { isComposing: true }), "")
  const altGr = { ctrlKey: true, altKey: true, getModifierState: () => true }
  assert.equal(pressed("/", "Digit7", { ...altGr, shiftKey: true }), "/")
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
