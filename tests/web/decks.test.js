/** @import { Deck, Slide, ViewOptions } from "../../engine/app/web/lib/types.js" */
/** @import { Notices } from "../../engine/app/web/lecture/notices.js" */
/** @import { Frame } from "../../engine/app/web/views/frame.js" */

import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { NO_DECK } from "../../engine/app/web/lecture/notices.js"
import { DeckView } from "../../engine/app/web/views/deck_view.js"
import {
  catchUp,
  deckAddress,
  fetchDeck,
  firstDeck,
  hashOf,
} from "../../engine/app/web/views/decks.js"
import { partsOf } from "../../engine/app/web/views/reading_parts.js"
import { draws } from "../../engine/app/web/views/services.js"
import { Store, standIn } from "./stand_ins.js"

/** @param {Partial<Slide>[]} slides */
const deckOf = (slides) => /** @type {Deck} */ ({ title: "T", slides })

/** @type {ViewOptions} */
const options = {
  slug: "a b",
  scope: "a",
  base: "/p/",
  web: "/p/api/web/w1/",
  deck: "/p/api/decks/a%20b/d1.json",
  start: "",
}

/**
 * A server that answers every request like this.
 * @param {number} status
 * @param {Record<string, string>} headers
 * @param {object} [body]
 */
function served(status, headers, body = {}) {
  const fetched = mock.fn(async () => new Response(JSON.stringify(body), { status, headers }))
  standIn("fetch", fetched)
  return fetched
}

beforeEach(() => {
  standIn("sessionStorage", new Store())
  standIn("location", { reload: mock.fn() })
  visited({ type: "navigate" })
})

/** How the page was come to, as the browser says. @param {object[]} visits */
function visited(...visits) {
  mock.method(performance, "getEntriesByType", (/** @type {string} */ type) =>
    type === "navigation" ? visits : [],
  )
}

/** @returns {number} how often the page was loaded anew */
const loads = () =>
  /** @type {import("node:test").Mock<() => void>} */ (
    /** @type {unknown} */ (location.reload)
  ).mock.callCount()

/** What catches up, and the hash that it was given. @param {string} hash @param {object} [more] */
async function caught(hash, more = {}) {
  const reload = mock.fn(async () => {})
  await catchUp({ options, hash, leaving: new AbortController(), reload, ...more })
  return reload.mock.calls.map((call) => /** @type {unknown[]} */ (call.arguments)[0])
}

test("the address of a deck says its version, and its name is escaped", () => {
  assert.equal(hashOf(options), "d1")
  assert.equal(hashOf({ deck: "/p/api/decks/a" }), "newest")
  assert.equal(hashOf({ deck: "/p/api/decks/a.json/d1.json" }), "d1") // a lecture with that name
  assert.equal(deckAddress(options, "d2"), "/p/api/decks/a%20b/d2.json")
})

test("a deck comes with the hash that the server says", async () => {
  const fetched = served(200, { "x-deck-hash": "d9" }, { slides: [{ id: "a" }] })
  const fresh = await fetchDeck(options, "d2", new AbortController().signal)
  assert.deepEqual(fresh, { hash: "d9", deck: { slides: [{ id: "a" }] } })
  assert.deepEqual(fetched.mock.calls[0].arguments, ["/p/api/decks/a%20b/d2.json"])
})

test("a deck that is half written, or gone, is none", async () => {
  for (const [status, slides] of /** @type {const} */ ([
    [200, []],
    [404, [{ id: "a" }]],
  ])) {
    served(status, { "x-deck-hash": "d9" }, { slides })
    assert.equal(await fetchDeck(options, "d2", new AbortController().signal), null)
  }
})

test("an edit that was missed is fetched, and the same version is not", async () => {
  const fetched = served(200, { "x-web-hash": "w1", "x-deck-hash": "d2" })
  assert.deepEqual(await caught("d1"), ["d2"])
  const [address, how] = /** @type {unknown[]} */ (fetched.mock.calls[0].arguments)
  assert.equal(address, "/p/api/decks/a%20b/d1.json")
  assert.deepEqual(how, { method: "HEAD", cache: "no-store" })
  assert.deepEqual(await caught("d2"), [])
  served(404, { "x-deck-hash": "d3" })
  assert.deepEqual(await caught("d1"), [])
})

test("a server with other modules has the page loaded anew, once for each version", async () => {
  served(200, { "x-web-hash": "w2", "x-deck-hash": "d2" })
  assert.deepEqual(await caught("d1"), [])
  assert.equal(loads(), 1)
  assert.equal(sessionStorage.getItem("practicum.reloaded"), "w2")
  assert.deepEqual(await caught("d1"), ["d2"]) // behind a proxy two versions may answer in turn
  assert.equal(loads(), 1)
  served(200, { "x-web-hash": "w3" })
  await caught("d1")
  assert.equal(loads(), 2)
  served(200, { "x-deck-hash": "d2" }) // a server that does not say its version
  assert.deepEqual(await caught("d1"), ["d2"])
  assert.equal(loads(), 2)
})

test("a page that does not know its own version is never loaded anew", async () => {
  served(200, { "x-web-hash": "w2", "x-deck-hash": "d2" })
  assert.deepEqual(await caught("d1", { options: { ...options, web: "" } }), ["d2"])
  assert.equal(loads(), 0)
})

test("who has left hears of no edit", async () => {
  served(200, { "x-web-hash": "w2", "x-deck-hash": "d2" })
  const leaving = new AbortController()
  leaving.abort()
  assert.deepEqual(await caught("d1", { leaving }), [])
  assert.equal(loads(), 0)
})

