/** The strip of a simulation's panel: Run, the controls, the seed, and the quiet menu. */

/** @import { Control, Value } from "../lib/types.js" */
/** @import { MenuItem } from "./menu.js" */
/** @import { Player } from "./player.js" */

import { download } from "../lib/dom.js"
import { csv } from "../lib/tracks.js"
import { showCode } from "./code.js"
import { control, seedControl } from "./controls.js"
import { frameCode, frameNeeds } from "./frame_code.js"
import { copyLink, copyText, menu } from "./menu.js"
import { openNumbers } from "./numbers.js"
import { openRuns } from "./runs_list.js"
import { savingItems } from "./saving.js"

const DEFAULT_SEEDS = 8

/**
 * Fill the strip of a player's panel.
 * @param {Player} player
 * @param {{changed: (name: string, value: Value) => void, say: (text: string) => void}} hear
 * @returns {Map<string, Control>} the controls by field
 */
export function buildStrip(player, hear) {
  const { run, controls, end } = player.face.parts
  const { fields, values, block } = player
  run.addEventListener("click", () => player.main())
  /** @type {Map<string, Control>} */
  const made = new Map()
  for (const name of block.data.controls) {
    const field = name === "seed" ? undefined : fields.find((each) => each.name === name)
    if (!field) continue
    const ahead = player.grid?.[name]
    const moved = control(field, values[name], (value) => hear.changed(name, value), ahead)
    made.set(name, moved)
    controls.append(moved.element)
  }
  const seed = fields.find((field) => field.name === "seed")
  if (seed) {
    const change = (/** @type {number} */ value) => hear.changed("seed", value)
    const moved = seedControl(seed, Number(values.seed), change, () => player.run())
    made.set("seed", moved)
    end.append(moved.element)
  }
  end.append(menu(items(player, seed !== undefined, hear.say)))
  return made
}

/**
 * @param {Player} player
 * @param {boolean} hasSeed
 * @param {(text: string) => void} say
 * @returns {MenuItem[]}
 */
function items(player, hasSeed, say) {
  const { block, element, context, sim, picture } = player
  const seeds = block.data.seeds ?? DEFAULT_SEEDS
  const drawn = () => player.tracks.filter((track) => track.frames.length > 0)
  const save = () =>
    download(
      `${sim}-seed${drawn()[0].params.seed ?? 0}.csv`,
      drawn()
        .map((track) => csv(sim, track))
        .join("\n"),
    )
  const code = () => showCode(element, context.base, sim, player.tracks[0]?.params ?? player.values)
  const link = () => {
    const values = player.tracks.length === 1 ? player.tracks[0].params : player.values
    return context.address.link(block.id, values)
  }
  const frame = () => {
    const code = frameCode(link(), block.data.title || sim.replaceAll("_", " "))
    copyText(element, code, "HTML of a frame", frameNeeds(link()), say)
  }
  return [
    {
      label: `Run ${seeds} seeds and show the spread`,
      act: () => player.runSeeds(seeds),
      isOn: () => hasSeed,
    },
    { label: "Show the code", act: code },
    { label: "Download these numbers (CSV)", act: save, isOn: () => drawn().length > 0 },
    ...savingItems(player, say),
    { label: "Copy a link to this run", act: () => copyLink(element, link(), say) },
    { label: "Copy HTML that shows it in another page", act: frame },
    { label: "Numbers as a table", act: () => openNumbers(player), isOn: () => drawn().length > 0 },
    {
      label: "Fit or hold the vertical axis",
      act: () => player.fitAxis(),
      isOn: () => picture.chart.y_range !== undefined,
    },
    {
      label: "Compare earlier runs",
      act: () => openRuns(player),
      isOn: () => picture.ghosts.length > 0,
    },
    {
      label: "Clear earlier runs",
      act: () => player.earlier.clear(),
      isOn: () => picture.ghosts.length > 0,
    },
  ]
}
