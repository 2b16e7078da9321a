/** What a live block may use of the view that it stands in, and what it offers. */

import type { SharedBlock } from "../protocol.js"
import type { Room } from "../room.js"
import type { Block } from "./deck.js"
import type { Plotly } from "./drawing.js"
import type { Params, RunSocket, Track, Value } from "./runs.js"

export interface BlockAddress {
  get(block: string): Record<string, string>
  set(block: string, values: Params | null): void
  autorun(block: string): boolean
  link(block: string, values: Params): string
}

export interface KeptRuns {
  get(block: string): KeptPanel | null
  set(block: string, panel: KeptPanel): void
}

/** What a panel showed, kept in the tab. */
export interface KeptPanel {
  sim: string
  values: Params
  tracks: Track[]
  ghosts: Track[][]
}

/** Where a block that is printed can be opened again. */
export interface WayBack {
  address: string
  /** of its QR code, "1" for a dark square */
  rows: string[]
}

/** What a live block may use of the view that it stands in. */
export interface BlockContext {
  lecture: string
  /** the folder of the page, without a slash at its end */
  base: string
  socket: RunSocket
  address: BlockAddress
  kept?: KeptRuns
  /** a reader has started the experiment */
  ran?(): void
  plotly(): Promise<Plotly>
  theme(): string
  onTheme(listener: (name: string) => void): () => void
  announce(text: string): void
  reducedMotion(): boolean
  /** it shows what the same block in another window shows, and computes nothing */
  isMirror?: boolean
  isOnPaper?: boolean
  /** the way from paper back to a block, with the settings that the deck gives it */
  reopen?(block: string): WayBack | undefined
  /** something is shown that the presenter window should know */
  changed?(): void
  /** hear of the room that the page is in, now and each time that it changes */
  onRoom?(listener: RoomListener): () => void
}

export type RoomListener = (room: Room | null) => void

/** A button that the presenter window shows for a block. */
export interface PanelButton {
  name: string
  label: string
}

/** What a block shows, as the presenter window gets it; each kind has more of its own. */
export interface Panel {
  buttons?: PanelButton[]
  /** What those who follow in a room see of it. */
  shared?: SharedBlock
  [name: string]: unknown
}

/** What the panel of a simulation shows. */
export interface SimPanel extends Panel {
  values: Params
  tracks: Track[]
  ghosts: Track[][]
  note: string
  fault: string
  /** how the run compares with the one before it */
  told?: string
  /** what the main button says */
  run: string
  isGoing: boolean
  sentence: string
  controls: string[]
}

/** A kind of block; what it has nothing to do for, it leaves out. */
export interface LiveBlock {
  show?(): void
  hide?(): void
  print?(): void
  destroy?(): void
  /** do the main thing: run, play, start */
  main?(): void
  panel?(): Panel | undefined
  mirror?(panel: Panel): void
  /** show what the presenter of the room shows */
  follow?(shared: SharedBlock): void
  command?(name: string, value?: Value): void
}

/** A block in its place, as `mount` gives it. */
export interface MountedBlock {
  show(): void
  hide(): void
  print(): void
  printed(): void
  destroy(): void
  canMain(): boolean
  main(): void
  panel(): Panel | undefined
  mirror(panel: Panel): void
  follow(shared: SharedBlock): void
  command(name: string, value?: Value): void
  update(next: Block): void
}

/** A number or switch on a panel: its element, and how it is moved from outside. */
export interface Control {
  element: HTMLElement
  set(value: Value): void
}
