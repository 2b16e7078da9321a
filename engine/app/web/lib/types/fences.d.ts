/** What the fence of each kind of block says, under the names that the modules use. */

import type * as sent from "../deck.js"
import type { Field } from "./runs.js"

export type {
  Entry as TimelineEntry,
  IframeData as EmbedData,
  LabelData,
  SimChart as ChartOptions,
  TimelineData,
} from "../deck.js"

/** A series that is drawn as a line: its places are numbers. */
export type Series = Omit<sent.Series, "points"> & { points: [number, number][] }

/** Numbers of a paper; a reader may switch the scale. */
export type Published = Omit<sent.Paper, "series" | "x_scale"> & {
  x_scale?: string
  series: Series[]
}

export type PublishedData = Omit<sent.PublishedData, "content"> & { content: Published }

/** The numbers of a `chart` block, or of a paper's bars; the kind of chart says what is in `data`. */
export type ChartBlock = Omit<sent.ChartData, "data" | "width"> & {
  x_label?: string
  y_label?: string
  data?: {
    labels?: unknown[]
    datasets: (Omit<sent.Dataset, "data"> & { data: never[] })[]
  }
}

/** `scene` names another scene than the simulation's own; only a test does. */
export type SimData = Omit<sent.SimData, "fields" | "published"> & {
  fields: Field[]
  published?: Published
  scene?: string
}

/** `start` is where the cart stands at first; only a test says so. */
export type PlayData = sent.PlayData & { start?: number[] }

/** With a fault in the fence there may be no options. */
export type VoteData = Partial<sent.VoteData>

/** What a block's fence says; each kind has its own. */
export type BlockData = Partial<SimData> & { [name: string]: unknown }
