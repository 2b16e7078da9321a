/** The HTML by which another page shows a live block in a frame. */

import { escapeHtml } from "../lib/format.js"
import { site } from "../lib/source.js"

const [WIDTH, HEIGHT] = [800, 480] // px, as much as a block has on a slide

/**
 * A frame with one block, at rest until its reader presses Run.
 * @param {string} link to a run of the block
 * @param {string} title for who does not see the frame
 */
export function frameCode(link, title) {
  const address = new URL(link)
  address.searchParams.set("only", address.searchParams.get("run") ?? "")
  address.searchParams.delete("run")
  const quoted = (/** @type {string} */ text) => escapeHtml(text).replaceAll('"', "&quot;")
  const shown = `src="${quoted(address.href)}" title="${quoted(title)}"`
  const size = `width="${WIDTH}" height="${HEIGHT}"`
  return `<iframe ${shown} ${size} loading="lazy" allow="fullscreen" style="border: 0"></iframe>`
}

/** What must be so for the frame to be shown. @param {string} link */
export function frameNeeds(link) {
  if (link.startsWith("file:"))
    return "Copied, but this page was opened from a folder: publish the site, and copy it there."
  if (site) return "HTML copied. It shows this experiment in a frame of any web page."
  return "HTML copied. The server must allow the page that shows it: --allow-origin."
}
