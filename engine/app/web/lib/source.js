/** Where a page's data come from: the server that sent the page or, in an exported site, scripts
    that lie beside it.

    A page that is opened from a folder (file://) may fetch nothing but scripts, style sheets and
    pictures, so an exported site has each answer as a script (exported/loader.js). */

/** @import { Site } from "./types.js" */

/** The exported site that this page is of; undefined on a server. @type {Site | undefined} */
export const site = globalThis.practicumSite

/**
 * The answer at an address below the folder of the page. Rejects where it cannot be had just now.
 * @param {string} address
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
export function ask(address, options) {
  if (site) return site.ask(address)
  return options ? fetch(address, options) : fetch(address)
}

/**
 * The text at an address while the page stands still: who prints waits for nothing.
 * @param {string} address
 * @returns {string | null} null where it cannot be had
 */
export function askNow(address) {
  if (site) return site.known(address)
  const request = new XMLHttpRequest()
  request.open("GET", address, false)
  request.send()
  return request.status === 200 ? request.responseText : null
}

/**
 * The address of a page: files have an ending, and a folder opens no page by itself.
 * @param {string} base the folder of all pages
 * @param {string} name of a lecture, "references", "claims"; "" for the list of lectures
 */
export function pageAddress(base, name) {
  return site
    ? `${base}${encodeURIComponent(name || "index")}.html`
    : base + encodeURIComponent(name)
}
