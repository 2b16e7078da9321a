"""Works as people write them: authors, fields, addresses and parents, by known answers."""

from pathlib import Path

import pytest

from engine.deck.content.bibliography import reference
from engine.publish.check import check

from .conftest import cited, work

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
    "{Sammy Davis Jr. and Bo {van Birk} III}": (
        "Davis & van Birk, 2001", "Davis, S., and van Birk, B.",
    ),
    "{Yi Xi}": ("Xi, 2001", "Xi, Y."),
    "{Ames, A., and Birk, B. C.,}": ("Ames & Birk, 2001", "Ames, A., and Birk, B."),
    "{, A.}": ("A., 2001", "A."),
    "{,}": ("Unknown, 2001", "Unknown"),
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
    ("misc", "author = {A}, title = {T}, year = 1, howpublished = {\\href{https://x.org/a}{S}}"): (
        "A, 1", "S",
    ),
    ("inproceedings", "author = {Ames}, title = {T}, year = 1, eventtitle = {NeurIPS}"): (
        "Ames, 1", "NeurIPS",
    ),
    ("article", "author = {Ames}, % who\n  title = {T},\n  % year = 1999,\n  year = 2001"): (
        "Ames, 2001", "",
    ),
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
    "doi = {10.1002/(SICI)1097<1::AID>3.0}": "https://doi.org/10.1002/(SICI)1097%3C1::AID%3E3.0",
    "url = {<https://x.org/a>}": "https://x.org/a",
    "journal = {arXiv preprint arXiv:1706.03762}": "https://arxiv.org/abs/1706.03762",
    "journal = {CoRR}, volume = {abs/1706.03762v2}": "https://arxiv.org/abs/1706.03762v2",
    "journal = {Abs, 1706}, volume = {1706}": "",
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
    assert any("not an address of the web" in note for note in made.notes) == bad


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
        (CHILD + "crossref={q}}\n@proceedings{q, title={Vol}, crossref={s}}\n"
         "@proceedings{s, title={Series}, year=2011}", ("Ames, 2011", "T", "Vol", "")),
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
        (
            "@misc{a, author={A}, title={\\foo{x} y}, year=1}",
            "the TeX command '\\foo' is not known",
        ),
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
