"""The colours of Streamlit's own pages, written into its settings from assets/theme.css."""

import re
from pathlib import Path

from engine import palette
from engine.app.server import SETTINGS
from tools.docs.tree import ROOT

FILES = (SETTINGS, ROOT / ".streamlit" / "config.toml")
TOKENS = {
    "primaryColor": "accent",
    "backgroundColor": "paper",
    "secondaryBackgroundColor": "wash",
    "textColor": "ink",
    "linkColor": "accent",
    "borderColor": "hair",
}


def texts() -> dict[Path, str]:
    """Each file of settings, with the colours as theme.css has them now."""
    text = SETTINGS.read_text(encoding="utf-8")
    for section, is_dark in (("light", False), ("dark", True)):
        found = palette.colours(dark=is_dark)
        lines = "\n".join(f'{name} = "{found[token]}"' for name, token in TOKENS.items())
        text = re.sub(
            rf"(?m)(^\[theme\.{section}\]\n)(?:\w+Color = .*\n?)+", rf"\g<1>{lines}\n", text
        )
    return dict.fromkeys(FILES, text)
