"""The stage: one Streamlit component that shows a whole lecture in the browser.

The component's `data` is small and constant (Streamlit resends all of it when any of it changes)
and holds only strings (for a list or a bare string Streamlit imports pandas, 0.4 s and 80 MB):
where the deck and our modules are, beside the page. The script below only loads our own module
`web/views/stage.js`; the slides, the keys and the live blocks live there. It takes the folder of
the page from the address bar: a proxy may serve it under any prefix, and need not say which.
"""

from urllib.parse import quote

import streamlit as st
from streamlit.components.v2 import component

from engine.app import web_files
from engine.app.lectures import library, packed
from engine.deck.source import names

LOADER = """
export default function (component) {
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
"""

_component = component("practicum_stage", js=LOADER, html="<div></div>", isolate_styles=False)


def stage(slug: str) -> None:
    """Mount the lecture `slug`, at the place where this session left it if it did."""
    if st.session_state.get("mounted") != slug:
        # Read once per visit: a `data` that followed the reader would be resent at every flip.
        st.session_state["mounted"] = slug
        st.session_state["start"] = st.session_state.get(f"place_{slug}", "")
    data = {
        "slug": slug,
        "scope": names.slug_of(library().paths()[slug]),  # of the deck's own style sheet
        "web": f"api/web/{web_files.version()}/",
        "deck": f"api/decks/{quote(slug)}/{packed(slug).hash}.json",
        "start": st.session_state["start"],
    }
    _follow(slug, data)


@st.fragment
def _follow(slug: str, data: dict[str, str]) -> None:
    """Run again whenever the reader has settled on a slide, and keep it for this session.

    Only this runs then, so it does nothing but mount the component with the same data.
    """
    result = _component(
        key=f"stage_{slug}",
        data=data,
        default={"slide": ""},
        on_slide_change=lambda: None,
        height="content",
    )
    if result.slide:
        st.session_state[f"place_{slug}"] = result.slide
