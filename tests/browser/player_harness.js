/** Puts one block on a slide, as the stage would, with a fake server behind it. */

import { mount } from "/engine/app/web/live.js"
import { connect } from "/engine/app/web/socket.js"
import { FakeSocket, server } from "./player_fake.js"

const FIELDS = [
  { name: "algorithm", label: "algorithm", type: "str", default: "reinforce_baseline", choices: ["random", "reinforce", "reinforce_baseline", "ppo"], help: "how it learns" },
  { name: "learning_rate", label: "learning rate", type: "float", default: 0.003, low: 0.0001, high: 0.1, help: "step size" },
  { name: "gamma", label: "gamma", type: "float", default: 0.99, low: 0.8, high: 1, step: 0.005 },
  { name: "use_baseline", label: "use baseline", type: "bool", default: true },
  { name: "seed", label: "seed", type: "int", default: 3, low: 0, high: 100, step: 1 },
]
const CHART = { x: "env_steps", y: ["greedy_return"], x_label: "environment steps", y_label: "mean return of an episode",
  target: 475, target_label: "solved: 475" }
const PARAMS = Object.fromEntries(FIELDS.map((field) => [field.name, field.default]))

export const blocks = {
  sim: { kind: "sim", id: "cart", data: { sim: "cartpole", params: PARAMS, fields: FIELDS, controls: ["learning_rate", "gamma"], chart: CHART } },
}

let listeners = new Set()
let stored = {}
const announced = document.querySelector("#announced")
const stage = document.querySelector(".stage")
const socket = connect("/api/live", { Socket: FakeSocket })
const plotly = () => new Promise((done) => {
  if (window.Plotly) return done(window.Plotly)
  const script = document.createElement("script")
  script.src = "/plotly.min.js"
  script.onload = () => done(window.Plotly)
  document.head.append(script)
})

const context = {
  lecture: "test", base: "", socket, plotly,
  address: {
    get: (id) => stored[id] ?? {},
    set: (id, values) => (stored[id] = values),
    autorun: (id) => window.autorun === id,
    link: (id, values) => `http://slides.example/lecture?run=${id}&${new URLSearchParams(values)}`,
  },
  theme: () => stage.dataset.theme,
  onTheme: (fn) => (listeners.add(fn), () => listeners.delete(fn)),
  announce: (text) => (announced.textContent = text),
  reducedMotion: () => matchMedia("(prefers-reduced-motion: reduce)").matches,
}

const TEXT = `<ul><li><strong>State</strong>: position, velocity, angle, angular velocity</li>
  <li><strong>Action</strong>: push left or right, fifty times a second</li>
  <li><strong>Reward</strong>: one for each step the pole stays up</li></ul>
  <p>REINFORCE knows nothing of physics. It pushes, looks at the return, and makes good pushes likelier.</p>`

function show(block, { full = false, title = "Cart-pole: trial and error, a few thousand steps of it", html = "" } = {}) {
  const place = `<div class="live live--${block.kind}" data-block="${block.id}" data-kind="${block.kind}">${html}</div>`
  const columns = `<div class="colloquium-grid" style="grid-template-columns:42fr 58fr">
    <div class="colloquium-column">${TEXT}</div><div class="colloquium-column">${place}</div></div>`
  stage.innerHTML = `<section class="slide slide--content" data-slide="one" aria-current="true">
    <h2 class="slide-title">${title}</h2><div class="slide-content">${full ? place : columns}</div>
    <footer class="colloquium-footer"><span class="colloquium-footer-left">demonstrated · holds in 10 of 10 seeds</span>
    <span class="colloquium-footer-center">RLHF and post-training, lecture 1</span><span class="colloquium-footer-right">24 / 92</span></footer></section>`
  const mounted = mount(stage.querySelector(".live"), block, context)
  mounted.show()
  return mounted
}

function theme(name) {
  stage.dataset.theme = name
  listeners.forEach((fn) => fn(name))
}

Object.assign(window, { harness: { blocks, show, theme, server, socket, connect, FakeSocket, context, stored, FIELDS, CHART, PARAMS } })
document.documentElement.dataset.ready = "true"
