"""How the cost of a derivative grows: one library after the other, from small sizes to large, until it gives up.

A library that is not installed is left out; one that fails, or takes too long to build or to answer, takes no part in
larger sizes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from .circumstances import RESULTS, circumstances
from .timing import interleaved

__all__ = ["Build", "Growth"]

Call = Callable[[], Any]
Build = Callable[[], Call]
Right = Callable[[Any], bool]
#: Seconds that a library may take to build and answer once, and to answer again; and beyond which it is timed once.
BUILDING, ANSWERING, SLOW = 1.5, 0.1, 1.0


class Growth:
    """Rows of one table: a function, a size, the function's time and the libraries' ratios to it."""

    def __init__(self, name: str, rounds: int = 5) -> None:
        self.name = name
        self.rounds = rounds
        self.measured = circumstances()
        self.rows: list[dict[str, Any]] = []
        self.out: dict[tuple[str, str], str] = {}

    def measure(self, function: str, n: int, f: Call, builds: dict[str, Build], right: Right, **more: Any) -> None:
        """One size; only right answers take part. The row is printed."""
        calls: dict[str, Call] = {"f": f}
        once: dict[str, float] = {}
        for peer, build in builds.items():
            if (function, peer) not in self.out:
                self._admit(function, peer, build, right, calls, once)
        least = {peer: min(seconds) for peer, seconds in interleaved(calls, self.rounds, budget=0.03).items()}
        ratios = {peer: seconds / least["f"] for peer, seconds in (least | once).items() if peer != "f"}
        self.rows.append({"function": function, "n": n, "f": least["f"], "ratios": ratios, **more})
        cells = ", ".join(f"{peer} {ratio:.1f}" for peer, ratio in ratios.items())
        print(f"{function:12} {n:8d}  f {1e3 * least['f']:9.4f} ms   x f: {cells}", flush=True)

    def _admit(
        self, function: str, peer: str, build: Build, right: Right, calls: dict[str, Call], once: dict[str, float]
    ) -> None:
        begin = time.perf_counter()
        try:
            call = build()
            found = call()
        except Exception as error:  # noqa: BLE001 - whatever a library raises, it takes no further part
            self.out[function, peer] = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:80]}"
        else:
            built = time.perf_counter()
            call()
            again = time.perf_counter() - built
            if not right(found):
                self.out[function, peer] = "wrong"
                return
            if again > SLOW:
                once[peer] = again
            else:
                calls[peer] = call
            building = built - begin > BUILDING and bool(self.rows)  # the first row's contains the imports
            if building or again > ANSWERING:
                self.out[function, peer] = f"{built - begin:.1f} s to build, {again:.2f} s to answer"

    def store(self) -> None:
        """Write the rows, and what they were measured on, to ``results/``."""
        last = {row["function"]: row["ratios"] for row in self.rows}
        out = {f"{function}, {peer}": why for (function, peer), why in self.out.items() if peer not in last[function]}
        print("\n".join(f"took no further part: {who} ({why})" for who, why in out.items()))
        RESULTS.mkdir(exist_ok=True)
        text = json.dumps({"measured": self.measured, "rows": self.rows, "out": out}, indent=1)
        (RESULTS / f"{self.name}.json").write_text(text + "\n", encoding="utf-8")
