/** One live block alone, as another page shows it in a frame: ?slide=ID&only=BLOCK. */

/**
 * Let the block that the address names fill the window; other slides and all runs stay as they are.
 * @param {HTMLElement} root of the stage
 */
export function showOnly(root) {
  const block = new URLSearchParams(location.search).get("only")
  if (!block) return
  root.dataset.only = ""
  const only = `.live[data-block="${CSS.escape(block)}"]`
  const slide = `.practicum[data-only] .slide[aria-current="true"]:has(${only})`
  const sheet = document.createElement("style")
  sheet.textContent = `
    ${slide} { display: flex; padding: 14px; min-height: 100%; }
    ${slide} :has(${only}) { display: contents; }
    ${slide} :not(:has(${only}), ${only}, ${only} *) { display: none; }
    ${slide} ${only} { max-height: none; }`
  root.append(sheet)
}
