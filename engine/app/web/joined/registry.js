/** The first lines of every joined script (engine/app/joined.py): the modules that have come as
    functions, each called once, when it is first needed. */

globalThis.practicumModules ??= (() => {
  /** @typedef {import("../lib/types.js").ModuleFunction} Made */

  /** @typedef {import("../lib/types.js").Modules} Kept */

  /** @implements {Kept} */
  class Registry {
    /** @type {Record<string, Made>} */
    #functions = {}
    /** @type {Map<string, unknown>} */
    #used = new Map() // exports of modules

    /** @param {string} home the folder of all modules */
    constructor(home) {
      this.home = home
    }

    /** @param {Record<string, Made>} functions */
    add(functions) {
      Object.assign(this.#functions, functions)
    }

    /** @param {string} name */
    has(name) {
      return Object.hasOwn(this.#functions, name)
    }

    /** What a module exports. @param {string} name @returns {unknown} */
    use = (name) => {
      if (!this.#used.has(name)) {
        if (!this.has(name)) throw new Error(`the module ${name} has not come`)
        this.#used.set(name, this.#functions[name](this.use, this.home + name))
      }
      return this.#used.get(name)
    }
  }

  /** @type {Map<string, Registry>} */
  const all = new Map()
  return (home) => {
    const known = all.get(home) ?? new Registry(home)
    all.set(home, known)
    return known
  }
})()
