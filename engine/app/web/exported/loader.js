/** The first script of an exported page: hands over what lies beside the page.

    ES modules and answers cannot be fetched from a folder (file://), scripts can. So the modules
    are texts of one script, each made into a `blob:` when it is first imported, which a browser
    imports from anywhere; and each answer is a script that calls `give`. */

/** @import { Site } from "../lib/types.js" */

{
  const IMPORT = /^((?:import|export)\s+(?:[\w\s*{},$]+\sfrom\s+)?)"(\.{1,2}\/[^"]+)"/gm

  /** @implements {Site} */
  class Files {
    base = new URL("./", location.href).href
    /** @type {Map<string, string>} */
    #texts = new Map() // of answers that have come, by name
    /** @type {Map<string, Promise<string>>} */
    #asked = new Map()
    /** @type {Map<string, string>} */
    #blobs = new Map() // of modules
    /** @type {Record<string, string>} */
    #modules = {}

    /** @param {string} address */
    async ask(address) {
      const name = this.#nameOf(address)
      const version = /^api\/decks\/[^/]+\/([^/]+)\.json$/.exec(name)
      const headers = version ? { "x-deck-hash": version[1] } : undefined
      return new Response(await this.#bring(name), { headers })
    }

    /** @param {string} address */
    known(address) {
      return this.#texts.get(this.#nameOf(address)) ?? null
    }

    /** @param {string} name @param {string} text */
    give(name, text) {
      this.#texts.set(name, text)
    }

    /** @param {string} name */
    module(name) {
      return import(this.#blobOf(name))
    }

    /** @type {string} */
    #thread = ""

    /** A thread that computes runs; its script comes with the first one. */
    worker = async () => {
      this.#thread ||= URL.createObjectURL(
        new Blob([await this.#bring("api/live")], { type: "text/javascript" }),
      )
      return new Worker(this.#thread)
    }

    /** @param {Record<string, string>} modules */
    start(modules) {
      this.#modules = modules
      this.module("exported/start.js")
    }

    /** The name of an answer: its address below the page's folder. @param {string} address */
    #nameOf(address) {
      const { pathname } = new URL(address, this.base)
      return decodeURIComponent(pathname.slice(new URL(this.base).pathname.length))
    }

    /** @param {string} name @returns {Promise<string>} */
    #bring(name) {
      const text = this.#texts.get(name)
      if (text !== undefined) return Promise.resolve(text)
      const coming = this.#asked.get(name) ?? this.#load(name)
      this.#asked.set(name, coming)
      coming.catch(() => this.#asked.delete(name)) // the next one who asks tries again
      return coming
    }

    /** @param {string} name @returns {Promise<string>} */
    #load(name) {
      return new Promise((done, fail) => {
        const script = document.createElement("script")
        script.src = `${this.base}${name.split("/").map(encodeURIComponent).join("/")}.js`
        script.onload = () => {
          const text = this.#texts.get(name)
          script.remove()
          if (text === undefined) fail(new Error(`${name} is not what came`))
          else done(text)
        }
        script.onerror = () => {
          script.remove()
          fail(new Error(`${name} did not load`))
        }
        document.head.append(script)
      })
    }

    /** A module as a blob, after those that it imports. @param {string} name @returns {string} */
    #blobOf(name) {
      const known = this.#blobs.get(name)
      if (known) return known
      const text = this.#modules[name].replace(IMPORT, (_, begin, path) => {
        const other = new URL(path, `http://modules/${name}`).pathname.slice(1)
        return `${begin}"${this.#blobOf(other)}"`
      })
      const named = `${text}\n//# sourceURL=${this.base}web/${name}\n`
      const blob = URL.createObjectURL(new Blob([named], { type: "text/javascript" }))
      this.#blobs.set(name, blob)
      return blob
    }
  }
  globalThis.practicumSite = new Files()
}
