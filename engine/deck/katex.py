"""The child process in which KaTeX runs: a formula a line in, an answer a line out.

KaTeX runs inside QuickJS inside pykatex 0.1.1, which damages its memory when KaTeX fails in any
other way than by a parse error (nesting too deep, `\\end{al: x}`), and crashes later. A formula
must not take the application with it; so it runs here, and after such a failure this process ends.

A question is "D" (display) or "I" (inline) and the TeX; an answer is "H" and HTML, "F" and KaTeX's
reason, or "L" and the reason when it is the last. Line ends inside are written as NUL. `math` runs
this as a plain file without `site`; it imports next to nothing, because starting it is waited for.
"""

import os
import sys

_ERROR = '<span class="katex-error" title="'
_UNKNOWN = "#cc0000"  # the colour of what KaTeX does not know


def main(folder: str) -> None:
    """Answer questions until the input ends; pykatex is a module of `folder`."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # KaTeX prints its warnings on the standard output
    sys.path.insert(0, folder)
    for line in sys.stdin.buffer:
        kind, text = ask(line[1:].decode().rstrip("\n").replace("\0", "\n"), line[:1] == b"D")
        answers.write(f"{kind}{text}".replace("\n", "\0").encode() + b"\n")
        answers.flush()
        if kind == "L":
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
