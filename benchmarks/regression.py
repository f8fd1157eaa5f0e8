"""Whether derivatives became dearer: counts that are equal in every run, beside the stored ones.

Run ``python -m benchmarks.regression``; it fails if a count exceeds the stored one by more than a tenth. ``--update`` stores
today's counts. Times would need a quiet machine; these do not:

- calls: of functions of dualdiff, and of built-in functions from there, which is the price of short arrays;
- peak: the most memory a derivative holds, in units of what the function holds, which is the price of long ones. It is judged
  above a megabyte only, since a short array's peak is made of Python objects, whose size is the interpreter's.

Every answer is checked first. One thread, warm caches. Later versions of Python inline comprehensions and count less.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import dualdiff as dd

from .circumstances import RESULTS, stored
from .peers import entries
from .timing import peak
from .workloads import ALL

__all__ = ["MARGIN", "calls", "counts", "excesses"]

MARGIN = 1.1
JUDGED = 1 << 20
PACKAGE = str(Path(dd.__file__).parent)

Counts = dict[str, dict[str, float]]


def counts() -> Counts:
    """The counts of every workload, by its name."""
    found: Counts = {}
    with dd.workers(1):
        for name, make in ALL.items():
            work = make()
            least = peak(lambda work=work: work.plain(work.x))  # type: ignore[misc]
            for entry in entries(work, ("with_dualdiff",)):
                call = entry.build()
                error = entry.error(work, call(), work.expected())
                assert error <= entry.tolerance, f"{name}: wrong by {error:.1e}"
                call()
                row: dict[str, float] = {"calls": calls(call)}
                most = peak(call)
                if most >= JUDGED:
                    row["peak"] = round(most / least, 2)
                found[f"{name} {entry.variant}".strip()] = row
    return found


def calls(call: Callable[[], Any]) -> int:
    """How many functions a call enters that dualdiff has, or calls: Python's own and built-in ones."""
    count = 0

    def profile(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        if event in {"call", "c_call"} and frame.f_code.co_filename.startswith(PACKAGE):
            count += 1

    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(None)
    return count


def excesses(found: Counts, allowed: Counts) -> list[str]:
    """What exceeds the stored counts, or is not among them."""
    told = []
    for name, row in found.items():
        for key, count in row.items():
            limit = allowed.get(name, {}).get(key)
            if limit is None:
                told.append(f"{name}: no {key} stored; run python -m benchmarks.regression --update")
            elif count > MARGIN * limit:
                told.append(f"{name}: {count:g} {key}, stored {limit:g} and a tenth allowed")
    return told


def _table(found: Counts, allowed: Counts) -> str:
    lines = [f"{'':16s} {'calls':>8s} {'stored':>8s} {'':>7s} {'peak':>8s} {'stored':>8s}"]
    for name, row in found.items():
        before = allowed.get(name, {})
        cells = f"{name:16s}"
        for key in row:
            limit = before.get(key)
            change = "" if limit is None else f"{100 * (row[key] / limit - 1):+.0f} %"
            cells += f" {row[key]:8g} {'-' if limit is None else limit:>8} {change:>7s}"
        lines.append(cells)
    return "\n".join(lines)


def main() -> int:
    """Count, print, compare or store."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.regression")
    parser.add_argument("--update", action="store_true", help="store the counts instead of comparing them")
    options = parser.parse_args()
    found, allowed = counts(), stored("regression")
    print(_table(found, allowed))
    if options.update:
        (RESULTS / "regression.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        return 0
    told = excesses(found, allowed)
    print("\n".join(told) if told else "no count exceeds the stored one by more than a tenth")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
