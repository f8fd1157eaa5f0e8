"""Im f(x + ihv) / h: exact for analytic functions whose operations all take complex numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..workloads import Workload
from ..workloads.sparse import rosenbrock_gradient
from ..workloads.workload import STEP
from .entry import Entry, Mark

__all__ = ["entries"]


def entries(work: Workload) -> Iterator[Entry]:
    """One call of the function for each direction."""
    f, x = work.plain, work.x
    mark: Mark = ""
    call: Callable[[], Any]

    def along(v: Any) -> Any:
        return np.imag(f(x + 1j * STEP * v)) / STEP

    match work.kind:
        case "derivative":
            import cmath

            yield Entry("complex step", "cmath", lambda: lambda: work.f(complex(x, STEP), cmath).imag / STEP, "n")
            call = lambda: along(1.0)
        case "jvp" if work.name != "W10":  # eigenvectors are not analytic
            call = lambda: along(work.v)
        case "gradient" | "jacobian":
            call = lambda: np.stack([along(e) for e in np.eye(x.size)], -1)
        case "jacobians":
            return  # arctan2 takes no complex numbers
        case "sparse jacobian" if work.colouring is not None:
            colouring, mark = work.colouring, "c"
            call = lambda: colouring.entries(np.stack([along(s) for s in colouring.seeds]))
        case "sparse hessian" if work.colouring is not None:
            colouring, mark = work.colouring, "r"
            call = lambda: colouring.entries(
                np.stack([np.imag(rosenbrock_gradient(x + 1j * STEP * s)) / STEP for s in colouring.seeds])
            )
        case _:
            return
    yield Entry("complex step", "on a gradient by hand" if mark == "r" else "", lambda: call, mark)
