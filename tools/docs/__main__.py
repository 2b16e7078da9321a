"""`python -m tools.docs`: write what is made from the code; with `--check`, name what is stale."""

import sys
from pathlib import Path

from tools.docs import (
    author,
    commands,
    decisions,
    deck_types,
    keys,
    places,
    protocol,
    schemas,
    simulations,
    streamlit_theme,
    tree,
)
from tools.docs.sections import filled

DOCS = Path(__file__).resolve().parents[2] / "docs"

# Page -> name of a section in it -> the function that writes the section.
SECTIONS = {
    "architecture.md": {"places": places.questions, "walks": places.walks, "tree": tree.section},
    "authors-guide.md": {
        "frontmatter": author.frontmatter,
        "settings": author.settings,
        "directives": author.directives,
        "fences": author.fences,
        "content": author.content,
    },
    "claims.md": {"expectations": author.expectations},
    "commands.md": {"commands": commands.section},
    "decisions/index.md": {"decisions": decisions.section},
    "presenters-guide.md": {"keys": keys.section},
    "simulations.md": {"simulations": simulations.section},
}


def main(arguments: list[str]) -> int:
    """0: every page is as the code says; 1: `--check` found a page that is not."""
    stale = []
    for name, sections in SECTIONS.items():
        path = DOCS / name
        old = path.read_text(encoding="utf-8")
        new = old
        for section, write in sections.items():
            new = filled(new, section, write())
        if new != old:
            stale.append(f"docs/{name}")
            if "--check" not in arguments:
                path.write_text(new, encoding="utf-8")
    written = {
        **schemas.texts(),
        protocol.FILE: protocol.text(),
        deck_types.FILE: deck_types.text(),
        **streamlit_theme.texts(),
    }
    for path, text in written.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.relative_to(DOCS.parent).as_posix())
            if "--check" not in arguments:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{name} is out of date: run make docs" if "--check" in arguments else name)
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
