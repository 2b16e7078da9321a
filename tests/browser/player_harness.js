/** Puts one block on a slide, as the stage would, with a fake server behind it. */

/** @import { Block, BlockContext, Params, Plotly } from "/engine/app/web/lib/types.js" */

import { mount } from "/engine/app/web/blocks/kinds.js"
import { connect } from "/engine/app/web/lib/socket.js"
import { blocks, CHART, FIELDS, PARAMS } from "./player_blocks.js"
import { FakeSocket, server } from "./player_fake.js"

/** @type {Set<(name: string) => void>} */
const listeners = new Set()
/** @type {Record<string, Params | null>} */
const stored = {}
const announced = part("#announced")
const stage = part(".stage")
const Socket = /** @type {typeof WebSocket} */ (/** @type {unknown} */ (FakeSocket))
const socket = connect("/api/live", { Socket })
/** @returns {Promise<Plotly>} */
const plotly = () =>
  new Promise((done) => {
    if (window.Plotly) return done(window.Plotly)
    const script = document.createElement("script")
    script.src = "/plotly.min.js"
    script.onload = () => done(/** @type {Plotly} */ (window.Plotly))
    document.head.append(script)
  })

/** @type {BlockContext} */
const context = {
  lecture: "test",
  base: "",
  socket,
  plotly,
  address: {
    get: (id) => /** @type {Record<string, string>} */ (stored[id] ?? {}),
    set: (id, values) => {
      stored[id] = values
    },
    autorun: (id) => Reflect.get(window, "autorun") === id,
    link: (id, values) =>
      `http://slides.example/lecture?run=${id}&${new URLSearchParams(texts(values))}`,
  },
  theme: () => stage.dataset.theme ?? "light",
  onTheme: (fn) => {
    listeners.add(fn)
    return () => listeners.delete(fn)
  },
  announce: (text) => {
    announced.textContent = text
  },
  reducedMotion: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
}

const TEXT = `<ul><li><strong>State</strong>: position, velocity, angle, angular velocity</li>
  <li><strong>Action</strong>: push left or right, fifty times a second</li>
  <li><strong>Reward</strong>: one for each step the pole stays up</li></ul>
  <p>REINFORCE knows nothing of physics. It pushes, looks at the return, and makes good pushes likelier.</p>`

/**
 * @param {Block} block
 * @param {{full?: boolean, title?: string, html?: string}} [options]
 */
function show(
  block,
  {
    full = false,
    title = "Cart-pole: trial and error, a few thousand steps of it",
    html = "",
  } = {},
) {
  const place = `<div class="live live--${block.kind}" data-block="${block.id}" data-kind="${block.kind}">${html}</div>`
  const columns = `<div class="colloquium-grid" style="grid-template-columns:42fr 58fr">
    <div class="colloquium-column">${TEXT}</div><div class="colloquium-column">${place}</div></div>`
  stage.innerHTML = `<section class="slide slide--content" data-slide="one" aria-current="true">
    <h2 class="slide-title">${title}</h2><div class="slide-content">${full ? place : columns}</div>
    <footer class="colloquium-footer"><span class="colloquium-footer-left">demonstrated · holds in 10 of 10 seeds</span>
    <span class="colloquium-footer-center">RLHF and post-training, lecture 1</span><span class="colloquium-footer-right">24 / 92</span></footer></section>`
  const mounted = mount(part(".live"), block, context)
  mounted.show()
  return mounted
}

/** @param {string} name */
function theme(name) {
  stage.dataset.theme = name
  listeners.forEach((fn) => fn(name))
}

/** @param {string} selector */
function part(selector) {
  return /** @type {HTMLElement} */ (document.querySelector(selector))
}

/** Values as they stand in an address. @param {Params} values */
function texts(values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]))
}

Object.assign(window, {
  harness: {
    blocks,
    show,
    theme,
    server,
    socket,
    connect,
    FakeSocket,
    context,
    stored,
    FIELDS,
    CHART,
    PARAMS,
  },
})
document.documentElement.dataset.ready = "true"
