"""Bibliographies as people keep them: every way of writing an entry, by known answers."""

from pathlib import Path

import pytest

from engine.deck.content import bibliography
from engine.deck.content.bibliography import Bibliography, Work, label, reference
from engine.deck.content.latex import plain
from engine.deck.model import Problem
from engine.publish.check import check


@pytest.fixture
def bib(tmp_path: Path):
    """The bibliography of a text (or of bytes)."""

    def read(text: str | bytes) -> Bibliography:
        path = tmp_path / "x.bib"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return bibliography.load(path, path.parent)

    return read


def work(found: Bibliography, key: str = "a") -> Work:
    made = found.work(key)
    assert isinstance(made, Work), made
    return made


def cited(made: Work) -> str:
    return label(made, "author-year", 1)


AUTHORS = {
    "{Ames, A.}": ("Ames, 2001", "Ames, A."),
    "{Ames, A. and Birk, B.}": ("Ames & Birk, 2001", "Ames, A., and Birk, B."),
    "{Ames, A. and others}": ("Ames et al., 2001", "Ames, A., et al."),
    "{Ames, A. AND Others}": ("Ames et al., 2001", "Ames, A., et al."),
    "{Ames, A. and Birk, B. and others}": ("Ames et al., 2001", "Ames, A., Birk, B., et al."),
    "{A. Ames and B. Birk and C. Cohn and D. Dorn and E. Eck and others}": (
        "Ames et al., 2001", "Ames, A., Birk, B., Cohn, C., Dorn, D., Eck, E., et al.",
    ),
    "{{OpenAI}}": ("OpenAI, 2001", "OpenAI"),
    "{{OpenAI} and others}": ("OpenAI et al., 2001", "OpenAI, et al."),
    "{{Barnes and Noble}}": ("Barnes and Noble, 2001", "Barnes and Noble"),
    '"{\\"O}zg{\\"u}r, {\\c{C}}a{\\u{g}}lar"': ("Özgür, 2001", "Özgür, Ç."),
    "{van der Berg, Jan}": ("van der Berg, 2001", "van der Berg, J."),
    "{Jan van der Berg}": ("van der Berg, 2001", "van der Berg, J."),
    "{Otherson, O.}": ("Otherson, 2001", "Otherson, O."),
    "{Ames, A. and et al.}": ("Ames et al., 2001", "Ames, A., et al."),
    "{family=Birk, given=Bo Carl, prefix=van}": ("van Birk, 2001", "van Birk, B."),
    "{King, Jr., Martin Luther}": ("King, 2001", "King, M."),
    "{Meta, {Inc.} and {Procter \\& Gamble}}": (
        "Meta & Procter & Gamble, 2001", "Meta, I., and Procter & Gamble",
    ),
    "{{\\noopsort{a}}Ames, {\\relax Ch}arles}": ("Ames, 2001", "Ames, C."),
    "{others}": ("Unknown, 2001", "Unknown"),
    "{}": ("Unknown, 2001", "Unknown"),
    "{{}}": ("Unknown, 2001", "Unknown"),
}  # fmt: skip


@pytest.mark.parametrize("given", AUTHORS)
def test_authors_in_the_citation_and_in_the_list(bib, given: str) -> None:
    made = work(bib(f"@article{{a, author = {given}, title = {{T}}, year = 2001}}"))
    assert (cited(made), made.authors) == AUTHORS[given]
    assert "others" not in reference(made, "author-year", 1).replace("Otherson", "")


# fields of an entry `@TYPE{a, …}` -> what is cited, and its venue
FIELDS = {
    ("article", "Author = {Ames, A.}, TITLE = {T}, Year = {2001}, Journal = {J}"): (
        "Ames, 2001", "J",
    ),
    ("ARTICLE", "AUTHOR = {Ames, A.}, title = {T}, YEAR = 2001"): ("Ames, 2001", ""),
    ("book", "Editor = {Ames, A.}, title = {T}, year = 2001, publisher = {P}"): ("Ames, 2001", "P"),
    ("online", "author = {Ames}, title = {T}, date = {2020-05-01}"): ("Ames, 2020", ""),
    ("article", "author = {Ames}, title = {T}, date = {2019/2021}, journaltitle = {J}"): (
        "Ames, 2019", "J",
    ),
    ("article", "author = {Ames}, title = {T}, date = {~2020?}"): ("Ames, 2020", ""),
    ("article", "author = {Ames}, title = {T}, year = {}, date = {2020}"): ("Ames, 2020", ""),
    ("article", "author = {Ames}, title = {T}, year = {in press}"): ("Ames, in press", ""),
    ("article", "author = {Ames}, title = {T}, year = {1990--1992}"): ("Ames, 1990–1992", ""),
    ("article", "author = {Ames}, title = {T}, month = sep # {~3}, year = 20"): ("Ames, 20", ""),
    ("manual", "organization = {The {GNU} Project}, title = {T}, year = 2001"): (
        "The GNU Project, 2001", "The GNU Project",
    ),
    ("techreport", "author = {Ames}, institution = {I}, title = {T}, year = 1"): ("Ames, 1", "I"),
    ("misc", "author = {Ames}, title = {T}, year = 1, howpublished = {\\url{https://x.org/a}}"): (
        "Ames, 1", "",
    ),
    ("misc", "author = {Ames}, title = {T}, year = 1, eprint = {1706.03762}"): ("Ames, 1", "arXiv"),
    ("whatever", "author = {Ames}, title = {T}, year = 2001"): ("Ames, 2001", ""),
    ("article", "author = {Ames},\n% a remark\n  title = {T}, year = 2001"): ("Ames, 2001", ""),
    ("article", "author = {Ames}, title = {T}, journal = {R&amp;D}, year = 1"): ("Ames, 1", "R&D"),
    ("article", "author = {Ames}, title = {T}"): ("Ames, n.d.", ""),
    ("article", "title = {T}, year = 2001"): ("Unknown, 2001", ""),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "fields"), FIELDS)
