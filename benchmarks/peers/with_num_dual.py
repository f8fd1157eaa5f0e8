"""num-dual, scalar dual numbers written in Rust; arrays are object arrays of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import num_dual
import numpy as np

from ..workloads import Workload
from .entry import Entry

__all__ = ["entries"]


class _Methods:
    """The functions of a scalar as its methods, which are cheaper than NumPy's functions."""

    tanh = staticmethod(lambda z: z.tanh())
    log = staticmethod(lambda z: z.log())
    exp = staticmethod(lambda z: z.exp())
    sqrt = staticmethod(lambda z: z.sqrt())


def entries(work: Workload) -> Iterator[Entry]:
    """Workloads of at most a few thousand numbers."""
    f, x = work.plain, work.x

    def of_objects(numbers: list[Any]) -> Any:
        return f(np.array(numbers, dtype=object))

    match work.kind:
        case "derivative":
            yield Entry("num-dual", "", lambda: lambda: num_dual.first_derivative(f, x)[1])
            methods = lambda: num_dual.first_derivative(lambda s: work.f(s, _Methods), x)[1]
            yield Entry("num-dual", "methods", lambda: methods, "n")
        case "gradient":
            yield Entry("num-dual", "", lambda: lambda: num_dual.gradient(of_objects, list(x))[1])
        case "jacobian":
            yield Entry("num-dual", "", lambda: lambda: num_dual.jacobian(lambda n: list(of_objects(n)), list(x))[1])
        case "hessian":
            yield Entry("num-dual", "", lambda: lambda: num_dual.hessian(of_objects, list(x))[2])
        case "jvp" if x.size <= 1000 and work.name != "W10":
            pairs = lambda: [num_dual.Dual64(a, b) for a, b in zip(x, work.v, strict=True)]
            yield Entry("num-dual", "", lambda: lambda: np.array([r.first_derivative for r in of_objects(pairs())]))
        case "uhv":
            plane = lambda a, b: f(x + a * work.u + b * work.v)
            yield Entry("num-dual", "", lambda: lambda: num_dual.second_partial_derivative(plane, 0.0, 0.0)[3])
        case _:
            return
