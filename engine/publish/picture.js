/** Slides as pictures: their blocks stand in their places, with charts drawn and nothing moving. */

/** @import { Slide } from "/web/lib/types.js" */

import { loadPlotly } from "/web/lib/fetching.js"
import { mountAll, settled, until } from "./measure.js"

/**
 * Mount and draw every block of `slides`, which stand in the page in this order.
 * @param {Slide[]} slides
 */
export async function drawAll(slides) {
  await mountAll(slides, () => loadPlotly("/web/"))
  await until(() => [...document.querySelectorAll(".live-plot")].every(isDrawn))
  await settled()
}

/** Whether a chart has its curves; one without room has none. @param {Element} plot */
function isDrawn(plot) {
  const { clientWidth, clientHeight } = plot.parentElement ?? plot
  return clientWidth < 40 || clientHeight < 40 || plot.querySelector(".main-svg") !== null
}
