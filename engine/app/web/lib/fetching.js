/** Modules, scripts, style sheets and answers of the server, asked for again when they fail.

    A browser keeps the failure of a module's address, and of all that it imports, until the page
    is reloaded. So another try goes to another folder: the server ignores what follows the hash. */

/** @import { Plotly } from "./types.js" */

import { site } from "./source.js"

const PAUSES = [300, 1200] // ms before the second and the third try
const LONGEST = 15_000 // ms between tries that go on until they succeed
/** @type {Map<string, Promise<any>>} */
const fetched = new Map() // name -> promise of a module, or of Plotly
/** @type {Set<string>} */
const failed = new Set() // names of those that could not be had at all
let tries = 0

/**
 * The same folder under a name that no browser has asked for yet.
 * @param {string} folder
 */
export function otherFolder(folder) {
  tries += 1
  return folder.replace(/(-again\d+)?\/$/, `-again${tries}/`)
}

/**
 * Import a module of ours by its address below web/, with two more tries; a later call begins again
 *  when all have failed.
 * @param {string} name
 * @returns {Promise<any>}
 */
export function bring(name) {
  const files = site
  if (files) return once(name, () => files.module(name))
  const home = new URL("..", import.meta.url).href
  return once(name, async (isAgain) => {
    const { use } = await import(`${isAgain ? otherFolder(home) : home}joined/${name}`)
    return use(name)
  })
}

/** When all that is on its way by a name (modules, Plotly) has come, or cannot be had. */
export const arrivals = () => Promise.allSettled(fetched.values())

/**
 * @param {string} web
 * @returns {Promise<Plotly>} Plotly, loaded when it is first needed
 */
export function loadPlotly(web) {
  /** @param {boolean} isAgain @returns {Promise<Plotly>} */
  const load = (isAgain) =>
    new Promise((done, fail) => {
      if (window.Plotly) return done(window.Plotly)
      const script = document.createElement("script")
      script.src = `${isAgain ? otherFolder(web) : web}plotly.min.js`
      script.onload = () =>
        window.Plotly ? done(window.Plotly) : fail(new Error("Plotly is not what came"))
      script.onerror = () => fail(new Error("Plotly did not load"))
      document.head.append(script)
    })
  return once("plotly", load)
}

/**
 * Load style sheets of ours, once each, in the order of their names.
 * @param {string} web the folder
 * @param {string[]} names
 * @param {(are: boolean) => void} [missing] hears that one is missing, or that all are there after
 *   all
 * @returns {Promise<void>} when each is there or has failed three times; such a one is tried
 *   further
 */
export async function loadStyles(web, names, missing = () => {}) {
  const wanted = new Set()
  await Promise.all(
    names.map(async (name) => {
      if (document.querySelector(`link[href="${web + name}"]`)) return
      const link = { node: placed(sheet(web + name)) }
      /** @param {number} count */
      const load = (count) => (count ? replaced(link, otherFolder(web) + name) : arrived(link.node))
      try {
        await withTries(load)
      } catch {
        wanted.add(name)
        missing(true)
        persist(() => load(1), new AbortController().signal).then(() => {
          wanted.delete(name)
          if (!wanted.size) missing(false)
        })
      }
    }),
  )
}

/**
 * Do `work` until it succeeds, with longer and longer pauses.
 * @template T
 * @param {() => Promise<T>} work
 * @param {AbortSignal} signal ends it
 * @param {(error: unknown) => void} [failed] called after every failure
 * @returns {Promise<T | null>} null when it was ended
 */
export async function persist(work, signal, failed = () => {}) {
  for (let pause = PAUSES[0]; !signal.aborted; pause = Math.min(2 * pause, LONGEST)) {
    try {
      const made = await work()
      return signal.aborted ? null : made
    } catch (error) {
      if (!signal.aborted) failed(error)
    }
    await sleep(pause)
  }
  return null
}

/**
 * Call `work(0)`, and after a pause `work(1)` and `work(2)` where it rejects.
 * @template T
 * @param {(count: number) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withTries(work) {
  for (let count = 0; ; count += 1) {
    try {
      return await work(count)
    } catch (error) {
      if (count === PAUSES.length) throw error
      await sleep(PAUSES[count])
    }
  }
}

/**
 * Load what is called `name` once, with two more tries; `load(true)` is to use another address.
 * @param {string} name
 * @param {(isAgain: boolean) => Promise<any>} load
 * @returns {Promise<any>}
 */
function once(name, load) {
  const known = fetched.get(name)
  if (known) return known
  const wasAsked = failed.has(name)
  const asked = withTries((count) => load(wasAsked || count > 0))
  fetched.set(name, asked)
  asked.catch(() => {
    failed.add(name)
    fetched.delete(name)
  })
  return asked
}

/**
 * Put a sheet at the top of the body, after those that stand there: Streamlit's own rules for
 * paragraphs and lists are added to the head, often later, and the last rule wins.
 * @param {HTMLLinkElement} node
 */
function placed(node) {
  const next = document.querySelector("body > :not(link[rel=stylesheet])")
  document.body.insertBefore(node, next)
  return node
}

/** @param {string} href */
function sheet(href) {
  return Object.assign(document.createElement("link"), { rel: "stylesheet", href })
}

/** @param {HTMLLinkElement} node @returns {Promise<void>} */
function arrived(node) {
  return new Promise((done, fail) => {
    node.onload = () => done()
    node.onerror = () => fail(new Error(`${node.href} did not load`))
  })
}

/**
 * Another link in the place of the one that failed: the order of sheets says which rule wins.
 * @param {{ node: HTMLLinkElement }} link
 * @param {string} href
 */
function replaced(link, href) {
  const next = sheet(href)
  link.node.replaceWith(next)
  link.node = next
  return arrived(next)
}

/** @param {number} ms @returns {Promise<void>} */
const sleep = (ms) => new Promise((done) => setTimeout(done, ms))
