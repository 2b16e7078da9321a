"""Code with Pygments classes."""

import functools
import html

from pygments import highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Characters; longer code is shown without colours, because the time of some of Pygments' lexers
# grows with the square of the length.
LONGEST = 5_000


@functools.lru_cache(maxsize=2048)
def render(text: str, language: str) -> str:
    """A `<pre>` of `text`; without colours when the language is unknown."""
    name = "".join(letter for letter in language if letter.isalnum() or letter in "+#-_")
    inner = _coloured(text, name) if name and len(text) <= LONGEST else None
    attribute = f' class="language-{html.escape(name)}"' if name else ""
    body = inner if inner is not None else html.escape(text)
    return f'<pre class="highlight" tabindex="0"><code{attribute}>{body}</code></pre>'


def _coloured(text: str, language: str) -> str | None:
    if language.lower() in ("text", "txt", "plain", "plaintext", "none"):
        return None
    try:
        lexer = get_lexer_by_name(language.lower(), stripnl=False)
    except ClassNotFound:
        return None
    return highlight(text, lexer, HtmlFormatter(nowrap=True))


def is_too_long(text: str, language: str) -> bool:
    """Whether code of a known language loses its colours because of its length."""
    return len(text) > LONGEST and is_language(language)


@functools.lru_cache(maxsize=256)
def is_language(name: str) -> bool:
    """Whether Pygments knows a language of this name."""
    try:
        get_lexer_by_name(name.lower())
    except ClassNotFound:
        return False
    return True
