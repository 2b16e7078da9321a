/** @import { RoomEntered } from "../../engine/app/web/lib/protocol.js" */

import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { Room } from "../../engine/app/web/lib/room.js"
import { Channel, Store, standIn } from "./stand_ins.js"
import { dial, Wire } from "./wire.js"

standIn("location", { href: "http://127.0.0.1/overview" })
standIn("addEventListener", () => {})
standIn("BroadcastChannel", Channel)
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
  Channel.all.clear()
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
    round: 0,
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

test("two tabs of one phone show each other's answers, once they are stored", async () => {
  const { room } = seated()
  const [wire] = Wire.all
  const { room: twin } = seated()
  const { room: stranger } = seated({ person: "somebody else" })
  const voting = room.answer("first", "yes")
  assert.equal(twin.given.first, undefined)
  wire.say({ type: "room_done", tag: wire.last.tag })
  await voting
  assert.equal(twin.given.first[""], "yes")
  assert.equal(stranger.given.first, undefined)
  for (const one of [room, twin, stranger]) one.leave()
  assert.equal(Channel.all.size, 0)
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

/** @param {number} round @returns {import("../../engine/app/web/lib/protocol.js").RoomPolls} */
const polls = (round) => ({
  type: "room_polls",
  room: "BCDFG",
  polls: [
    {
      block: "first",
      round,
      open: true,
      revealed: false,
      people: 1,
      counts: {},
      answered: {},
      earlier: {},
    },
  ],
})

/** The page is loaded anew, and sits in the room again: what it says last then. */
function loadedAnew() {
  const next = new Room(dial(), "http://127.0.0.1/")
  Wire.all[0].open()
  next.enter({ code: "BCDFG" }).catch(() => {})
  Wire.all[0].say({ ...entered, person: "secret", tag: Wire.all[0].last.tag })
  return { next, last: said(Wire.all[0]).at(-1) }
}

test("a vote belongs to the round that it was given in, also after a reload", async () => {
  const { room } = seated()
  Wire.all[0].say(polls(0))
  const voting = room.answer("first", "yes")
  const { tag } = Wire.all[0].last
  Wire.all[0].say(polls(1)) // asked again, while the vote was under way
  assert.equal(room.given.first, undefined)
  Wire.all[0].say({ type: "error", message: "It was asked again.", tag })
  await assert.rejects(voting, /again/)
  assert.equal(room.given.first, undefined)
  room.answer("first", "no").catch(() => {})
  const said = Wire.all[0].last
  assert.equal(said.type === "room_vote" && said.round, 1)

  const { next, last } = loadedAnew() // which has heard of no round yet
  assert.equal(next.given.first[""], "no")
  const vote = { type: "room_vote", block: "first", choice: "no", pair: null, round: 1 }
  assert.deepEqual(last, vote)
})

test("answers of a newer round are kept when the page comes back", () => {
  const { room } = seated()
  Wire.all[0].say(polls(0))
  Wire.all[0].close()
  mock.timers.tick(1000)
  Wire.all[1].open()
  const { tag } = Wire.all[1].last
  Wire.all[1].say({ ...entered, person: "secret", given: { first: { "": "no" } }, tag })
  Wire.all[1].say(polls(1))
  assert.equal(room.given.first[""], "no")
})

test("a question that was not stored when the page was left is asked by the next one", () => {
  const { room } = seated()
  Wire.all[0].close()
  room.say({ type: "room_ask", text: "Why?", slide: "a" }).catch(() => {})
  assert.deepEqual(loadedAnew().last, { type: "room_ask", text: "Why?", slide: "a" })
})

test("a presenter whose room was handed over hears of it at once, or when she is back", async () => {
  const { room } = seated({ key: "mine" })
  /** @type {string[]} */
  const heard = []
  room.onLost = (why) => heard.push(why)
  const moving = room.move({ slide: "a" })
  const { tag } = Wire.all[0].last
  Wire.all[0].say({ type: "room_lost", room: "BCDFG", message: "Another presents.", tag })
  await assert.rejects(moving, /Another/)
  assert.deepEqual([heard, room.isPresenter], [["Another presents."], false])

  const { room: asleep } = seated({ key: "mine" })
  asleep.onLost = (why) => heard.push(why)
  Wire.all[0].close()
  mock.timers.tick(1000)
  Wire.all[1].open()
  Wire.all[1].say({ type: "error", message: "Not yours.", tag: Wire.all[1].last.tag })
  assert.deepEqual([heard.at(-1), asleep.trouble], ["Not yours.", "Not yours."])
})
