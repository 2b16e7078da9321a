/** The first script of an exported page: hands over what lies beside the page.

    ES modules and answers cannot be fetched from a folder (file://), scripts can. So the modules
    are functions in three scripts (engine/publish/site/assets.py), each called when it is first
    needed; and each answer is a script that calls `give`. */

/** @import { ModuleFunction, Site } from "../lib/types.js" */

{
  const WEB = new URL(".", /** @type {HTMLScriptElement} */ (document.currentScript).src).href

  /** @implements {Site} */
  class Files {
    base = new URL("./", location.href).href
    /** @type {Map<string, string>} */
    #texts = new Map() // of answers that have come, by name
    /** @type {Map<string, Promise<string>>} */
    #asked = new Map()
    #modules = practicumModules(WEB) // those that have come
    /** @type {Record<string, string>} */
    #homes = {} // which script a module stands in

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
    async module(name) {
      if (!this.#modules.has(name)) await this.#fetch(WEB + this.#homes[name])
      return this.#modules.use(name)
    }

    /** @param {Record<string, ModuleFunction>} modules */
    add(modules) {
      this.#modules.add(modules)
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

    /** @param {Record<string, string>} homes */
    start(homes) {
      this.#homes = homes
      this.#modules.use("exported/start.js")
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
    async #load(name) {
      await this.#fetch(`${this.base}${name.split("/").map(encodeURIComponent).join("/")}.js`)
      const text = this.#texts.get(name)
      if (text === undefined) throw new Error(`${name} is not what came`)
      return text
    }

    /** Run the script at an address. @param {string} address @returns {Promise<void>} */
    #fetch(address) {
      return new Promise((done, fail) => {
        const script = document.createElement("script")
        script.src = address
        script.onload = () => {
          script.remove()
          done()
        }
        script.onerror = () => {
          script.remove()
          fail(new Error(`${address} did not load`))
        }
        document.head.append(script)
      })
    }
  }
  globalThis.practicumSite = new Files()
}
