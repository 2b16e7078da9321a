/** Who has the keys: the lecture, or the control that has the focus.

    A clicker has no Tab and no Esc. A control that was pressed with a pointer (mouse, pen, finger)
    therefore gives the keys back at once; one that was reached with the keyboard keeps those that
    operate it, until Esc. Text keeps all keys while someone types. */

const TYPED = /^(text|search|number|email|url|tel|password|date|time|month|week|datetime-local)$/
const OPERATED = "input, select, textarea, [role='slider'], video, audio, iframe"
const PRESSED = "button, a, summary, [role='button']"
const CONTROL = `${OPERATED}, ${PRESSED}, [data-keys='own']`
const OF_A_LIST = ["ArrowUp", "ArrowDown", "Escape", "Tab"]

export class Hold {
  #pressed = new WeakSet() // elements that have the focus because of a pointer
  #typed = new WeakSet() // number fields in which something was typed since they got the focus
  #isPressing = false
  #isTabbing = false
  #under = null // what the pointer is over

  /** @param {() => void} home gives the focus back to the lecture @param {AbortSignal} signal */
  constructor(home, signal) {
    this.home = home
    const listen = (type, act, on = document) =>
      on.addEventListener(type, act, { capture: true, passive: true, signal })
    listen("pointerdown", (event) => this.#press(event))
    for (const type of ["click", "pointercancel"])
      listen(type, () => setTimeout(() => (this.#isPressing = false)))
    listen("pointerup", () => setTimeout(() => (this.#isPressing = false), 400)) // a drag ends without a click
    listen("keydown", (event) => this.#key(event), window)
    listen("keyup", () => (this.#isTabbing = false), window)
    listen("focusin", (event) => this.#focus(event))
    listen("change", ({ target }) => {
      if (target.tagName === "SELECT" && this.#pressed.has(target)) this.#giveBack(target)
    })
    listen("pointerover", (event) => this.#over(event))
    listen("blur", () => this.#frameTook(), window)
  }

  /** Whether `key` is for what has the focus, and not for the lecture. */
  isOwn(event, key) {
    const target = event.composedPath()[0]
    if (!(target instanceof Element)) return false
    if (target.closest("dialog[open]")) return true
    const isPressed = this.#pressed.has(target)
    if (target.closest("[data-keys='own']")) return !isPressed || OF_A_LIST.includes(key)
    if (isTyping(target)) return this.#isTyped(target, key, isPressed)
    // A clicker has no other keys: a slider that was reached with Tab must not keep these.
    if (key === "PageDown" || key === "PageUp") return false
    if (target.matches(OPERATED)) return !isPressed || isOpen(target)
    return !isPressed && (key === "Enter" || key === " ") && target.closest(PRESSED) !== null
  }

  /** The lecture takes a key: what a pointer had pressed loses the focus, so that no key-up reaches it. */
  release(event) {
    const target = event.composedPath()[0]
    if (!(target instanceof Element) || !this.#pressed.has(target)) return false
    target.dispatchEvent(new Event("leave-list", { bubbles: true }))
    this.#giveBack(target)
    return true
  }

  /** Esc, and Enter in a line of text, give the keys back to the lecture. */
  leave(event, key) {
    const target = event.composedPath()[0]
    if (!(target instanceof HTMLElement) || target.closest("dialog[open], [data-keys='own']"))
      return
    const isDone = key === "Enter" && isTyping(target) && target.tagName === "INPUT"
    if (isDone || (key === "Escape" && (isTyping(target) || target.matches(OPERATED)))) {
      this.#giveBack(target)
    }
  }

  #giveBack(target) {
    target.blur()
    this.home()
  }

  /** PageUp and PageDown scroll a text of several lines; else text keeps every key but these. */
  #isTyped(target, key, isPressed) {
    if (key === "PageDown" || key === "PageUp")
      return target.tagName === "TEXTAREA" || target.isContentEditable
    if (target.type !== "number" || !isPressed) return true
    if (/^([\d.,+-]|Backspace|Delete)$/.test(key)) this.#typed.add(target)
    // Pressed for its small arrows, or to type: the first sign that is typed says which.
    return (
      this.#typed.has(target) || ["ArrowUp", "ArrowDown", "Enter", "Escape", "Tab"].includes(key)
    )
  }

  #press(event) {
    this.#isPressing = true
    this.#isTabbing = false
    const [target] = event.composedPath()
    const held = document.activeElement
    if (held?.contains(target) && held.matches(CONTROL)) this.#pressed.add(held)
    this.#typed.delete(target)
  }

  #key(event) {
    this.#isPressing = false
    this.#isTabbing = event.key === "Tab"
  }

  #focus(event) {
    const [target] = event.composedPath()
    this.#typed.delete(target)
    if (this.#isPressing && target.closest(CONTROL)) this.#pressed.add(target)
    else if (this.#isTabbing) this.#pressed.delete(target)
  }

  /** A page in a frame gets keys that are not heard here; they are back when the pointer leaves it. */
  #over(event) {
    this.#under = event.target
    const frame = document.activeElement
    if (frame?.tagName !== "IFRAME" || !this.#pressed.has(frame) || frame === this.#under) return
    this.#giveBack(frame)
  }

  #frameTook() {
    setTimeout(() => {
      const frame = document.activeElement
      if (frame?.tagName === "IFRAME" && frame === this.#under && !this.#isTabbing)
        this.#pressed.add(frame)
    })
  }
}

function isTyping(target) {
  if (target instanceof HTMLElement && target.isContentEditable) return true
  return target.tagName === "TEXTAREA" || (target.tagName === "INPUT" && TYPED.test(target.type))
}

/** Whether the list of a `select` hangs open: its keys choose in it. */
function isOpen(target) {
  try {
    return target.tagName === "SELECT" && target.matches(":open")
  } catch {
    return false // a browser that cannot say so
  }
}
