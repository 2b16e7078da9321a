/** Whether another window is still there, as the browser itself knows it.

    A window that crashes, or is closed on a busy machine, says no goodbye; the browser releases the
    locks that it held all the same. Where there are none (plain HTTP from another machine, a folder)
    only goodbyes tell. */

/** Hold `name` until `signal` is aborted or this window is gone.
    @param {string} name
    @param {AbortSignal} signal
    @param {() => void} [held] is called once it is held, or where it cannot be
    @param {number} [tries] */
export function hold(name, signal, held = () => {}, tries = 3) {
  const ended = new Promise((done) => signal.addEventListener("abort", done, { once: true }))
  const asked = locks()?.request(name, { signal }, () => {
    held()
    return ended
  })
  if (!asked) return held()
  asked.catch(() => {
    if (signal.aborted) return
    // Chromium throws a lock away that it grants while window.open() runs.
    if (tries > 1) setTimeout(() => hold(name, signal, held, tries - 1))
    else held()
  })
}

/** Call `then` once no window holds `name`, unless `signal` is aborted before.
    @param {string} name
    @param {AbortSignal} signal
    @param {() => void} then */
export function whenGone(name, signal, then) {
  locks()
    ?.request(name, { signal }, then)
    .catch(() => {})
}

/** Pages of a folder (file://) do not see each other's locks. */
const locks = () => (location.protocol === "file:" ? undefined : navigator.locks)
