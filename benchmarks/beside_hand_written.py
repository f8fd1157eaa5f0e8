"""How far dualdiff is from derivatives written by hand.

Run ``python -m benchmarks.beside_hand_written [W5 W8 ...]``.
"""

from __future__ import annotations

import sys

from .timing import interleaved, table
from .workloads import ALL

__all__ = ["measure"]


def measure(name: str, rounds: int = 9) -> str:
    """The table of one workload: f itself, its derivative by hand, and dualdiff's."""
    work = ALL[name]()
    work.check()
    calls = {"f": lambda: work.f(work.x), "by hand": work.by_hand, **work.calls}
    return table(work.title, interleaved(calls, rounds))


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ALL:
        print(measure(chosen), flush=True)
