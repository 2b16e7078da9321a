import assert from "node:assert/strict"
import { test } from "node:test"
import { keyOf } from "../../engine/app/web/lib/keyboard.js"

/** Key, code, what else the browser says of it, and what is meant.
 * @type {[string, string, object, string][]} */
const LAYOUTS = [
  ["b", "KeyB", {}, "b"],
  ["B", "KeyB", {}, "b"], // caps lock
  ["и", "KeyB", {}, "b"], // Russian
  ["И", "KeyB", { shiftKey: true }, "b"],
  ["ю", "Period", {}, "."],
  ["נ", "KeyB", {}, "b"], // Hebrew
  ["β", "KeyB", {}, "b"], // Greek
  ["لا", "KeyB", {}, "b"], // Arabic: one key, two letters
  ["ㅠ", "KeyB", {}, "b"], // Korean
  ["ิ", "KeyB", {}, "b"], // Thai: a mark without a letter
  ["x", "KeyB", {}, "x"], // Dvorak: what is printed on the key
  ["o", "KeyS", {}, "o"],
  ["&", "Digit1", {}, "1"], // AZERTY
  ["é", "Digit2", {}, "2"],
  ["-", "Digit6", {}, "6"],
  ["2", "Digit2", { shiftKey: true }, "2"],
  ["ě", "Digit2", {}, "2"], // Czech
  ["+", "Digit1", {}, "1"],
  ["٣", "Digit3", {}, "3"], // Arabic digits
  ["/", "Digit7", { shiftKey: true }, "/"], // German
  ["?", "Minus", { shiftKey: true }, "?"],
  ["?", "Digit7", { shiftKey: true }, "?"], // Russian
  ["7", "Numpad7", {}, "7"],
  ["Home", "Numpad7", {}, "Home"],
  ["PageDown", "PageDown", {}, "PageDown"],
  ["Enter", "NumpadEnter", {}, "Enter"],
  [" ", "Space", {}, " "],
  ["F5", "F5", {}, "F5"],
  ["é", "KeyE", {}, ""], // a Latin letter that means nothing
  ["ö", "Semicolon", {}, ""],
  ["Dead", "BracketLeft", {}, ""],
  ["Dead", "KeyE", {}, ""],
  ["Process", "KeyB", {}, ""],
  ["b", "KeyB", { isComposing: true }, ""],
  ["b", "KeyB", { keyCode: 229 }, ""],
  ["b", "KeyB", { ctrlKey: true }, ""],
  ["и", "KeyB", { metaKey: true }, ""],
  ["ArrowRight", "ArrowRight", { altKey: true }, ""],
  ["F5", "F5", { ctrlKey: true }, ""],
]

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

test("keys of many layouts mean what their readers mean", () => {
  for (const [key, code, more, meant] of LAYOUTS)
    assert.equal(pressed(key, code, more), meant, `${key} ${code}`)
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
