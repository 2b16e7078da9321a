/** The strip of a simulation's panel: Run, the controls, the seed, and the quiet menu. */

import { download } from "../lib/dom.js"
import { csv } from "../lib/tracks.js"
import { control, seedControl } from "./controls.js"
import { copyLink, menu, showCode } from "./menu.js"

const DEFAULT_SEEDS = 8

/**
 * Fill the strip of a player's panel.
 * @param {import("./player.js").Player} player
 * @param {{changed: (name: string, value: any) => void, say: (text: string) => void}} hear
 * @returns {Map<string, {element: HTMLElement, set: (value: any) => void}>} the controls by field
 */
export function buildStrip(player, hear) {
  const { run, controls, end } = player.parts
  const named = (name) => player.fields.find((field) => field.name === name)
  run.addEventListener("click", () => player.main())
  const made = new Map()
  for (const name of player.block.data.controls.filter((each) => each !== "seed" && named(each))) {
    made.set(
      name,
      control(named(name), player.values[name], (value) => hear.changed(name, value)),
    )
    controls.append(made.get(name).element)
  }
  if (named("seed")) {
    const change = (value) => hear.changed("seed", value)
    made.set(
      "seed",
      seedControl(named("seed"), player.values.seed, change, () => player.run()),
    )
    end.append(made.get("seed").element)
  }
  end.append(menu(items(player, Boolean(named("seed")), hear.say)))
  return made
}

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
  const copy = () => {
    const values = player.tracks.length === 1 ? player.tracks[0].params : player.values
    copyLink(element, context.address.link(block.id, values), say)
  }
  return [
    {
      label: `Run ${seeds} seeds and show the spread`,
      act: () => player.runSeeds(seeds),
      isOn: () => hasSeed,
    },
    { label: "Show the code", act: () => showCode(element, context.base, sim) },
    { label: "Download these numbers (CSV)", act: save, isOn: () => drawn().length > 0 },
    { label: "Copy a link to this run", act: copy },
    {
      label: "Clear earlier runs",
      act: () => player.clear(),
      isOn: () => picture.ghosts.length > 0,
    },
  ]
}
