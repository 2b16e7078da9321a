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
  assert.equal(nearest("ab", ["abx", "aby"]), "abx") // of equals the first
  assert.equal(nearest("temperature", ["team"]), "") // one pair of letters is chance
  assert.equal(nearest("rate", []), "")
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
  const getModifierState = (/** @type {string} */ name) => name === "AltGraph"
  const altGr = { ctrlKey: true, altKey: true, getModifierState }
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

test("signs of another script are meant by their place, shifted ones are not", () => {
  const places = { Slash: "/", Period: ".", Minus: "-", Equal: "=", Space: " ", Numpad4: "4" }
  for (const [code, key] of Object.entries(places)) assert.equal(pressed("。", code), key, code)
  assert.equal(pressed("。", "Period", { shiftKey: true }), "")
  assert.equal(pressed("。", "Backquote"), "")
  assert.equal(pressed("ー", "Slash"), "/")
  assert.equal(pressed("٣", "Digit3", { shiftKey: true }), "")
  assert.equal(pressed("И", "KeyB", { shiftKey: true }), "b")
})

test("keys that are no sign have their names, but not those of an input method", () => {
  for (const key of ["F5", "Enter", "PageDown"]) assert.equal(pressed(key, key), key)
  for (const key of ["Dead", "Process", "Unidentified"]) assert.equal(pressed(key, "F24"), "", key)
  assert.equal(pressed("a", "KeyA", { keyCode: 229 }), "")
})

test("the digits' row types digits where it does, and signs where it is shifted", () => {
  assert.equal(pressed("3", "Digit3"), "3")
  assert.equal(pressed("7", "Digit8"), "7") // what is printed counts
  assert.equal(pressed("&", "Digit1"), "1")
  assert.equal(pressed("!", "Digit1", { shiftKey: true }), "!")
  assert.equal(pressed("4", "Numpad4"), "4")
})

test("each of the browser's own keys stays its own", () => {
  for (const name of ["ctrlKey", "metaKey", "altKey"])
    assert.equal(pressed("s", "KeyS", { [name]: true }), "", name)
  const getModifierState = (/** @type {string} */ name) => name === "AltGraph"
  const altGr = { ctrlKey: true, altKey: true, getModifierState }
  assert.equal(pressed("ArrowLeft", "ArrowLeft", altGr), "")
  const plain = { ctrlKey: true, getModifierState: () => false }
  assert.equal(pressed("/", "Slash", plain), "")
})
