"""The instruction set that a kept run names: torch's own, known without importing it."""

import platform
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from engine.runs import processor
from engine.runs.job import make_job
from engine.runs.processor import instruction_set
from engine.runs.results import identity

WIDE = "flags\t\t: fpu fma avx2 avx512f avx512dq avx512bw avx512vl\n"
NARROW = "flags\t\t: fpu fma avx2\n"
OLD = "flags\t\t: fpu sse4_2\n"
ARM = "Features\t: fp asimd\n"


@pytest.fixture
def listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "cpuinfo"
    monkeypatch.setattr(processor, "CPUINFO", path)
    monkeypatch.delenv("ATEN_CPU_CAPABILITY", raising=False)
    instruction_set.cache_clear()
    yield path
    instruction_set.cache_clear()


@pytest.mark.skipif(not processor.CPUINFO.exists(), reason="no list of the processor's flags")
@pytest.mark.skipif(platform.machine() != "x86_64", reason="AVX is x86")
def test_it_is_what_torch_says() -> None:
    assert instruction_set() == torch.backends.cpu.get_cpu_capability()


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        (WIDE, "", "AVX512"),
        (WIDE, "avx2", "AVX2"),
        (WIDE, "default", "DEFAULT"),
        (WIDE, "avx9", "AVX512"),  # torch ignores it, too
        (NARROW, "", "AVX2"),
        (NARROW, "avx512", "AVX2"),  # it cannot have what is not there
        (OLD, "", "DEFAULT"),
        (ARM, "", platform.machine()),
        (None, "", platform.machine()),
        (None, "default", f"{platform.machine()} DEFAULT"),
    ],
)
def test_by_the_flags_and_the_environment(
    listed: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, wanted: str, expected: str
) -> None:
    if text is not None:
        listed.write_text(f"processor\t: 0\n{text}", encoding="utf-8")
    if wanted:
        monkeypatch.setenv("ATEN_CPU_CAPABILITY", wanted)
    assert instruction_set() == expected


def test_a_run_of_another_processor_does_not_answer_for_this_one(
    listed: Path, tmp_path: Path
) -> None:
    found = []
    for text in (WIDE, NARROW):
        listed.write_text(text, encoding="utf-8")
        instruction_set.cache_clear()
        identity.versions.cache_clear()
        found.append(identity.key(make_job("ticks", {})))
    identity.versions.cache_clear()
    assert found[0] != found[1]
