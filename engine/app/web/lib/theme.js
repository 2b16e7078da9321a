/** Light or dark: the reader's choice, else the system's. */

import { keep, oneOf, recall } from "./store.js"

const KEY = "practicum.theme"

export class Theme {
  /** @param {HTMLElement} stage @param {AbortSignal} signal */
  constructor(stage, signal) {
    this.stage = stage
    /** @type {Set<(name: string) => void>} */
    this.listeners = new Set()
    const system = matchMedia("(prefers-color-scheme: dark)")
    system.addEventListener("change", () => this.#apply(), { signal })
    this.system = system
    window.addEventListener(
      "storage",
      (event) => {
        if (event.key === KEY) this.#apply()
      },
      { signal },
    )
    this.#apply()
  }

  get name() {
    return this.stage.dataset.theme ?? "light"
  }

  toggle() {
    keep(KEY, this.name === "dark" ? "light" : "dark")
    this.#apply()
  }

  /**
   * @param {(name: string) => void} listener
   * @returns {() => void} stops listening
   */
  listen(listener) {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  #apply() {
    const name = recall(KEY, oneOf("light", "dark")) ?? (this.system.matches ? "dark" : "light")
    if (name === this.stage.dataset.theme) return
    this.stage.dataset.theme = name
    if (this.stage.parentElement) this.stage.parentElement.dataset.theme = name
    for (const listener of this.listeners) listener(name)
  }
}
