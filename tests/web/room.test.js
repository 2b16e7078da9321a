/** @import { RoomEntered } from "../../engine/app/web/lib/protocol.js" */

import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { Room } from "../../engine/app/web/lib/room.js"
import { Store, standIn } from "./stand_ins.js"
import { dial, Wire } from "./wire.js"

standIn("location", { href: "http://127.0.0.1/overview" })
standIn("addEventListener", () => {})
standIn("removeEventListener", () => {})

/** @type {RoomEntered} */
const entered = { type: "room_entered", room: "BCDFG", lecture: "talk", link: "", qr: [] }
/** @param {Wire} wire */
const said = (wire) => wire.sent.map(({ tag, ...message }) => message)

/** @param {Partial<RoomEntered>} [more] a participant sits in a room */
function seated(more = { person: "secret" }) {
  const room = new Room(dial(), "http://127.0.0.1/")
  Wire.all[0].open()
  const sitting = room.enter({ code: "BCDFG" })
  Wire.all[0].say({ ...entered, ...more, tag: Wire.all[0].last.tag })
  Wire.all[0].sent = []
  return { room, sitting }
}

beforeEach(() => {
  standIn("localStorage", new Store())
  mock.timers.reset()
  mock.timers.enable({ apis: ["setTimeout"] })
})

test("an answer waits over a lost line and is sent in the same room again", async () => {
  const { room } = seated()
  Wire.all[0].close()
  const voting = room.answer("first", "yes")
  assert.match(room.trouble, /No connection/)
  assert.equal(room.given.first[""], "yes")
  mock.timers.tick(1000)
  Wire.all[1].open()
  const again = Wire.all[1].sent[0]
  assert.equal(again.type === "room_enter" && again.person, "secret")
  Wire.all[1].say({ ...entered, person: "secret", tag: again.tag })
  assert.deepEqual(said(Wire.all[1]).at(-1), {
    type: "room_vote",
    block: "first",
    choice: "yes",
    pair: null,
  })
  Wire.all[1].say({ type: "room_done", tag: Wire.all[1].last.tag })
  await voting
  assert.equal(room.trouble, "")
  assert.equal(room.given.first[""], "yes")
})

test("a store that is away is asked again, and says so", async () => {
  const { room } = seated()
  const voting = room.answer("first", "yes")
  Wire.all[0].say({ type: "room_later", message: "The store is away.", tag: Wire.all[0].last.tag })
  assert.equal(room.trouble, "The store is away.")
  mock.timers.tick(2000)
  assert.equal(Wire.all[0].sent.length, 2)
  assert.deepEqual(Wire.all[0].sent[0], Wire.all[0].sent[1])
  Wire.all[0].say({ type: "room_done", tag: Wire.all[0].last.tag })
  await voting
})

test("what was not stored when the page was left is sent by the next one", () => {
  const { room } = seated()
  room.answer("pairs", "L", 1).catch(() => {})
  room.answer("pairs", "R", 1).catch(() => {}) // replaces the one before
  seated()
  const { room: next } = seated()
  assert.equal(next.given.pairs["1"], "R")
})

test("a refused answer is taken back", async () => {
  const { room } = seated({ person: "secret", given: { first: { "": "no" } } })
  const voting = room.answer("first", "yes")
  Wire.all[0].say({ type: "error", message: "This question is closed.", tag: Wire.all[0].last.tag })
  await assert.rejects(voting, /closed/)
  assert.equal(room.given.first[""], "no")
})

test("a room that is not there is a sentence, and is not asked for again", async () => {
  const room = new Room(dial(), "http://127.0.0.1/")
  Wire.all[0].open()
  const sitting = room.enter({ code: "ZZZZZ" })
  Wire.all[0].say({ type: "error", message: "There is no room ZZZZZ.", tag: Wire.all[0].last.tag })
  await assert.rejects(sitting, /no room/)
  Wire.all[0].close()
  mock.timers.tick(1000)
  Wire.all[1].open()
  assert.deepEqual(Wire.all[1].sent, [])
})
