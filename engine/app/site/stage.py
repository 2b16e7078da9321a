"""The stage: one Streamlit component that shows a whole lecture in the browser.

The component's `data` is small and constant (Streamlit resends all of it when any of it changes)
and holds only strings (for a list or a bare string Streamlit imports pandas, 0.4 s and 80 MB):
where the deck and our modules are, beside the page. Its script calls that of the page
(web/joined/page.js), which has opened `web/views/stage.js` already or does it now: the slides, the
keys and the live blocks live there.
"""

import streamlit as st
from streamlit.components.v2 import component

from engine.app.site.loading import stage_data

# Streamlit sends all of it again at every settled slide, so it is short.
CALL = "export default (component) => window.practicumStage(component)"

_component = component("practicum_stage", js=CALL, html="<div></div>", isolate_styles=False)


def stage(slug: str) -> None:
    """Mount the lecture `slug`, at the place where this session left it if it did."""
    if st.session_state.get("mounted") != slug:
        # Read once per visit: a `data` that followed the reader would be resent at every flip.
        st.session_state["mounted"] = slug
        st.session_state["start"] = st.session_state.get(f"place_{slug}", "")
    _follow(slug, stage_data(slug, st.session_state["start"]))


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
