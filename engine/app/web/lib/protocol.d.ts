/** Every message of the live socket. Written by `make docs` from engine/app/socket/protocol.py. */

import type { Frame, Params } from "./types.js"

/** The page tags its questions with texts; the server sends back whatever came. */
export type Tag = string | null

/** What a run may take: seconds by the clock, MB of memory. */
export interface Budget {
  seconds?: number | null
  memory?: number | null
}

/** When and with what a run was made that is kept from another day. */
export interface About {
  date?: string
  seconds?: number
  versions?: Record<string, string>
}

/** What the presenter's simulation shows: values of its controls, and the runs on its chart. */
export interface SharedBlock {
  values: Params
  runs?: Params[]
  id?: string
  stopped?: boolean
}

/** Where the presenter is: `ink` holds the strokes on the slide (`x,y x,y …` in thousandths of
its width and height), `zoom` the place and scale of a look at a figure, or nothing. */
export interface Place {
  slide: string
  step?: number
  black?: boolean
  ink?: string[]
  zoom?: number[]
  blocks?: Record<string, SharedBlock>
}

/** How a question stands; the counts are empty until they are shown, and so are the `earlier`
ones, of the round before. `answered` is how many have labelled each pair. */
export interface PollState {
  block: string
  round: number
  open: boolean
  revealed: boolean
  people: number
  counts: Record<string, number>
  answered: Record<string, number>
  earlier: Record<string, number>
}

/** A question from the audience. */
export interface Asked {
  id: number
  slide: string
  text: string
  name: string
  votes: number
  answered: boolean
}

/** Start a run, or join one that is the same; `fresh` takes none that has ended. */
export interface RunAsked {
  type: "run"
  sim: string
  params?: Params
  tag?: Tag
  fresh?: boolean
  budget?: Budget | null
}

/** Hear of a run that goes on, from its frame number `start`. */
export interface Follow {
  type: "follow"
  run: string
  start?: number
  tag?: Tag
}

/** Take back one `run` or `follow`; a run that nobody else wants ends. */
export interface Stop {
  type: "stop"
  run: string
  tag?: Tag
}

/** What would become of these values? */
export interface Check {
  type: "check"
  sim: string
  params?: Params
  tag?: Tag
}

/** Open a room for a lecture; `page` is the address below which the presenter sees the pages. */
export interface RoomOpen {
  type: "room_open"
  lecture: string
  page?: string
  tag?: Tag
}

/** Sit down in a room: as its presenter with the `key`, or as the participant of a token. */
export interface RoomEnter {
  type: "room_enter"
  room: string
  key?: string
  person?: string
  name?: string
  page?: string
  tag?: Tag
}

/** The presenter is somewhere else now. */
export interface RoomMove {
  type: "room_move"
  place: Place
  tag?: Tag
}

/** The presenter points at a place of the slide, in thousandths of it; below 0: at none. */
export interface RoomPoint {
  type: "room_point"
  x: number
  y: number
  tag?: Tag
}

/** Answer a question of the lecture: an option, or L, R or = for a `pair` of it. A vote may name
the `round` in which it was given: it counts in no other one. */
export interface RoomVote {
  type: "room_vote"
  block: string
  choice: string
  pair?: number | null
  round?: number | null
  tag?: Tag
}

/** Open or close a question, show its results, ask it again, clear it, or remove all answers
that say `choice`. */
export interface RoomPoll {
  type: "room_poll"
  block: string
  change: "open" | "close" | "reveal" | "hide" | "again" | "clear" | "remove"
  choice?: string
  tag?: Tag
}

/** A question to the presenter, about a slide. */
export interface RoomAsk {
  type: "room_ask"
  text: string
  slide?: string
  tag?: Tag
}

/** Somebody else's question should be answered, too; or that is taken back. */
export interface RoomWant {
  type: "room_want"
  question: number
  wanted?: boolean
  tag?: Tag
}

/** A question is answered, waits after all, or is taken away. */
export interface RoomMark {
  type: "room_mark"
  question: number
  mark: "answered" | "waiting" | "removed"
  tag?: Tag
}

/** What has the room said of the pairs of a `label` block? */
export interface RoomRatings {
  type: "room_ratings"
  block: string
  tag?: Tag
}

/** The presenter's remote asks the lecture on the wall to do something: `set` gives a control,
`name` of a `block`, another value. */
export interface RoomAct {
  type: "room_act"
  action: "next" | "previous" | "up" | "down" | "run" | "blank" | "room" | "close" | "set"
  block?: string
  name?: string
  value?: boolean | number | string | null
  tag?: Tag
}

