"""The Streamlit script: which page an address shows."""

import functools

import streamlit as st

from engine.app.lectures import library
from engine.app.site.claims import claims
from engine.app.site.home import home, references, unreadable
from engine.app.site.lab import lab
from engine.app.site.stage import stage
from engine.deck.library import fault_of
from engine.paths import ASSETS


def lecture_page(slug: str) -> None:
    """One lecture, filling the window; its slides are all drawn by the stage."""
    document = library().document(slug)
    if fault := fault_of(document):
        unreadable(document["title"], fault)
    else:
        stage(slug)


def main() -> None:
    """Give every lecture its address, and run the page that the reader asked for."""
    st.set_page_config(page_icon=str(ASSETS / "icon.svg"), layout="wide")
    pages = [st.Page(home, title="Lectures", default=True)]
    for slug in library().paths():  # none of them is read for the page of another
        run = functools.partial(lecture_page, slug)
        run.__name__ = slug.replace("-", "_")  # type: ignore[attr-defined]
        pages.append(st.Page(run, title=slug, url_path=slug))  # the stage gives it its title
    pages.append(st.Page(references, title="References", url_path="references"))
    pages.append(st.Page(claims, title="Claims", url_path="claims"))
    pages.append(st.Page(lab, title="Laboratory", url_path="lab"))
    page = st.navigation(pages, position="hidden")
    name = f"{page.title} · Practicum" if page.url_path else "Practicum"
    st.set_page_config(page_title=name)
    if page.url_path in ("", "references", "claims", "lab"):
        st.session_state["mounted"] = ""  # the next visit of a lecture starts where it was left
    page.run()


if __name__ == "__main__":  # as Streamlit runs it; an import shows nothing
    main()
