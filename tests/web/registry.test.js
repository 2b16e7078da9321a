import assert from "node:assert/strict"
import { test } from "node:test"
import "../../engine/app/web/joined/registry.js"

test("a module is called once, when it is first needed, with its own address", () => {
  const modules = practicumModules("http://x/web/1/")
  /** @type {string[]} */
  const called = []
  modules.add({
    "lib/a.js": (_, url) => {
      called.push(url)
      return { one: 1 }
    },
    "views/b.js": (use) => ({ two: /** @type {{ one: number }} */ (use("lib/a.js")).one + 1 }),
  })
  assert.deepEqual(called, [])
  assert.deepEqual(modules.use("views/b.js"), { two: 2 })
  assert.equal(modules.use("lib/a.js"), modules.use("lib/a.js"))
  assert.deepEqual(called, ["http://x/web/1/lib/a.js"])
})

test("a script that came twice makes no second module", () => {
  const modules = practicumModules("http://x/web/2/")
  modules.add({ "a.js": () => ({}) })
  const first = modules.use("a.js")
  practicumModules("http://x/web/2/").add({ "a.js": () => ({}) })
  assert.equal(practicumModules("http://x/web/2/").use("a.js"), first)
})

test("another version has modules of its own, and one that has not come is an error", () => {
  practicumModules("http://x/web/3/").add({ "a.js": () => 3 })
  practicumModules("http://x/web/4/").add({ "a.js": () => 4 })
  assert.equal(practicumModules("http://x/web/3/").use("a.js"), 3)
  assert.equal(practicumModules("http://x/web/4/").use("a.js"), 4)
  assert.throws(() => practicumModules("http://x/web/4/").use("b.js"), /b\.js has not come/)
})
