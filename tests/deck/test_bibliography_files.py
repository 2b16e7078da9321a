"""Bibliographies that are odd as files: encodings, faults, keys, strings, what is not an entry."""

from pathlib import Path

import pytest

from engine.deck.content.latex import plain
from engine.deck.model import Problem
from engine.publish.check import check

from .conftest import cited, work


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("latin-1", "This file is not UTF-8; it was read as Windows-1252 (Latin-1)."),
        ("cp1252", "This file is not UTF-8; it was read as Windows-1252 (Latin-1)."),
        ("utf-16", "This file is not UTF-8; it was read as UTF-16."),
        ("utf-16-le", "This file is not UTF-8; it was read as UTF-16."),
        ("utf-16-be", "This file is not UTF-8; it was read as UTF-16."),
        ("utf-32", "This file is not UTF-8; it was read as UTF-32."),
    ],
)
def test_encodings_are_read_and_said(bib, encoding: str, said: str) -> None:
    text = "% a\r\n@article{a, author = {Müßig, É.}, title = {Naïve}, year = 2001}\r\n"
    found = bib(text.encode(encoding))
    made = work(found)
    assert (cited(made), made.authors, made.title) == ("Müßig, 2001", "Müßig, É.", "Naïve")
    assert [one.message for one in found.problems] == ([said] if said else [])
    assert [one.severity for one in found.problems] == (["warning"] if said else [])
    assert made.line == 2


FAULTS = {
    "@article{, title={T}}": (1, "This entry has no key."),
    "@article{a;b, title={T}}": (1, "its key 'a;b' is not a single word"),
    "@article{title={T}, year=1}": (1, "This entry has no key."),
    "@article{my key, title={T}}": (1, "its key 'my key' is not a single word"),
    "@misc{a, year=1}\n@misc{a, year=2}": (
        2, "The key 'a' is used twice in this file (line {first}).",
    ),
    "@misc{Ab, year=1}\n@misc{aB, year=2}": (
        2, "The keys 'Ab' (line {first}) and 'aB' differ in case only.",
    ),
    "@misc{a, year=1}}, title={T}}": (1, None),
    "@misc{a, title={T}}, year=1}": (1, "ends at a brace too many"),
    "@string{x = }\n@misc{a, year=1}": (1, "This @string cannot be read"),
    "@misc{a, title={T}\n\n@misc{b, year=1}": (1, "never closed"),
    "@misc{a, title={T, year=1}\n\n@misc{b, year=1}": (1, "never closed"),
    "@misc{a, year=1\n\n@misc{b, year=1}": (1, "never closed"),
    "@misc{a, title=\"T\"\n@misc{b, year=1}": (1, "never closed"),
    "@misc{a, year={1}\n@misc{b, year=1}\n}": (1, "never closed"),
}  # fmt: skip


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_costs_its_own_entry_only(bib, text: str) -> None:
    good = "@article{good, author = {Ames}, title = {T}, year = 2001}\n"
    for whole, shift in ((f"{text}\n\n{good}", 0), (f"{good}\n{text}\n", 2)):
        found = bib(whole)
        assert cited(work(found, "good")) == "Ames, 2001"
        line, message = FAULTS[text]
        if message is None:
            assert found.problems == ()
            continue
        [fault] = found.problems
        assert message.format(first=1 + shift) in fault.message
        assert fault.line == line + shift
        assert fault.fix


@pytest.mark.parametrize("before", ["\f", "\v", "\0", "\ufeff", "\u2028", "\xa0", "\t ", "% x\r"])
def test_what_an_editor_does_not_show_hides_no_entry(bib, before: str) -> None:
    text = "@misc{a, author={Ames}, title={T}, year=2001}"
    for text_before in ("", "@misc{b, title={x}}\n"):
        assert cited(work(bib(text_before + before + text))) == "Ames, 2001"


