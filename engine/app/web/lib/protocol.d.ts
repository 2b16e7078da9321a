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

export type ClientMessage = RunAsked | Follow | Stop | Check

export type ServerMessage =
  | RunTaken
  | Frames
  | StateChanged
  | Checked
  | Refused
  | Beat
  | DeckChanged
