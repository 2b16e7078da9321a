/** The title of the window: Streamlit sets one of its own when it comes, after the lecture. */

export class Title {
  #text = "" // until the lecture has said one

  /** @param {AbortSignal} signal when the lecture is left, the title is Streamlit's again */
  constructor(signal) {
    const watch = new MutationObserver(() => this.#write())
    watch.observe(document.head, { childList: true, subtree: true, characterData: true })
    signal.addEventListener("abort", () => watch.disconnect())
  }

  /** @param {string} text */
  say(text) {
    this.#text = text
    this.#write()
  }

  #write() {
    if (this.#text && document.title !== this.#text) document.title = this.#text
  }
}
