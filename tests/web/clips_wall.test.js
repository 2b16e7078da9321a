import assert from "node:assert/strict"
import { test } from "node:test"
import { most } from "../../engine/app/web/blocks/clips_wall.js"

test("the choice of most raters of a pair is taken", () => {
  assert.equal(most("LR/LR/RL", 0), "L")
  assert.equal(most("LR/LR/RL", 1), "R")
  assert.equal(most("=/=/R", 0), "R") // who cannot tell leaves it to the others
})

test("a divided room cannot tell, and a silent one has said nothing", () => {
  assert.equal(most("L/R", 0), "=")
  assert.equal(most("=", 0), "=")
  assert.equal(most("", 0), "")
  assert.equal(most("L./.", 1), "")
})
