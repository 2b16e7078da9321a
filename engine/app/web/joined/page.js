/** The script in every page of the server: it opens the lecture of the page at once, and hands it
    over to Streamlit's component, which comes when the reader rests.

    It takes the folder of the page from the address bar: a proxy may serve it under any prefix, and
    need not say which. In the page it is sent once; in the component it would come with every
    flip. */

/** @import { OpenedStage, StreamlitComponent, ViewOptions } from "../lib/types.js" */

{
  /** Opened before Streamlit was there, and not handed over yet. @type {OpenedStage | null} */
  let early = null
  const QUIET = 3000 // ms without a key or a click before Streamlit is let in
  const PATIENCE = 5000 // ms after which it is let in although the lecture has not come
  // Else Streamlit looks for its server below /overview/ first, and then here.
  globalThis.__streamlit ??= { BACKEND_BASE_URL: new URL("./", location.href).href }
  /** @type {HTMLMetaElement | null} */
  const lecture = document.querySelector("meta[name=practicum-lecture]")
  if (lecture) {
    early = openEarly(JSON.parse(lecture.content))
    const late = setTimeout(bringStreamlit, PATIENCE)
    early.opened = () => {
      clearTimeout(late)
      hideStreamlit(true)
      whenQuiet(bringStreamlit)
    }
  }

  globalThis.practicumStage = ({ parentElement: place, data, setStateValue }) => {
    const component = { data: located(data), setStateValue }
    if (document.querySelector("#without-streamlit")) return // views/boot.js has opened it
    // When its data change while the stage is fetched, Streamlit calls this twice and then ends the
    // first call: only the last one may end the stage, which it has taken over.
    const call = (place.call ?? 0) + 1
    place.call = call
    if (place.stage) place.stage.component = component
    else place.stage = handOver(component) ?? begin(place, component)
    return () => {
      if (place.call !== call) return
      place.stage?.leave()
      place.stage = undefined
    }
  }

  /** @param {ViewOptions} data */
  function openEarly(data) {
    const place = document.createElement("main")
    const placed = parsed().then(() => document.body.append(place))
    /** @param {string} name @param {string} value */
    const setStateValue = (name, value) => {
      stage.kept = [name, value]
    }
    const stage = begin(place, { data: located(data), setStateValue }, placed)
    const { leave } = stage
    stage.leave = () => {
      leave()
      place.remove()
      hideStreamlit(false)
    }
    return stage
  }

  /** Beside a lecture its page is empty: a landmark and a link that lead to nothing.
      @param {boolean} is */
  function hideStreamlit(is) {
    document.querySelector("#root")?.toggleAttribute("inert", is)
  }

  /** @returns {Promise<unknown>} when the page has all its elements */
  function parsed() {
    if (document.readyState !== "loading") return Promise.resolve()
    return new Promise((done) =>
      document.addEventListener("readystatechange", done, { once: true }),
    )
  }

  /** @param {() => void} work is done when the reader rests: a flip would wait for it */
  function whenQuiet(work) {
    const heard = new AbortController()
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer
    const done = () => {
      heard.abort()
      work()
    }
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(done, QUIET)
    }
    for (const type of ["keydown", "pointerdown", "wheel"])
      addEventListener(type, wait, { capture: true, passive: true, signal: heard.signal })
    wait()
  }

  /** Its scripts are ten times as much as a lecture needs, and would come before the deck. */
  function bringStreamlit() {
    /** @type {HTMLTemplateElement | null} */
    const kept = document.querySelector("#streamlit")
    kept?.replaceWith(kept.content.cloneNode(true))
  }

  /** @param {StreamlitComponent} component */
  function handOver(component) {
    const stage = early
    early = null
    if (stage && stage.component.data.slug !== component.data.slug) stage.leave()
    else if (stage) {
      stage.component = component
      if (stage.kept) component.setStateValue(...stage.kept)
      return stage
    }
  }

  /**
   * @param {HTMLElement} place
   * @param {StreamlitComponent} component
   * @param {Promise<unknown>} [placed] when the place is in the page
   * @returns {OpenedStage}
   */
  function begin(place, component, placed) {
    let isWanted = true
    let close = () => {}
    const leave = () => {
      isWanted = false
      close()
    }
    const stage = { component, leave }
    Promise.all([bring(component.data.web, () => isWanted, place), placed]).then(([use]) => {
      if (use && isWanted) close = use("views/stage.js").open(place, stage)
    })
    return stage
  }

  /** @param {ViewOptions} data with addresses below the folder of the page */
  function located(data) {
    const base = new URL("./", location.href).pathname
    return { ...data, base, web: base + data.web, deck: base + data.deck }
  }

  /**
   * The joined modules of the stage. A browser keeps the failure of a module's address; below
   * another folder it asks again (as in lib/fetching.js, which is not there yet).
   * @param {string} web
   * @param {() => boolean} isWanted
   * @param {HTMLElement} place
   * @returns {Promise<((name: string) => any) | null>} null when it is not wanted any more
   */
  async function bring(web, isWanted, place) {
    const note = document.createElement("p")
    note.setAttribute("role", "status")
    note.style.cssText = "position:fixed;left:0;right:0;bottom:2em;text-align:center;z-index:999990"
    for (let tries = 0; isWanted(); tries += 1) {
      try {
        const folder = tries ? web.replace(/\/$/, `-again${tries}/`) : web
        const { use } = await import(
          `${new URL(`${folder}joined/views/stage.js`, location.origin)}`
        )
        note.remove()
        return isWanted() ? use : null
      } catch {
        if (tries === 1) {
          note.textContent =
            "The lecture did not load. Is the server still running? This page keeps trying."
          place.append(note)
        }
        await new Promise((done) => setTimeout(done, Math.min(15000, 300 * 2 ** tries)))
      }
    }
    return null
  }
}
