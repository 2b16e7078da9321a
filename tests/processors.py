"""Run the numeric tests as other processors would compute them: `make test-processors`.

    python -m tests.processors [--processors default,avx2] [--threads 1,2] [PATH or option …]

Wider registers and more threads add in another order, so a learned result differs. Every
instruction set that this machine has (or the one in ATEN_CPU_CAPABILITY) is tried with one thread
and with two. What else is given goes to pytest, which runs what is marked `numeric`.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from engine.runs.processor import instruction_set

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("default", "avx2", "avx512")  # from narrow to wide
PLACES = (
    "tests/sims",
    "tests/test_lecture_notes.py",
    "tests/test_lecture_numbers.py",
    "tests/test_lecture_rewards.py",
    "tests/claims/test_demonstrations.py",
)
CORES = {"default": "Prescott", "avx2": "Haswell", "avx512": "SkylakeX"}
HIDDEN = {"default": "X86_V3 X86_V4 AVX512_ICL", "avx2": "X86_V4 AVX512_ICL"}  # from numpy


def available() -> list[str]:
    """Instruction sets to try here; one of another family can only be taken as it is."""
    own = instruction_set().lower()
    if os.environ.get("ATEN_CPU_CAPABILITY") or own not in NAMES:
        return [own]
    return list(NAMES[: NAMES.index(own) + 1])


def environment(name: str, threads: int) -> dict[str, str]:
    """In which torch, its libraries and numpy compute like that processor."""
    counts = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
    # A thread that spins while it waits takes the core from the one that it waits for: where
    # others compute as well, two threads are then a hundred times slower. No number depends on it.
    counts["OMP_WAIT_POLICY"] = "PASSIVE"
    if name not in NAMES:
        return os.environ | counts
    made = {"ATEN_CPU_CAPABILITY": name, "OPENBLAS_CORETYPE": CORES[name]}
    if name in HIDDEN:
        made["NPY_DISABLE_CPU_FEATURES"] = HIDDEN[name]
    if name != "avx512":
        made["ONEDNN_MAX_CPU_ISA"] = "AVX2" if name == "avx2" else "SSE41"
    return os.environ | counts | made


def main() -> int:
    """0 when the tests pass everywhere, else 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--processors", default=",".join(available()))
    parser.add_argument("--threads", default="1,2")
    args, others = parser.parse_known_args()
    if not any(Path(one).exists() for one in others):
        others += PLACES
    failed = []
    for name in args.processors.split(","):
        for threads in map(int, args.threads.split(",")):
            print(f"{name}, {threads} thread{'s' * (threads > 1)}", flush=True)
            command = [sys.executable, "-m", "pytest", "-m", "numeric", *others]
            done = subprocess.run(command, cwd=ROOT, env=environment(name, threads), check=False)
            if done.returncode:
                failed.append(f"{name} with {threads}")
    print(f"failed: {', '.join(failed)}" if failed else "passed on all")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
