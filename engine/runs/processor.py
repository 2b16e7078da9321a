"""The instruction set that torch computes with on this machine.

Sums of floats are taken in another order by wider registers. A learned result differs after a few
updates, so what ran before has to say which instructions it used.
"""

import functools
import os
import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
LEVELS = {  # torch's names, and the flags that it asks for
    "AVX512": {"avx512f", "avx512vl", "avx512bw", "avx512dq", "fma"},
    "AVX2": {"avx2", "fma"},
}


@functools.cache
def instruction_set() -> str:
    """As `torch.backends.cpu.get_cpu_capability()` names it, without the import of torch.

    ATEN_CPU_CAPABILITY lowers it. Where the system does not list the processor's flags (macOS,
    Windows, ARM), the name of the architecture.
    """
    try:
        listed = CPUINFO.read_text(encoding="utf-8", errors="replace")
    except OSError:
        listed = ""
    rows = (line.partition(":") for line in listed.splitlines())
    flags = next((set(row[2].split()) for row in rows if row[0].strip() == "flags"), set())
    wanted = os.environ.get("ATEN_CPU_CAPABILITY", "").upper()
    if not flags:
        return f"{platform.machine()} {wanted}".strip()
    levels = [name for name, needed in LEVELS.items() if needed <= flags] + ["DEFAULT"]
    return wanted if wanted in levels else levels[0]
