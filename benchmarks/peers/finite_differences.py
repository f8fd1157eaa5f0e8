"""Central differences, two calls of the function for each direction; right to six or seven digits at best."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..workloads import Workload
from .entry import Entry, Mark

__all__ = ["entries"]

STEP = 6e-6


def entries(work: Workload) -> Iterator[Entry]:
    """First derivatives only."""
    f, x = work.plain, work.x
    mark: Mark = ""
    call: Callable[[], Any]

    def along(v: Any) -> Any:
        return (f(x + STEP * v) - f(x - STEP * v)) / (2 * STEP)

    match work.kind:
        case "derivative":
            call = lambda: along(1.0)
        case "jvp":
            call = lambda: along(work.v)
        case "gradient" | "jacobian":
            call = lambda: np.stack([along(e) for e in np.eye(x.size)], -1)
        case "jacobians":
            call = lambda: np.stack([along(e) for e in np.eye(x.shape[-1])], -1)
        case "sparse jacobian" if work.colouring is not None:
            colouring, mark = work.colouring, "c"
            call = lambda: colouring.entries(np.stack([along(s) for s in colouring.seeds]))
        case _:
            return
    yield Entry("differences", "central", lambda: call, mark, tolerance=1e-5)
