/** The lists of an exported site (references, claims): narrowed by words and by standing. */

/**
 * @param {Document} page
 */
export function listen(page) {
  const input = /** @type {HTMLInputElement | null} */ (page.querySelector("#q"))
  if (!input) return
  const rows = [...page.querySelectorAll("[data-row]")].map(asElement)
  const pills = [...page.querySelectorAll("[data-standing]")].map(asElement)
  const count = page.getElementById("count")
  const noun = count?.dataset.noun ?? ""
  const narrow = () => {
    const chosen = pills.filter((pill) => pill.ariaPressed === "true")
    const standings = chosen.map((pill) => pill.dataset.standing ?? "")
    const shown = rows.filter((row) => isMeant(row, input.value, standings))
    for (const row of rows) row.hidden = !shown.includes(row)
    if (count) count.textContent = `${shown.length} of ${rows.length} ${noun}`
  }
  input.value = new URLSearchParams(location.search).get("q") ?? ""
  input.addEventListener("input", narrow)
  for (const pill of pills)
    pill.addEventListener("click", () => {
      pill.ariaPressed = String(pill.ariaPressed !== "true")
      narrow()
    })
  narrow()
}

/**
 * Whether a row has every word, and one of the standings if any is asked for.
 * @param {HTMLElement} row `data-row` is its name: a claim's number, the key of a work
 * @param {string} query
 * @param {string[]} standings
 */
function isMeant(row, query, standings) {
  const name = row.dataset.row?.toLowerCase() ?? ""
  const text = `${name} ${row.textContent?.toLowerCase()}`
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  // C8 is not C83.
  const isSaid = words.every((word) => (/^c\d+$/.test(word) ? name === word : text.includes(word)))
  return isSaid && (!standings.length || standings.includes(row.dataset.status ?? ""))
}

/** @param {Element} node */
const asElement = (node) => /** @type {HTMLElement} */ (node)
