/** The way through a lecture. → and ← keep to the main path; ↓ and ↑ also take the asides, which
    belong to the slide before them. Clickers send the keys of →, so a talk never falls into one. */

/** @import { Slide } from "../lib/types.js" */

/** @typedef {Pick<Slide, "is_aside" | "number" | "steps"> & {id?: string}} PathSlide */
/** @typedef {{deck: {slides: PathSlide[]}, index: number, step: number,
 *   skips?: (slide: any) => boolean}} PathPlace `skips` says which slides → and ← leave out today */

/** @type {Record<string, number>} */
const WITHIN = { next: 1, down: 1, previous: -1, up: -1 }

/**
 * Where a move leads from a place.
 * @param {string} action next, previous, down, up, first, last or goto
 * @param {PathPlace} from
 * @param {string} [number] of the slide that `goto` names: "27", or "27a" for its first aside
 * @returns {{index: number, step: number} | null} null when the action is not a move
 */
export function move(action, { deck: { slides }, index, step, skips = () => false }, number) {
  const main = slides.map((_, at) => at).filter((at) => !slides[at].is_aside)
  const shown = main.filter((at) => at === 0 || isReferences(slides[at]) || !skips(slides[at]))
  /** @param {number | undefined} at */
  const start = (at) => ({ index: at ?? index, step: at === undefined ? step : 0 })
  /** @param {number | undefined} at */
  const end = (at) => ({ index: at ?? index, step: at === undefined ? step : slides[at].steps })
  const within = WITHIN[action]
  if (within && step + within >= 0 && step + within <= slides[index].steps)
    return { index, step: step + within }
  if (action === "next") return start(shown.find((at) => at > index))
  if (action === "previous") return end(shown.findLast((at) => at < index))
  if (action === "down") return start(slides[index + 1] ? index + 1 : undefined)
  if (action === "up") return end(slides[index - 1] ? index - 1 : undefined)
  if (action === "first") return start(0)
  if (action === "last") {
    const end = main.findLast((at) => !isReferences(slides[at]))
    return start(end === undefined || end <= index ? main.at(-1) : end) // then to the last of all
  }
  if (action === "goto")
    return start(
      numbered(slides, number) ??
        main[Math.max(1, Math.min(main.length, parseInt(number ?? "", 10))) - 1],
    )
  return null
}

/**
 * Whether a slide is one of those at the end that list the cited works.
 * @param {{id?: string}} slide
 */
export const isReferences = ({ id = "" }) => /^references(-\d+)?$/.test(id)

/**
 * The index of the slide that readers know by this number, undefined when there is none.
 * @param {PathSlide[]} slides
 * @param {string | number | undefined} number
 */
export function numbered(slides, number) {
  const at = slides.findIndex((slide) => slide.number === String(number))
  return at < 0 ? undefined : at
}

/**
 * A slide of the main path and the asides below it.
 * @param {PathSlide[]} slides
 * @param {number} index
 * @returns {number[]} indices; [index] without asides
 */
export function family(slides, index) {
  const first = mainOf(slides, index)
  let end = first + 1
  while (slides[end]?.is_aside) end += 1
  return Array.from({ length: end - first }, (_, k) => first + k)
}

/**
 * The slide of the main path that `index` is, or belongs to.
 * @param {PathSlide[]} slides
 * @param {number} index
 */
export function mainOf(slides, index) {
  return slides.findLastIndex((slide, at) => at <= index && !slide.is_aside)
}

/**
 * How many slides the main path has, of the first `until` or of all.
 * @param {PathSlide[]} slides
 * @param {number} [until]
 */
export function length(slides, until = slides.length) {
  return slides.slice(0, until).filter((slide) => !slide.is_aside).length
}
