"""The derivative that a person would write in NumPy, with scipy.sparse where it is sparse: what could be had."""

from __future__ import annotations

from collections.abc import Iterator

from ..workloads import Workload
from .entry import Entry

__all__ = ["entries"]


def entries(work: Workload) -> Iterator[Entry]:
    """The workload's own formula."""
    formula = work.by_hand
    if formula is not None:
        yield Entry("by hand", "", lambda: formula, "r")
