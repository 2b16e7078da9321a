/** Opens the lecture of an exported page, or the list that it holds, and keeps it for a visit
    without a network. */

import { offerAgain } from "../lecture/again.js"
import { arrivals } from "../lib/fetching.js"
import { ask, site } from "../lib/source.js"
import { open } from "../views/stage.js"
import { listen } from "./lists.js"
import { SiteRuns } from "./runs.js"
import { search } from "./search.js"

const SETTLED = 2000 // ms in which a slide asks for what it draws with

const place = document.getElementById("lecture")
if (site && place) {
  const { slug = "", scope = "", deck = "", web = "" } = place.dataset
  const { base, worker } = site
  site.runs = (view) => new SiteRuns(base, () => view.deck, worker)
  /** @type {Promise<import("./search.js").Entry[]> | undefined} */
  let entries // one list for all queries: the search keeps what it has made of it
  site.search = async (query) => {
    entries ??= ask(`${base}api/search`).then((answer) => answer.json())
    entries.catch(() => (entries = undefined))
    return search(await entries, query)
  }
  const data = { slug, scope, base, web: base + web, deck: base + deck, start: "" }
  open(place, { component: { data, setStateValue() {} } })
}
listen(document)
for (const list of document.querySelectorAll("[data-again]"))
  offerAgain(list, list.getAttribute("data-again") ?? "")
// What the shown slide draws with comes before what is kept for another day.
setTimeout(() => arrivals().then(() => keepForLater(place?.dataset.slug ?? "")), SETTLED)

/**
 * Let the service worker keep this lecture; a page that was opened from a folder needs none.
 * @param {string} slug
 */
async function keepForLater(slug) {
  if (!("serviceWorker" in navigator) || !location.protocol.startsWith("http")) return
  try {
    await navigator.serviceWorker.register("sw.js")
    const { active } = await navigator.serviceWorker.ready
    active?.postMessage({ keep: slug })
  } catch (error) {
    console.info("this site cannot be kept for a visit without a network", error)
  }
}
