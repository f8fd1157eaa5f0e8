"""numdifftools: finite differences with extrapolation."""

from __future__ import annotations

from collections.abc import Iterator

import numdifftools

from ..workloads import Workload
from .entry import Entry

__all__ = ["entries"]


def entries(work: Workload) -> Iterator[Entry]:
    """Three of its classes; many calls of the function each."""
    f, x = work.plain, work.x
    verbs = {"derivative": "Derivative", "gradient": "Gradient", "jacobian": "Jacobian"}
    if work.kind in verbs:
        verb = getattr(numdifftools, verbs[work.kind])
        yield Entry("numdifftools", verbs[work.kind], lambda: lambda: verb(f)(x), tolerance=1e-5)
