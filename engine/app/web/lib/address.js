/** The address of a lecture: ?slide=ID&step=2&BLOCK.PARAM=VALUE&run=BLOCK.

    A flip replaces the current history entry, so that Back need not be pressed for each of them; a
    jump (outline, search, a link) makes a new one, so that Back undoes it. */

/** @import { BlockAddress, Params } from "./types.js" */

/** @returns {{slide: string, step: number}} the place the address names ("" when it names none) */
export function readPlace() {
  const query = new URLSearchParams(location.search)
  const step = Number.parseInt(query.get("step") ?? "0", 10)
  return { slide: query.get("slide") ?? "", step: Number.isFinite(step) && step > 0 ? step : 0 }
}

/**
 * Put the shown place into the address.
 * @param {string} slide
 * @param {number} step
 * @param {boolean} [isJump] in a new entry of the history, so that Back leads to the place before
 */
export function writePlace(slide, step, isJump = false) {
  const query = new URLSearchParams(location.search)
  if (query.get("slide") !== slide) query.delete("run")
  query.set("slide", slide)
  if (step > 0) query.set("step", String(step))
  else query.delete("step")
  if (isJump) history.pushState(history.state, "", `${location.pathname}?${query}`)
  else replace(query)
}

/**
 * Back and Forward between places of this lecture. Streamlit, which would run its page again, hears
 * of those that lead elsewhere alone.
 * @param {() => void} go to the place that the address names
 * @param {AbortSignal} signal
 */
export function listenBack(go, signal) {
  const path = location.pathname
  const view = new URLSearchParams(location.search).get("view")
  /** @param {PopStateEvent} event */
  const back = (event) => {
    const isHere = new URLSearchParams(location.search).get("view") === view
    if (location.pathname !== path || !isHere) return
    event.stopImmediatePropagation()
    go()
  }
  window.addEventListener("popstate", back, { capture: true, signal })
}

/**
 * This place of this lecture in another view.
 * @param {string} view
 */
export function inView(view) {
  const query = new URLSearchParams(location.search)
  query.set("view", view)
  return `${location.pathname}?${query}`
}

/**
 * This lecture's address with another query; the settings of its experiments stay.
 * @param {Record<string, string>} query
 */
export function addressOf(query) {
  const settings = [...new URLSearchParams(location.search)].filter(([name]) => name.includes("."))
  return `${location.pathname}?${new URLSearchParams([...Object.entries(query), ...settings])}`
}

/** What a live block may know of the address: its own changed parameters, and a link to them. */
/** @type {BlockAddress} */
export const blockAddress = {
  get(block) {
    /** @type {Record<string, string>} */
    const found = {}
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (name.startsWith(`${block}.`)) found[name.slice(block.length + 1)] = value
    }
    return found
  },
  set(block, values) {
    replace(withValues(block, values))
  },
  autorun(block) {
    return new URLSearchParams(location.search).get("run") === block
  },
  link(block, values) {
    const query = withValues(block, values)
    query.set("run", block)
    // Firefox says so of a page that was opened from a folder.
    const origin = location.origin === "null" ? "file://" : location.origin
    return `${origin}${location.pathname}?${query}`
  },
}

/** @param {string} block @param {Params | null} values */
function withValues(block, values) {
  const query = new URLSearchParams(location.search)
  for (const name of [...query.keys()]) if (name.startsWith(`${block}.`)) query.delete(name)
  for (const [name, value] of Object.entries(values ?? {}))
    query.set(`${block}.${name}`, String(value))
  return query
}

/** @param {URLSearchParams} query */
function replace(query) {
  history.replaceState(history.state, "", `${location.pathname}?${query}${location.hash}`)
}
