/** The script of .github/workflows/comment.yml, which may write on pull requests, over what a
    stranger's code may have left for it. */

import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { gunzipSync } from "node:zlib"

const text = readFileSync(new URL("../../.github/workflows/comment.yml", import.meta.url), "utf8")
const script = text.slice(text.indexOf("script: |") + "script: |".length)
const made = Object.getPrototypeOf(async () => {}).constructor
const run = new made("github", "context", "core", "require", script)
const SARIF = '{"runs": []}'
const COUNTS = '{"errors":2,"warnings":1,"rows":7}'
const FORK = { owner: { login: "stranger" }, full_name: "stranger/fork" }
const MARK = "<!-- practicum slides -->"

/** @typedef {{ old?: object[], refuses?: boolean }} Host what is on GitHub already */

/**
 * GitHub, as far as the script asks for it; what it did is noted.
 * @param {[string, any][]} did
 * @param {Host} host
 */
function github(did, host) {
  /** @param {string} name @returns {(asked: any) => Promise<void>} */
  const note = (name) => async (asked) => {
    did.push([name, asked])
  }
  const open = [
    { number: 4, head: { sha: "other" } },
    { number: 5, head: { sha: "abc" } },
  ]
  /** @param {{ head: string }} asked */
  const list = async (asked) => ({ data: asked.head === "stranger:patch" ? open : [] })
  return {
    rest: {
      pulls: { list },
      issues: { createComment: note("create"), updateComment: note("update") },
    },
    paginate: async () => host.old ?? [],
    /** @param {string} path @param {any} asked */
    request: async (path, asked) => {
      if (host.refuses) throw new Error("Advanced Security must be enabled")
      did.push([path, asked])
    },
  }
}

/**
 * A folder with an artifact of these counts.
 * @param {string | null} counts
 * @param {string} [link] in their place
 */
function artifact(counts, link) {
  const home = mkdtempSync(join(tmpdir(), "comment-"))
  mkdirSync(join(home, "slides"))
  const path = join(home, "slides", "counts.json")
  if (link) symlinkSync(link, path)
  else if (counts !== null) writeFileSync(path, counts)
  writeFileSync(join(home, "slides", "check.sarif"), SARIF)
  return home
}

/**
 * What the script does, with these files in the artifact.
 * @param {Host & { counts?: string | null, head?: object | null, link?: string }} given
 */
async function comment({ counts = COUNTS, head = FORK, link, ...host }) {
  /** @type {[string, any][]} */
  const did = []
  const workflow_run = {
    head_repository: head,
    head_branch: "patch",
    head_sha: "abc",
    html_url: "https://github.com/o/r/actions/runs/9",
  }
  const context = { repo: { owner: "o", repo: "r" }, payload: { workflow_run } }
  const core = { info: (/** @type {string} */ said) => did.push(["info", said]) }
  const before = process.cwd()
  const home = artifact(counts, link)
  process.chdir(home)
  try {
    await run(github(did, host), context, core, createRequire(import.meta.url))
  } finally {
    process.chdir(before)
    rmSync(home, { recursive: true })
  }
  return did
}

test("a new comment has the three numbers, on the pull request of this commit", async () => {
  const [[did, said], [path, list]] = await comment({})
  assert.equal(did, "create")
  assert.deepEqual([said.owner, said.repo, said.issue_number], ["o", "r", 5])
  assert.ok(said.body.startsWith(MARK))
  for (const part of ["**7**", "**2** errors", "**1** warnings", "actions/runs/9"])
    assert.ok(said.body.includes(part), part)
  assert.match(path, /code-scanning\/sarifs$/)
  assert.deepEqual([list.ref, list.commit_sha], ["refs/pull/5/head", "abc"])
  assert.equal(gunzipSync(Buffer.from(list.sarif, "base64")).toString(), SARIF)
})

test("the bot's own comment is changed, and nobody else's", async () => {
  const bot = { id: 8, body: `${MARK} before`, user: { type: "Bot" } }
  const person = { id: 7, body: MARK, user: { type: "User" } }
  const [[did, said]] = await comment({ old: [person, bot] })
  assert.deepEqual([did, said.comment_id], ["update", 8])
  assert.equal((await comment({ old: [person] }))[0][0], "create")
})

test("a repository without code scanning still has the comment", async () => {
  const did = await comment({ refuses: true })
  assert.deepEqual(
    did.map(([name]) => name),
    ["create", "info"],
  )
})

test("what is not a number, too long, or a link is refused, and nothing is written", async () => {
  const hostile = [
    '{"errors":"<img src=x>","warnings":1,"rows":7}',
    '{"errors":1e999,"warnings":1,"rows":7}',
    '{"warnings":1,"rows":7}',
    "[]",
    "null",
    `{"errors":1,"warnings":1,"rows":7,"x":"${"x".repeat(1000)}"}`,
  ]
  for (const counts of hostile) await assert.rejects(comment({ counts }), Error, counts)
  await assert.rejects(comment({ link: "/etc/hostname" }), /not taken/)
})

test("a run that left nothing, and a fork that is gone, are not a fault", async () => {
  assert.deepEqual(
    (await comment({ counts: null })).map(([name]) => name),
    ["info"],
  )
  assert.deepEqual(
    (await comment({ head: null })).map(([name]) => name),
    ["info"],
  )
})
