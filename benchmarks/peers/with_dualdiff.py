"""dualdiff through its public verbs; the function is plain NumPy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import dualdiff as dd

from ..workloads import Workload
from .entry import Entry

__all__ = ["entries"]


def entries(work: Workload) -> Iterator[Entry]:
    """The verb that a user would write, and the prepared one where there is one."""
    x, v = work.x, work.v
    data = work.data
    if work.name == "W14b":  # its plain arrays of zeros have no room for derivatives
        data = {"alloc": dd.lift(data["alloc"])}

    def f(x: Any) -> Any:
        return work.f(x, np, **data)

    calls: dict[str, Callable[[], Any]] = {
        "derivative": lambda: dd.derivative(f)(x),
        "gradient": lambda: dd.grad(f)(x),
        "jvp": lambda: dd.jvp(f, (x,), (v,))[1],
        "jacobian": lambda: dd.jacobian(f)(x),
        "hessian": lambda: dd.hessian(f)(x),
        "sparse jacobian": lambda: dd.jacobian(f, sparse=True)(x),
        "sparse hessian": lambda: dd.hessian(f, sparse=True)(x),
        "jacobians": lambda: dd.jacobian(f, axis=-1)(x),
        "hvp": lambda: dd.hvp(f, x, v),
        "uhv": lambda: dd.second_directional_derivative(f, x, work.u, v),
    }
    yield Entry("dualdiff", "", lambda: calls[work.kind])
    prepare: Any = {"sparse jacobian": dd.prepare_jacobian, "sparse hessian": dd.prepare_hessian}.get(work.kind)
    if prepare is not None:

        def build() -> Callable[[], Any]:
            prepared = prepare(f, x)
            return lambda: prepared(x)

        yield Entry("dualdiff", "prepared", build)
