"""The web app, for whatever starts it: `streamlit run` on this file, `uvicorn engine.app.main:app`.
(`practicum serve`, which `python -m engine.app.main` is too, makes its own with its options.)

Streamlit finds an app only where this very form stands, `app = st.App(…)`. Importing this module
starts nothing: the workers, the watcher and the first rendering belong to the app's lifespan.
"""

import sys

import streamlit as st

from engine.app.server import PAGE, parts

if __name__ == "__main__":
    from engine.cli import main

    raise SystemExit(main(["serve", *sys.argv[1:]]))

app = st.App(PAGE, **parts())
