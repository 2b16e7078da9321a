import assert from "node:assert/strict"
import { test } from "node:test"
import { frameCode, frameNeeds } from "../../engine/app/web/player/frame_code.js"

test("a frame opens one block with its values, at rest, and no title ends the tag", () => {
  const code = frameCode("https://x.org/a?slide=s&b.gamma=0.9&run=b", 'A "title" <script>')
  assert.match(code, /^<iframe src="https:\/\/x\.org\/a\?slide=s&amp;b\.gamma=0\.9&amp;only=b" /)
  assert.match(code, /title="A &quot;title&quot; &lt;script&gt;"/)
  assert.equal(code.match(/</g)?.length, 2)
})

test("what a frame needs is said", () => {
  assert.match(frameNeeds("file:///a.html"), /publish the site/)
  assert.match(frameNeeds("http://127.0.0.1/a"), /--allow-origin/)
})
