/** The service worker of an exported site: keeps the lectures that were opened, for a visit without
    a network. `KEPT` stands above this text in the site's sw.js. */

{
  /** @type {{version: string, shared: string[], lectures: Record<string, string[]>}} files below the
   *   site's folder: those of every page, and those of each lecture */
  const files = /** @type {any} */ (globalThis).KEPT
  const worker = /** @type {any} */ (globalThis) // TypeScript's page and worker exclude each other
  const home = new URL("./", location.href).href
  const family = `practicum ${home} ` // one origin may have several sites
  const cacheName = family + files.version
  const FIXED = /^(?:web|api\/decks)\// // another version has another address

  worker.addEventListener("install", () => worker.skipWaiting())
  worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(moveIn()))
  worker.addEventListener("message", (/** @type {any} */ event) => {
    if (typeof event.data?.keep === "string") event.waitUntil(keep(event.data.keep))
  })
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const { method, url } = event.request
    if (method === "GET" && url.startsWith(home)) event.respondWith(answer(event.request))
  })

  /** Keep again what an older version of the site has kept, and forget that one. */
  async function moveIn() {
    const names = await caches.keys()
    for (const old of names.filter((each) => each.startsWith(family) && each !== cacheName)) {
      const cache = await caches.open(old)
      for (const slug of Object.keys(files.lectures))
        if (await cache.match(`${home}${encodeURIComponent(slug)}.html`)) await keep(slug)
      await caches.delete(old)
    }
    await worker.clients.claim()
  }

  /**
   * Fetch all that a lecture needs; what cannot be had now comes with the next visit.
   * @param {string} slug
   */
  async function keep(slug) {
    const cache = await caches.open(cacheName)
    const own = Object.hasOwn(files.lectures, slug) ? files.lectures[slug] : []
    for (const path of [...own, ...files.shared]) {
      const url = new URL(path, home).href
      if (await cache.match(url)) continue
      const response = await fetch(url).catch(() => null)
      if (response?.ok) await cache.put(url, response)
    }
  }

  /** @param {Request} request */
  async function answer(request) {
    const path = new URL(request.url).href.slice(home.length).replace(/[?#].*$/, "")
    const cache = await caches.open(cacheName)
    const kept = () => cache.match(new URL(path || "index.html", home).href)
    if (FIXED.test(path)) return (await kept()) ?? fetch(request)
    try {
      return await fetch(request)
    } catch {
      return (await kept()) ?? absent(request.mode)
    }
  }

  /** @param {string} mode */
  function absent(mode) {
    if (mode !== "navigate") return Response.error()
    const words =
      "There is no connection, and this page was not opened here before, so it is not kept."
    const page = `<!doctype html><meta charset="utf-8"><title>No connection</title><p>${words}</p>`
    return new Response(page, { status: 503, headers: { "content-type": "text/html" } })
  }
}
