/** Keys that were pressed while only the server's copy of the first slide was there: the script in
    engine/app/site/first_slide.py keeps them, and a lecture that has opened takes them over. */

/** Press them again, in their order, on what has the focus by then. Once for a page. */
export function pressEarly() {
  const early = globalThis.practicumEarly
  if (!early) return
  globalThis.practicumEarly = undefined
  early.stop()
  for (const event of early.keys) {
    const target = document.activeElement ?? document.body
    target.dispatchEvent(new KeyboardEvent("keydown", event))
  }
}
