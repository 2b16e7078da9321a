import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { keep, numberIn, oneOf, recall } from "../../engine/app/web/lib/store.js"
import { Store, standIn } from "./stand_ins.js"

beforeEach(() => {
  standIn("localStorage", new Store())
  standIn("sessionStorage", new Store())
})

test("what is kept is read again, in its own storage", () => {
  keep("a", "1")
  keep("b", "2", "session")
  assert.equal(recall("a", numberIn(0, 9)), 1)
  assert.equal(recall("b", numberIn(0, 9)), null)
  assert.equal(recall("b", numberIn(0, 9), "session"), 2)
  assert.equal(recall("a", numberIn(0, 9)), 1) // reading takes nothing away
  assert.equal(localStorage.getItem("a"), "1")
  assert.equal(sessionStorage.getItem("b"), "2")
})

test("what another page of this browser has kept is read from its own storage", () => {
  localStorage.setItem("theirs", "4")
  sessionStorage.setItem("theirs", "5")
  assert.equal(recall("theirs", numberIn(0, 9)), 4)
  assert.equal(recall("theirs", numberIn(0, 9), "session"), 5)
})

test("a full storage gives back what was kept last, not an older text", () => {
  keep("full", "old")
  localStorage.isFull = true
  keep("full", "new")
  assert.equal(
    recall("full", (text) => text),
    "new",
  )
  assert.equal(localStorage.getItem("full"), null) // nor would it come back after a reload
})

test("a storage that throws is done without", () => {
  Object.defineProperty(globalThis, "localStorage", {
    get() {
      throw new Error("SecurityError")
    },
    configurable: true,
  })
  keep("refused", "dark")
  assert.equal(recall("refused", oneOf("dark", "light")), "dark")
})

test("what is not as asked is dropped", () => {
  keep("junk", "{")
  assert.equal(
    recall("junk", (text) => JSON.parse(text)),
    null,
  )
  assert.equal(localStorage.getItem("junk"), null)
})

test("a word or a number is read only as it was meant", () => {
  assert.equal(oneOf("a", "b")("b"), "b")
  assert.equal(oneOf("a", "b")("c"), null)
  assert.equal(numberIn(0, 9)("0"), 0)
  assert.equal(numberIn(0, 9)("9"), 9)
  assert.equal(numberIn(0, 9)("9.1"), null)
  assert.equal(numberIn(0, 9)("-0.1"), null)
  assert.equal(numberIn(0, 9)(""), null)
  assert.equal(numberIn(0, 9)("x"), null)
})

test("nothing is kept under a name that was never used, and nothing is dropped for it", () => {
  localStorage.setItem("other", "1")
  assert.equal(
    recall("never", () => "made up"),
    null,
  )
  keep("zero", "0")
  assert.equal(recall("zero", numberIn(0, 9)), 0) // zero is a value
  assert.equal(localStorage.getItem("other"), "1")
})

test("what is dropped is gone from the page too, and only from its own storage", () => {
  keep("both", "x")
  keep("both", "dark", "session")
  assert.equal(recall("both", oneOf("dark")), null)
  assert.equal(
    recall("both", (text) => text),
    null,
  )
  assert.equal(recall("both", oneOf("dark"), "session"), "dark")
  keep("undef", "x")
  assert.equal(
    recall("undef", () => /** @type {null} */ (/** @type {unknown} */ (undefined))),
    null,
  )
  assert.equal(localStorage.getItem("undef"), null)
})
