/**
 * The JSON of a deck and of the claims. Written by `make docs` from engine/claims/cards.py,
 * engine/deck/kinds and engine/deck/schema/deck_json.py.
 */

/** Who drives beside the reader. */
export interface Agent {
  /** for place, speed, angle and turning */
  gains: number[]
}

/** An axis. */
export interface Axis {
  /** text at the axis */
  title?: Title
  /** numbers along it */
  ticks?: Ticks
  /** lines across the chart */
  grid?: Grid
}

/** A fence that the browser draws or mounts; each kind has data of its own. */
export interface Block {
  kind: string
  /** unique in the deck */
  id: string
  line: number
  data: Record<string, unknown>
  /** as it is written */
  text: string
}

/** What a run may take; `practicum rehearse` reports what takes more. */
export interface Budget {
  /** by the clock */
  seconds?: number
  /** in MB */
  memory?: number
}

/** Numbers of the deck itself, drawn by the browser, with a table of them for everyone else. */
export interface ChartData {
  /** the series, and the names along the axis */
  data: ChartNumbers
  /** how it is drawn */
  type?: "line" | "bar" | "scatter" | "pie" | "doughnut" | "radar" | "bubble" | "area"
  /** its heading */
  title?: string
  /** in pixels of a slide of 1280 x 720 */
  height?: number
  /** of colloquium; it changes nothing here */
  width?: unknown
  /** of Chart.js */
  options?: Options
}

/** What a chart shows. */
export interface ChartNumbers {
  /** the series */
  datasets: Dataset[]
  /** names along the horizontal axis */
  labels?: (string | string[] | null)[]
}

/** The slide that makes a claim. */
export interface ClaimPlace {
  slug: string
  title: string
}

/** The live block that runs a claim's demonstration. */
export interface ClaimRun {
  slug: string
  slide: string
  block: string
  /** to set in it */
  params: Record<string, boolean | number | string>
  /** at which it runs as it opens */
  href: string
}

/** A work that a claim names. */
export interface ClaimWork {
  label: string
  title: string
  url: string
}

/** A column that a chart shows. */
export interface Column {
  unit: string
  meaning: string
}

/** What the lecture that we follow says wrongly. */
export interface Correction {
  text: string
  source?: string
}

/** A series of numbers. */
export interface Dataset {
  /** its numbers, or points {x, y} */
  data: (number | Point | null)[]
  /** its name */
  label?: string
  /** a name of the palette such as policy, or a CSS colour */
  color?: string | string[]
  /** the same, as Chart.js calls it */
  borderColor?: string | string[]
  /** the same, as Chart.js calls it */
  backgroundColor?: string | string[]
}

/** A lecture. */
export interface Deck {
  title: string
  slides: Slide[]
  references: Reference[]
  problems: Problem[]
  /** the frontmatter */
  meta: Record<string, unknown>
  /** of the deck's own style sheet */
  css: string
  glossary: Term[]
  /** why nothing of it can be shown */
  fault?: string
  /** of a deck that a server shows */
  source?: Source
  /** addresses of what an exported site sends later */
  more?: string[]
}

/** The run that shows a claim. */
export interface Demo {
  sim: string
  params: Record<string, boolean | number | string>
}

/** An entry of a timeline. */
export interface Entry {
  year: number
  title: string
  date?: string
  note?: string
  verified?: boolean
  refs: string[]
  /** as the works are cited */
  refs_labels?: string[]
}

/** A parameter of a simulation, as `sims.spec` reads it from the source. */
export interface Field {
  name: string
  type: "int" | "float" | "bool" | "str"
  default: boolean | number | string
  low: number | null
  high: number | null
  step: number | null
  choices: string[]
  /** of a text without choices: what may be typed, among others */
  suggestions: string[]
  /** characters of a text */
  max_length: number
  unit: string
  help: string
  label: string
}

/** The lines across the chart. */
export interface Grid {
  /** false: without them */
  display?: boolean
}

/** A card with the name of a web page, which is loaded only when the reader asks for it. */
export interface IframeData {
  /** address, http or https */
  src: string
  /** the title on the card */
  title?: string
  /** of colloquium; it changes nothing here */
  height?: unknown
  /** of colloquium; it changes nothing here */
  width?: unknown
  /** of colloquium; it changes nothing here */
  loading?: unknown
  /** of colloquium; it changes nothing here */
  allowfullscreen?: unknown
  /** of colloquium; it changes nothing here */
  preserve_keyboard?: unknown
  /** of colloquium; it changes nothing here */
  scrolling?: unknown
  /** of colloquium; it changes nothing here */
  frameborder?: unknown
  /** of colloquium; it changes nothing here */
  style?: unknown
}

