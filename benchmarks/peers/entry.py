"""What a peer offers for a workload."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..workloads import Workload

__all__ = ["MARKS", "Call", "Entry", "Mark"]

Call = Callable[[], Any]
Mark = Literal["", "n", "r", "c"]
MARKS: dict[Mark, str] = {
    "": "the NumPy function as it stands",
    "n": "the library's namespace in place of NumPy",
    "c": "a colouring of the sparse matrix given by hand, and the library's namespace where it has one",
    "r": "the function, or its derivative, is written by hand for it",
}


@dataclass(frozen=True)
class Entry:
    """One way to ask one library.

    build: gives the call that is timed; tracing and compiling are here, or in the first call, and are not timed. mark: what
    the user has to do (MARKS). numbers: from the call's result to what the workload compares. tolerance: relative to the
    largest entry.
    """

    peer: str
    variant: str
    build: Callable[[], Call]
    mark: Mark = ""
    numbers: Callable[[Any], Any] | None = None
    tolerance: float = 1e-8

    def error(self, work: Workload, result: Any, expected: Any) -> float:
        """How far a result is from the reference, relative to its largest entry."""
        found = work.numbers(result if self.numbers is None else self.numbers(result))
        if found.shape != expected.shape:
            raise ValueError(f"shape {found.shape} for {expected.shape}")
        return float(np.max(np.abs(found - expected)) / np.max(np.abs(expected)))
