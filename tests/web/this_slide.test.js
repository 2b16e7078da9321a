/** What a reader can do with a slide: addresses of the code host, and a BibTeX entry. */

/** @import { Deck, Slide } from "../../engine/app/web/lib/types.js" */

import assert from "node:assert/strict"
import { test } from "node:test"
import {
  bibtex,
  editAddress,
  placeOf,
  reportAddress,
  reportText,
} from "../../engine/app/web/lecture/this_slide.js"

const source = {
  path: "lectures/01 über.md",
  repository: "https://github.com/a/b.git/",
  branch: "next/one",
  course: "Bandits",
  version: "1.0",
  stamp: "",
}
const slide = /** @type {Slide} */ ({ id: "k", number: "3", title: "50% of A & B", line: 12 })
const deck = /** @type {Deck} */ (
  /** @type {unknown} */ ({ title: "T_1", meta: { date: "May 2026" }, source, slides: [slide] })
)
const here = "https://x.org/t?slide=k&run-1.epsilon=0.5#top"

test("the editor of the code host opens at the slide's line", () => {
  const address = "https://github.com/a/b/edit/next/one/lectures/01%20%C3%BCber.md#L12"
  assert.equal(editAddress(slide, source), address)
  const own = { ...source, repository: "https://gitlab.example.org/a/b" }
  assert.ok(editAddress(slide, own).startsWith("https://gitlab.example.org/a/b/-/edit/next/one/"))
})

test("a slide that was made has no place, one without a source neither", () => {
  assert.equal(placeOf(slide, source), "lectures/01 über.md:12")
  assert.equal(placeOf({ ...slide, id: "references", line: 1 }, source), "")
  assert.equal(placeOf(slide, undefined), "")
})

test("a report says which slide, which version and which settings", () => {
  const address = new URL(reportAddress(deck, slide, source, here))
  assert.equal(address.origin + address.pathname, "https://github.com/a/b/issues/new")
  assert.equal(address.searchParams.get("title"), "Slide “50% of A & B”: ")
  const body = address.searchParams.get("body") ?? ""
  assert.equal(body, reportText(deck, slide, source, here), "what a course without a host copies")
  assert.match(body, /- Slide: k \(3\), 50% of A & B\n- Lecture: T_1\n/)
  assert.match(
    body,
    /- Source: lectures\/01 über\.md:12\n- Settings: slide=k, run-1\.epsilon=0\.5\n/,
  )
  const long = reportAddress(deck, { ...slide, title: "ü".repeat(4000) }, source, here)
  assert.ok(new URL(long).searchParams.get("body"), "no half an escape at its end")
})

test("a slide is cited with what TeX takes for orders written out", () => {
  const entry = [
    "@misc{talk-k,",
    "  title = {50\\% of A \\& B},",
    "  author = {Bandits},",
    "  howpublished = {Slide in: T\\_1, Bandits},",
    "  year = {2026},",
    "  url = {https://x.org/t?slide=k}",
    "}",
  ]
  assert.equal(bibtex(deck, slide, "talk", here), entry.join("\n"))
})
