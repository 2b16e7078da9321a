/** What a panel shows first: a run of the address, one of before a reload, or the recorded one. */

/** @import { KeptPanel, Value } from "../lib/types.js" */
/** @import { Player } from "./player.js" */

import { messageOf } from "../lib/dom.js"
import { newTrack, sameParams } from "../lib/tracks.js"
import { fromAddress } from "./given.js"
import { canAskAgain, fits } from "./kept.js"

/**
 * Show what a panel shows first; without any of it, say that it is empty.
 * @param {Player} player
 */
export async function begin(player) {
  try {
    await first(player)
  } finally {
    player.isBeginning = false
    if (!player.isOver) player.view.draw(true)
  }
}

/**
 * Set the controls to the values of the address, checked by the server; a link with `run` starts
 * at once.
 * @param {Player} player that was just made
 */
async function first(player) {
  const { context, block, isLive } = player
  if (context.isMirror) return offerRecorded(player)
  const { raw, read, notes } = fromAddress(context.address.get(block.id) ?? {}, player.fields)
  player.setControls(read)
  const kept = context.isOnPaper ? null : (context.kept?.get(block.id) ?? null)
  if (!isLive && kept && fits(kept, player, player.values) && isAnswer(kept, player))
    return resume(player, kept)
  const isRight = Object.keys(raw).length === 0 || (await check(player, raw, notes))
  if (player.isOver) return
  if (!isRight) return offerRecorded(player)
  if (notes.length) player.say(notes.join(" "))
  const isAsked = context.address.autorun(block.id)
  // A block that answers by itself need not do so for its usual values, whose figure ships: it is
  // there with the slide, however much the server has to do.
  const isFresh = isLive && !player.grid && Object.keys(raw).length > 0
  const runs = () => !context.isOnPaper && !player.tracks.length && !player.isOver
  if ((isFresh || isAsked) && runs()) return player.run(notes)
  await offerRecorded(player)
  if (isLive && !player.grid && !player.isMirrored && runs()) player.run(notes)
}

/**
 * Let the server check the values of the address.
 * @param {Player} player
 * @param {Record<string, Value>} raw
 * @param {string[]} notes gets a sentence for each value that had to change
 * @returns {Promise<boolean>} false when it refused them; the panel says why
 */
async function check(player, raw, notes) {
  const { context, sim, values } = player
  try {
    const checked = await context.socket.check(sim, { ...values, ...raw })
    if (player.isOver) return true
    player.setControls(checked.params)
    notes.push(...checked.notes)
    return true
  } catch (error) {
    if (!player.isOver) player.refuse([...notes, messageOf(error)].join(" "))
    return false
  }
}

/**
 * Show the run that ships with the block, unless there is something to see.
 * @param {Player} player
 */
async function offerRecorded(player) {
  const isThere = await player.recorded.load()
  if (isThere && !player.isOver && !player.tracks.length && !player.isMirrored)
    player.showRecorded()
}

/**
 * Whether what was kept is what a link that starts a run asks for.
 * @param {KeptPanel} kept
 * @param {Player} player
 */
function isAnswer({ tracks: [first] }, { context, block, values }) {
  if (!context.address.autorun(block.id)) return true
  return Boolean(first && !first.isRecorded && sameParams(first.params, values))
}

/**
 * What was shown here before the page was loaded again: runs are joined, or come from the server's
 * store.
 * @param {Player} player
 * @param {KeptPanel} kept
 */
async function resume(player, { tracks, ghosts }) {
  player.picture.ghosts = ghosts
  if (!tracks.length || tracks[0].isRecorded) await offerRecorded(player)
  else if (canAskAgain(tracks)) player.begin(tracks.map((track) => newTrack(track.params)))
  else player.showEnded(tracks)
}
