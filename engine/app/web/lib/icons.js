/** Line icons of the stage, 24 units square, drawn with the text's colour. */

/** @type {Record<string, string>} */
const PATHS = {
  home: "M4 11l8-7 8 7M6 10v10h12V10M10 20v-6h4v6",
  previous: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  down: "M5 9l7 7 7-7",
  outline: "M4 6h16M4 12h10M4 18h13",
  overview: "M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.5 15.5L21 21",
  references: "M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11",
  notes: "M5 3h14v14l-5 4H5zM9 8h6M9 12h6",
  glossary: "M4 5h16M4 5v14M9 10h8M9 14h5M4 19h16V5",
  claims: "M4 5h9M4 10h9M4 15h5M12 16.5l3.5 3.5L22 12",
  presenter: "M3 5h18v10H3zM8 20h8M12 15v5",
  read: "M6 3h12v18H6zM9 8h6M9 12h6M9 16h4",
  theme: "M20 14.5A8.5 8.5 0 1 1 9.5 4a7 7 0 0 0 10.5 10.5z",
  fullscreen: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  more: "M4 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0M11 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0M18 12a1 1 0 1 0 2 0a1 1 0 1 0-2 0",
  help: "M9.2 9a2.9 2.9 0 1 1 4.2 2.6c-.9.5-1.4 1-1.4 2M12 17.5v.2",
  slide: "M4 5h16v11H4zM14.5 14.5l5-5 2 2-5 5h-2z",
  problems: "M12 4l9 16H3zM12 10v4M12 17v.2",
  close: "M6 6l12 12M18 6L6 18",
}

/**
 * @param {string} name
 * @returns {string} the icon as SVG markup, hidden from screen readers
 */
export function icon(name) {
  return `<svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor"
    stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">
    <path d="${PATHS[name]}"/></svg>`
}