def test_fields_have_no_case_and_those_of_biblatex_count(bib, kind: str, fields: str) -> None:
    made = work(bib(f"@{kind}{{a,\n  {fields}\n}}"))
    assert (cited(made), made.venue) == FIELDS[kind, fields]


ADDRESSES = {
    "url = {https://x.org/~u/a_b%20c?d=1&e=2#f}": "https://x.org/~u/a_b%20c?d=1&e=2#f",
    "url = {\\url{https://x.org/a}}": "https://x.org/a",
    "url = {https://x.org/a\\_b\\%20c\\&d}": "https://x.org/a_b%20c&d",
    "url = {https://x.org/\\~{}u}": "https://x.org/~u",
    "url = {www.x.org/a}": "https://www.x.org/a",
    "doi = {10.1000/182}": "https://doi.org/10.1000/182",
    "doi = {https://doi.org/10.1000/182}": "https://doi.org/10.1000/182",
    "DOI = {doi:10.1000/182}": "https://doi.org/10.1000/182",
    "doi = {10.1002/(SICI)1097<1::AID>3.0}": "https://doi.org/10.1002/(SICI)10971::AID3.0",
    "doi = {10.1000/a#b?c}": "https://doi.org/10.1000/a%23b%3Fc",
    "doi = {10.1007/978-3\\_12}": "https://doi.org/10.1007/978-3_12",
    "eprint = {1706.03762}, archivePrefix = {arXiv}": "https://arxiv.org/abs/1706.03762",
    "eprint = {arXiv:1706.03762v2}, eprinttype = {arxiv}": "https://arxiv.org/abs/1706.03762v2",
    "eprint = {hep-th/9901001}": "https://arxiv.org/abs/hep-th/9901001",
    "eprint = {PMC123}, eprinttype = {pubmed}": "",
    "howpublished = {\\url{https://x.org/a}}": "https://x.org/a",
    "url = {\\href{https://x.org/a}{here}}": "https://x.org/a",
    "url = {https://x.org/a https://y.org/b}": "https://x.org/a",
    "url = {https://x.org/?a=1&amp;b=2}": "https://x.org/?a=1&b=2",
    "note = {Code at \\url{https://x.org/a}}": "https://x.org/a",
    "doi = {DOI 10.1000/182}": "https://doi.org/10.1000/182",
    "doi = {n/a}, eprint = {1706.03762}": "https://arxiv.org/abs/1706.03762",
    "eprint = {https://arxiv.org/abs/1706.03762}": "https://arxiv.org/abs/1706.03762",
    "url = {javascript:alert(1)}": "",
    "url = {see my page}, doi = {10.1000/182}": "https://doi.org/10.1000/182",
}


@pytest.mark.parametrize("fields", ADDRESSES)
def test_addresses(bib, fields: str) -> None:
    made = work(bib(f"@misc{{a, author={{A}}, title={{T}}, year=2001, {fields}}}"))
    assert made.url == ADDRESSES[fields]
    bad = "javascript" in fields or "my page" in fields
    assert any("no address of the web" in note for note in made.notes) == bad


