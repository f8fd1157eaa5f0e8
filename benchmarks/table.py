"""All sixteen workloads beside other libraries: the time of a derivative over the time of the function.

Run ``python -m benchmarks.table [W1 W2 ...] [--peers jax,by_hand] [--rounds 9]``. Each workload has a process of its own, in
which every answer is checked before all calls are timed in interleaved rounds. Results go to ``results/table.json``, row by
row; ``--show`` prints the stored table without measuring.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .circumstances import RESULTS, circumstances, stored
from .peers import entries
from .timing import interleaved
from .workloads import ALL

__all__ = ["COLUMNS", "cell", "markdown", "measure"]

COLUMNS = (
    "dualdiff",
    "by hand",
    "complex step",
    "differences",
    "num-dual",
    "hyperjet",
    "autograd",
    "JAX eager",
    "JAX jit",
    "CasADi",
    "numdifftools",
)
#: Right to some digits only: no winner of a row.
INEXACT = ("differences", "numdifftools")
#: Seconds for a peer to build and to answer once.
PATIENCE = 120


def measure(name: str, chosen: tuple[str, ...] = (), rounds: int = 9) -> dict[str, Any]:
    """One workload: what it was measured on, and a row for each call; wrong answers and errors are said, not timed."""
    about = circumstances()
    work = ALL[name]()
    expected = work.expected()
    calls = {"f": lambda: work.plain(work.x)}
    rows = []
    for entry in entries(work, chosen):
        row: dict[str, Any] = {"peer": entry.peer, "variant": entry.variant, "mark": entry.mark}
        rows.append(row)
        with _failure_into(row):
            begin = time.perf_counter()
            call = entry.build()
            result = call()
            row["first"] = time.perf_counter() - begin
            row["error"] = entry.error(work, result, expected)
            if row["error"] > entry.tolerance:
                row["failure"] = f"wrong by {row['error']:.1e}"
            else:
                calls[_key(row)] = call
    times = {key: min(seconds) for key, seconds in interleaved(calls, rounds).items()}
    for row in rows:
        if _key(row) in times and "failure" not in row:
            row.update(seconds=times[_key(row)], ratio=times[_key(row)] / times["f"])
    return {"title": work.title, "f": times["f"], "measured": about, "rows": rows}


def _key(row: dict[str, Any]) -> str:
    return f"{row['peer']} {row['variant']}".strip()


@contextmanager
def _failure_into(row: dict[str, Any]) -> Iterator[None]:
    """Whatever a peer raises is its row's content, and so is an answer that never comes."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"no answer in {PATIENCE} s")

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    try:
        yield
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - Rust's panics are no Exceptions
        row["failure"] = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:120]}"
    finally:
        signal.alarm(0)


def report(result: dict[str, Any]) -> str:
    """Every call of one workload, as text."""
    lines = [f"{result['title']}: f takes {1e6 * result['f']:.1f} us, load {result['measured']['load']}"]
    for row in result["rows"]:
        told = row.get("failure") or f"{row['ratio']:11.3f} x f   first {row['first']:7.3f} s   error {row['error']:.0e}"
        lines.append(f"  {_key(row):36s} {row['mark'] or '-'} {told}")
    return "\n".join(lines)


def cell(result: dict[str, Any], peer: str) -> tuple[str, float]:
    """A peer's best call as "ratio mark", and the ratio; a call prepared before stands after a slash."""
    rows = [row for row in result["rows"] if row["peer"] == peer]
    timed = [row for row in rows if "ratio" in row]
    if not timed:
        wrong = any("wrong" in row["failure"] for row in rows)
        return ("wrong" if wrong else "fails" if rows else ""), np.inf
    prepared = [row for row in timed if row["variant"] == "prepared"]
    best = min((row for row in timed if row not in prepared), key=lambda row: row["ratio"])
    text, least = f"{_digits(best['ratio'])} {best['mark']}".strip(), best["ratio"]
    if prepared:
        text, least = f"{text} / {_digits(prepared[0]['ratio'])}", min(least, prepared[0]["ratio"])
    return text, np.inf if best["mark"] == "r" or peer in INEXACT else least


def _digits(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 1 else f"{ratio:.1f}" if ratio < 10 else f"{ratio:.0f}"


def markdown(results: dict[str, Any], columns: tuple[str, ...] = COLUMNS) -> str:
    """The stored table: a row for each workload, the least ratio that is exact and needs no rewriting in bold."""
    lines = ["| | f | " + " | ".join(columns) + " |", "|---|---|" + "---|" * len(columns)]
    for name in (name for name in ALL if name in results):
        cells = [cell(results[name], peer) for peer in columns]
        least = min(ratio for _, ratio in cells)
        texts = [f"**{text}**" if ratio == least < np.inf else text for text, ratio in cells]
        f = results[name]["f"]
        seconds = f"{1e6 * f:.0f} us" if f < 1e-3 else f"{1e3 * f:.1f} ms"
        lines.append(f"| {name.replace('_', ' ')} {results[name]['title']} | {seconds} | " + " | ".join(texts) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure what is asked for, store it, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.table")
    parser.add_argument("names", nargs="*", metavar="W1", help=f"workloads, of {', '.join(ALL)}; all if none is given")
    parser.add_argument("--peers", default="", help="parts of the names of files in peers/, with commas")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--show", action="store_true", help="print the stored table")
    options = parser.parse_args()
    names = options.names or list(ALL)
    chosen = tuple(filter(None, options.peers.split(",")))
    if len(names) == 1 and not options.show:
        warnings.simplefilter("ignore")  # peers warn of what the table shows
        result = measure(names[0], chosen, options.rounds)
        print(report(result), flush=True)
        if not chosen:  # a part of the peers is no row of the table
            everything = {**stored("table"), names[0]: result}
            ordered = {name: everything[name] for name in ALL if name in everything}
            RESULTS.mkdir(exist_ok=True)
            (RESULTS / "table.json").write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")
        return
    if not options.show:
        for name in names:
            arguments = [name, "--peers", options.peers, "--rounds", str(options.rounds)]
            subprocess.run([sys.executable, "-m", "benchmarks.table", *arguments], check=True)
    if not chosen:
        print(markdown(stored("table")))


if __name__ == "__main__":
    main()