/** Pairs for the reader to compare: clips of a simulation that asks, or texts. */
export interface LabelData {
  /** simulation that asks, such as `preferences` */
  sim?: string
  params?: Record<string, boolean | number | string>
  against?: Record<string, boolean | number | string>
  /** name of that run */
  against_label?: string
  /** texts to compare, where there is no simulation */
  pairs?: Pair[]
  /** what is asked of each pair */
  question?: string
  claims: string[]
  /** the block's own name, for links and votes; made from the slide else */
  id?: string
  /** the heading of the block */
  title?: string
  fields?: Field[]
}

/** What was taken away, and what was left then. */
export interface Null {
  without: string
  /** of a theorem: why nothing can be taken away */
  none: string
  figure: string
  held: number
}

/** Options of Chart.js. */
export interface Options {
  /** the axes */
  scales?: Scales
  /** heading of the chart */
  title?: Title
  /** of them, the title */
  plugins?: Plugins
}

/** Two texts to compare. */
export interface Pair {
  /** the first text */
  a: string
  /** the second text */
  b: string
  /** what both answer */
  prompt?: string
}

/** Numbers of a paper, from content/published. */
export interface Paper {
  source: string
  where: string
  how_obtained: string
  accuracy: string
  y_label: string
  x_label?: string
  x_scale?: "linear" | "log"
  y_scale?: "linear" | "log"
  kind?: "line" | "bar"
  read_by?: string
  shown?: string[]
  series: Series[]
}

/** A game that the reader plays beside an agent. */
export interface PlayData {
  /** the game */
  play?: "cartpole"
  /** of the agent, for place, speed, angle and turning; computed when left out */
  gains?: number[]
  /** its gains, in another place */
  agent?: Agent
  /** the block's own name, for links and votes; made from the slide else */
  id?: string
  /** the heading of the block */
  title?: string
}

/** Plugins of Chart.js. */
export interface Plugins {
  /** heading of the chart */
  title?: Title
}

/** A point of a scatter or bubble chart. */
export interface Point {
  /** horizontal */
  x: number
  /** vertical */
  y: number
  /** radius of a bubble */
  r?: number
}

/** A fault of a deck, and how to fix it. */
export interface Problem {
  message: string
  fix: string
  line: number
  column: number
  severity: "error" | "warning"
  file: string
  /** which check found it */
  rule: string
}

/** Numbers of a paper, from content/published, with their source. */
export interface PublishedData {
  /** NAME of the file */
  source: string
  /** the block's own name, for links and votes; made from the slide else */
  id?: string
  /** the heading of the block */
  title?: string
  /** series that are drawn; without it, those of its `shown` */
  series?: string | string[]
  /** a switch between a linear and a logarithmic horizontal axis */
  scale_switch?: boolean
  /** in pixels of a slide of 1280 x 720 */
  height?: number
  /** claims of content/claims.yaml that the block shows */
  claims?: string | string[]
  content?: Paper
}

/** What came of a claim on a real language model. */
export interface Real {
  /** held, did not hold, or not tried */
  state: string
  /** of the model, in words */
  size: string
  figure: string
  seeds: number
  held: number
}

/** A cited work. */
export interface Reference {
  key: string
  authors: string
  title: string
  year: string
  venue: string
  url: string
  /** as it is cited: Ouyang et al., 2022 */
  label: string
  number: number
  /** its line in the list of works */
  html: string
}

/** The two axes. */
export interface Scales {
  /** the horizontal one */
  x?: Axis
  /** the vertical one */
  y?: Axis
}

/** A series of a paper's numbers. */
export interface Series {
  label: string
  colour?: string
  kind?: string
  /** x is a word where the numbers are bars */
  points: [number | string, number][]
}

/** A claim with its place in the lectures. */
export interface ShownClaim {
  id: string
  sentence: string
  status: string
  slide: string
  references: string[]
  correction: Correction | null
  /** what was measured, in words */
  figure: string
  /** so many were run, … */
  seeds: number
  /** … and so many showed it */
  held: number
  date: string
  demo: Demo | null
  /** what the run shows, where that is less than the sentence */
  part: string
  null: Null | null
  real: Real | null
  place: ClaimPlace | null
  run: ClaimRun | null
}

