"""The pages around the lectures: the list of them, and all works that they cite."""

import logging
import re
from collections.abc import Sequence

import streamlit as st
from streamlit.components.v2 import component

from engine import palette
from engine.app import web_files
from engine.app.lectures import course, library
from engine.app.site.parts import LIVE, parts
from engine.app.site.templates import fill
from engine.deck.library import CitedWork
from engine.deck.reading import BEING_READ
from engine.deck.schema.deck_json import SlideJson
from engine.deck.slide_json import is_list_of_works
from sims.nearest import nearest

# Where a reader has left a lecture is known to their browser alone.
AGAIN = """
export default function ({ parentElement, data }) {
  const module = new URL(data.web + "lecture/again.js", new URL("./", location.href))
  import(module).then(({ offerAgain }) => {
    offerAgain(parentElement.querySelector(".again"), data.slug)
  }).catch(() => {}) // the page is whole without it
}
"""
_again = component(
    "practicum_again", js=AGAIN, html="<div class='again'></div>", isolate_styles=False
)
log = logging.getLogger("practicum.web")
LONGEST = 200  # characters that an address may bring into a page, and a search may have
JOIN = "\N{WORD JOINER}"  # no width, and no letter
# Replaced by Streamlit in finished text, where a backslash has gone: links, names of emoji, arrows.
_REPLACED = re.compile(r"(?<=:)(?=\S)|(?<=www)(?=\.)|(?<=@)(?=\S)|(?<=[<>=-])(?=[<>=-])", re.I)


def home() -> None:
    """All lectures, each with its size; an address without a page says so and names the nearest."""
    page_style()
    read = list(library().read())
    _say_when_lost([lecture.slug for lecture, _ in read])
    st.title(literal(course().title), anchor=False)
    if description := course().text("description"):
        st.markdown(literal(description))
    for lecture, document in read:
        slides = document["slides"]
        with st.container(border=True, key=f"lecture_{lecture.slug}"):
            st.header(literal(lecture.title), anchor=False)
            if lecture.fault:
                say = st.info if lecture.fault == BEING_READ else st.error
                say(literal(lecture.fault))
                continue
            st.caption(caption(slides))
            data = {"slug": lecture.slug, "web": f"api/web/{web_files.version()}/"}
            _again(key=f"again_{lecture.slug}", data=data, height="content")
            st.html(fill("home", "ways_in", lecture.slug))
            st.html(fill("home", "chapters", lecture.slug, parts(slides)))
    if any(lecture.fault == BEING_READ for lecture, _ in read):
        _again_soon()
    if not read:
        log.warning("There is no lecture in %s. Put a Markdown deck there.", library().folder)
        st.info("There is no lecture yet. Put a Markdown deck into the folder of the lectures.")
    more = "<a href='./claims'>Every claim and its status</a>"
    st.html(f"<p class='also'>{more} · <a href='./references'>All references</a></p>")


def caption(slides: Sequence[SlideJson]) -> str:
    """How long a lecture is, and how much of it is live."""
    told = [one for one in slides if not is_list_of_works(one)]
    runs = sum(block["kind"] in LIVE for slide in slides for block in slide["blocks"])
    asides = sum(slide["is_aside"] for slide in told)
    path = sum(not slide["is_aside"] for slide in slides)
    more = f" and {asides} asides" if asides else ""
    minutes = round(sum(one["minutes"] or 0 for one in told if not one["is_aside"]))
    long = f" · {minutes} min" if minutes else ""
    return f"{path} slides{more} · {runs} live experiment{'' if runs == 1 else 's'}{long}"


@st.fragment(run_every=1.0)
def _again_soon() -> None:
    """Draw the page again until every lecture on it has been read."""
    waited = st.session_state.get("waited", 0)
    st.session_state["waited"] = waited + 1
    if waited:  # the first run of a fragment belongs to the page itself
        st.session_state["waited"] = 0
        st.rerun()


def unreadable(title: str, fault: str) -> None:
    """The page of a lecture that cannot be shown: why, in its place."""
    page_style()
    way_back()
    st.title(literal(title), anchor=False)
    st.error(literal(fault))


def literal(text: str) -> str:
    """Markdown that shows a text of a visitor or an author as it is, on one line.

    Every text that is not ours goes through this on its way into Markdown.
    """
    parted = _REPLACED.sub(JOIN, " ".join(text.split()))
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", parted)


