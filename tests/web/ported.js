/**
 * Computes runs in Node as a page does: jobs `[sim, params]` come in as JSON, their frames go out.
 */

import { readFileSync } from "node:fs"
import { PORTED } from "../../engine/app/web/ports/ported.js"

const jobs = JSON.parse(readFileSync(0, "utf-8"))
/** @param {[string, import("../../engine/app/web/lib/types.js").Params]} job */
const framesOf = ([sim, params]) => [...PORTED[sim](params)]
process.stdout.write(JSON.stringify(jobs.map(framesOf)))
