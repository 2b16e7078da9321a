import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import {
  addressOf,
  blockAddress,
  inView,
  listenBack,
  readPlace,
  writePlace,
} from "../../engine/app/web/lib/address.js"
import { standIn } from "./stand_ins.js"

beforeEach(() => {
  standIn("location", { origin: "http://x", pathname: "/overview", search: "", hash: "" })
  standIn("history", {
    state: { kept: true },
    /** @param {unknown} state @param {string} _title @param {string} address */
    replaceState(state, _title, address) {
      assert.deepEqual(state, { kept: true }) // Streamlit's own
      location.search = new URL(address, "http://x").search
    },
  })
})

test("the address names a slide and a step, or none", () => {
  location.search = "?slide=intro&step=2"
  assert.deepEqual(readPlace(), { slide: "intro", step: 2 })
  for (const odd of ["-1", "x", ""]) {
    location.search = `?step=${odd}`
    assert.deepEqual(readPlace(), { slide: "", step: 0 })
  }
})

test("a flip keeps the settings of experiments, and forgets which was to run", () => {
  location.search = "?slide=a&step=1&run=b1&b1.beta=0.1"
  writePlace("b", 0)
  assert.equal(location.search, "?slide=b&b1.beta=0.1")
  location.search = "?slide=a&run=b1"
  writePlace("a", 3)
  assert.equal(location.search, "?slide=a&run=b1&step=3")
})

test("a block reads and writes its own parameters alone", () => {
  location.search = "?slide=a&b1.beta=0.1&b10.beta=9"
  assert.deepEqual(blockAddress.get("b1"), { beta: "0.1" })
  blockAddress.set("b1", { seed: 3 })
  assert.equal(location.search, "?slide=a&b10.beta=9&b1.seed=3")
  blockAddress.set("b1", null)
  assert.equal(location.search, "?slide=a&b10.beta=9")
  assert.equal(
    blockAddress.link("b1", { seed: 4 }),
    "http://x/overview?slide=a&b10.beta=9&b1.seed=4&run=b1",
  )
  location.search = "?run=b1"
  assert.ok(blockAddress.autorun("b1") && !blockAddress.autorun("b10"))
})

test("another view keeps the place, or the settings of experiments alone", () => {
  location.search = "?slide=a&step=1&b1.beta=0.1"
  assert.equal(inView("read"), "/overview?slide=a&step=1&b1.beta=0.1&view=read")
  location.search = "?view=read&slide=a"
  assert.equal(inView("presenter"), "/overview?view=presenter&slide=a")
  location.search = "?view=read&slide=a&run=b1&b1.beta=0.1"
  assert.equal(addressOf({ slide: "c d" }), "/overview?slide=c+d&b1.beta=0.1")
})

test("a step of zero is none in the address, and the hash stays", () => {
  location.search = "?slide=a&step=2"
  location.hash = "#notes"
  const replaced = /** @type {string[]} */ ([])
  standIn("history", {
    state: 1,
    replaceState: (/** @type {unknown[]} */ ...all) => replaced.push(String(all[2])),
  })
  writePlace("a", 0)
  writePlace("a", 1)
  assert.deepEqual(replaced, ["/overview?slide=a#notes", "/overview?slide=a&step=1#notes"])
})

test("an address without a query names nothing", () => {
  assert.deepEqual(readPlace(), { slide: "", step: 0 })
  assert.deepEqual(blockAddress.get("b1"), {})
  assert.ok(!blockAddress.autorun("b1"))
  location.search = "?step=3"
  assert.equal(readPlace().step, 3)
})

test("a jump is an entry of its own in the history", () => {
  const pushed = /** @type {unknown[][]} */ ([])
  standIn("history", { state: 1, pushState: (/** @type {unknown[]} */ ...all) => pushed.push(all) })
  location.search = "?slide=a"
  writePlace("b", 1, true)
  assert.deepEqual(
    pushed.map(([state, , address]) => [state, address]),
    [[1, "/overview?slide=b&step=1"]],
  )
})

test("a page that was opened from a folder has a link that leads to it", () => {
  standIn("location", { origin: "null", pathname: "/home/a/overview.html", search: "", hash: "" })
  assert.equal(
    blockAddress.link("b1", { seed: 4 }),
    "file:///home/a/overview.html?b1.seed=4&run=b1",
  )
})

test("Back within a view is ours, and elsewhere it is Streamlit's", () => {
  const listen = mock.fn()
  const go = mock.fn()
  const { signal } = new AbortController()
  standIn("window", { addEventListener: listen })
  location.search = "?view=read&slide=a"
  listenBack(go, signal)
  const [type, act, options] = listen.mock.calls[0].arguments
  assert.deepEqual([type, options], ["popstate", { capture: true, signal }]) // before Streamlit
  const stopImmediatePropagation = mock.fn()
  const back = (/** @type {Partial<Location>} */ place) => {
    Object.assign(location, { pathname: "/overview", search: "?view=read&slide=a" }, place)
    act({ stopImmediatePropagation })
    return [go.mock.callCount(), stopImmediatePropagation.mock.callCount()]
  }
  assert.deepEqual(back({ search: "?view=read&slide=b" }), [1, 1])
  assert.deepEqual(back({ search: "?slide=b" }), [1, 1]) // another view
  assert.deepEqual(back({ pathname: "/other" }), [1, 1])
  assert.deepEqual(back({ pathname: "/other", search: "?slide=b" }), [1, 1])
  assert.deepEqual(back({}), [2, 2])
})
