/** One sentence at the top of the window, for a while. */

const SHORT = 9000 // ms
const LONG = 12_000 // ms, of a sentence with a button

export class Toast {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #waiting

  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element
  }

  /** @param {string} text */
  say(text) {
    this.element.textContent = text
    this.#show(SHORT)
  }

  /**
   * The address named a slide that is not in this lecture.
   * @param {string} id
   * @param {string} near a slide that could be meant, or ""
   * @param {() => void} go shows that one
   */
  sayMissing(id, near, go) {
    this.element.innerHTML = "There is no slide “<b></b>” in this lecture."
    const name = this.element.querySelector("b")
    if (name) name.textContent = id
    if (near) this.#button(`Go to “${near}”`, go)
    this.#show(LONG)
  }

  /**
   * A sentence, and a button that does something about it.
   * @param {string} text
   * @param {string} words on the button
   * @param {() => void} act
   */
  offer(text, words, act) {
    this.element.textContent = text
    this.#button(words, act)
    this.#show(LONG)
  }

  /** @param {string} words @param {() => void} act */
  #button(words, act) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = words
    button.onclick = () => {
      act()
      this.#hide()
    }
    this.element.append(" ", button)
  }

  /** @param {number} ms */
  #show(ms) {
    this.element.classList.add("is-on")
    clearTimeout(this.#waiting)
    this.#waiting = setTimeout(() => this.#hide(), ms)
  }

  #hide() {
    this.element.classList.remove("is-on")
  }
}
