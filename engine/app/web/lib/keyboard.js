/** Which key was pressed, on any keyboard layout. */

// As clickers send them.
/** @type {Record<string, string>} */
const PLAIN = { Slash: "/", Period: ".", Minus: "-", Equal: "=", Space: " " }

/**
 * The key as the tables of this page name it: "ArrowRight", " ", "b", "/", "7".
 *
 * A Latin letter is meant by what is printed on it (AZERTY, Dvorak); a letter of another script by
 * the place where a Latin keyboard has one, which is also what a clicker sends. The row of
 * digits is meant by place when it is not shifted: on AZERTY and Czech keyboards it types other
 * signs.
 * @param {KeyboardEvent} event
 * @returns {string} "" for a key that belongs to an input method or to the browser
 */
export function keyOf(event) {
  const { key, code } = event
  if (event.isComposing || event.keyCode === 229 || isShortcut(event)) return ""
  const digit = /^Digit(\d)$/.exec(code)
  if (digit && !event.shiftKey && !/^\d$/.test(key)) return digit[1]
  if (/^[A-Z][A-Za-z0-9]+$/.test(key) && !["Dead", "Process", "Unidentified"].includes(key))
    return key
  if (/^[ -~]$/.test(key)) return key.toLowerCase()
  return isOtherScript(key) ? byPlace(event) : ""
}

/**
 * With Ctrl, Alt or ⌘ a key is the browser's; AltGr types signs, even where it is Ctrl + Alt.
 * @param {KeyboardEvent} event
 */
function isShortcut(event) {
  const isSign = event.getModifierState?.("AltGraph") && /^[!-~]$/.test(event.key)
  return (event.ctrlKey || event.metaKey || event.altKey) && !isSign
}

/**
 * A letter, digit or sign that is not of a Latin alphabet (é and ø are, and mean nothing here).
 * @param {string} key
 */
function isOtherScript(key) {
  return !/^\p{Script=Latin}/u.test(key)
}

/** @param {KeyboardEvent} event @returns {string} */
function byPlace({ code, shiftKey }) {
  const letter = /^Key([A-Z])$/.exec(code)
  if (letter) return letter[1].toLowerCase()
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)
  if (digit) return shiftKey ? "" : digit[1]
  if (code === "Slash" && shiftKey) return "?"
  return shiftKey ? "" : (PLAIN[code] ?? "")
}
