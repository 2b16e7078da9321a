/** Who has the keys of a page in a frame, with stand-ins for the document: the order in which a slow
    browser reports things cannot be had from a real one. */

import assert from "node:assert/strict"
import { beforeEach, test } from "node:test"
import { setTimeout as wait } from "node:timers/promises"
import { Hold } from "../../engine/app/web/lecture/hold.js"

class Frame {
  blur() {
    page.activeElement = null
  }
}

/** @type {Record<string, (event: object) => void>} */
const heard = {}
const listener = {
  addEventListener: (/** @type {string} */ type, /** @type {() => void} */ act) => {
    heard[type] = act
  },
}
const page = { ...listener, activeElement: /** @type {Frame | null} */ (null) }
Object.assign(globalThis, { document: page, window: listener, HTMLIFrameElement: Frame })

let frame = new Frame()
let homes = 0

const over = (/** @type {object} */ target) => heard.pointerover({ target })

beforeEach(() => {
  frame = new Frame()
  homes = 0
  page.activeElement = null
  new Hold(() => (homes += 1), new AbortController().signal)
})

test("a frame that was clicked has the keys until the pointer leaves it", async () => {
  over(frame)
  page.activeElement = frame
  heard.blur({})
  await wait(1)
  assert.equal(page.activeElement, frame)
  over({})
  assert.equal(page.activeElement, null)
  assert.equal(homes, 1)
})

test("the keys come back when the pointer has left before the focus was reported", async () => {
  over(frame)
  page.activeElement = frame
  over({})
  heard.blur({})
  await wait(1)
  assert.equal(page.activeElement, null)
  assert.equal(homes, 1)
})

test("a frame that was reached with Tab keeps the keys", async () => {
  over(frame)
  over({})
  heard.keydown({ key: "Tab" })
  page.activeElement = frame
  heard.blur({})
  await wait(1)
  assert.equal(page.activeElement, frame)
})

test("a frame that no pointer has touched keeps the focus that a screen reader gave it", async () => {
  page.activeElement = frame
  heard.blur({})
  await wait(1)
  assert.equal(page.activeElement, frame)
  assert.equal(homes, 0)
})
