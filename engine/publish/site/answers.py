"""What the page's modules ask for, each as a script beside the pages that hands over its text."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from engine.app import web_files
from engine.app.lectures import library
from engine.app.modules import one_script
from engine.app.reopen import SERVED, ways_back
from engine.app.routes import source_of
from engine.app.site.claims_data import shown_claims
from engine.claims.cards import ClaimRun, ShownClaim, ShownClaims
from engine.publish.site.deck_parts import as_text
from engine.publish.site.decks import SiteDeck
from sims import spec

PORTS = "ports/worker.js"
_ESCAPES = str.maketrans(
    {
        "\\": "\\\\",
        "'": "\\'",
        "\n": "\\n",
        "\r": "\\r",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)


def write(folder: Path, made: Sequence[SiteDeck], base_url: str) -> None:
    """Decks, recorded runs, the ledger of claims, the sources of the simulations, and where
    paper leads to."""
    for deck in made:
        for name, part in deck.parts.items():
            _give(folder, name, as_text(part))
        back = ways_back(deck.document, base_url or SERVED, deck.slug, ".html" * bool(base_url))
        _give(folder, f"api/paper/{deck.slug}", as_text(back))
    chosen = {deck.slug for deck in made}
    runs = {path.name: path for deck in made for path in deck.recordings}
    ahead = {name for deck in made for name in deck.ahead}
    kept = []
    for name, path in runs.items():
        text = gzip.decompress(path.read_bytes()).decode()
        about = json.loads(text.partition("\n")[0])
        kept.append(
            {"sim": about["sim"], "params": about["params"], "file": name, "ahead": name in ahead}
        )
        _give(folder, f"api/recorded/{name}", text)
    _give(folder, "api/recorded", as_text({"runs": kept, "live": live(made)}))
    _give(folder, "api/live", one_script(PORTS))
    _give(folder, "api/search", as_text([asdict(one) for one in library().entries(chosen)]))
    _give(folder, "api/claims", as_text(claims_of(made)))
    for name in sorted({str(one["sim"]) for one in kept}):
        _give(folder, f"api/source/{name}", as_text(source_of(name)))


def live(made: Sequence[SiteDeck]) -> list[str]:
    """The simulations of these decks that a page computes by itself: ours, with a port."""
    names = {block["data"]["sim"] for deck in made for block in deck.simulations()}
    ported = {name.removeprefix("ports/").removesuffix(".js") for name in web_files.names()}
    return sorted(one for one in names & ported if spec.OURS in spec.source(one).parents)


def claims_of(made: Sequence[SiteDeck]) -> ShownClaims:
    """The ledger with links to pages that are files; claims of other lectures have no place."""
    found = shown_claims()
    slugs = {deck.slug for deck in made}
    claims: list[ShownClaim] = []
    for claim in found["claims"]:
        place, run = claim["place"], claim["run"]
        place = place if place and place["slug"] in slugs else None
        led: ClaimRun | None = None
        if run and run["slug"] in slugs:
            before, mark, query = run["href"].partition("?")
            led = {**run, "href": f"{before}.html{mark}{query}"}
        claims.append({**claim, "place": place, "run": led})
    return {**found, "claims": claims}


def _give(folder: Path, name: str, text: str) -> None:
    path = folder / f"{name}.js"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"practicumSite.give({script(name)}, {script(text)})\n", encoding="utf-8")


def script(text: str) -> str:
    """A text as JavaScript writes it, in single quotes: most of these texts are JSON, in which each
    double quote would need a backslash more."""
    # Line ends of Unicode would end a line of an old browser's script.
    written = text.translate(_ESCAPES)
    return f"'{written}'"
