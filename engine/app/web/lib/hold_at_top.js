/** Keep a part of a long page at the top while the page around it finds its height. */

const ACTS = ["wheel", "touchstart", "pointerdown", "keydown"]

/**
 * Bring a part to the top of its scroller, and again whenever the page changes its height: what is
 * laid out for the first time, or comes late, may stand above it. It ends as soon as the reader does
 * something or the page is scrolled by anything else, for example a screen reader.
 * @param {HTMLElement} scroller
 * @param {HTMLElement} content of the scroller; its height is watched
 * @param {HTMLElement} part
 * @param {AbortSignal} signal ends it too
 * @returns {() => void} ends it
 */
export function holdAtTop(scroller, content, part, signal) {
  const ending = new AbortController()
  const end = () => ending.abort()
  const topOf = () => part.getBoundingClientRect().top
  let top = 0
  let height = 0
  const place = () => {
    part.scrollIntoView({ block: "start" })
    top = topOf()
    height = content.offsetHeight
  }
  const scrolled = () => {
    const isMoved = Math.abs(topOf() - top) > 2
    if (isMoved && content.offsetHeight === height) end()
  }
  place()
  const watch = new ResizeObserver(place)
  watch.observe(content)
  ending.signal.addEventListener("abort", () => watch.disconnect())
  const until = { passive: true, signal: ending.signal }
  scroller.addEventListener("scroll", scrolled, until)
  for (const act of ACTS) addEventListener(act, end, { ...until, capture: true })
  signal.addEventListener("abort", end, until)
  return end
}
