"""The script in every page of the server that loads the stage when Streamlit mounts its component.

It takes the folder of the page from the address bar: a proxy may serve it under any prefix, and
need not say which. In the page it is sent once; in the component it would come with every flip.
"""

SCRIPT = """
(() => { // its functions are no names of the page
window.practicumStage = (component) => {
  const { parentElement } = component
  const data = located(component.data)
  if (document.querySelector("#without-streamlit")) return // views/boot.js has opened it
  // When its data change while this script is fetched, Streamlit calls this twice and then ends
  // the first call: only the last one may end the stage, which it has taken over.
  const call = parentElement.call = (parentElement.call ?? 0) + 1
  const leave = () => {
    if (parentElement.call !== call) return
    parentElement.stage?.leave?.()
    parentElement.stage = null
  }
  if (parentElement.stage) { parentElement.stage.component = { ...component, data }; return leave }
  const stage = parentElement.stage = { component: { ...component, data } }
  bring(data.web, () => parentElement.stage === stage, parentElement).then((module) => {
    if (module) stage.leave = module.open(parentElement, stage)
  })
  return leave
}
function located(data) {
  const base = new URL("./", location.href).pathname
  return { ...data, base, web: base + data.web, deck: base + data.deck }
}

// A browser keeps the failure of a module's address; below another folder it asks again (as in
// web/lib/fetching.js, which is not there yet).
async function bring(web, isWanted, place) {
  const note = document.createElement("p")
  note.setAttribute("role", "status")
  note.style.cssText = "position:fixed;left:0;right:0;bottom:2em;text-align:center;z-index:999990"
  for (let tries = 0; isWanted(); tries += 1) {
    try {
      const folder = tries ? web.replace(/\\/$/, `-again${tries}/`) : web
      const module = await import(new URL(folder + "views/stage.js", location.origin))
      note.remove()
      return isWanted() ? module : null
    } catch {
      if (tries === 1) {
        note.textContent = "The lecture did not load. Is the server still running? "
          + "This page keeps trying."
        place.append(note)
      }
      await new Promise((done) => setTimeout(done, Math.min(15000, 300 * 2 ** tries)))
    }
  }
  return null
}
})()
"""
