"""Put the stored table into docs/benchmarks.md and a shorter one into README.md, between their marks.

Run ``python -m benchmarks.page`` after ``benchmarks.table``; then ``benchmarks.plots``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from .circumstances import stored
from .table import COLUMNS, markdown

__all__ = ["filled", "told"]

ROOT = Path(__file__).parents[1]
SHORT = ("dualdiff", "complex step", "num-dual", "autograd", "JAX jit", "CasADi")


def told(results: dict[str, Any]) -> str:
    """On what, when and under which load the rows were measured."""
    rows = [result["measured"] for result in results.values()]
    last = rows[-1]
    dates, revisions = (sorted({row[key] for row in rows}) for key in ("date", "revision"))
    versions = ", ".join(f"{name} {number}" for name, number in last["versions"].items())
    loads = [row["load"] for row in rows]
    return (
        f"Measured on {' and '.join(dates)} at revision {' and '.join(revisions)}: {last['processor']}, {last['cores']} cores, "
        f"OpenBLAS threads: {last['openblas_threads']}; {versions}. Load at the start of a row, of other programs and of the "
        f"rows before: {min(loads)} to {max(loads)}."
    )


def filled(page: str, content: str) -> str:
    """The page with this content between its marks."""
    found, count = re.subn(r"(<!-- table -->\n).*?(<!-- end of table -->)", rf"\g<1>{content}\g<2>", page, flags=re.DOTALL)
    if count != 1:
        raise ValueError(f"{count} pairs of the marks <!-- table --> and <!-- end of table -->, not one.")
    return found


def main() -> None:
    """Write both pages."""
    results = stored("table")
    for name, columns in (("docs/benchmarks.md", COLUMNS), ("README.md", SHORT)):
        path = ROOT / name
        content = f"{markdown(results, columns)}\n\n{told(results)}\n"
        path.write_text(filled(path.read_text(encoding="utf-8"), content), encoding="utf-8")
        print(f"wrote the table of {name}")


if __name__ == "__main__":
    main()
