"""A folder of decks that are bad in every way that we know, and one good lecture among them; and
what editors, systems and accidents leave in a folder of simulations."""

import os
import sys
from pathlib import Path

GOOD = "# A good lecture\n\n---\n\n## More\n\nProxy words: $x^2$.\n"
TEX = "\\def\\a{" + "x" * 500 + "}" + "\\a" * 200  # 100,000 letters of output

# Text below "# Bad": each is named by `check`, or costs too much, or is refused.
TEXTS = {
    "formula-grows": f"$${TEX}$$",
    "formulas-grow": "\n\n".join(f"$${TEX}{n}$$" for n in range(3)),
    "formula-long": "$" + "x" * 6_000 + "$",
    "formula-deep": "$" + "{" * 900 + "}" * 900 + "$",
    "formula-broken": "$\\frac{1$",
    "script": "<script>alert(1)</script>",
    "handler": "<img src=x onerror=alert(1)>",
    "link-script": "<a href='javascript:alert(1)'>x</a>",
    "directive": "<!-- laytout: code -->",
    "comment-open": "<!-- never closed",
    "fence-open": "```sim\nsim: cartpole",
    "sim-unknown": "```sim\nsim: nosuch\n```",
    "sim-digits": "```sim\nsim: cartpole\nparams: {seed: 0x" + "f" * 5_000 + "}\n```",
    "sim-bound": "```sim\nsim: cartpole\nparams: {seed: -1.5}\n```",
    "yaml-tag": "```sim\n!!python/object:os.system\n```",
    "yaml-deep": "```sim\nsim: " + "[" * 5_000 + "\n```",
    "yaml-aliases": "```chart\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n```",
    "picture-missing": "![a picture](nosuch.png)",
    "picture-outside": "![a picture](../../../etc/passwd.png)",
    "picture-remote": "![a picture](https://pictures.example/x.png)",
    "cite-unknown": "As [@nobody2099] says.",
    "iframe": "```iframe\nsrc: javascript:alert(1)\n```",
    "quiz": "```quiz\nquestion: x\n```",
    "two-ids": "<!-- id: bad -->\n<!-- id: worse -->",
    "timeline": "```timeline\nsource: nosuch\n```",
    "published": "```published\nsource: nosuch\n```",
}
# Frontmatter, as it stands between the marks.
HEADS = {
    "head-digits": "x: 0x" + "f" * 5_000,
    "head-broken": "title: [",
    "head-tag": "title: !!python/name:os.system",
    "bib-missing": "bibliography: nosuch.bib",
    "bib-outside": "bibliography: ../../../../etc/passwd",
    "bib-zero": "bibliography: ../../../../../../../../dev/zero",
    "bib-pipe": "bibliography: pipe.bib",
    "bib-broken": "bibliography: broken.bib",
    "css-outside": "custom_css: leak.css",
    "css-fixed": "custom_css: 'h2 { position: fixed }'",
    "css-import": "custom_css: '@import url(https://styles.example/x.css);'",
    "css-missing": "custom_css: nosuch.css",
}
FILES = {"latin": b"# Gru\xdf\n", "utf-16": "# A\n".encode("utf-16"), "binary": bytes(range(256))}


def formulas(folder: Path, number: int) -> list[Path]:
    """Write decks of three formulas each that take all that one may take; `number` formulas."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for first in range(0, number, 3):
        made.append(folder / f"formulas-{first}.md")
        text = "\n\n".join(f"$${TEX}{first + k}$$" for k in range(3))
        made[-1].write_text(f"# Bad\n\n{text}\n", encoding="utf-8")
    return made


def make(folder: Path) -> list[Path]:
    """Write the decks, the good one as `good.md`; the bad ones are the answer."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "good.md").write_text(GOOD, encoding="utf-8")
    (folder / "broken.bib").write_text("@article{a, title={x} year={2000}", encoding="utf-8")
    (folder / "leak.css").symlink_to("/etc/passwd")
    os.mkfifo(folder / "pipe.bib")
    bad = []
    for name, text in TEXTS.items():
        bad.append(folder / f"{name}.md")
        bad[-1].write_text(f"# Bad\n\n{text}\n", encoding="utf-8")
    for name, text in HEADS.items():
        bad.append(folder / f"{name}.md")
        bad[-1].write_text(f"---\n{text}\n---\n\n# Bad\n\ntext\n", encoding="utf-8")
    for name, data in FILES.items():
        bad.append(folder / f"{name}.md")
        bad[-1].write_bytes(data)
    (folder / "folder.md").mkdir()
    (folder / "dangling.md").symlink_to("nothing-there")
    (folder / "circle.md").symlink_to("circle.md")
    os.mkfifo(folder / "pipe.md")
    return [*bad, *(folder / f"{name}.md" for name in ("folder", "dangling", "circle", "pipe"))]


SIMULATION = "class Params:\n    seed: int = param(0)\n\n\ndef run(params): ...\n"
# Files that are no simulation, by name; "broken" and "nul" count, and say what is wrong with them.
JUNK = {
    ".#bandit.py": "a link to nowhere",  # Emacs makes it while a file is edited
    "._bandit.py": b"\x00\x05\x16\x07\xff",  # macOS, on other systems' disks
    ".hidden.py": SIMULATION.encode(),
    "latin.py": f"# Gr\xfc\xdfe\n{SIMULATION}".encode("latin-1"),
    "utf16.py": SIMULATION.encode("utf-16"),
    "dangling.py": "a link to nowhere",
    "circle.py": "a link to itself",
    "folder.py": "a folder",
    "folder": "a folder",
    "two words.py": SIMULATION.encode(),
    "huge.py": "50 MB",
    "empty.py": b"",
    "nul.py": b"a = 1\x00\n",
    "broken.py": b"def run(:\n",
    "pipe.py": "a pipe",
    "closed.py": "a file that may not be read",
    "caf\udce9.py": SIMULATION.encode(),  # a name in Latin-1
}
SAID = ("latin", "utf16", "folder", "huge", "pipe", "closed")  # each costs a line in the log
WRONG = ("broken", "nul")  # simulations to be, so asking for them names the fault


def junk(folder: Path) -> None:
    """Write them into a folder of simulations, and one that begins with a mark (`marked`)."""
    (folder / "marked.py").write_text(f"\ufeff{SIMULATION}", encoding="utf-8")
    for name, what in JUNK.items():
        path = folder / name
        if "\udce9" in name and sys.platform != "linux":
            continue  # there, names are Unicode
        if isinstance(what, bytes):
            path.write_bytes(what)
        elif "link" in what:
            path.symlink_to(name if "itself" in what else "user@host.1:2")
        elif what == "50 MB":
            with path.open("wb") as file:
                file.truncate(50_000_000)
        elif what == "a pipe" and hasattr(os, "mkfifo"):
            os.mkfifo(path)
        elif "may not" in what:
            path.write_text(SIMULATION, encoding="utf-8")
            path.chmod(0)
        else:
            path.mkdir()
