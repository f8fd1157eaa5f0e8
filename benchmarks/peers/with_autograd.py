"""autograd: NumPy wrapped, a tape at each call, reverse mode first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np

from ..workloads import Workload
from .entry import Call, Entry, Mark

__all__ = ["entries"]


def entries(work: Workload) -> Iterator[Entry]:
    """Both modes where both apply."""
    x, v = work.x, work.v
    data = {**work.data, "alloc": anp.empty_like} if work.name == "W14a" else work.data

    def f(x: Any) -> Any:
        return work.f(x, anp, **data)

    def along(g: Any, v: Any) -> Any:
        return autograd.make_jvp(g)(x)(v)[1]

    calls: dict[str, Call] = {}
    mark: Mark = "n"
    match work.kind:
        case "derivative":
            calls = {"make_jvp": lambda: along(f, 1.0), "grad": lambda: autograd.grad(f)(x)}
        case "gradient":
            calls = {"grad": lambda: autograd.grad(f)(x)}
        case "jvp":
            calls = {"make_jvp": lambda: along(f, v)}
        case "jacobian":
            calls = {
                "jacobian": lambda: autograd.jacobian(f)(x),
                "make_jvp": lambda: np.stack([along(f, e) for e in np.eye(x.size)], -1),
            }
        case "hessian":
            calls = {"hessian": lambda: autograd.hessian(f)(x)}
        case "jacobians":

            def component(i: int) -> Any:
                return autograd.grad(lambda p: anp.sum(f(p)[:, i]))(x)

            calls = {"grad of sums": lambda: np.stack([component(i) for i in range(3)], 1)}
        case "hvp":
            calls = {
                "hessian_vector_product": lambda: autograd.hessian_vector_product(f)(x, v),
                "make_jvp of grad": lambda: along(autograd.grad(f), v),
            }
        case "uhv":
            calls = {
                "make_jvp of make_jvp": lambda: along(lambda a: autograd.make_jvp(f)(a)(work.u)[1], v),
                "hessian_vector_product": lambda: work.u @ autograd.hessian_vector_product(f)(x, v),
            }
        case "sparse jacobian" | "sparse hessian" if work.colouring is not None:
            colouring, mark = work.colouring, "c"
            g = f if work.kind == "sparse jacobian" else autograd.grad(f)
            calls = {"make_jvp": lambda: colouring.entries(np.stack([along(g, s) for s in colouring.seeds]))}
    for variant, call in calls.items():
        yield Entry("autograd", variant, lambda call=call: call, mark)  # type: ignore[misc]
