/** A deck, as the server sends it: slides, works, terms. */

import type { BlockData } from "./fences.js"

export interface Work {
  key: string
  label?: string
  number?: number
  authors: string
  title: string
  year: string
  venue: string
  url: string
  html?: string
}

export interface Term {
  id: string
  term: string
  also: string[]
  html: string
  work?: Work | null
}

export interface Problem {
  message: string
  fix: string
  severity: string
  line?: number
  file?: string
}

export interface Block<Data = BlockData> {
  kind: string
  id: string
  data: Data
}

export interface Slide {
  id: string
  title: string
  /** "27", or "27a" for its first aside */
  number: string
  is_aside: boolean
  layout: string
  classes: string[]
  style: string
  /** how often "next" shows more of it */
  steps: number
  citations: string[]
  terms: string[]
  aliases: string[]
  notes: string
  minutes: number | null
  section: string
  blocks: Block[]
  html: string
}

export interface Deck {
  title: string
  slides: Slide[]
  references: Work[]
  glossary: Term[]
  problems: Problem[]
  meta: Record<string, unknown>
  css: string
}
