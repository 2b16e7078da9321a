"""Tokens as a reader sees them, whatever they look like in their tokenizer; and chats as text.

`Ġthe` and `▁the` are "the"; a space alone is shown as ␣; a character that is split over several
tokens is shown whole, where the last of them is.
"""

from collections.abc import Sequence
from typing import Any

from tokenizers import Tokenizer

from sims.models.settings import first_line
from sims.spec import SpecError

UNFINISHED = "\ufffd"  # what decoders put for bytes that make no character yet
SEEN = str.maketrans({" ": "␣", "\n": "⏎", "\t": "⇥", "\r": "⏎"})


def label(tokenizer: Tokenizer, token: int) -> str:
    """One token without the space in front of its word."""
    text = _decoded(tokenizer, [token])
    if UNFINISHED in text:
        return "(part of a character)"
    if not text.strip():  # what cannot be seen
        return text.translate(SEEN) or f"token {token}"
    return text.strip(" ").replace("\n", "⏎").replace("\t", "⇥")


def labels(tokenizer: Tokenizer, tokens: Sequence[int]) -> list[str]:
    """Labels of different tokens, each different: where two would be alike, the space in front of
    a word is shown, and else the token's number."""
    plain = [label(tokenizer, token) for token in tokens]
    made: list[str] = []
    for token, each in zip(tokens, plain, strict=True):
        if plain.count(each) > 1 and UNFINISHED not in _decoded(tokenizer, [token]):
            each = _decoded(tokenizer, [token]).translate(SEEN)
        made.append(f"{each} {token}" if each in made else each)
    return made


def pieces(tokenizer: Tokenizer, tokens: Sequence[int]) -> list[str]:
    """The text of each token where it stands, spaces visible; joined, they are the whole text.

    The bytes of one character stand where its last token is, and "…" where the others are.
    """
    made, open_from = [], 0
    for index in range(len(tokens)):
        text = _decoded(tokenizer, tokens[open_from : index + 1])
        if text.endswith(UNFINISHED) and index + 1 < len(tokens) and index - open_from < 4:
            made.append("…")
            continue
        made.append(text.translate(SEEN) or label(tokenizer, tokens[index]))
        open_from = index + 1
    return made


def text_of(tokenizer: Tokenizer, tokens: Sequence[int]) -> str:
    """All that is written; a character of several tokens is shown once it is whole."""
    return _decoded(tokenizer, tokens).rstrip(UNFINISHED)


def chat(tokenizer: Any, prompt: str) -> list[int] | None:
    """Tokens of a chat in which a user has said `prompt` and the model is to answer; None where
    the tokenizer (of the `transformers` library) has no chat template. SpecError: a broken one."""
    if not getattr(tokenizer, "chat_template", None):
        return None
    said = [{"role": "user", "content": prompt}]
    try:
        made = tokenizer.apply_chat_template(said, add_generation_prompt=True, tokenize=False)
    except Exception as error:  # a template is a program of the model's, run in a sandbox
        raise SpecError(
            f"the model's chat template cannot be used ({first_line(error).rstrip('.')}): switch "
            "is_chat off, or take another model."
        ) from error
    return tokenizer.backend_tokenizer.encode(made, add_special_tokens=False).ids


def _decoded(tokenizer: Tokenizer, tokens: Sequence[int]) -> str:
    return tokenizer.decode(list(tokens), skip_special_tokens=False)
