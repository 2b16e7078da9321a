/** A deck as the page holds it; what the server sends is declared in ../deck.d.ts. */

import type * as sent from "../deck.js"
import type { BlockData } from "./fences.js"

export type { Problem, Source, Term } from "../deck.js"

/** A cited work, or one that a term rests on: that has no line in the list of works. */
export type Work = sent.Work & Partial<sent.Reference>

/** A block of a slide; each kind has data of its own. */
export type Block<Data = BlockData> = Pick<sent.Block, "kind" | "id"> & { data: Data }

export type Slide = Omit<sent.Slide, "blocks" | "line" | "defines" | "keywords"> & {
  blocks: Block[]
  /** of the deck's file, where the slide begins */
  line?: number
  /** of an exported deck that holds what it draws (views/deck_parts.js) */
  part?: number
}

export type Deck = Omit<sent.Deck, "slides" | "fault"> & { slides: Slide[] }
