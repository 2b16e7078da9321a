"""The child process in which KaTeX runs: a formula a line in, an answer a line out.

KaTeX runs inside QuickJS inside pykatex 0.1.1, which damages its memory when KaTeX fails in any
other way than by a parse error (nesting too deep, `\\end{al: x}`), and crashes later. A formula
must not take the application with it; so it runs here, and after such a failure this process ends.

A question is "D" (display) or "I" (inline) and the TeX; an answer is "H" and HTML, "F" and KaTeX's
reason, or "L" and the reason when it is the last. Line ends inside are written as NUL. `math` runs
this as a plain file without `site`; it imports next to nothing, because starting it is waited for.

One formula may take so much processor time, memory and output: macros make a few hundred letters
of TeX into any amount of HTML. The system's timer ends this process, because QuickJS hears nothing
while it works; so it also ends soon after its parent, however that ended.
"""

import os
import signal
import sys

CPU_SECONDS = 1.0  # of one formula; the slowest of Lecture 1 takes 0.02
MEMORY_MB = 512  # of address space; 60 are in use after the first formula
LONGEST_HTML = 200_000  # characters; the longest of Lecture 1 has 15,000

_ERROR = '<span class="katex-error" title="'
_UNKNOWN = "#cc0000"  # the colour of what KaTeX does not know


def main(folder: str) -> None:
    """Answer questions until the input ends; pykatex is a module of `folder`."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # KaTeX prints its warnings on the standard output
    sys.path.insert(0, folder)
    limit_memory()
    for line in sys.stdin.buffer:
        limit_time()
        kind, text = ask(line[1:].decode().rstrip("\n").replace("\0", "\n"), line[:1] == b"D")
        if kind == "H" and len(text) > LONGEST_HTML:
            kind, text = "F", f"its HTML would have more than {LONGEST_HTML} characters"
        answers.write(f"{kind}{text}".replace("\n", "\0").encode() + b"\n")
        answers.flush()
        if kind == "L":
            return


def limit_time() -> None:
    """Let the system end this process after so much processor time, counted from now.

    Windows has no such timer: there only the parent's deadline holds.
    """
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)  # SIGPROF, unhandled, ends a process


def limit_memory() -> None:
    """Hold the address space below the limit, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_MB << 20
    if hard == resource.RLIM_INFINITY or hard > limit:
        try:
            resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
        except (OSError, ValueError):  # macOS takes no limit below what a process has mapped
            return


def ask(tex: str, display: bool) -> tuple[str, str]:
    """The kind and the text of the answer."""
    from pykatex import ParseError, renderToString

    def run(is_strict: bool) -> str:
        return renderToString(
            tex, displayMode=display, trust=False, strict="ignore", throwOnError=is_strict
        )

    try:
        made = run(False)
    except (ParseError, UnicodeDecodeError, ValueError) as error:
        return "L", f"KaTeX failed on it ({error})"
    if made.startswith(_ERROR):
        return "F", made[len(_ERROR) : made.find('" style="')]
    if _UNKNOWN in made:
        # Red may be an unknown command, which is an error only when asked for so.
        try:
            return "H", run(True)
        except ParseError as error:
            return "F", str(error)
    return "H", made


if __name__ == "__main__":
    main(sys.argv[1])
