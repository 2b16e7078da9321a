/** Keys and swipes that move through a lecture. They never act while someone types. */

const MOVES = {
  ArrowRight: "next", ArrowDown: "down", PageDown: "next", " ": "next", Enter: "next",
  ArrowLeft: "previous", ArrowUp: "up", PageUp: "previous", Backspace: "previous",
  Home: "first", End: "last",
  o: "overview", O: "overview", "/": "search", f: "fullscreen", F: "fullscreen",
  "?": "help", s: "outline", S: "outline", r: "references", R: "references",
  n: "notes", N: "notes", d: "theme", D: "theme", Escape: "close",
  p: "presenter", P: "presenter", v: "read", V: "read", g: "glossary", G: "glossary", c: "claims", C: "claims",
  b: "blank", B: "blank", ".": "blank", t: "timer", T: "timer", "+": "larger", "=": "larger", "-": "smaller",
}

/**
 * Listen until `signal` aborts.
 * @param {(action: string, number?: number) => boolean | void} act returns false when not handled
 */
export function listenKeys(act, signal) {
  let digits = ""
  const press = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.isComposing || isEditing(event)) return leaveControl(event)
    if (/^[0-9]$/.test(event.key)) digits += event.key
    else if (event.key === "Enter" && digits) act("goto", Number(digits))
    else {
      let action = MOVES[event.key]
      if (event.key === " " && event.shiftKey) action = "previous"
      // Enter and space belong to the button or link that has the focus.
      if ((event.key === "Enter" || event.key === " ") && isControl(event)) return
      if (!action || act(action) === false) return swallow(event)
    }
    if (!/^[0-9]$/.test(event.key)) digits = ""
    event.preventDefault()
    event.stopPropagation()
  }
  document.addEventListener("keydown", press, { capture: true, signal })
}

/** Swipes on `element`: left for the next slide, right for the one before. */
export function listenSwipes(element, act, signal) {
  let start = null
  element.addEventListener("touchstart", (event) => {
    const busy = event.target.closest("input, select, canvas, pre, table, .is-wide, .live, dialog, aside")
    const touch = event.touches[0]
    start = event.touches.length === 1 && !busy ? { x: touch.clientX, y: touch.clientY } : null
  }, { passive: true, signal })
  element.addEventListener("touchend", (event) => {
    if (!start) return
    const dx = event.changedTouches[0].clientX - start.x
    const dy = event.changedTouches[0].clientY - start.y
    start = null
    if (Math.abs(dx) > 45 && Math.abs(dx) > 1.6 * Math.abs(dy)) act(dx < 0 ? "next" : "previous")
  }, { passive: true, signal })
}

// Streamlit reruns on "r" and clears its cache on "c"; in a lecture neither is wanted.
function swallow(event) {
  if (event.key === "c" || event.key === "C") event.stopPropagation()
}

function isEditing(event) {
  const target = event.composedPath()[0]
  if (!(target instanceof Element)) return false
  if (target.closest("dialog[open], [data-keys='own']")) return true
  if (target instanceof HTMLElement && target.isContentEditable) return true
  // A clicker has no other keys: a slider that was dragged on stage must not keep them.
  if (event.key === "PageDown" || event.key === "PageUp") return target.tagName === "TEXTAREA"
  return isField(target)
}

function isField(target) {
  return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.getAttribute("role") === "slider"
}

// Escape gives the keys back to the lecture.
function leaveControl(event) {
  const target = event.composedPath()[0]
  if (event.key === "Escape" && isField(target) && !target.closest("dialog[open]")) target.blur()
}

function isControl(event) {
  const target = event.composedPath()[0]
  return target instanceof Element && target.closest("button, a, summary, [role='button']") !== null
}
