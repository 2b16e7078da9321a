/** What the fence of each kind of live block says. */

import type { Budget, Field, Params } from "./runs.js"

export interface Series {
  label: string
  kind?: string
  colour?: string
  points: [number, number][]
}

/** Numbers of a paper (engine/deck/blocks/published.py). */
export interface Published {
  kind?: string
  source: string
  where: string
  how_obtained: string
  accuracy: string
  read_by?: string
  title?: string
  x_label: string
  y_label: string
  x_scale?: string
  y_scale?: string
  series: Series[]
}

interface ScaleOptions {
  title?: { text?: string }
  ticks?: { prefix?: string; suffix?: string }
  grid?: { display?: boolean }
}

/** The numbers of a deck's `chart` block, as Chart.js has them. */
export interface ChartBlock {
  type?: string
  title?: string
  height?: number
  x_label?: string
  y_label?: string
  data?: {
    labels?: unknown[]
    datasets?: { label?: string; data?: never[]; [colour: string]: unknown }[]
  }
  options?: {
    title?: { text?: string }
    plugins?: { title?: { text?: string } }
    scales?: { x?: ScaleOptions; y?: ScaleOptions }
  }
}

/** What `chart:` of a simulation's block says. */
export interface ChartOptions {
  labels?: Record<string, string>
  x?: string
  y?: string | string[]
  group?: string
  x_scale?: string
  x_label?: string
  y_label?: string
  y_range?: [number, number]
  target?: number
  target_label?: string
  [name: string]: unknown
}

export interface SimData {
  sim: string
  title?: string
  controls: string[]
  params: Params
  fields: Field[]
  columns?: Record<string, { unit: string; meaning: string }>
  chart?: ChartOptions
  scene?: string
  seeds?: number
  height?: number
  autorun?: boolean
  recorded?: string
  budget?: Budget
  published?: Published
}

export interface PlayData {
  title?: string
  gains?: number[]
  agent?: { gains: number[] }
  start?: number[]
}

export interface TimelineEntry {
  year: number
  date?: string
  title: string
  note?: string
  refs?: string[]
  refs_labels?: string[]
}

export interface TimelineData {
  title?: string
  entries?: TimelineEntry[]
}

export interface VoteData {
  title?: string
  question?: string
  options?: unknown[]
}

export interface EmbedData {
  title?: string
  src?: string
  url?: string
}

/** A `label` block asks a simulation (`sim`), or shows pairs of texts. */
export interface LabelData {
  title?: string
  question?: string
  sim?: string
  params?: Params
  against?: Params
  against_label?: string
  pairs?: { prompt?: string; a: string; b: string }[]
}

export interface PublishedData {
  title?: string
  height?: number
  scale_switch?: boolean
  content: Published
}

/** What a block's fence says; each kind has its own. */
export type BlockData = Partial<SimData> & { [name: string]: unknown }
