/** Writes assets/vendor/plotly.min.js, its licences and its hash: `make plotly`. */

import { createHash } from "node:crypto"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const HERE = dirname(fileURLToPath(import.meta.url))
const VENDOR = join(HERE, "../../assets/vendor")
const PACKAGE = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/
const { version } = about("plotly.js")

const { outputFiles, metafile } = await build({
  absWorkingDir: HERE,
  entryPoints: ["traces.cjs"],
  banner: { js: `/*! plotly.js ${version}, made by tools/plotly; licences: LICENSES.txt */` },
  bundle: true,
  format: "iife",
  globalName: "Plotly",
  minify: true,
  legalComments: "none", // they are in LICENSES.txt
  loader: { ".css": "empty" }, // of maps, which we do not draw
  target: "es2020",
  define: { global: "window", "define.amd": "false" },
  metafile: true,
  write: false,
})
const [{ contents }] = outputFiles
const [{ inputs }] = Object.values(metafile.outputs)
const used = Object.keys(inputs).filter((path) => inputs[path].bytesInOutput)
const packages = used.map((path) => path.match(PACKAGE)?.[1] ?? "")
writeFileSync(join(VENDOR, "plotly.min.js"), contents)
writeFileSync(join(VENDOR, "LICENSES.txt"), licences([...new Set(packages)].sort()))
const digest = createHash("sha256").update(contents).digest("hex")
writeFileSync(join(VENDOR, "plotly.min.js.sha256"), `${digest}  plotly.min.js\n`)


/** What a package says of itself. @param {string} name */
function about(name) {
  return JSON.parse(readFileSync(join(HERE, "node_modules", name, "package.json"), "utf-8"))
}

/** The licence of every package that is in the script. @param {string[]} names */
function licences(names) {
  const texts = names.filter(Boolean).map((name) => {
    const { version, license } = about(name)
    const folder = join(HERE, "node_modules", name)
    const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one))
    const text = file ? readFileSync(join(folder, file), "utf-8").trim() : `Licence: ${license}`
    return `${name} ${version} (${license})\n\n${text.replace(/\r/g, "")}\n`
  })
  const intro = "plotly.min.js holds parts of these packages, under these licences.\n"
  return [intro, ...texts].join(`\n${"-".repeat(80)}\n\n`)
}
