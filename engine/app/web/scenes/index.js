/**
 * What a simulation looks like, drawn on a canvas. A scene is named after its simulation and made
 * by `scenes[name].create(canvas, theme)`; the player asks it only what stands in `Scene`.
 */

/** @import { SceneKind } from "../lib/types.js" */

import { Acrobot } from "./acrobot.js"
import { Chain } from "./chain.js"
import { CartOrFilm } from "./film.js"
import { Machines } from "./machines.js"
import { Circle } from "./raters.js"
import { Room } from "./room.js"

/** @type {Record<string, SceneKind>} */
export const scenes = {
  cartpole: { create: (canvas, theme) => new CartOrFilm(canvas, theme) },
  thermostat: { create: (canvas, theme) => new Room(canvas, theme) },
  markov_chain: { create: (canvas, theme) => new Chain(canvas, theme) },
  bandit: { create: (canvas, theme) => new Machines(canvas, theme) },
  preferences: { create: (canvas, theme) => new Acrobot(canvas, theme), isSquare: true },
  condorcet: { create: (canvas, theme) => new Circle(canvas, theme) },
}
