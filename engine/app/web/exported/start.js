/** Opens the lecture of an exported page, or the list that it holds, and keeps it for a visit
    without a network. */

import { site } from "../lib/source.js"
import { open } from "../views/stage.js"
import { listen } from "./lists.js"
import { SiteRuns } from "./runs.js"

const place = document.getElementById("lecture")
if (site && place) {
  const { slug = "", scope = "", deck = "", web = "" } = place.dataset
  const { base } = site
  site.runs = (view) => new SiteRuns(base, () => view.deck)
  const data = { slug, scope, base, web: base + web, deck: base + deck, start: "" }
  open(place, { component: { data, setStateValue() {} } })
}
listen(document)
keepForLater(place?.dataset.slug ?? "")

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
