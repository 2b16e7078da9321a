"""TeX to HTML with KaTeX (pykatex: KaTeX inside QuickJS), `trust` off.

The JavaScript engine measures its stack from the thread that first used it, and calls from another
thread can fail with "size exceeded". So every formula of this process is rendered by one thread.
"""

import functools
import html
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pykatex

LONGEST = 10_000  # characters of one formula
_STACK = 16 * 2**20  # bytes; the least default of our platforms (512 KB) is too little
_UNTRUSTED = re.compile(r"\\(href|url|includegraphics|html(?:Class|Id|Style|Data))(?![A-Za-z])")


@dataclass(frozen=True)
class Formula:
    """A rendered formula, and a sentence if it could not be rendered (then it shows as code)."""

    html: str
    fault: str = ""


@functools.lru_cache(maxsize=8192)
def render(tex: str, display: bool) -> Formula:
    """HTML and MathML of a formula. Never raises."""
    fault = ""
    if len(tex) > LONGEST:
        fault = f"This formula is longer than {LONGEST} characters."
    elif match := _UNTRUSTED.search(tex):
        fault = f"\\{match[1]} is not allowed in a formula."
    else:
        try:
            return Formula(_thread().submit(_katex, tex, display).result())
        except pykatex.ParseError as error:
            why = re.sub(r"[\u0332\s]+", " ", str(error)).strip()
            fault = f"This formula cannot be read: {why[:160].rstrip('.')}."
    return Formula(f'<code class="math-fault">{html.escape(tex.strip())}</code>', fault)


def _katex(tex: str, display: bool) -> str:
    return pykatex.renderToString(
        tex, displayMode=display, trust=False, strict="ignore", throwOnError=True
    )


@functools.cache
def _thread() -> ThreadPoolExecutor:
    before = threading.stack_size(_STACK)
    try:
        pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="katex")
        pool.submit(int).result()  # starts the thread, while the size above holds
        return pool
    finally:
        threading.stack_size(before)
