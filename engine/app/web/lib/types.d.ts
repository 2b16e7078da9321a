/** What the modules of the page hand to each other: decks, runs, panels and services. */

export * from "./types/blocks.js"
export * from "./types/deck.js"
export * from "./types/drawing.js"
export * from "./types/fences.js"
export * from "./types/runs.js"
export * from "./types/views.js"
