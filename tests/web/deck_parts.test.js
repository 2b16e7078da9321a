/** @import { Deck, ViewOptions } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { begun, bringLater, isInFirst, joined } from "../../engine/app/web/views/deck_parts.js"
import { firstDeck } from "../../engine/app/web/views/decks.js"
import { standIn } from "./stand_ins.js"

const outline = [
  { id: "a", title: "A", aliases: [], html: "<p>a</p>", blocks: [] },
  { id: "b", title: "1 < 2", aliases: ["old-b"] },
]
/** @type {Deck} */
const FIRST = JSON.parse(JSON.stringify({ title: "T", more: "api/m.json", slides: outline }))
const b = { html: "<p>b</p>", blocks: [], notes: "of b" }
/** @type {any} */
const REST = { slides: [{ notes: "of a" }, b], references: [{ key: "w" }], glossary: [{ id: "t" }] }

test("the first part knows which slides it shows", () => {
  assert.deepEqual(
    ["a", "b", "old-b", "", "nobody"].map((id) => isInFirst(FIRST, id)),
    [true, false, false, true, true],
  )
})

test("a slide that has not come shows its title", () => {
  const { slides, references, glossary } = begun(FIRST)
  assert.equal(slides[0].html, "<p>a</p>")
  assert.match(slides[1].html, /^<h2 class="slide-title">1 &lt; 2<\/h2>$/)
  assert.deepEqual([slides[1].blocks, slides[1].notes, references, glossary], [[], "", [], []])
})

test("both parts are the whole deck", () => {
  const { slides, references, glossary } = joined(FIRST, REST)
  assert.deepEqual(slides, [
    { ...outline[0], notes: "of a" },
    { ...outline[1], ...b },
  ])
  assert.deepEqual([references, glossary], [REST.references, REST.glossary])
})

test("a view that needs the whole deck waits for it; the stage does not", async () => {
  /** @type {string[]} */
  const asked = []
  standIn("fetch", async (/** @type {string} */ address) => {
    asked.push(address)
    const body = address.endsWith("m.json") ? REST : FIRST
    return new Response(JSON.stringify(body), { headers: { "x-deck-hash": "h" } })
  })
  const options = /** @type {ViewOptions} */ ({ base: "/p/", slug: "s", deck: "/p/h.json" })
  const notices = /** @type {any} */ ({ say() {} })
  const { signal } = new AbortController()
  const whole = await firstDeck(options, signal, notices, () => false)
  assert.equal(whole?.deck.slides[1].notes, "of b")
  assert.deepEqual(asked.splice(0), ["/p/api/decks/s/h.json", "/p/api/m.json"])
  const stage = await firstDeck(options, signal, notices, () => true)
  assert.deepEqual(asked, ["/p/api/decks/s/h.json"])
  assert.equal(stage?.deck.slides[1].notes, "")
  standIn("window", {})
  const taken = mock.fn()
  const rest = /** @type {() => Promise<Deck | null>} */ (stage?.rest)
  const bring = bringLater(rest, taken)
  bring()
  await new Promise((done) => setTimeout(done, 60)) // longer than `idle` waits
  assert.equal(taken.mock.callCount(), 1)
  assert.equal(taken.mock.calls[0].arguments[0].slides[1].html, "<p>b</p>")
  assert.equal(asked.length, 2)
})
