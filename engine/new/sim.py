"""A new simulation with its test, and a new claim of the ledger."""

import importlib.util
import keyword
import re
import sys

from engine.claims.ledger import load
from engine.deck.content import bibliography
from engine.deck.course import Course
from engine.deck.library import Library
from engine.new.plan import Plan, Refused, fill, one_line, shown, trust
from engine.paths import PACKAGES, ROOT, cannot_write
from sims import spec
from sims.nearest import nearest


def _is_installed(name: str) -> bool:
    """Whether `import NAME` means a package, which a file of a course's `sims/` would hide in its
    tests. (A folder that merely has the name is none.)"""
    found = importlib.util.find_spec(name)
    return found is not None and found.origin is not None


def sim(course: Course, name: str) -> Plan:
    """A simulation in the course's `sims/`, and a test that knows its answer from elsewhere."""
    name = name.removesuffix(".py").replace("-", "_")
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) or keyword.iskeyword(name):
        raise Refused(f"'{name[:50]}' is not a name; write small letters, digits and _.")
    is_ours = course.root.resolve() == ROOT.resolve()
    home = PACKAGES / "sims" if is_ours else course.root / "sims"
    if is_ours and (sentence := cannot_write(home)):
        raise Refused(sentence)
    taken = name in spec.names() or name in sys.stdlib_module_names or _is_installed(name)
    if taken and not (home / f"{name}.py").exists():
        raise Refused(f"the name '{name}' is taken; choose another.")
    title = name.replace("_", " ").capitalize()
    test = PACKAGES / "tests" / "sims" if is_ours else course.root / "tests"
    imported = f"from {'sims.' if is_ours else ''}{name} import Params, run"
    plan = Plan()
    plan.make(home / f"{name}.py", fill("sim.py", title=title))
    plan.make(test / f"test_{name}.py", fill("test_sim.py", title=title, imported=imported))
    plan.next = [] if importlib.util.find_spec("pytest") else ["python -m pip install pytest"]
    plan.next += [f"python -m pytest {shown(test / f'test_{name}.py')}"]
    if is_ours:
        plan.next += [f"practicum run {name} --jsonl", "make docs"]
    else:  # its code runs only where the user has said so
        where = shown(course.root)
        plan.next += [
            f"practicum new slide LECTURE TITLE --sim {name} --course {where}",
            f"practicum serve --lectures {where} --trust-sims",
        ]
    return plan


def claim(course: Course, sentence: str, slide: str, sim: str = "") -> Plan:
    """A claim at the end of the ledger; with a simulation that has a switch, demonstrated."""
    sentence, plan = one_line(sentence, "sentence"), Plan()
    ledger = load(course.ledger)
    if ledger.problems and course.ledger.exists():
        raise Refused(f"fix the ledger first: {ledger.problems[0]}")
    same = next((one for one in ledger.claims if one.sentence == sentence), None)
    if same is not None:
        plan.there.append(f"the claim is there already: {same.id}, {ledger.place(same, 'id')}.")
        return plan
    slides = {
        one["id"]: one for _, deck in Library(course.lectures).read() for one in deck["slides"]
    }
    if slide not in slides:
        raise Refused(f"there is no slide '{slide}'. {nearest(slide, list(slides))}")
    numbers = [int(one.id[1:]) for one in ledger.claims if re.fullmatch(r"C\d{1,6}", one.id)]
    identity = f"C{max(numbers, default=0) + 1}"
    known = bibliography.keys_in(course.bibliography, course.lectures)
    references = [key for key in slides[slide]["citations"] if key in known]
    demo = _demo(sim) if sim else {"column": "", "without": "", "null_params": ""}
    text = fill(
        "claim.yaml", id=identity, sentence=sentence, slide=slide, references=references,
        sim=sim, **demo,
    )  # fmt: skip
    if course.ledger.exists():
        before = course.ledger.read_bytes().decode("utf-8")
        plan.change(course.ledger, before, f"{before.rstrip()}\n{text}")
    else:
        plan.make(course.ledger, text)
    plan.next = (
        [f"practicum claims {identity}{trust(course.root, sim)} --record"]
        if sim
        else ["practicum check", "practicum claims --help"]
    )
    return plan


def _demo(sim: str) -> dict[str, str]:
    """A first number that falls, and the switch that takes away why; for the author to sharpen."""
    try:
        fields, columns = spec.fields(sim), spec.columns(sim)
    except spec.SpecError as error:
        raise Refused(str(error)) from None
    switch = next((one for one in fields if one.type == "bool"), None)
    defaults = {one.name: one.default for one in fields}
    numbers = [
        one.name
        for one in columns
        if one.type == "float" and one.is_of(defaults) and one.name != "progress"
    ]
    if switch is None or not numbers:
        raise Refused(
            f"{sim} has no switch that could take away what is claimed; write the demo by hand, "
            "as docs/claims.md shows."
        )
    off = str(not switch.default).lower()
    return {
        "column": numbers[0],
        "without": switch.name.removeprefix("use_").replace("_", " "),
        "null_params": f"{switch.name}: {off}",
    }
