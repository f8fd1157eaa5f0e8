"""Times of every workload's derivative and function, and the number of calls that the derivative takes."""

from __future__ import annotations

import sys
from pathlib import Path

# At the end: the dualdiff of the commit that asv installed comes first.
sys.path.append(str(Path(__file__).parents[2]))

import dualdiff as dd
from benchmarks.peers import entries
from benchmarks.regression import calls
from benchmarks.workloads import ALL

__all__ = ["Workloads"]


class Workloads:
    """A benchmark for each workload."""

    params = tuple(ALL)
    param_names = ("workload",)

    def setup(self, name: str) -> None:
        """Build the call, check its answer, and warm the caches."""
        self.work = ALL[name]()
        entry = next(iter(entries(self.work, ("with_dualdiff",))))
        self.call = entry.build()
        assert entry.error(self.work, self.call(), self.work.expected()) <= entry.tolerance

    def time_derivative(self, name: str) -> None:
        """The verb as a user calls it."""
        del name
        self.call()

    def time_function(self, name: str) -> None:
        """The function alone: a ratio that moves with it is not dualdiff's."""
        del name
        self.work.plain(self.work.x)

    def track_calls(self, name: str) -> int:
        """What the regression check counts."""
        del name
        with dd.workers(1):
            return calls(self.call)
