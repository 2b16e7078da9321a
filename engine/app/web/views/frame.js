/** What every view of a lecture begins with: its place in the page, its theme, and its deck. */

/** @import { FreshDeck, Mounted } from "../lib/types.js" */
/** @import { Needs } from "./decks.js" */

import { NO_STYLE, NO_VIEW, Notices } from "../lecture/notices.js"
import { Title } from "../lecture/title.js"
import { pressEarly } from "../lib/early.js"
import { bring, loadStyles, persist } from "../lib/fetching.js"
import { Theme } from "../lib/theme.js"
import { fetchDeck, firstDeck } from "./decks.js"

/** @type {Record<string, string>} */
const VIEWS = {
  read: "views/reading.js",
  presenter: "views/presenter.js",
  paper: "views/paper.js",
}

export class Frame {
  leaving = new AbortController()
  #asked = 0 // how often the deck was fetched again

  /**
   * @param {HTMLElement} parent the component's element
   * @param {Mounted} mounted
   * @param {HTMLElement} root of the view
   * @param {HTMLElement} themed the part of it that has the colours
   */
  constructor(parent, mounted, root, themed) {
    this.mounted = mounted
    this.options = mounted.component.data
    this.root = root
    root.append(themed)
    this.theme = new Theme(themed, this.leaving.signal)
    this.notices = new Notices(root)
    this.title = new Title(this.leaving.signal)
    parent.append(root)
    // For style sheets: `html:has(.practicum)` would search the whole lecture at every flip.
    document.documentElement.dataset.view = ""
  }

  /**
   * Fetch style sheets and the deck, for as long as it takes.
   * @param {string[]} sheets addresses below web/
   * @param {Needs} needs
   * @returns {Promise<FreshDeck | null>} null when the reader left meanwhile
   */
  async load(sheets, needs) {
    const { options, notices, leaving } = this
    const missing = (/** @type {boolean} */ are) => notices.say("style", are ? NO_STYLE : "")
    const styled = loadStyles(options.web, sheets, missing)
    const fresh = await firstDeck(options, leaving.signal, notices, needs)
    await styled
    return leaving.signal.aborted ? null : fresh
  }

  /**
   * The deck after an edit.
   * @param {string} hash
   * @returns {Promise<FreshDeck | null>} null when it is half written, or a later one is coming
   */
  async reload(hash) {
    this.#asked += 1
    const asked = this.#asked
    const fresh = await fetchDeck(this.options, hash, this.leaving.signal)
    return asked === this.#asked ? fresh : null
  }

  leave() {
    this.leaving.abort()
    this.root.remove()
    if (!document.querySelector(".practicum")) delete document.documentElement.dataset.view
  }
}

/**
 * Open a view in its frame as soon as its deck is there.
 * @param {Frame} frame
 * @param {string[]} sheets
 * @param {(fresh: FreshDeck) => { leave: () => void }} make
 * @param {Needs} [needs]
 * @returns {() => void} removes everything again
 */
export function openFrame(frame, sheets, make, needs = () => undefined) {
  /** @type {{ leave: () => void } | null} */
  let view = null
  frame.load(sheets, needs).then((fresh) => {
    if (fresh) view = make(fresh)
    if (!view) return
    document.getElementById("first-slide")?.remove() // the server's copy of the slide
    pressEarly()
    frame.mounted.opened?.()
  })
  return () => {
    frame.leave()
    view?.leave()
  }
}

/**
 * Open the view that `?view=` names. Its module is fetched first, for as long as it takes.
 * @param {HTMLElement} parent
 * @param {Mounted} mounted
 * @returns {(() => void) | null} removes everything again; null if the address names none
 */
export function openOther(parent, mounted) {
  const name = new URLSearchParams(location.search).get("view") ?? ""
  if (!Object.hasOwn(VIEWS, name)) return null
  /** @type {(() => void) | null} */
  let leave = null
  const leaving = new AbortController()
  const notices = new Notices(parent)
  const fetching = persist(
    () => bring(VIEWS[name]),
    leaving.signal,
    () => notices.say("view", NO_VIEW),
  )
  fetching.then((view) => {
    notices.say("view")
    if (view) leave = view.open(parent, mounted)
  })
  return () => {
    leaving.abort()
    leave?.()
  }
}