/** Give the room to another presenter: the key so far holds nothing any more. */
export interface RoomHand {
  type: "room_hand"
  tag?: Tag
}

/** The presenter wants the QR code of the link that makes a phone the remote of this room. */
export interface RoomRemote {
  type: "room_remote"
  page?: string
  tag?: Tag
}

/** The lecture is over: nobody joins or votes any more. */
export interface RoomClose {
  type: "room_close"
  tag?: Tag
}

/** A run was started or joined: all its parameters, a sentence for each that had to change. */
export interface RunTaken {
  type: "run"
  run: string
  params: Params
  notes: string[]
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "lost"
  position?: number
  wait?: number
  about?: About
  tag?: Tag
}

/** The next frames of a run, the first of them being number `start`. */
export interface Frames {
  type: "frames"
  run: string
  start: number
  frames: Frame[]
}

/** How a run stands; with a sentence when it ended badly, and a reason that is data. */
export interface StateChanged {
  type: "state"
  run: string
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "lost"
  position?: number
  wait?: number
  message?: string
  reason?: "" | "unwatched"
}

/** What became of the values, and a sentence for each that had to change. */
export interface Checked {
  type: "checked"
  params: Params
  notes: string[]
  tag?: Tag
}

/** Why a message could not be answered, in a sentence. */
export interface Refused {
  type: "error"
  message: string
  tag?: Tag
}

/** The server lives; sent when there was nothing else to say for a while. */
export interface Beat {
  type: "beat"
}

/** A lecture was edited: its address, and the hash of its new text. */
export interface DeckChanged {
  type: "deck"
  slug: string
  hash: string
}

/** You sit in a room. `key` or `person` is what to enter it with again; `given` is what this
participant has answered, by block and pair ("" for a vote). */
export interface RoomEntered {
  type: "room_entered"
  room: string
  lecture: string
  link: string
  qr: string[]
  key?: string
  person?: string
  given?: Record<string, Record<string, string>>
  warning?: string
  tag?: Tag
}

/** It is stored. `key` is the new one of a room that was handed over, `qr` the QR code of its
remote, as in RoomEntered. */
export interface RoomDone {
  type: "room_done"
  key?: string
  tag?: Tag
  qr?: string[]
}

/** The pairs by the numbers of their answers, these answers, and a word of letters for each
rater. */
export interface RoomRated {
  type: "room_rated"
  pairs: string
  answers: string
  labels: string
  tag?: Tag
}

/** The presenter's remote asks this page, which has the same key, to do something. */
export interface RoomAsked {
  type: "room_asked"
  action: string
  room: string
  block?: string
  name?: string
  value?: boolean | number | string | null
}

/** The presenter points at a place of the slide, as in RoomPoint. It is not stored. */
export interface RoomPointed {
  type: "room_pointed"
  room: string
  x: number
  y: number
}

/** It could not be stored now: send it again in a while. */
export interface RoomLater {
  type: "room_later"
  message: string
  tag?: Tag
}

/** The key of this page holds the room no more: somebody else presents now. */
export interface RoomLost {
  type: "room_lost"
  room: string
  message: string
  tag?: Tag
}

/** Where the presenter is, how many people have joined, and whether the room is closed. */
export interface RoomNews {
  type: "room_news"
  room: string
  number: number
  place: Place | null
  people: number
  closed: boolean
}

/** All questions of the lecture that somebody has answered. */
export interface RoomPolls {
  type: "room_polls"
  room: string
  polls: PollState[]
}

/** The questions from the audience, the most wanted first. */
export interface RoomQuestions {
  type: "room_questions"
  room: string
  questions: Asked[]
}

export type ClientMessage =
  | RunAsked
  | Follow
  | Stop
  | Check
  | RoomOpen
  | RoomEnter
  | RoomMove
  | RoomPoint
  | RoomVote
  | RoomPoll
  | RoomAsk
  | RoomWant
  | RoomMark
  | RoomRatings
  | RoomAct
  | RoomHand
  | RoomRemote
  | RoomClose

export type ServerMessage =
  | RunTaken
  | Frames
  | StateChanged
  | Checked
  | Refused
  | Beat
  | DeckChanged
  | RoomEntered
  | RoomDone
  | RoomRated
  | RoomAsked
  | RoomPointed
  | RoomLater
  | RoomLost
  | RoomNews
  | RoomPolls
  | RoomQuestions
