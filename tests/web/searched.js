/** Searches in Node as an exported page does: `{entries, queries}` come in as JSON, hits go out. */

import { readFileSync } from "node:fs"
import { search } from "../../engine/app/web/exported/search.js"

const { entries, queries } = JSON.parse(readFileSync(0, "utf-8"))
/** @param {string} query */
const hitsOf = (query) => search(entries, query).hits
process.stdout.write(JSON.stringify(queries.map(hitsOf)))
