/** Every command of a lecture, once: its keys, its words in the help and in tool tips, and which
    window does it when it is asked for in the presenter window. docs/presenters-guide.md lists the
    same rows. */

/**
 * @typedef {Object} Command
 * @property {string} action what the views' `act` is called with
 * @property {string[]} keys names as `keyOf` (keyboard.js) gives them
 * @property {string} shown the keys as the help shows them, with a space between two
 * @property {string} words what it does
 * @property {string} [tool] its name in the tool bar
 * @property {string} [brief] the same in a word or two, for the line of keys in the presenter window
 * @property {"wall" | "own"} [presenter] in the presenter window: done by the lecture's window, or here
 * @property {boolean} [repeats] goes on while the key is held down
 */

// biome-ignore format: one command a line
/** @type {Command[]} */
export const COMMANDS = [
  { action: "next", keys: ["ArrowRight", "PageDown", " ", "Enter"], shown: "→ Space PageDown", words: "next step or slide", brief: "flip both windows", tool: "Next", presenter: "wall", repeats: true },
  { action: "previous", keys: ["ArrowLeft", "PageUp", "Backspace"], shown: "← Backspace PageUp", words: "back", brief: "flip both windows", tool: "Previous", presenter: "wall", repeats: true },
  { action: "down", keys: ["ArrowDown"], shown: "↓", words: "next, also through the asides below a slide", brief: "asides", tool: "Aside below", presenter: "wall", repeats: true },
  { action: "up", keys: ["ArrowUp"], shown: "↑", words: "back, also through the asides", presenter: "wall", repeats: true },
  { action: "first", keys: ["Home"], shown: "Home", words: "first slide", presenter: "wall" },
  { action: "last", keys: ["End"], shown: "End", words: "last slide before the references; again, the last of all", presenter: "wall" },
  { action: "goto", keys: [], shown: "27a Enter", words: "slide 27, or its aside 27a, by number", brief: "jumps", presenter: "wall" },
  { action: "run", keys: ["e"], shown: "E", words: "run or stop the experiment on this slide", brief: "run", presenter: "wall" },
  { action: "blank", keys: ["b", "."], shown: "B .", words: "black screen; the next key shows the slide again", brief: "black", presenter: "wall" },
  { action: "zoom", keys: ["z"], shown: "Z", words: "zoom into the figure under the pointer, and out again", presenter: "wall" },
  { action: "laser", keys: ["l"], shown: "L", words: "laser pointer" },
  { action: "pen", keys: ["i"], shown: "I", words: "pen (ink): draw on the slide; the strokes stay with it" },
  { action: "undo", keys: ["u"], shown: "U", words: "take the last stroke of the pen back", presenter: "wall" },
  { action: "erase", keys: ["x"], shown: "X", words: "take all strokes off this slide", presenter: "wall" },
  { action: "hide", keys: ["h"], shown: "H", words: "leave this slide out today, or show it again", presenter: "wall" },
  { action: "talk", keys: ["y"], shown: "Y", words: "the shorter talks that the deck declares, then the whole lecture again", presenter: "wall" },
  { action: "home", keys: [], shown: "", words: "the list of all lectures", tool: "All lectures" },
  { action: "overview", keys: ["o"], shown: "O", words: "overview of all slides", brief: "overview", tool: "Overview", presenter: "own" },
  { action: "search", keys: ["/"], shown: "/", words: "search slides, notes, formulas, works and the recording", tool: "Search", presenter: "own" },
  { action: "outline", keys: ["s"], shown: "S", words: "outline", tool: "Outline", presenter: "wall" },
  { action: "references", keys: ["r"], shown: "R", words: "references on this slide", tool: "References", presenter: "wall" },
  { action: "glossary", keys: ["g"], shown: "G", words: "glossary", tool: "Glossary", presenter: "wall" },
  { action: "claims", keys: ["c"], shown: "C", words: "claims on this slide", tool: "Claims", presenter: "wall" },
  { action: "notes", keys: ["n"], shown: "N", words: "speaker notes", tool: "Notes" },
  { action: "slide", keys: ["m"], shown: "M", words: "this slide: edit it, report a problem, copy it, cite it", tool: "This slide" },
  { action: "edit", keys: ["w"], shown: "W", words: "write: edit this slide beside it, on your own machine" },
  { action: "presenter", keys: ["p"], shown: "P", words: "presenter window with notes and time", tool: "Presenter window" },
  { action: "room", keys: ["q"], shown: "Q", words: "room: code and QR code with which phones follow and vote", brief: "room", presenter: "wall" },
  { action: "timer", keys: ["t"], shown: "T", words: "start or pause the timer of the presenter window", brief: "timer", presenter: "own" },
  { action: "larger", keys: ["+", "="], shown: "+", words: "larger notes in the presenter window", presenter: "own", repeats: true },
  { action: "smaller", keys: ["-"], shown: "−", words: "smaller notes in the presenter window", presenter: "own", repeats: true },
  { action: "read", keys: ["v"], shown: "V", words: "the lecture as one page to read", tool: "Read as a page" },
  { action: "theme", keys: ["d"], shown: "D", words: "light or dark", tool: "Light or dark", presenter: "own" },
  { action: "fullscreen", keys: ["f"], shown: "F", words: "full screen", tool: "Fullscreen", presenter: "own" },
  { action: "start", keys: ["F5"], shown: "F5", words: "full screen (the start button of many clickers); Ctrl R reloads", presenter: "own" },
  { action: "help", keys: ["?"], shown: "?", words: "these keys", brief: "all keys", tool: "Keys", presenter: "own" },
  { action: "more", keys: [], shown: "", words: "all tools by name", tool: "More" },
  { action: "close", keys: ["Escape"], shown: "Esc", words: "close; from a control back to the slides", presenter: "wall" },
]

const BY_KEY = new Map(COMMANDS.flatMap((command) => command.keys.map((key) => [key, command])))
const BY_ACTION = new Map(COMMANDS.map((command) => [command.action, command]))

/**
 * @param {string} key
 * @returns {Command | undefined} what a key asks for
 */
export function commandOf(key) {
  return BY_KEY.get(key)
}

/**
 * @param {string} action
 * @returns {Command}
 */
export function named(action) {
  const command = BY_ACTION.get(action)
  if (!command) throw new Error(`there is no command “${action}”`)
  return command
}

/** The first key that the help shows for a command. @param {string} action */
export function keyFor(action) {
  const { keys, shown } = named(action)
  return keys.length ? shown.split(" ")[0] : shown
}

/** A tool tip: the words and the first key that is shown. @param {string} action */
export function tip(action) {
  const { tool, words, shown } = named(action)
  return `${tool ?? words}${shown ? ` (${keyFor(action)})` : ""}`
}

/** The keys that a presenter needs most, on one line: "→ ← flip both windows · ↓ asides …". */
export function keyLine() {
  /** @type {Map<string, string[]>} */
  const keys = new Map()
  for (const { action, brief } of COMMANDS) {
    if (brief) keys.set(brief, [...(keys.get(brief) ?? []), keyFor(action)])
  }
  return [...keys].map(([brief, own]) => `${own.join(" ")} ${brief}`).join(" · ")
}
