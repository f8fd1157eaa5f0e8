"""Draw the figures of docs/benchmarks.md from the stored results: ratios by workload, and costs by the number of inputs.

Run ``python -m benchmarks.plots [folder]``. The background is white, as in the other pictures of the documentation, so that
they are legible in a dark theme as well.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .circumstances import stored
from .workloads import ALL

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["by_inputs", "by_workload"]

FOLDER = Path(__file__).parents[1] / "docs" / "images" / "benchmarks"
#: Colour, which differs in brightness too, and marker.
STYLE: dict[str, tuple[str, str]] = {
    "dualdiff": ("#c1272d", "o"),
    "by hand": ("#000000", "|"),
    "complex step": ("#b8860b", "v"),
    "differences": ("#8c8c8c", "x"),
    "num-dual": ("#7b3294", "s"),
    "autograd": ("#1b7837", "^"),
    "JAX jit": ("#1f5fa8", "D"),
    "CasADi": ("#35a7c4", "P"),
}


def by_workload() -> Figure:
    """A row for each workload, a mark for each library's best call; dualdiff's prepared call is hollow."""
    import matplotlib.pyplot as plt

    results = stored("table")
    names = [name for name in ALL if name in results]
    figure, axes = plt.subplots(figsize=(9.5, 7.2), layout="constrained")
    for peer, (colour, marker) in STYLE.items():
        if peer == "differences":
            continue
        big = peer in {"dualdiff", "by hand"}
        look: dict[str, Any] = {
            "color": colour,
            "marker": marker,
            "linestyle": "",
            "markersize": 11 if big else 7,
            "zorder": 3 if big else 2,
        }
        places = [(_best(results[name], peer), row) for row, name in enumerate(names)]
        drawn = [(ratio, row) for ratio, row in places if ratio is not None]
        axes.plot(*zip(*drawn, strict=True), label=peer, **look, markeredgewidth=3 if peer == "by hand" else 1)
    hollow = [(_best(results[name], "dualdiff", prepared=True), row) for row, name in enumerate(names)]
    drawn = [(ratio, row) for ratio, row in hollow if ratio is not None]
    prepared: dict[str, Any] = {"marker": "o", "linestyle": "", "markersize": 11, "markerfacecolor": "white", "zorder": 3}
    axes.plot(*zip(*drawn, strict=True), color=STYLE["dualdiff"][0], label="dualdiff, prepared", **prepared)
    axes.axvline(1.0, color="#555555", linewidth=1)
    axes.set_xscale("log")
    axes.set_yticks(range(len(names)), [f"{results[name]['title']}   {name.replace('_', ' ')}" for name in names])
    axes.invert_yaxis()
    axes.grid(axis="both", color="#dddddd", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.set_xlabel("time of the derivative / time of the function")
    axes.set_title("What a derivative costs: less is better", loc="left")
    figure.legend(loc="outside lower center", ncols=5, frameon=False)
    return figure


def _best(result: dict[str, Any], peer: str, prepared: bool = False) -> float | None:
    """The least ratio of a peer's calls."""
    rows = [row for row in result["rows"] if row["peer"] == peer and (row["variant"] == "prepared") is prepared]
    return min((row["ratio"] for row in rows if "ratio" in row), default=None)


TITLES = {
    "stencil": "gradient, each term knows two inputs",
    "regression": "gradient, inputs through one matrix",
    "network": "gradient, weights of two layers",
    "recurrence": "gradient, every step knows all inputs",
}


def by_inputs() -> Figure:
    """A panel for each kind of gradient, one for sparse Jacobians, and one for their memory."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(2, 3, figsize=(11, 7), layout="constrained", sharex=True)
    gradients, jacobians = stored("gradient_by_inputs")["rows"], stored("sparse_jacobian_scaling")["rows"]
    for axes, (function, title) in zip(panels.flat, TITLES.items(), strict=False):
        _curves(axes, [row for row in gradients if row["function"] == function])
        axes.set_title(title, fontsize=10, loc="left")
    times, memory = panels.flat[4], panels.flat[5]
    _curves(times, jacobians)
    times.set_title("sparse Jacobian, five-point stencil", fontsize=10, loc="left")
    n, peak = np.array([(row["n"], row["peak"]) for row in jacobians], float).T
    memory.loglog(n, peak / 8 / n, "o-", color=STYLE["dualdiff"][0])
    memory.set_title("its memory, doubles an unknown", fontsize=10, loc="left")
    for axes in panels[-1]:
        axes.set_xlabel("inputs")
    for axes in panels[:, 0]:
        axes.set_ylabel("time / time of the function")
    for axes in panels.flat:
        axes.grid(color="#dddddd", linewidth=0.7)
        axes.set_axisbelow(True)
        axes.minorticks_off()
        axes.set_xlim(0.6, 1.7e6)
    handles = {label: line for axes in panels.flat for line, label in zip(*axes.get_legend_handles_labels(), strict=True)}
    figure.legend(list(handles.values()), list(handles), loc="outside lower center", ncols=4, frameon=False)
    return figure


def _curves(axes: Axes, rows: list[dict[str, Any]]) -> None:
    """A curve for each peer, over the sizes in which it took part."""
    for peer in dict.fromkeys(peer for row in rows for peer in row["ratios"]):
        colour, marker = STYLE[peer.partition(",")[0]]
        points = [(row["n"], row["ratios"][peer]) for row in rows if peer in row["ratios"]]
        dualdiff = peer.startswith("dualdiff")
        look = {"color": colour, "marker": marker, "markersize": 6 if dualdiff else 4, "linewidth": 2.2 if dualdiff else 1.2}
        line = "--" if peer.endswith("prepared") else "-"
        label = peer.removesuffix(", coloured")
        axes.loglog(*zip(*points, strict=True), linestyle=line, label=label, zorder=3 if dualdiff else 2, **look)
    axes.axhline(1.0, color="#555555", linewidth=1)


def main() -> None:
    """Draw both."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update({"svg.hashsalt": "dualdiff", "svg.fonttype": "none"})
    mpl.rcParams.update({"font.size": 10, "axes.spines.top": False, "axes.spines.right": False})
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for draw in (by_workload, by_inputs):
        path = folder / f"{draw.__name__}.svg"
        draw().savefig(path, facecolor="white", metadata={"Date": None})
        print(f"saved {path}")


if __name__ == "__main__":
    main()