/** The ledger of claims. */
export interface ShownClaims {
  claims: ShownClaim[]
  /** by their keys */
  works: Record<string, ClaimWork>
  /** each status, in words */
  standings: Record<string, string>
}

/** Which columns of the frames are drawn, and what stands at the axes. */
export interface SimChart {
  /** column of the horizontal axis */
  x?: string
  /** column or columns that are drawn; without it, all numbers */
  y?: string | string[]
  /** column whose values are curves of their own */
  group?: string
  /** text at the horizontal axis */
  x_label?: string
  /** text at the vertical axis */
  y_label?: string
  /** linear or log */
  x_scale?: "linear" | "log"
  /** linear or log */
  y_scale?: "linear" | "log"
  /** the range of the vertical axis for all curves, so that a slider's effect shows */
  y_range?: number[]
  /** value to reach, drawn as a line */
  target?: number
  /** text at that line */
  target_label?: string
  /** other names for columns, or for the values of `group` */
  labels?: Record<string, string>
}

/** A simulation with its controls and the chart of its frames. */
export interface SimData {
  /** name of the simulation */
  sim: string
  /** the block's own name, for links and votes; made from the slide else */
  id?: string
  /** the heading of the block */
  title?: string
  params: Record<string, boolean | number | string>
  controls: string[]
  /** what is drawn */
  chart?: SimChart
  published?: Paper
  /** id of the `label` block whose labels in the room it learns from; in no room, or before anybody has labelled, the simulation's own raters take its place */
  room?: string
  claims: string[]
  /** number of seeds, drawn with their spread */
  seeds?: number
  /** in pixels of a slide of 1280 x 720 */
  height?: number
  /** answer each move of a control; run at first unless recorded */
  autorun?: boolean
  /** what a run may take */
  budget?: Budget
  /** values whose runs are made ahead */
  grid?: Record<string, (boolean | number | string)[]>
  fields: Field[]
  columns?: Record<string, Column>
  /** address of a finished run */
  recorded?: string
}

/** A slide. */
export interface Slide {
  id: string
  title: string
  /** 27, or 27a for its first aside */
  number: string
  is_aside: boolean
  layout: string
  classes: string[]
  style: string
  line: number
  /** how often “next” shows more of it */
  steps: number
  citations: string[]
  notes: string
  minutes: number | null
  /** minutes of the shortest talk that shows it */
  talk: number | null
  /** ids of the terms that are marked */
  terms: string[]
  /** ids of the terms that the slide explains */
  defines: string[]
  /** other words for what it shows, for the search */
  keywords: string[]
  aliases: string[]
  /** title of its chapter */
  section: string
  blocks: Block[]
  html: string
}

/** Where a deck comes from, for those who want to change it. */
export interface Source {
  /** of its file, from the folder of the course or of its repository */
  path: string
  /** address of the repository, empty without one */
  repository: string
  branch: string
  /** title of the course */
  course: string
  /** of Practicum */
  version: string
  /** changes with the settings and the claims of the course */
  stamp: string
}

/** A term of the glossary. */
export interface Term {
  id: string
  term: string
  /** plurals and other names */
  also: string[]
  /** words by which the search finds it, too */
  search: string[]
  /** what it means */
  html: string
  /** to read */
  work: Work | null
}

/** Numbers along an axis. */
export interface Ticks {
  /** before each number */
  prefix?: string
  /** after each number, such as % */
  suffix?: string
}

/** Dated entries of a file of content/timelines. */
export interface TimelineData {
  /** NAME of the file */
  source: string
  /** list of the file, if it has several */
  section?: string
  /** first year */
  from?: number
  /** last year */
  to?: number
  /** the block's own name, for links and votes; made from the slide else */
  id?: string
  entries: Entry[]
}

/** A title. */
export interface Title {
  /** what it says */
  text?: string
  /** of Chart.js; it changes nothing here */
  display?: unknown
}

/** A question to the audience. */
export interface VoteData {
  /** what is asked */
  question: string
  /** answers to choose from */
  options?: string[]
  /** one of the options, a number, or up to 40 characters drawn as a word cloud */
  answer?: "choice" | "number" | "words"
  /** least number */
  low?: number
  /** greatest number */
  high?: number
  /** of the number */
  unit?: string
  /** id of an earlier vote with the same options, whose results are shown beside */
  before?: string
  /** the block's own name, for links and votes; made from the slide else */
  id?: string
  /** the heading of the block */
  title?: string
}

/** A work as a term rests on it. */
export interface Work {
  key: string
  authors: string
  title: string
  year: string
  venue: string
  url: string
}