PARENT = "@proceedings{p, title={Proc}, year=2020, editor={Eck, E.}, url={https://p.org}}\n"
CHILD = "@inproceedings{a, author={Ames, A.}, title={T}, "


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (CHILD + "crossref={p}}\n" + PARENT, ("Ames, 2020", "T", "Proc", "")),
        (PARENT + CHILD + "Crossref = {P}}", ("Ames, 2020", "T", "Proc", "")),
        (PARENT + CHILD + "crossref={p}, year=1999, booktitle={Own}}",
         ("Ames, 1999", "T", "Own", "")),
        (CHILD + "xdata={x, y}}\n@xdata{x, date={2018-01}}\n@xdata{y, url={https://y.org}}",
         ("Ames, 2018", "T", "", "https://y.org")),
        ("@inbook{a, title={Chapter}, crossref={b}}\n@book{b, author={Birk}, title={Book}, "
         "year=2003, publisher={P}}", ("Birk, 2003", "Chapter", "Book", "")),
        (CHILD + "crossref={q}}\n@proceedings{q, title={Vol}, crossref={s}}\n"
         "@proceedings{s, year=2011}", ("Ames, 2011", "T", "Vol", "")),
        (PARENT + CHILD + "crossref={{p}}, date={1999-05}}", ("Ames, 1999", "T", "Proc", "")),
        (CHILD + "xdata={x}, year=1999}\n@xdata{x, date={2018-01}}", ("Ames, 1999", "T", "", "")),
    ],
)  # fmt: skip
def test_an_entry_inherits(bib, text: str, found: tuple[str, ...]) -> None:
    made = work(bib(text))
    assert (cited(made), made.title, made.venue, made.url) == found
    assert made.notes == ()


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (CHILD + "year=1, crossref={gone}}", "its crossref 'gone' adds nothing: there is no such"),
        (CHILD + "year=1, xdata={a}}", "its xdata 'a' adds nothing: the entries name each other"),
        (CHILD + "year=1, crossref={b}}\n@book{b, crossref={a}}", "in a circle"),
        (CHILD + "year=1, crossref={a}}", "its crossref 'a' adds nothing: the entries name each"),
        ("@misc{a, author={A, A.; B, B.}, title={T}, year=1}", "'A, A.; B, B.' is read as one"),
        ("@misc{a, author={A. A, B. B, C. C}, title={T}, year=1}", "is read as one person"),
        ("@misc{a, author={A, A. \\& B, B.}, title={T}, year=1}", "is read as one person"),
        ("@misc{a, author={A, A. et al.}, title={T}, year=1}", "is read as one person"),
        ("@misc{a, author={A, A. and and B, B.}, title={T}, year=1}", "is read as one person"),
        (CHILD + "year=1, doi={soon}}", "its doi 'soon' is none"),
        (CHILD + "year=1, crossref={b}}\n@book{b, title={x} year=1}", "its crossref 'b' adds"),
        (CHILD + "year=1, year=2}", "two fields 'year', of which the first counts"),
        (CHILD + "year=1, journal=jmlr}", "no @string 'jmlr'"),
        ("@article{a, title={T}, year=1}", "no author and is cited as “Unknown”"),
        (CHILD + "}", "no year and is cited as “n.d.”"),
        ("@article{a, author={A}, year=1}", "no title and is cited as “Untitled”"),
    ],
)
def test_what_is_odd_in_a_cited_entry_is_a_warning(bib, folder: Path, text: str, note: str) -> None:
    assert any(note in one for one in work(bib(text)).notes)
    (folder / "r.bib").write_text("\n" + text)
    (folder / "a.md").write_text("---\nbibliography: r.bib\n---\n\n## One\n\n[@a] and [@a]\n")
    [fault] = [
        one
        for one in check([folder / "a.md"])
        if one.file.endswith("r.bib") and one.severity == "warning"
    ]
    assert "In the entry 'a': " in fault.message
    assert note in fault.message
    assert fault.line == 2


def test_an_odd_entry_that_nobody_cites_is_left_alone(folder: Path) -> None:
    (folder / "r.bib").write_text("@misc{a, title={T}}\n@misc{b, author={B}, title={T}, year=1}")
    (folder / "a.md").write_text("---\nbibliography: r.bib\n---\n\n## One\n\n[@b]\n")
    assert check([folder / "a.md"]) == []


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
    "@article{title={T}, year=1}": (1, "This entry has no key."),
    "@article{my key, title={T}}": (1, "its key 'my key' is no single word"),
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


def test_strings_that_stand_for_too_much_are_refused(bib) -> None:
    [fault] = bib(f"@string{{x = {{{'y' * 1_001}}}}}").problems
    assert fault.message == "This @string stands for more than 1000 characters."
    many = " # x" * 30
    found = bib(f"@string{{x = {{{'y' * 1_000}}}}}\n@misc{{a, year = 1, title = x{many}}}")
    refused = found.work("a")
    assert isinstance(refused, Problem)
    assert "its @strings stand for too many characters" in refused.message


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
    why = {"folder": ": it is a folder", "missing": "", "pipe": ": it is no ordinary file"}[make]
    assert fault.message == f"The bibliography 'r.bib' cannot be read{why}."
    assert (fault.line, fault.column) == (2, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("So [@a, p. 3].", "'[@a, p. 3]' is no citation and is shown as text."),
        ("So [@a and @b].", "'[@a and @b]' is no citation and is shown as text."),
        ("So [@a", "'[@a' is no citation and is shown as text."),
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
