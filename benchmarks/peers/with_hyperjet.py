"""hyperjet, scalar jets written in Rust; arrays are object arrays of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import hyperjet
import numpy as np

from ..workloads import Workload
from .entry import Entry

__all__ = ["entries"]


def entries(work: Workload) -> Iterator[Entry]:
    """Workloads of at most a few thousand numbers."""
    f, x = work.plain, work.x

    def of_objects(numbers: Any) -> Any:
        return f(np.array(numbers, dtype=object))

    match work.kind:
        case "derivative":
            yield Entry("hyperjet", "D1Scalar", lambda: lambda: f(hyperjet.D1Scalar([x, 1.0])).g[0])
        case "gradient" if x.size == 10:
            yield Entry("hyperjet", "D10Scalar", lambda: lambda: of_objects(hyperjet.D10Scalar.variables(list(x))).g)
        case "jacobian":
            kind = hyperjet.D2Scalar if x.size == 2 else hyperjet.DScalar
            jets = lambda: of_objects(kind.variables(list(x)))
            yield Entry("hyperjet", kind.__name__, lambda: lambda: np.array([r.g for r in jets()]))
        case "hessian":
            yield Entry("hyperjet", "DDScalar", lambda: lambda: of_objects(hyperjet.DDScalar.variables(list(x))).hm())
        case "jvp" if x.size <= 1000 and work.name != "W10":
            pairs = lambda: [hyperjet.D1Scalar([a, b]) for a, b in zip(x, work.v, strict=True)]
            yield Entry("hyperjet", "D1Scalar", lambda: lambda: np.array([r.g[0] for r in of_objects(pairs())]))
        case "uhv":

            def call() -> Any:
                a, b = hyperjet.DD2Scalar.variables([0.0, 0.0])
                return f(x + a * work.u + b * work.v).hm()[0, 1]

            yield Entry("hyperjet", "DD2Scalar", lambda: call)
        case _:
            return
