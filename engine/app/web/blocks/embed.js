/** The `iframe` block: another site's page, loaded only when the reader asks for it. */

/** @import { Block, EmbedData } from "../lib/types.js" */

import { el } from "../lib/dom.js"

export class Embed {
  /** @param {HTMLElement} element @param {Block<EmbedData>} block */
  constructor(element, { data }) {
    this.element = element
    const address = new URL(data.src ?? "", location.href)
    if (!["https:", "http:"].includes(address.protocol))
      throw new Error("its address is not a web page")
    const title = data.title || address.hostname
    /** @param {MouseEvent} event */
    const load = (event) => {
      // A page of our own origin must not reach the lecture around it.
      const rights = ["allow-scripts", "allow-popups", "allow-forms", "allow-presentation"]
      if (address.origin !== location.origin) rights.push("allow-same-origin")
      const frame = el("iframe", {
        src: address.href,
        title,
        sandbox: rights.join(" "),
        allow: "fullscreen",
        class: "live-frame",
      })
      element.replaceChildren(frame)
      if (!event.detail) frame.focus() // by a key; after a click the keys stay the lecture's
    }
    element.replaceChildren(
      el(
        "div",
        { class: "live-panel live-embed" },
        el("strong", {}, title),
        el(
          "span",
          { class: "live-note" },
          `From ${address.hostname}. Nothing is loaded until you ask for it.`,
        ),
        el("button", { type: "button", class: "live-button", onclick: load }, "Load it here"),
        el(
          "a",
          { href: address.href, target: "_blank", rel: "noopener noreferrer" },
          "Open in a new tab",
        ),
      ),
    )
  }

  destroy() {
    this.element.replaceChildren()
  }
}
