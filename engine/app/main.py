"""The web app, for whatever starts it: `streamlit run` on this file, `uvicorn engine.app.main:app`,
`python -m engine.app.main`. (`practicum serve` makes its own, with the options it was given.)

Streamlit finds an app only where this very form stands, `app = st.App(…)`. Importing this module
starts nothing: the workers, the watcher and the first rendering belong to the app's lifespan.
"""

import streamlit as st

from engine.app.server import PAGE, parts

app = st.App(PAGE, **parts())

if __name__ == "__main__":
    app.run()