def test_a_letter_with_its_accent_beside_it_is_one_key(folder: Path) -> None:
    (folder / "r.bib").write_text("@misc{mu\u0308ller, author={A}, title={T}, year=1}")
    for key in ("m\xfcller", "mu\u0308ller"):
        (folder / "a.md").write_text(f"---\nbibliography: r.bib\n---\n\n## One\n\n[@{key}]\n")
        assert check([folder / "a.md"]) == []


KEYS = [
    "a",
    "müller2020",
    "o'brien",
    "DBLP:conf/nips/OuyangWJ22",
    "a+b",
    "a.b-c_d",
    "强化",
    "10.1/x",
]


@pytest.mark.parametrize("key", KEYS)
def test_keys_of_any_kind_are_cited(folder: Path, key: str) -> None:
    (folder / "r.bib").write_text(f"@article{{{key}, author={{Ames}}, title={{T}}, year=2001}}")
    (folder / "a.md").write_text(
        f"---\nbibliography: r.bib\n---\n\n<!-- cite-right: {key} -->\n## One\n\nSo [@{key}].\n"
    )
    from engine.deck.document import load

    slide = load(folder / "a.md")["slides"][0]
    assert slide["citations"] == [key]
    assert "So " in slide["html"]
    assert ">(Ames, 2001)</a>." in slide["html"]
    assert check([folder / "a.md"]) == []


def test_strings_comments_and_preambles(bib) -> None:
    found = bib(
        '@STRING(nips = "Advances in " # {NeurIPS})\n@string{ames = "Ames, A."}\n'
        "@comment{jabref-meta: databaseType:bibtex;}\n@Comment{@article{no, year=1}}\n"
        '@preamble{"\\newcommand{\\x}{y}"}\nA remark, mail me@x.org.\n% @misc{no2, year=1}\n'
        "@Article(a, author = ames # { and Birk, B.}, title = {T}, Journal = NIPS, year = 2001)\n"
        "@misc{b, author={B}, title={U}, year=2002} @misc{c, author={C}, title={V}, year=2003}\n"
    )
    assert found.problems == ()
    assert found.keys() == ["a", "b", "c"]
    made = work(found)
    assert (cited(made), made.venue) == ("Ames & Birk, 2001", "Advances in NeurIPS")
    assert cited(work(found, "c")) == "C, 2003"


def test_entries_in_one_line_may_have_commas_between_them(bib) -> None:
    assert bib("@misc{a, year=1}, @misc{b, year=2}; @misc{c, year=3} @misc{d}").keys() == [*"abcd"]


def test_commands_of_the_preamble_are_read(bib) -> None:
    found = bib(
        '@preamble{"\\newcommand{\\noop}[1]{} " # "\\def\\Swap#1#2{#2#1}"}\n'
        '@preamble{"\\DeclareRobustCommand{\\VAN}[3]{#2}\\providecommand\\lab{DeepMind}"}\n'
        "@misc{a, author = {{\\VAN{Berg}{van den}{}} Berg, J. and {\\noop{b}{\\lab{}}}},\n"
        " title = {\\Swap{b}{{a}} of \\lab}, year = {\\noop{1999}2001}}"
    )
    made = work(found)
    assert (cited(made), made.title) == ("van den Berg & DeepMind, 2001", "ab of DeepMind")
    assert made.notes == ()
    much = "\\x" * 50
    long = bib(f'@preamble{{"\\def\\x{{{"y" * 200}}}"}}\n@misc{{a, title={{{much}}}, year=1}}')
    assert len(work(long).title) < 1_000


@pytest.mark.parametrize("text", ["TY  - JOUR\nER  - ", '[{"id": "a"}]', "A remark, a@b.org"])
def test_a_file_of_another_format_is_said(bib, text: str) -> None:
    [fault] = bib(text).problems
    assert fault.message == "This file holds no BibTeX entry."
    assert bib("").problems == bib(" \n").problems == ()


