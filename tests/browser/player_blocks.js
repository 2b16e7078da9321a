/** A block of each kind, as a deck's JSON has it. */

/** @import { Block, Field } from "/engine/app/web/lib/types.js" */

/** @type {Field[]} */
export const FIELDS = [
  {
    name: "algorithm",
    label: "algorithm",
    type: "str",
    default: "reinforce_baseline",
    choices: ["random", "reinforce", "reinforce_baseline", "ppo"],
    help: "how it learns",
  },
  {
    name: "learning_rate",
    label: "learning rate",
    type: "float",
    default: 0.003,
    low: 0.0001,
    high: 0.1,
    help: "step size",
  },
  { name: "gamma", label: "gamma", type: "float", default: 0.99, low: 0.8, high: 1, step: 0.005 },
  { name: "use_baseline", label: "use baseline", type: "bool", default: true },
  { name: "seed", label: "seed", type: "int", default: 3, low: 0, high: 100, step: 1 },
]
/** @type {Field} */
const PROMPT = {
  name: "prompt",
  label: "prompt",
  type: "str",
  default: "the",
  suggestions: ["the fox", "the swan"],
  max_length: 12,
}
export const CHART = {
  x: "env_steps",
  y: ["greedy_return"],
  x_label: "environment steps",
  y_label: "mean return of an episode",
  target: 475,
  target_label: "solved: 475",
}
export const PARAMS = Object.fromEntries(FIELDS.map((field) => [field.name, field.default]))

const ENTRIES = [
  [2017, "2017-06", "Transformer"],
  [2018, "2018", "GPT-1, ELMo, BERT"],
  [2019, "2019-02", "GPT-2"],
  [2020, "2020-01", "Scaling laws"],
  [2020, "2020-05", "GPT-3"],
  [2021, "2021-03", "Stochastic Parrots"],
  [2022, "2022-03", "Chinchilla"],
  [2022, "2022-11-30", "ChatGPT"],
].map(([year, date, title]) => ({
  year,
  date,
  title,
  refs: ["vaswani2017attention", "bahdanau2015align"],
  refs_labels: ["4", "5"],
  note: `${title}: attention layers and dense layers in turn, as encoder and decoder. Attention was known before; this made it scale.`,
}))
const COUNTS = {
  labels: [
    "GPT-3 2020",
    "Chinchilla 2022",
    "OLMoE 2024",
    "DeepSeek-V3 2024",
    "Llama 3.1 2024",
    "Qwen3 2025",
  ],
  datasets: [
    {
      label: "training tokens, trillions",
      data: [0.3, 1.4, 5.1, 14.8, 15.6, 36],
      color: "policy",
    },
  ],
}
const ANSWERS = {
  labels: ["asks back", "vague", "helpful", "long-winded"],
  datasets: [
    { label: "reference: imitates", data: [0.5, 0.3, 0.15, 0.05], color: "reference" },
    { label: "tuned, β = 0.25", data: [0.045, 0.135, 0.745, 0.075], color: "policy" },
  ],
}
const PULLS = {
  labels: ["0", "50", "100", "200", "300", "400", "500"],
  datasets: [
    { label: "always explore", data: [0, 15, 30, 60, 90, 120, 149.9], color: "reference" },
    { label: "never explore", data: [0, 5.6, 10.6, 20.3, 29.9, 39.5, 49.1], color: "proxy" },
    { label: "explore 1 in 10", data: [0, 4.9, 7.5, 11.3, 14.6, 17.8, 20.9], color: "policy" },
  ],
}
/** @param {string} x @param {string} y */
const axisTitle = (x, y) => ({ scales: { x: { title: { text: x } }, y: { title: { text: y } } } })

/** @type {Record<string, Block>} */
export const blocks = {
  play: { kind: "play", id: "drive", data: { play: "cartpole", start: [0.01, 0.02, 0.03, 0.01] } },
  timeline: {
    kind: "timeline",
    id: "history",
    data: { source: "language_models", entries: ENTRIES },
  },
  bars: {
    kind: "chart",
    id: "bars",
    data: {
      type: "bar",
      height: 380,
      data: COUNTS,
      options: axisTitle("", "training tokens, trillions"),
    },
  },
  groups: {
    kind: "chart",
    id: "groups",
    data: {
      type: "bar",
      height: 380,
      data: ANSWERS,
      options: axisTitle("", "probability of the answer"),
    },
  },
  lines: {
    kind: "chart",
    id: "lines",
    data: {
      type: "line",
      height: 330,
      data: PULLS,
      options: axisTitle("pulls", "wins lost, on average"),
    },
  },
  doughnut: {
    kind: "chart",
    id: "ring",
    data: {
      type: "doughnut",
      height: 380,
      data: { labels: ["web", "code", "books"], datasets: [{ data: [60, 25, 15] }] },
    },
  },
  radar: {
    kind: "chart",
    id: "radar",
    data: {
      type: "radar",
      height: 380,
      data: {
        labels: ["math", "code", "facts", "style"],
        datasets: [
          { label: "SFT", data: [3, 4, 5, 2] },
          { label: "RLHF", data: [4, 4, 5, 5] },
        ],
      },
    },
  },
  published: {
    kind: "published",
    id: "paper",
    data: {
      content: {
        source: "Gao et al., 2023",
        accuracy: "read off a figure, ±0.01",
        x_label: "KL, nats",
        y_label: "gold reward",
        series: [
          {
            label: "gold, 3M",
            points: [
              [0.5, 0.287],
              [2, 0.46],
              [5, 0.501],
              [9.8, 0.303],
            ],
          },
          {
            label: "gold, 680M",
            points: [
              [0.5, 0.412],
              [3, 0.827],
              [7, 1.045],
              [9.8, 1.073],
            ],
          },
        ],
      },
    },
  },
  iframe: {
    kind: "iframe",
    id: "site",
    data: { src: "https://example.org/page", title: "A page elsewhere" },
  },
  unknown: { kind: "hologram", id: "odd", data: {} },
  sweep: {
    kind: "sim",
    id: "sweep",
    data: {
      sim: "sweep",
      params: { seed: 3 },
      fields: FIELDS.slice(-1),
      controls: ["seed"],
      chart: {
        x: "kl",
        y: ["proxy_reward", "gold_reward"],
        group: "method",
        x_label: "KL, nats",
        y_label: "reward",
      },
    },
  },
  follow: {
    kind: "sim",
    id: "follow",
    data: {
      sim: "cartpole",
      autorun: true,
      params: PARAMS,
      fields: FIELDS,
      controls: ["learning_rate"],
      chart: CHART,
    },
  },
  lab: {
    kind: "sim",
    id: "lab",
    data: {
      sim: "lab",
      params: { seed: 3 },
      fields: FIELDS.slice(-1),
      controls: [],
      chart: { x: "step", y: ["kl"] },
    },
  },
  typed: {
    kind: "sim",
    id: "typed",
    data: {
      sim: "lab",
      params: { prompt: "the", seed: 3 },
      fields: [PROMPT, ...FIELDS.slice(-1)],
      controls: ["prompt"],
      chart: { x: "step", y: ["kl"] },
    },
  },
  sim: {
    kind: "sim",
    id: "cart",
    data: {
      sim: "cartpole",
      params: PARAMS,
      fields: FIELDS,
      controls: ["learning_rate", "gamma"],
      chart: CHART,
    },
  },
}
