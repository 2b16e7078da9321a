/** Elements, colours, sizes, scenes and figures. */

import type { ChartBlock } from "./fences.js"
import type { Frame } from "./runs.js"

/** Of an element to be made: `true` is a bare attribute, `null` and `false` are none. */
export type Attributes = {
  [Name in keyof HTMLElementEventMap as `on${Name}`]?: (event: HTMLElementEventMap[Name]) => void
} & {
  [name: string]: string | number | boolean | null | undefined | ((event: never) => void)
}

export type ColourName =
  | "paper"
  | "card"
  | "wash"
  | "ink"
  | "soft"
  | "hair"
  | "accent"
  | "policy"
  | "reference"
  | "proxy"
  | "gold"
  | "chosen"
  | "rejected"

/** The palette and the sizes that hold at an element now. */
export interface Palette extends Record<ColourName, string> {
  /** the length of --u, px */
  unit: number
  /** a slide is a page that scrolls: on a phone, or zoomed */
  narrow: boolean
  sans: string
  serif: string
}

export interface Size {
  width: number
  height: number
}

/** What a simulation looks like, on a canvas; the player asks it only what stands here. */
export interface Scene {
  /** whether a frame holds something to show */
  has(frame: Frame): boolean
  /** seconds that it plays; 0 for a still */
  duration(frame: Frame): number
  /** how good it is: clips are chosen where this grows */
  score(frame: Frame): number
  /** one line about it */
  caption(frame: Frame): string
  /** null: at rest */
  draw(frame: Frame | null, seconds: number, caption?: string): void
  /** all of it in one picture, for reduced motion */
  still(frame: Frame, caption?: string): void
  /** the canvas or the theme has changed; whether there is room to draw */
  resize(theme: Palette): boolean
}

export interface SceneKind {
  create(canvas: HTMLCanvasElement, theme: Palette): Scene
  isSquare?: boolean
}

/** An axis worked out by hand; `range` is in data units, also on a log axis. */
export interface Axis {
  range: [number, number]
  isLog: boolean
  ticks: number[]
  labels: string[]
}

/** A layout of Plotly's, as far as it is changed after it was made. */
export interface Layout extends Size {
  margin: { l: number; r: number; t: number; b: number; pad?: number }
  xaxis: LayoutAxis
  yaxis: LayoutAxis
  shapes: object[]
  annotations: Annotation[]
  /** the axes of a curve, for places in the plot */
  frame?: { xAxis: Axis; yAxis: Axis }
  [more: string]: unknown
}

export interface LayoutAxis {
  ticktext?: string[]
  tickvals?: number[]
  [more: string]: unknown
}

export interface Annotation {
  text: string
  xref?: string
  yshift?: number
  [more: string]: unknown
}

export interface Figure {
  traces: object[]
  layout: Layout
}

export type MakeFigure = (theme: Palette, width: number, height: number) => Figure

/** The part of Plotly that is used here. */
export interface Plotly {
  react(place: HTMLElement, traces: object[], layout: object, config: object): Promise<void>
  purge(place: HTMLElement): void
  /** the address of a picture of a figure */
  toImage(figure: object, options: object): Promise<string>
}

/** One series of a deck's `chart` block, and the colour that it gets if it has none. */
export interface ChartSet {
  label: string
  values: (number | null)[]
  /** the same, for a scatter: pairs, or objects with x and y */
  points?: ({ x: number; y: number } | [number, number])[]
  colour?: unknown
  name: string
}

/** The same, read and about to be drawn. */
export interface ChartData extends Omit<ChartBlock, "height">, Size {
  labels: string[]
  sets: ChartSet[]
  theme: Palette
}

declare global {
  interface Window {
    Plotly?: Plotly
  }
}
