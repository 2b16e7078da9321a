"""The pages around the lectures: the list of them, and all works that they cite."""

from collections.abc import Sequence
from urllib.parse import quote

import streamlit as st

from engine.app.lectures import library
from sims.spec import did_you_mean


def home() -> None:
    """All lectures, each with its size; an address without a page says so and names the nearest."""
    _style()
    lectures = library().lectures()
    _say_when_lost([lecture.slug for lecture in lectures])
    st.title("The lecture you can run")
    st.markdown(
        "Slides on RLHF and post-training. Beside a claim stands the experiment that shows it, "
        "computed on this machine while you watch."
    )
    for lecture in lectures:
        document = library().document(lecture.slug)
        slides = document["slides"]
        blocks = [block for slide in slides for block in slide["blocks"]]
        runs = sum(block["kind"] in ("sim", "play") for block in blocks)
        with st.container(border=True, key=f"lecture_{lecture.slug}"):
            st.subheader(lecture.title, anchor=False)
            st.caption(f"{len(slides)} slides · {runs} live experiments")
            st.link_button("Open the lecture", f"./{lecture.slug}", type="primary")
    if not lectures:
        st.info(f"There is no lecture in {library().folder}. Put a Markdown deck there.")
    st.markdown("[All references](./references)")


def references() -> None:
    """Every cited work, with the slides that cite it; the search box narrows the list."""
    _style()
    st.markdown("[← Lectures](./)")
    st.title("References")
    works = library().works()
    query = st.text_input("Search authors, titles, years, venues", key="q", bind="query-params")
    shown = [work for work in works if _matches(work, query)]
    st.caption(f"{len(shown)} of {len(works)} works")
    st.html("<ol class='works'>" + "".join(_work(work) for work in shown) + "</ol>")
    if query and not shown:
        st.info(f"No work matches “{query}”. Try a surname, a year or one word of a title.")


def _matches(work: dict, query: str) -> bool:
    text = " ".join(str(work[part]) for part in ("key", "authors", "title", "year", "venue"))
    return all(word in text.casefold() for word in query.casefold().split())


def _work(work: dict) -> str:
    # `html` is the deck engine's own, escaped there; ids and titles are escaped here by quoting.
    links = ", ".join(_slide_link(place) for place in work["cited_by"])
    cited = f"<div class='cited'>cited on {links}</div>" if links else ""
    return f"<li id='ref-{quote(work['key'])}'>{work['html']}{cited}</li>"


def _slide_link(place: dict) -> str:
    title = place["title"].replace("&", "&amp;").replace("<", "&lt;")
    return f"<a href='./{quote(place['slug'])}?slide={quote(place['slide'])}'>{title}</a>"


def _say_when_lost(slugs: Sequence[str]) -> None:
    wanted = st.query_params.get("lost", "")
    if wanted:
        near = did_you_mean(wanted, [*slugs, "references"])
        st.warning(f"There is no lecture “{wanted}”.{near}")


def _style() -> None:
    st.html(
        """<style>
        [data-testid="stHeader"], [data-testid="stToolbar"] { display: none }
        [data-testid="stMainBlockContainer"] { max-width: 54rem; padding-top: 4.5rem }
        .works { padding-left: 0; list-style: none }
        .works li { padding: .55rem 0; border-bottom: 1px solid var(--st-border-color) }
        .works .cited { font-size: .85rem; opacity: .75 }
        </style>"""
    )