def cut(text: str) -> str:
    """As much of what an address says as is used."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def references() -> None:
    """Every cited work, with the slides that cite it; the search box narrows the list."""
    page_style()
    way_back()
    st.title("References")
    works = library().works()
    label = "Search authors, titles, years, venues"
    query = cut(st.text_input(label, key="q", bind="query-params", max_chars=LONGEST))
    shown = [work for work in works if _matches(work, query)]
    st.caption(f"{len(shown)} of {len(works)} works")
    st.html(fill("home", "works", shown))
    if query and not shown:
        advice = "Try a surname, a year or one word of a title."
        st.info(f"No work matches “{literal(query)}”. {advice}")


def _matches(work: CitedWork, query: str) -> bool:
    text = " ".join(str(work[part]) for part in ("key", "authors", "title", "year", "venue"))
    return all(word in text.casefold() for word in query.casefold().split())


def _say_when_lost(slugs: Sequence[str]) -> None:
    wanted = cut(st.query_params.get("lost", ""))
    if wanted:
        near = nearest(wanted, [*slugs, "references", "claims"])
        st.warning(f"There is no page “{literal(wanted)}”. {literal(near)}")


def way_back() -> None:
    """The link to the list of lectures. One of Streamlit's own would open another tab."""
    st.html("<p class='also'><a href='./'>← Lectures</a></p>")


def page_style() -> None:
    """How the pages around the lectures look."""
    own = palette.style(course().colours(), course().colours(dark=True))
    st.html(f"<style>{own}{STYLE}</style>")


STYLE = """
[data-testid="stHeader"], [data-testid="stToolbar"] { display: none }
[data-testid="stMainBlockContainer"] { max-width: 60rem; padding-top: 12vh }
h1 { font-size: 3.4rem !important; font-weight: 600 !important; letter-spacing: -.02em }
h2 { font-weight: 600 !important; letter-spacing: -.012em; text-wrap: balance }
[data-testid="stMarkdown"] p { font-size: 1.25rem; max-width: 36em }
[class*="st-key-lecture_"] {
  padding: 2rem 2.2rem !important; border-radius: 1rem !important;
}
ol.chapters { display: grid; gap: 1.4rem 1.2rem; margin: .4rem 0; padding: 0; list-style: none;
  grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); counter-reset: part }
ol.chapters li { margin: 0; padding: 0 }
.part { display: flex; flex-direction: column; gap: .2rem; line-height: 1.4 }
.part a { display: grid; gap: .5rem; font-weight: 600 }
.part a:focus-visible, .part a:hover { text-decoration: underline }
.part-picture { display: grid; place-items: center; aspect-ratio: 16 / 9; padding: .7rem;
  background: var(--paper); border: 1px solid var(--hair); border-radius: .6rem; color: var(--soft);
  font-size: 3rem; overflow: hidden }
.part-picture img { object-fit: contain; width: 100%; height: 100%;
  min-height: 0 }
.part a:hover .part-picture { border-color: var(--accent) }
.part-size { color: var(--soft); font-size: .88rem }
.part-runs { font-size: .88rem }
.chapters a, .works a, .also a { text-decoration: none; color: var(--accent) }
.chapters a:hover, .works a:hover, .also a:hover { text-decoration: underline }
.open { display: inline-block; padding: .6rem 1.3rem; border-radius: .6rem;
  background: var(--accent); color: var(--on-accent); font-weight: 600; text-decoration: none }
.open:hover { filter: brightness(1.1) }
.again-at { color: var(--soft); font-size: .88rem !important; margin: .3rem 0 0 }
.again:empty { display: none }
/* One button leads: the way back where there is one, else the way in. */
:is([class*="st-key-lecture_"], .card):has(.again a) .open:not(.again *) {
  background: none; color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent) }
.works { padding-left: 0; list-style: none }
.works li { padding: .6rem 0; border-bottom: 1px solid rgb(128 128 128 / 25%) }
.works .cited { font-size: .88rem }
[data-testid="stCaptionContainer"] { opacity: 1 }
[data-testid="stCaptionContainer"] p { color: var(--soft) }
@media (max-width: 640px) { h1 { font-size: 2.3rem !important } }
"""
