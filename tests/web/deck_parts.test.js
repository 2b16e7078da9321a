/** @import { Deck, ViewOptions } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { mock, test } from "node:test"
import { begun, bringLater, joined, partOf } from "../../engine/app/web/views/deck_parts.js"
import { firstDeck } from "../../engine/app/web/views/decks.js"
import { standIn } from "./stand_ins.js"

const field = { name: "seed", default: 0 }
const run = { kind: "sim", id: "r", data: { sim: "s", fields: [0], columns: { step: 1 } } }
/** @type {any} */
const FIRST = {
  title: "T",
  more: ["api/m-1.json", "api/m-2.json", "api/m-notes.json"],
  references: [],
  glossary: [],
  slides: {
    id: ["a", "b", "c"],
    title: ["A", "1 < 2", "C"],
    number: ["1", "1a", "2"],
    aliases: [[], ["old-b"], []],
    part: [0, 1, 2],
  },
  bodies: {
    html: ["\ue000\ue010a\ue011 \ue001/2"],
    blocks: [[run]],
    pieces: ["<p>", "</p>"],
    shared: [field, { unit: "" }],
  },
}
/** @type {any} */
const ASIDE = {
  part: 1,
  bodies: { html: ["\ue000\ue012\ue001$&"], blocks: [[run]], pieces: ["<hr>"], shared: [] },
}
/** @type {any} */
const LAST = { part: 2, bodies: { html: [["\ue010"]], blocks: [[]], pieces: [], shared: [] } }
const NOTES = { slides: { notes: ["of a", "of b", ""] }, glossary: [{ id: "t" }] }
const whole = { ...run, data: { sim: "s", fields: [field], columns: { step: { unit: "" } } } }

test("a slide that an address names is in one part, and the first slide in the first", () => {
  const deck = begun(FIRST)
  const parts = ["a", "b", "old-b", "", "nobody", "c"].map((id) => partOf(deck, id))
  assert.deepEqual(parts, [0, 1, 1, 0, 0, 2])
})

test("the first part has its slides whole; a slide that has not come shows its title", () => {
  const { slides, references, glossary } = begun(FIRST)
  assert.equal(slides[0].html, '<h2 class="slide-title">A</h2><p>a</p> 1/2')
  assert.deepEqual(slides[0].blocks, [whole])
  assert.match(slides[1].html, /^<h2 class="slide-title">1 &lt; 2<\/h2>$/)
  const { blocks, notes, citations, terms } = slides[1]
  assert.deepEqual([blocks, notes, citations, terms], [[], "", [], []])
  assert.deepEqual([references, glossary], [[], []])
})

test("a later part goes on with the tables of the first, in any order", () => {
  /** @type {any[]} */
  const parts = [NOTES, LAST, ASIDE]
  const deck = parts.reduce((deck, part) => joined(deck, part, FIRST.bodies), begun(FIRST))
  const { slides, references, glossary } = deck
  assert.equal(slides[0].html, begun(FIRST).slides[0].html)
  assert.equal(slides[1].html, '<h2 class="slide-title">1 &lt; 2</h2><hr>1a$&')
  assert.deepEqual(slides[1].blocks, [whole])
  assert.deepEqual([slides[2].html, slides[1].notes], ["\ue010", "of b"]) // as it was written
  assert.deepEqual([references, glossary], [[], NOTES.glossary])
})

test("a view waits for the parts that it needs, and for no other", async () => {
  /** @type {string[]} */
  const asked = []
  /** @type {Record<string, unknown>} */
  const answers = { "m-1.json": ASIDE, "m-2.json": LAST, "m-notes.json": NOTES }
  standIn("fetch", async (/** @type {string} */ address) => {
    const name = /** @type {string} */ (address.split("/").at(-1))
    asked.push(name)
    const body = JSON.stringify(answers[name] ?? FIRST)
    return new Response(body, { headers: { "x-deck-hash": "h" } })
  })
  const options = /** @type {ViewOptions} */ ({ base: "/p/", slug: "s", deck: "/p/h.json" })
  const notices = /** @type {any} */ ({ say() {} })
  const { signal } = new AbortController()
  const all = await firstDeck(options, signal, notices, () => undefined)
  assert.equal(all?.deck.slides[1].notes, "of b")
  assert.equal(all?.rest, undefined)
  assert.deepEqual(asked.splice(0), ["h.json", "m-1.json", "m-2.json", "m-notes.json"])
  const aside = await firstDeck(options, signal, notices, () => 1)
  assert.deepEqual(asked.splice(0), ["h.json", "m-1.json"])
  assert.match(aside?.deck.slides[1].html ?? "", /<hr>/)
  const stage = await firstDeck(options, signal, notices, () => 0)
  assert.deepEqual(asked.splice(0), ["h.json"])
  assert.equal(stage?.deck.slides[1].notes, "")
  standIn("window", {})
  const taken = mock.fn()
  const rest = /** @type {() => Promise<Deck | null>} */ (stage?.rest)
  const bring = bringLater(rest, taken)
  bring()
  await new Promise((done) => setTimeout(done, 60)) // longer than `idle` waits
  assert.equal(taken.mock.callCount(), 1)
  assert.match(taken.mock.calls[0].arguments[0].slides[1].html, /<hr>/)
  assert.deepEqual(asked, ["m-1.json", "m-2.json", "m-notes.json"])
})
