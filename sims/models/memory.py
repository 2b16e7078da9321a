"""Whether a model fits in the memory that this process may still take, before it is loaded."""

from pathlib import Path

from sims.models.catalogue import ModelError

SPARE = 32 * 2**20  # bytes: a tiny model is not worth a look


def check_room(num_weights: int, needed: int, where: Path) -> None:
    """ModelError with both numbers where a model needs more bytes than this process may take."""
    allowed = allowed_bytes()
    if allowed is None or needed <= max(allowed, SPARE):
        return
    millions, needs, has = num_weights / 1e6, needed / 2**20, allowed / 2**20
    raise ModelError(
        f"{where}: the model has {millions:,.0f} million parameters and needs at least "
        f"{needs:,.0f} MB, but this run may take {has:,.0f} MB more: take a smaller model."
    )


def allowed_bytes() -> int | None:
    """How much larger this process may grow: by its limit, and by what the machine has left.

    None where the system says neither.
    """
    found = [each for each in (_below_limit(), _available()) if each is not None]
    return max(0, min(found)) if found else None


def _below_limit() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY:
        return None
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:  # not Linux
        return soft
    return soft - pages * resource.getpagesize()


def _available() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    found = [line for line in lines if line.startswith("MemAvailable:")]
    return int(found[0].split()[1]) * 1024 if found else None
