"""The ledger as a page: every claim of the lectures, how it stands, and what was measured of it."""

import functools
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from engine.app.site.claims_data import STANDINGS, shown_claims
from engine.app.site.home import LONGEST, literal, page_style, way_back
from engine.app.site.templates import fill
from engine.claims.cards import ClaimWork, ShownClaim
from engine.claims.record import is_held, is_null_held
from engine.paths import WEB

SHAPES = WEB / "styles" / "claims.css"
Works = Mapping[str, ClaimWork]


def claims() -> None:
    """All claims, narrowed by standing and by words; `?q=C8` shows that one alone."""
    page_style()
    st.html(f"<style>{_shapes(SHAPES.stat().st_mtime_ns)}{STYLE}</style>")
    way_back()
    st.title("Claims", anchor=False)
    try:
        found = shown_claims()
    except ValueError as error:
        st.error(literal(str(error)))
        return
    everything = found["claims"]
    st.markdown("Every claim of the lectures: run here, cited, or marked as what it is.")
    st.html(progress(everything))
    counts = Counter(card["status"] for card in everything)
    chosen = st.pills(
        "Standing",
        [status for status in STANDINGS if counts[status]],
        selection_mode="multi",
        key="status",
        bind="query-params",
    )
    label = "Search sentences, badges, slides, works and figures"
    query = st.text_input(label, key="q", bind="query-params", max_chars=LONGEST)
    shown = narrowed(everything, found["works"], chosen, query)
    st.caption(f"{len(shown)} of {len(everything)} claims")
    if shown:
        st.html(fill("ledger", "table", shown, found["works"]))
    else:
        st.info("No claim matches. Try one word of its sentence, or its number, such as C8.")


def narrowed(
    everything: Sequence[ShownClaim], works: Works, statuses: Sequence[str], query: str
) -> list[ShownClaim]:
    """The claims of the given standings (all, if none is given) that hold every word asked for."""
    words = set(query[:LONGEST].casefold().split())
    return [
        card
        for card in everything
        if (not statuses or card["status"] in statuses)
        and all(_says(card, works, word) for word in words)
    ]


def _says(card: ShownClaim, works: Works, word: str) -> bool:
    if re.fullmatch(r"c\d+", word):  # C8 is not C83
        return card["id"].casefold() == word
    place, correction, null = card["place"], card["correction"], card["null"]
    parts = [card["sentence"], card["status"], card["part"], card["figure"]]
    parts += [place["title"]] if place else []
    parts += [correction["text"]] if correction else []
    parts += [null["without"]] if null else []
    parts += [f"{key} {works[key]['label']}" for key in card["references"] if key in works]
    return word in " ".join(parts).casefold()


def progress(everything: Sequence[ShownClaim]) -> str:
    """How many claims stand how, as a bar and in words."""
    counts = Counter(card["status"] for card in everything)
    ordered = [(status, counts[status]) for status in STANDINGS if counts[status]]
    run = [card for card in everything if card["seeds"]]
    agree = sum(map(_is_shown, run))
    agreeing = "all" if agree == len(run) else str(agree)
    return fill("ledger", "progress", ordered, STANDINGS, len(everything), len(run), agreeing)


def _is_shown(card: ShownClaim) -> bool:
    """Whether enough seeds agree, and few enough where what is claimed is taken away."""
    by_luck = card["null"]["held"] if card["null"] else 0
    return is_held(card["held"], card["seeds"]) and not is_null_held(by_luck, card["seeds"])


def row(card: ShownClaim, works: Works) -> str:
    """A claim as a row of the table; everything that an author wrote is escaped."""
    return fill("ledger", "row", card, works)


@functools.lru_cache(maxsize=1)
def _shapes(_mtime: int) -> str:
    return SHAPES.read_text(encoding="utf-8")


STYLE = """
[data-testid="stMainBlockContainer"] { max-width: 76rem; padding-top: 6vh }
.claims-page a { color: var(--claim-link); text-decoration: none }
.claims-page a:hover { text-decoration: underline }
.ledger-bar { display: flex; gap: 3px; height: .7rem; margin: .4rem 0 1rem }
.ledger-bar i { background: currentColor; color: var(--claim-quiet); border-radius: 3px }
.ledger-bar i:is(.claim--theorem, .claim--shown-here, .claim--shown-in-part) {
  color: var(--claim-shown) }
.ledger-bar i.claim--corrected { color: var(--claim-corrected) }
.ledger-bar i:is(.claim--contested, .claim--unsourced) { color: var(--claim-odd) }
.ledger-bar i:is(.claim--opinion, .claim--shown-in-part) { opacity: .55 }
.ledger-bar i.claim--theorem { opacity: .8 }
.claims-page .ledger-counts { list-style: none; margin: 0; padding: 0; display: grid;
  gap: .5rem 1.6rem; grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)) }
.claims-page .ledger-counts li { margin: 0; font-size: 1.05rem; font-variant-numeric: tabular-nums }
.ledger-counts .claim-mark { font-weight: 600 }
.ledger-counts small { display: block; color: var(--claim-quiet); font-size: .9rem;
  padding-left: 1.65em }
.ledger-run { color: var(--claim-quiet); margin: 1rem 0 0 }
.ledger { width: 100%; border-collapse: collapse; line-height: 1.45 }
.ledger th { text-align: left; font-weight: 600; color: var(--claim-quiet); font-size: .9rem }
.ledger :is(th, td) { padding: .9rem 1.2rem .9rem 0; vertical-align: top; border: 0;
  border-bottom: 1px solid var(--claim-hair) }
.ledger td:first-child { width: 48%; position: relative; padding-left: 3.4rem }
.ledger th:first-child { padding-left: 3.4rem }
.ledger td:last-child { padding-right: 0; font-size: .95rem }
.ledger-id { position: absolute; left: 0; color: var(--claim-quiet); font-weight: 500;
  font-variant-numeric: tabular-nums }
.ledger-sentence { font-size: 1.06rem; font-weight: 550; text-wrap: pretty }
.ledger-where { font-size: .92rem; margin-top: .25rem }
.ledger .claim-correction { margin: .45rem 0; font-size: .97rem }
.ledger :is(.claim-figure, .claim-works) { margin-bottom: .35rem }
.claims-page .ledger-go { font-weight: 600 }
@media (max-width: 720px) {
  .ledger thead { display: none }
  .ledger :is(tr, td) { display: block; border: 0 }
  .ledger tr { border-bottom: 1px solid var(--claim-hair); padding: .9rem 0 }
  .ledger td, .ledger td:first-child { width: auto; padding: .15rem 0 .15rem 3rem }
  .ledger-go { display: inline-block; padding: .6rem 0 }
}
"""
