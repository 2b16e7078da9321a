/** Parameters, frames and runs, and the connection that they come through. */

import type { Budget, Field as SentField } from "../deck.js"
import type {
  ClientMessage,
  DeckChanged,
  Refused,
  ServerMessage,
  StateChanged,
} from "../protocol.js"

export type { Budget } from "../deck.js"

/** A parameter of a simulation; a test states only what it needs. */
export type Field = Pick<SentField, "name" | "type" | "default"> & Partial<SentField>

export type Value = number | string | boolean
export type Params = Record<string, Value>

/** A number, a word, or rows of them. */
export type Cell = number | string | boolean | null | Cell[] | { [name: string]: Cell }

/** One row that a simulation yields; which columns it has is the simulation's `Columns`. */
export type Frame = Record<string, Cell>

/** `waiting` has not been sent yet; `offline` waits for the connection. */
export type RunState = "waiting" | "offline" | StateChanged["state"]

/** Of a run that is kept from another day: when and with what it was made. */
export interface Origin {
  date: string
  seconds: number
  versions?: { torch?: string; instruction_set?: string }
}

/** One run, or the place where one will be. */
export interface Track {
  params: Params
  /** one made now is asked for, whatever is kept */
  isFresh?: boolean
  /** it ships with the block */
  isRecorded?: boolean
  /** what the reader calls it */
  name?: string
  /** an earlier run that is not drawn */
  isHidden?: boolean
  /** an earlier run that stays, however many come */
  isPinned?: boolean
  frames: Frame[]
  state: RunState
  /** place in the queue, 0 when it runs */
  position: number
  /** seconds until it starts, about */
  wait: number
  message: string
  /** why it ended, where neither the viewer nor the simulation ended it */
  reason?: StateChanged["reason"]
  about: Partial<Origin>
}

/* The messages of the socket are in protocol.d.ts. */

/** How a run stands. */
export interface RunNews {
  state: RunState
  position: number
  wait: number
  message: string
  reason?: StateChanged["reason"]
}

/** What a block hears of a run that it asked for. */
export interface Handlers {
  /** accepted; `about` is empty, or says when a run was made that is kept from another day */
  onRun?(run: { id: string; params: Params; notes: string[]; about: Partial<Origin> }): void
  /** the next frames, in order */
  onFrames?(frames: Frame[], start: number): void
  onState?(news: RunNews): void
  /** refused, with a sentence that says why */
  onError?(message: string): void
}

export interface RunHandle {
  /** null until the server has answered */
  readonly id: string | null
  stop(): void
}

/** What the server makes of raw values. */
export interface Checked {
  params: Params
  notes: string[]
}

/** What others than runs hear: a deck that changed, the connection that came and went. */
export interface Heard {
  deck: Pick<DeckChanged, "slug" | "hash">
  open: object
  close: object
  room: RoomMessage
  refused: Refused
}

/** What the server says of a room. */
export type RoomMessage = Extract<ServerMessage, { type: `room_${string}` }>

/** The connection as a room uses it. */
export interface RoomLine {
  readonly isOpen: boolean
  send(message: ClientMessage): void
  on<Type extends keyof Heard>(type: Type, fn: (message: Heard[Type]) => void): () => void
}

/** The connection of a view, which ends with it. */
export interface ClosableSocket extends RunSocket {
  close(): void
}

/** The connection as live blocks use it; `Connection` of socket.js, or a stand-in for it. */
export interface RunSocket {
  run(
    sim: string,
    params: Params,
    handlers: Handlers,
    wishes?: { fresh?: boolean; budget?: Budget },
  ): RunHandle
  check(sim: string, params: Record<string, Value>): Promise<Checked>
  /** hear other messages; the result stops hearing them */
  on<Type extends keyof Heard>(type: Type, fn: (message: Heard[Type]) => void): () => void
}
