"""The stage: one Streamlit component that shows a whole lecture in the browser.

The component's `data` is a short constant string (Streamlit resends all of it when any of it
changes): where the deck and our modules are. The script below only loads `web/stage.js` from
our own address; the slides, the keys and the live blocks live there.
"""

import json

import streamlit as st

from engine.app.lectures import packed
from engine.app.routes import web_hash

LOADER = """
export default function (component) {
  const { parentElement, data } = component
  if (parentElement.stage) { parentElement.stage.component = component; return }
  const stage = parentElement.stage = { component }
  import(new URL(JSON.parse(data).web + "stage.js", location.origin)).then((module) => {
    if (parentElement.stage === stage) stage.leave = module.open(parentElement, stage)
  })
  return () => { parentElement.stage = null; stage.leave?.() }
}
"""

_component = st.components.v2.component(
    "practicum_stage", js=LOADER, html="<div></div>", isolate_styles=False
)


@st.fragment
def stage(slug: str) -> None:
    """Mount the lecture `slug`; where its reader settles is kept for this session.

    The browser reports the slide once it has been still for a moment, so leaving for another
    page and coming back leads to the same place.
    """
    place = f"place_{slug}"
    if st.session_state.get("mounted") != slug:
        # Read once per visit: a `data` that followed the reader would be resent at every flip.
        st.session_state["mounted"] = slug
        st.session_state["start"] = st.session_state.get(place, "")
    base = "/" + st.get_option("server.baseUrlPath").strip("/")
    base = base if base.endswith("/") else base + "/"
    data = {
        "slug": slug,
        "base": base,
        "web": f"{base}api/web/{web_hash()}/",
        "deck": f"{base}api/decks/{slug}/{packed(slug).hash}.json",
        "start": st.session_state["start"],
    }
    result = _component(
        key=f"stage_{slug}",
        data=json.dumps(data),
        default={"slide": ""},
        on_slide_change=lambda: None,
        height="content",
    )
    if result.slide:
        st.session_state[place] = result.slide
