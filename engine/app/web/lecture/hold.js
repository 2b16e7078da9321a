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
  /** @type {EventTarget | null} */
  #under = null // what the pointer is over
  #entered = new WeakSet() // frames that the pointer has been over

  /** @param {() => void} home gives the focus back to the lecture @param {AbortSignal} signal */
  constructor(home, signal) {
    this.home = home
    /**
     * @template {keyof DocumentEventMap} Type
     * @param {Type} type
     * @param {(event: DocumentEventMap[Type]) => void} act
     * @param {Document | Window} [on]
     */
    const listen = (type, act, on = document) =>
      on.addEventListener(type, /** @type {EventListener} */ (act), {
        capture: true,
        passive: true,
        signal,
      })
    const rest = () => {
      this.#isPressing = false
    }
    listen("pointerdown", (event) => this.#press(event))
    listen("click", () => setTimeout(rest))
    listen("pointercancel", () => setTimeout(rest))
    listen("pointerup", () => setTimeout(rest, 400)) // a drag ends without a click
    listen("keydown", (event) => this.#key(event), window)
    const untab = () => {
      this.#isTabbing = false
    }
    listen("keyup", untab, window)
    listen("focusin", (event) => this.#focus(event))
    listen("change", ({ target }) => {
      if (target instanceof HTMLSelectElement && this.#pressed.has(target)) this.#giveBack(target)
    })
    listen("pointerover", (event) => this.#over(event))
    listen("blur", () => this.#frameTook(), window)
  }

  /**
   * Whether `key` is for what has the focus, and not for the lecture.
   * @param {KeyboardEvent} event
   * @param {string} key
   */
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

  /**
   * The lecture takes a key: what a pointer had pressed loses the focus, and gets no key-up.
   * @param {KeyboardEvent} event
   */
  release(event) {
    const target = event.composedPath()[0]
    if (!(target instanceof HTMLElement) || !this.#pressed.has(target)) return false
    target.dispatchEvent(new Event("leave-list", { bubbles: true }))
    this.#giveBack(target)
    return true
  }

  /**
   * Esc, and Enter in a line of text, give the keys back to the lecture.
   * @param {KeyboardEvent} event
   * @param {string} key
   */
  leave(event, key) {
    const target = event.composedPath()[0]
    if (!(target instanceof HTMLElement) || target.closest("dialog[open], [data-keys='own']"))
      return
    const isDone = key === "Enter" && isTyping(target) && target.tagName === "INPUT"
    if (isDone || (key === "Escape" && (isTyping(target) || target.matches(OPERATED)))) {
      this.#giveBack(target)
    }
  }

  /** @param {HTMLElement} target */
  #giveBack(target) {
    target.blur()
    this.home()
  }

  /**
   * PageUp and PageDown scroll a text of several lines; else text keeps every key but these.
   * @param {Element} target
   * @param {string} key
   * @param {boolean} isPressed
   */
  #isTyped(target, key, isPressed) {
    if (key === "PageDown" || key === "PageUp")
      return target.tagName === "TEXTAREA" || isEditable(target)
    if (!(target instanceof HTMLInputElement) || target.type !== "number" || !isPressed) return true
    if (/^([\d.,+-]|Backspace|Delete)$/.test(key)) this.#typed.add(target)
    // Pressed for its small arrows, or to type: the first sign that is typed says which.
    return (
      this.#typed.has(target) || ["ArrowUp", "ArrowDown", "Enter", "Escape", "Tab"].includes(key)
    )
  }

  /** @param {PointerEvent} event */
  #press(event) {
    this.#isPressing = true
    this.#isTabbing = false
    const target = /** @type {Element} */ (event.composedPath()[0])
    const held = document.activeElement
    if (held?.contains(target) && held.matches(CONTROL)) this.#pressed.add(held)
    this.#typed.delete(target)
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    this.#isPressing = false
    this.#isTabbing = event.key === "Tab"
  }

  /** @param {FocusEvent} event */
  #focus(event) {
    const target = /** @type {Element} */ (event.composedPath()[0])
    this.#typed.delete(target)
    if (this.#isPressing && target.closest(CONTROL)) this.#pressed.add(target)
    else if (this.#isTabbing) this.#pressed.delete(target)
  }

  /**
   * A page in a frame gets keys that are not heard here; they come back when the pointer leaves.
   * @param {PointerEvent} event
   */
  #over(event) {
    this.#under = event.target
    if (event.target instanceof HTMLIFrameElement) this.#entered.add(event.target)
    const frame = document.activeElement
    if (!(frame instanceof HTMLIFrameElement)) return
    if (!this.#pressed.has(frame) || frame === this.#under) return
    this.#giveBack(frame)
  }

  /** The pointer may have left again before the browser tells of the focus. */
  #frameTook() {
    setTimeout(() => {
      const frame = document.activeElement
      if (!(frame instanceof HTMLIFrameElement) || this.#isTabbing || !this.#entered.has(frame))
        return
      this.#pressed.add(frame)
      if (frame !== this.#under) this.#giveBack(frame)
    })
  }
}

/** @param {Element} target */
const isEditable = (target) => target instanceof HTMLElement && target.isContentEditable

/** @param {Element} target */
function isTyping(target) {
  if (isEditable(target) || target.tagName === "TEXTAREA") return true
  return target instanceof HTMLInputElement && TYPED.test(target.type)
}

/**
 * Whether the list of a `select` hangs open: its keys choose in it.
 * @param {Element} target
 */
function isOpen(target) {
  try {
    return target.tagName === "SELECT" && target.matches(":open")
  } catch {
    return false // a browser that cannot say so
  }
}
