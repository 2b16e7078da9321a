/** Sentences about what a view lacks just now, at its foot until it is there.

    They carry their look with them: one of them says that a style sheet is missing. */

const LOOK =
  "position:fixed;left:16px;bottom:16px;z-index:8;max-width:min(44em,calc(100vw - 32px));" +
  "margin:0;padding:8px 14px;border-radius:10px;background:CanvasText;color:Canvas;" +
  "font:15px/1.4 system-ui,sans-serif;box-shadow:0 4px 18px rgb(0 0 0/25%)"

export class Notices {
  /** @type {Map<string, string>} */
  #sentences = new Map() // by what is missing

  /** @param {HTMLElement} root of the view */
  constructor(root) {
    this.box = document.createElement("p")
    this.box.className = "notices"
    this.box.setAttribute("role", "status")
    this.box.style.cssText = LOOK
    this.box.hidden = true
    this.box.style.display = "none"
    root.append(this.box)
  }

  /**
   * Say that `what` is missing; without a sentence it is there again.
   * @param {string} what
   * @param {string} [sentence]
   */
  say(what, sentence = "") {
    if (sentence) this.#sentences.set(what, sentence)
    else this.#sentences.delete(what)
    const text = [...this.#sentences.values()].join(" ")
    if (this.box.textContent !== text) this.box.textContent = text
    this.box.hidden = !text
    this.box.style.display = text ? "block" : "none"
  }
}

export const NO_DECK =
  "The lecture did not load. Is the server still running? This page keeps trying."
export const NO_VIEW =
  "This view did not load. Is the server still running? This page keeps trying."
export const NO_STYLE = "A style sheet did not load, so this looks bare. This page keeps trying."
export const NO_LINE =
  "No live connection to the server: slides and recorded figures work, runs do not. " +
  "This page keeps trying."
