/** A QR code as a picture; the server has worked out its squares. */

const SVG = "http://www.w3.org/2000/svg"

/** @param {string[]} rows "1" for a dark square @param {string} [name] what it is, in words */
export function qrPicture(rows, name = "QR code of the link") {
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", `0 0 ${rows.length} ${rows.length}`)
  svg.setAttribute("class", "room-qr")
  svg.setAttribute("role", "img")
  svg.setAttribute("aria-label", name)
  svg.setAttribute("shape-rendering", "crispEdges")
  const path = document.createElementNS(SVG, "path")
  path.setAttribute("d", rows.flatMap(squares).join(""))
  svg.append(path)
  return svg
}

/** @param {string} row @param {number} y */
const squares = (row, y) => [...row].map((dark, x) => (dark === "1" ? `M${x} ${y}h1v1h-1z` : ""))
