"""The laboratory: a simulation with all its parameters, its documentation, code and runs.

A plain Streamlit page, of which `?sim=NAME` says the simulation (`/lab/NAME` leads there) and
`NAME.parameter=value` the settings, as links from a slide have them.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from engine.app.lectures import library
from engine.app.site import lab_runs, lab_widgets, lab_words
from engine.app.site.home import cut, literal, page_style, way_back
from engine.app.site.lab_runs import Done
from engine.runs import tables
from sims import spec
from sims.nearest import nearest

if TYPE_CHECKING:
    from pandas import DataFrame

MOST_SEEDS = 20
PARQUET = "application/vnd.apache.parquet"


def lab() -> None:
    """Choose a simulation, set it up, run it, read about it."""
    page_style()
    st.html("<style>[data-testid='stMainBlockContainer'] { max-width: 84rem }</style>")
    way_back()
    names = spec.names()
    asked = cut(st.query_params.get("sim", ""))
    if asked and asked not in names:
        st.warning(f"There is no simulation “{literal(asked)}”. {literal(nearest(asked, names))}")
        del st.query_params["sim"]
    st.title("Laboratory", anchor=False)
    name = st.selectbox("Simulation", names, key="sim", bind="query-params")
    first, *_ = lab_words.text(name).split("\n\n")
    st.markdown(literal(first))
    left, right = st.columns([1, 2], gap="large")
    try:
        fields = spec.fields(name)
    except spec.SpecError as error:
        st.error(literal(str(error)))
        return
    with left:
        params = lab_widgets.draw(name, fields)
        num_seeds = st.slider("seeds, one after the other", 1, MOST_SEEDS, 1, key="num_seeds")
        is_asked = st.button("Run", type="primary", width="stretch")
    with right:
        if is_asked:
            lab_runs.run(name, params, num_seeds)
        _results(name)
    _about(name)


def _results(name: str) -> None:
    """The runs side by side: chart, numbers, and what to take along."""
    done = lab_runs.kept(name)
    if not done:
        st.info("Set it up and press Run. Earlier runs stay beside the new one.")
        return
    numeric = _numeric(done[0].rows)
    chart = _chart_of(name, done[0])
    x = st.selectbox("horizontal", numeric, index=_place(numeric, chart.get("x")), key="lab_x")
    wanted = [one for one in chart.get("y", []) if one in numeric] or numeric[2:3]
    y = st.multiselect("vertical", numeric, default=wanted, key=f"{name}.lab_y")
    for column, one in zip(st.columns(len(done)), done, strict=True):
        with column:
            _result(one, {**chart, "x": x, "y": y or wanted}, done)


def _result(done: Done, chart: Mapping[str, Any], others: Sequence[Done]) -> None:
    from engine.library.figures import figure

    st.caption(literal(done.title(others)))
    key = f"{others.index(done)}"
    fits = not chart.get("group") or chart["group"] in done.rows.columns
    options = chart if fits else {**chart, "group": None}
    drawn = figure(done.rows, chart=options)
    drawn.update_layout(margin={"l": 8, "r": 8, "t": 24, "b": 8}, legend={"orientation": "h"})
    st.plotly_chart(drawn, key=f"chart-{key}", theme=None)
    st.dataframe(done.rows, height=220, key=f"rows-{key}")
    with st.popover("Take it along", width="stretch"):
        _downloads(done, options, key)


def _downloads(done: Done, chart: Mapping[str, Any], key: str) -> None:
    """The same run as files, and as an address."""
    from engine.library import notebook_code

    book = notebook_code.notebook_of(done.sim, done.params, done.num_seeds, chart)
    for words, data, ending, kind in (
        ("CSV", tables.packed(done.rows, "csv"), "csv", "text/csv"),
        ("Parquet", tables.packed(done.rows, "parquet"), "parquet", PARQUET),
        ("Notebook", book, "ipynb", "application/x-ipynb+json"),
    ):
        file = f"{done.sim}.{ending}"
        st.download_button(words, data, file, kind, key=f"{ending}-{key}", on_click="ignore")
    st.caption("The address of this page is a link to these settings:")
    st.code(st.context.url or "", language=None)


def _about(name: str) -> None:
    about, code = st.tabs(["What it is", "Its code"])
    with about:
        st.text(lab_words.text(name))
        st.header("Parameters", anchor=False)
        st.dataframe(lab_words.params_table(name), hide_index=True, key="lab_params")
        st.header("Columns of a frame", anchor=False)
        st.dataframe(lab_words.columns_table(name), hide_index=True, key="lab_columns")
        if known := lab_words.known_answers(name):
            st.header("What its tests hold it to", anchor=False)
            st.markdown("\n".join(f"- {literal(one)}" for one in known))
    with code:
        st.code(spec.source(name).read_text(encoding="utf-8"), language="python")


def _chart_of(name: str, done: Done) -> dict[str, Any]:
    """The chart of the first slide that runs this simulation in such a way that it can be drawn."""
    for _, document in library().read():
        for slide in document["slides"]:
            for block in slide["blocks"]:
                chart = block["data"].get("chart") or {}
                named = [chart.get("x"), *chart.get("y", []), chart.get("group")]
                is_drawn = all(one in done.rows.columns for one in named if one)
                if block["kind"] == "sim" and block["data"].get("sim") == name and is_drawn:
                    return dict(chart)
    return {}


def _numeric(rows: "DataFrame") -> list[str]:
    return [str(one) for one in rows.select_dtypes(include=["number", "bool"]).columns]


def _place(names: Sequence[str], wanted: str | None) -> int:
    wanted = wanted if wanted in names else "step"
    return names.index(wanted) if wanted in names else 0
