/** One live block alone, as another page shows it in a frame: ?slide=ID&only=BLOCK. */

/** @import { Slide } from "../lib/types.js" */

/**
 * Let the block that the address names fill the window; other slides and all runs stay as they are.
 * @param {HTMLElement} root of the stage
 * @param {Slide} slide the shown one
 * @returns {string} why the whole slide is shown instead; "" where it is not
 */
export function showOnly(root, slide) {
  const block = new URLSearchParams(location.search).get("only")
  if (!block) return ""
  const ids = slide.blocks.map(({ id }) => id)
  if (!ids.includes(block)) return sentence(block.slice(0, 80), ids)
  root.dataset.only = ""
  const only = `.live[data-block="${CSS.escape(block)}"]`
  const place = `.practicum[data-only] .slide[aria-current="true"]:has(${only})`
  const sheet = document.createElement("style")
  sheet.textContent = `
    ${place} { display: flex; padding: 14px; min-height: 100%; }
    ${place} :has(${only}) { display: contents; }
    ${place} :not(:has(${only}), ${only}, ${only} *) { display: none; }
    ${place} ${only} { max-height: none; }`
  root.append(sheet)
  return ""
}

/** @param {string} block @param {string[]} ids */
function sentence(block, ids) {
  const has = ids.length ? `It has ${ids.join(", ")}.` : "It has none."
  return `The address asks for the live block “${block}” alone, which this slide does not have. ${has}`
}
