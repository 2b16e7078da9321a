/** What a view of a lecture offers: the stage, the reading view, the presenter window. */

import type { Seen } from "../../lecture/seen.js"
import type { ShownClaim } from "../deck.js"
import type { Deck, Slide } from "./deck.js"
import type { ClosableSocket } from "./runs.js"

export type { ShownClaim } from "../deck.js"

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
  component: StreamlitComponent
  /** called when the lecture is there */
  opened?(): void
}

/** What Streamlit gives to a component: its data, and a way to tell its own server something. */
export interface StreamlitComponent {
  data: ViewOptions
  setStateValue(name: string, value: string): void
}

/** A stage that was opened or will be, by the script of the page (joined/page.js). */
export interface OpenedStage extends Mounted {
  leave(): void
  /** what the server is to hear as soon as Streamlit has come */
  kept?: [string, string]
}

/** Streamlit's element for a component, with what is known of it. */
export interface StagePlace extends HTMLElement {
  /** how often Streamlit has called */
  call?: number
  stage?: OpenedStage
}

/** Given `use`, which has the others by their names, and its own address: what a module exports. */
export type ModuleFunction = (use: (name: string) => unknown, url: string) => unknown

/** The modules that have come in joined scripts (joined/registry.js). */
export interface Modules {
  add(functions: Record<string, ModuleFunction>): void
  has(name: string): boolean
  use(name: string): unknown
}

/** A version of a deck. */
export interface FreshDeck {
  hash: string
  deck: Deck
  /** of a deck that comes in several parts: the whole of it, null when the reader left */
  rest?: () => Promise<Deck | null>
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
  /** a jump is undone by Back */
  go(index: number, step?: number, isJump?: boolean): void
}

/** A view whose slides have cards and marks of claims. */
export interface MarkedView extends LectureView {
  readonly stage: HTMLElement
  readonly claims: LedgerView
  readonly cards: { hide(): void }
  /** open the list of works at what a citation names, which has the focus again when it closes */
  showWork?(link: HTMLElement): boolean
}

/** What is asked of the ledger of claims. */
export interface LedgerView {
  of(slide: Slide): ShownClaim[]
  claim(id: string): ShownClaim | undefined
  card(claim: ShownClaim, view: MarkedView): HTMLElement
}

/** What the server says of a slide that is being written. */
export interface Drafted {
  problems?: { line: number; severity: string; message: string; fix: string }[]
  slide?: Slide | null
  /** why it was not taken */
  message?: string
  /** where the file has changed: what it holds now, null where the slide is gone */
  text?: string | null
}

/** The stage, as what stands around its slides sees it. */
export interface StageView extends MarkedView, SlideChooser {
  /** of the window */
  readonly title: { say(text: string): void }
  readonly slides: {
    preview(index: number): HTMLElement
    /** show another version of the shown slide until the deck comes anew */
    draft(slide: Slide): void
  }
  /** of the shown slide */
  readonly section: HTMLElement
  readonly step: number
  readonly hash: string
  readonly seen: Seen
  readonly leaving: AbortController
  act(action: string, number?: string): boolean | undefined
}

/** Something that a search found; every second piece of the snippet is a word that was sought. */
export interface SearchHit {
  kind: "slide" | "term" | "experiment" | "work"
  slug: string
  /** that shows it, or "" */
  slide: string
  key: string
  title: string
  where: string
  snippet: string[]
}

/** What /api/search gives; `read_as` is the query as it was corrected, or "", and `unknown` are its
    words that no lecture has. */
export interface SearchAnswer {
  hits: SearchHit[]
  read_as: string
  unknown: string[]
}

/** An exported site, as a page of it has it: what a server would answer lies beside the page. */
export interface Site {
  /** the folder of its pages */
  base: string
  /** rejects where an answer cannot be had just now */
  ask(address: string): Promise<Response>
  /** the text of an answer that has come already */
  known(address: string): string | null
  /** called by each answer, which is a script */
  give(name: string, text: string): void
  /** a module by its address below web/; rejects where its script cannot be had just now */
  module(name: string): Promise<unknown>
  /** called by each script that holds modules, which are functions that return their exports */
  add(modules: Record<string, ModuleFunction>): void
  /** a thread of ports/worker.js */
  worker(): Promise<Worker>
  /** called by the first script, with the script of each module that is asked for by its name */
  start(homes: Record<string, string>): void
  /** what takes the place of the search of a server */
  search?(query: string): Promise<SearchAnswer>
  /** what takes the place of the connection to a server */
  runs?(view: { options: ViewOptions; deck: Deck }): ClosableSocket
}

/** Keys that were pressed before there was a lecture: engine/app/site/first_slide.py keeps them. */
export interface Early {
  keys: KeyboardEvent[]
  stop(): void
}

declare global {
  var practicumSite: Site | undefined
  var practicumEarly: Early | undefined
  /** of one folder of modules */
  var practicumModules: (home: string) => Modules
  /** What Streamlit's scripts take from the page: where its server is. */
  var __streamlit: { BACKEND_BASE_URL: string } | undefined
  var practicumStage: (
    component: StreamlitComponent & { parentElement: StagePlace },
  ) => (() => void) | undefined
}
