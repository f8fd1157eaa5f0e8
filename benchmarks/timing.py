"""Times of several calls in interleaved rounds, and the most memory a call holds."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

__all__ = ["interleaved", "peak", "table"]

Call = Callable[[], Any]


def interleaved(calls: dict[str, Call], rounds: int = 9, budget: float = 0.05) -> dict[str, list[float]]:
    """Seconds of each call, one entry a round: A B C A B C, so that a slow moment of the machine meets them all.

    In a round a call is repeated for about `budget` seconds; the entry is the least of these times. One that takes more than
    a second is timed in the first two rounds only.
    """
    counts: dict[str, int] = {}
    slow: set[str] = set()
    for name, call in calls.items():
        call()
        seconds = _once(call)
        counts[name] = max(1, min(2000, int(budget / max(seconds, 1e-7))))
        if seconds > 1.0:
            slow.add(name)
    times: dict[str, list[float]] = {name: [] for name in calls}
    for done in range(rounds):
        for name, call in calls.items():
            if done < 2 or name not in slow:
                times[name].append(min(_once(call) for _ in range(counts[name])))
    return times


def _once(call: Call) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def peak(call: Call) -> int:
    """The most memory a call holds, in bytes, above what was held before."""
    tracemalloc.start()
    try:
        result = call()
        del result
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def table(title: str, times: dict[str, list[float]]) -> str:
    """A row for each call: its median and least time, and the ratios of both to those of the first call."""
    first = next(iter(times.values()))
    lines = [title, f"  {'':34s} {'median':>11s} {'least':>11s} {'x median':>9s} {'x least':>9s}"]
    for name, seconds in times.items():
        median, least = statistics.median(seconds), min(seconds)
        ratios = f"{median / statistics.median(first):9.2f} {least / min(first):9.2f}"
        lines.append(f"  {name:34s} {1e3 * median:8.3f} ms {1e3 * least:8.3f} ms {ratios}")
    return "\n".join(lines)
