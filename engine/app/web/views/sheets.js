/** The style sheets of every view that shows slides. Later ones count, so their order matters. */

export const SLIDES = [
  "theme.css",
  "styles/stage.css",
  "styles/drawers.css",
  "styles/small_windows.css",
  "styles/live.css",
]