test("a page that was just loaded anew is not loaded again at once", async () => {
  visited({ type: "reload" })
  const clock = mock.method(performance, "now", () => 59_000)
  served(200, { "x-web-hash": "w7", "x-deck-hash": "d2" })
  assert.deepEqual(await caught("d1"), ["d2"])
  clock.mock.mockImplementation(() => 60_000)
  served(200, { "x-web-hash": "w9", "x-deck-hash": "d2" })
  assert.deepEqual(await caught("d1"), ["d2"])
  clock.mock.mockImplementation(() => 60_001)
  served(200, { "x-web-hash": "w8", "x-deck-hash": "d2" })
  assert.deepEqual(await caught("d1"), [])
  clock.mock.mockImplementation(() => 59_000)
  visited() // a browser that does not say
  served(200, { "x-web-hash": "w6", "x-deck-hash": "d2" })
  assert.deepEqual(await caught("d1"), [])
  assert.equal(loads(), 2)
  clock.mock.restore()
})

async function settle() {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((done) => setImmediate(done))
}

test("a view asks until its first deck is there, and says so meanwhile", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const say = mock.fn()
  const notices = /** @type {Notices} */ (/** @type {unknown} */ ({ say }))
  served(200, { "x-deck-hash": "d9" }, { slides: [] })
  const coming = firstDeck(options, new AbortController().signal, notices, () => 0)
  await settle()
  assert.deepEqual(said(say), [["deck", NO_DECK]])
  const fetched = served(200, { "x-deck-hash": "d9" }, { slides: [{ id: "a" }] })
  context.mock.timers.tick(300)
  assert.deepEqual(await coming, { hash: "d9", deck: { slides: [{ id: "a" }] } })
  assert.deepEqual(said(say).slice(1), [["deck"]])
  assert.deepEqual(fetched.mock.calls[0].arguments, ["/p/api/decks/a%20b/d1.json"])
})

test("a later part that does not come is asked for again, and the view says so", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  const say = mock.fn()
  const notices = /** @type {Notices} */ (/** @type {unknown} */ ({ say }))
  let isUp = false
  standIn("fetch", async (/** @type {string} */ address) => {
    const isLater = address === "/p/api/m.json"
    if (isLater && !isUp) throw new Error("down")
    const columns = { id: ["a"], title: ["A"], number: ["1"], aliases: [[]], part: [0] }
    const bodies = { html: ["<p>a</p>"], blocks: [[]], pieces: [], shared: [] }
    const first = { title: "T", more: ["api/m.json"], slides: columns, bodies }
    const body = isLater ? { slides: { notes: ["n"] } } : first
    return new Response(JSON.stringify(body), { headers: { "x-deck-hash": "d9" } })
  })
  const coming = firstDeck(options, new AbortController().signal, notices, () => undefined)
  await settle()
  assert.deepEqual(said(say), [["deck"], ["deck", NO_DECK]])
  isUp = true
  context.mock.timers.tick(300)
  assert.equal((await coming)?.deck.slides[0].notes, "n")
  assert.deepEqual(said(say).at(-1), ["deck"])
})

test("who leaves before the first deck is told nothing", async () => {
  const say = mock.fn()
  const notices = /** @type {Notices} */ (/** @type {unknown} */ ({ say }))
  assert.equal(await firstDeck(options, AbortSignal.abort(), notices, () => 0), null)
  assert.deepEqual(said(say), [])
})

test("a server that fails is asked again for an edit", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] })
  served(500, {})
  const coming = fetchDeck(options, "d2", new AbortController().signal)
  await settle()
  served(200, { "x-deck-hash": "d2" }, { slides: [{ id: "a" }] })
  context.mock.timers.tick(300)
  assert.equal((await coming)?.hash, "d2")
})

/** @param {import("node:test").Mock<(...args: unknown[]) => unknown>} say */
const said = (say) => say.mock.calls.map((call) => call.arguments)

test("a slide is found by its id and by the names that it had", () => {
  const deck = deckOf([
    { id: "a", aliases: [] },
    { id: "b", aliases: ["old", "older"] },
  ])
  const frame = /** @type {Frame} */ ({ options })
  const view = new DeckView(frame, { hash: "d1", deck })
  assert.deepEqual([view.find("a"), view.find("older"), view.find("")], [0, 1, -1])
  assert.equal(view.slide, deck.slides[0])
  view.index = 1
  assert.equal(view.slide.id, "b")
})

test("the contents are the parts of a lecture, or its slides where it has one part at most", () => {
  const titles = ["Start", "One", "Two", "End"].map((title) => ({ title }))
  const sections = ["", "A", "A", "B"]
  const deck = deckOf(titles.map((each, k) => ({ ...each, section: sections[k] })))
  assert.deepEqual(partsOf(deck), [
    ["A", 1],
    ["B", 3],
  ])
  const plain = deckOf(titles.map((each) => ({ ...each, section: "A" })))
  assert.deepEqual(partsOf(plain), [
    ["Start", 0],
    ["One", 1],
    ["Two", 2],
    ["End", 3],
  ])
})

test("a deck with a curve has Plotly fetched ahead, one with a game has not", () => {
  /** @param {string} kind */
  const withBlock = (kind) =>
    deckOf([
      { blocks: [] },
      {
        blocks: [
          { kind: "play", id: "p", data: {} },
          { kind, id: "x", data: {} },
        ],
      },
    ])
  for (const kind of ["sim", "chart", "published"]) assert.ok(draws(withBlock(kind)), kind)
  for (const kind of ["timeline", "vote"]) assert.ok(!draws(withBlock(kind)), kind)
})