def test_strings_that_stand_for_too_much_are_refused(bib) -> None:
    [fault] = bib(f"@string{{x = {{{'y' * 1_001}}}}}").problems
    assert fault.message == "This @string is longer than 1000 characters."
    many = " # x" * 30
    found = bib(f"@string{{x = {{{'y' * 1_000}}}}}\n@misc{{a, year = 1, title = x{many}}}")
    refused = found.work("a")
    assert isinstance(refused, Problem)
    assert "its @strings make too many characters" in refused.message


TEXTS = {
    "{B}ayes {and} {{RLHF}}": "Bayes and RLHF",
    "{\\'E}tudes \\`a l'{\\^\\i}le": "Études à l'île",
    "\\'{\\i} {\\ss} \\o{} \\L{}ukasz \\v{c}\\c{c}\\k{a}\\H{o}\\aa": "í ß ø Łukasz čçąőå",
    "\\d{a}\\r{u}\\=o\\.z": "ạůōż",
    "``Quoted'' -- a --- b": "“Quoted” – a — b",
    "R\\&D at 5\\% for \\$5 \\#1 a\\_b": "R&D at 5% for $5 #1 a_b",
    "\\emph{So} \\textbf{bold} {\\em it} \\textsc{Caps}": "So bold it Caps",
    "$\\alpha$-VAE, $k$-means, $O(n\\log n)$": "α-VAE, k-means, O(nlog n)",
    "\\LaTeX{} and \\BibTeX": "LaTeX and BibTeX",
    "a~b\\ c\\,d": "a b c d",
    "50% of it": "50% of it",
    "\\'e% x": "é% x",
    "costs $5 or $10": "costs $5 or $10",
    "\\unknown{x}": "\\unknown x",
    "R\\&amp;D &lt;b&gt; <i>in vitro</i> H<sub>2</sub>O": "R&D <b> in vitro H2O",
    "{\\relax Ch}, \\noopsort{a}B, \\ensuremath{\\alpha}": "Ch, B, α",
    "\\texteuro{}5 \\textgreater\\ 4, \\'\\j": "€5 > 4, j́",
}


@pytest.mark.parametrize("text", TEXTS)
def test_tex_is_read_as_text(text: str) -> None:
    assert plain(text) == TEXTS[text]


def test_a_broken_entry_is_named_with_its_reason(bib) -> None:
    found = bib("@misc{a, author = {A, B, C, D}, title = {T}, year = 2001}")
    fault = found.work("a")
    assert isinstance(fault, Problem)
    assert "too many commas" in fault.message.lower()


@pytest.mark.parametrize("make", ["folder", "missing", "pipe"])
def test_a_bibliography_that_is_no_file_is_said(folder: Path, make: str) -> None:
    import os

    path = folder / "r.bib"
    if make == "folder":
        path.mkdir()
    if make == "pipe":
        os.mkfifo(path)
    (folder / "a.md").write_text("---\nbibliography: r.bib\n---\n\n## One\n\n[@b]\n")
    [fault] = check([folder / "a.md"])
    why = {"folder": ": it is a folder", "missing": "", "pipe": ": it is not an ordinary file"}[
        make
    ]
    assert fault.message == f"The bibliography 'r.bib' cannot be read{why}."
    assert (fault.line, fault.column) == (2, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("So [@a, p. 3].", "'[@a, p. 3]' is not a citation and is shown as text."),
        ("So [@a and @b].", "'[@a and @b]' is not a citation and is shown as text."),
        ("So [@a", "'[@a' is not a citation and is shown as text."),
        (r"So \[@a, p. 3].", ""),
        ("So `[@a, p. 3]`.", ""),
        ("So [@a on a site](https://x.org).", ""),
        ("So me@x.org [1].", ""),
    ],
)
def test_what_looks_like_a_citation_is_said(folder: Path, text: str, said: str) -> None:
    (folder / "a.md").write_text(f"## One\n\n{text}\n")
    found = [one.message for one in check([folder / "a.md"])]
    assert found == ([said] if said else [])
