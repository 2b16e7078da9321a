/** What the modules of the page hand to each other: decks, runs, panels and services. */

import type { DeckChanged, StateChanged } from "./protocol.js"

/* ---- runs ---- */

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

/* ---- the socket; its messages are in protocol.d.ts ---- */

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

/** A parameter of a simulation, as `sims.spec` reads it from the source. */
export interface Field {
  name: string
  type: "int" | "float" | "bool" | "str"
  default: Value
  low?: number | null
  high?: number | null
  step?: number | null
  choices?: string[] | null
  unit?: string
  help?: string
  label?: string
}

/** A number or switch on a panel: its element, and how it is moved from outside. */
export interface Control {
  element: HTMLElement
  set(value: Value): void
}

/* ---- the deck ---- */

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

/** One series of a deck's `chart` block, and the colour that it gets if it has none. */
export interface ChartSet {
  label: string
  values: (number | null)[]
  /** the same, for a scatter: pairs, or objects with x and y */
  points?: ({ x: number; y: number } | [number, number])[]
  colour?: unknown
  name: string
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

/** The same, read and about to be drawn. */
export interface ChartData extends Omit<ChartBlock, "height">, Size {
  labels: string[]
  sets: ChartSet[]
  theme: Palette
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

export interface Budget {
  seconds?: number
  memory?: number
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

/* ---- what blocks get and give ---- */

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

/** What a live block may use of the view that it stands in. */
export interface BlockContext {
  lecture: string
  /** the folder of the page, without a slash at its end */
  base: string
  socket: RunSocket
  address: BlockAddress
  kept?: KeptRuns
  plotly(): Promise<Plotly>
  theme(): string
  onTheme(listener: (name: string) => void): () => void
  announce(text: string): void
  reducedMotion(): boolean
  /** it shows what the same block in another window shows, and computes nothing */
  isMirror?: boolean
  isOnPaper?: boolean
  /** something is shown that the presenter window should know */
  changed?(): void
}

/** A button that the presenter window shows for a block. */
export interface PanelButton {
  name: string
  label: string
}

/** What a block shows, as the presenter window gets it; each kind has more of its own. */
export interface Panel {
  buttons?: PanelButton[]
  [name: string]: unknown
}

/** What the panel of a simulation shows. */
export interface SimPanel extends Panel {
  values: Params
  tracks: Track[]
  ghosts: Track[][]
  note: string
  fault: string
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
  command?(name: string, value: Value): void
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
  command(name: string, value: Value): void
  update(next: Block): void
}

/** Of an element to be made: `true` is a bare attribute, `null` and `false` are none. */
export type Attributes = {
  [Name in keyof HTMLElementEventMap as `on${Name}`]?: (event: HTMLElementEventMap[Name]) => void
} & {
  [name: string]: string | number | boolean | null | undefined | ((event: never) => void)
}

/* ---- views of a lecture ---- */

/** What the page is told of its lecture. */
export interface ViewOptions {
  slug: string
  /** of the deck's own style sheet */
  scope: string
  /** folder of the page, with a slash at its end */
  base: string
  /** folder of these modules, with a slash at its end */
  web: string
  /** address of the deck's JSON */
  deck: string
  /** the slide where a visit begins, "" for the first */
  start: string
}

/** The Streamlit component that a view stands in; always with its newest arguments. */
export interface Mounted {
  component: { data: ViewOptions; setStateValue(name: string, value: string): void }
}

/** A version of a deck. */
export interface FreshDeck {
  hash: string
  deck: Deck
}

/**
 * A view of a lecture (stage, reading view, presenter window), as its drawers, dialogs and cards
 * see it.
 */
export interface LectureView {
  readonly options: ViewOptions
  readonly root: HTMLElement
  readonly deck: Deck
  /** of the shown slide, from 0 */
  readonly index: number
  /** the shown one */
  readonly slide: Slide
  readonly theme: { readonly name: string }
  /** show a slide by its id or an alias; whether there is one */
  goTo(id: string): boolean
}

/** A view in which slides are chosen from pictures. */
export interface SlideChooser extends LectureView {
  readonly slides: { preview(index: number): HTMLElement }
  go(index: number): void
}

/** A view whose slides have cards and marks of claims. */
export interface MarkedView extends LectureView {
  readonly stage: HTMLElement
  readonly claims: LedgerView
  readonly cards: { hide(): void }
}

/** What is asked of the ledger of claims. */
export interface LedgerView {
  of(slide: Slide): ShownClaim[]
  claim(id: string): ShownClaim | undefined
  card(claim: ShownClaim, view: MarkedView): HTMLElement
}

/** The stage, as what stands around its slides sees it. */
export interface StageView extends MarkedView, SlideChooser {
  readonly step: number
  readonly hash: string
  readonly leaving: AbortController
  act(action: string, number?: string): boolean | undefined
}

/** A claim as /api/claims gives it. */
export interface ShownClaim {
  id: string
  status: string
  sentence: string
  slide?: string
  place?: { slug: string; title: string } | null
  correction?: { text: string; source?: string } | null
  references: string[]
  figure?: string
  held?: number
  seeds?: number
  date?: string
  run?: { block: string; params: Params; href: string } | null
}

/** A place that holds what is sought. */
export interface SearchHit {
  slug: string
  slide: string
  title: string
  where: string
  snippet: string
}

/* ---- drawing ---- */

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
}

declare global {
  interface Window {
    Plotly?: Plotly
  }
}
