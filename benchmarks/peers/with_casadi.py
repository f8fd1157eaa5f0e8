"""CasADi: NumPy code runs on object arrays of its symbols; what is timed is the function built from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import casadi
import numpy as np
from scipy.sparse import csc_array

from ..workloads import Workload
from .entry import Call, Entry

__all__ = ["entries"]


def entries(work: Workload) -> Iterator[Entry]:
    """The derivative as an expression of symbols, evaluated; nothing for matrix decompositions."""
    if work.name in {"W3", "W9"}:
        yield Entry("CasADi", "scalar function, mapped", lambda: _mapped(work), "r", lambda r: _unmapped(work, r))
    elif work.kind == "sparse jacobian":
        yield Entry("CasADi", "into a buffer", lambda: _into_buffer(work))
    elif work.kind not in {"hvp", "jacobians"} and work.name != "W10":
        build, numbers = _answers(work)
        yield Entry("CasADi", "", build, "", numbers)


def _symbols(work: Workload) -> tuple[Any, Any]:
    """The inputs, and the function's results: each an array of symbols, as CasADi has it."""
    s = casadi.SX.sym("x", np.size(work.x))
    if work.kind == "derivative":
        return s, work.plain(s)
    y = work.plain(np.array(s.elements(), dtype=object).reshape(work.x.shape))
    return s, casadi.vertcat(*y) if isinstance(y, np.ndarray) else y


def _answers(work: Workload) -> tuple[Callable[[], Call], Callable[[Any], Any]]:
    x, size = work.x, np.size(work.x)
    directions = {"jvp": (work.v,), "uhv": (work.u, work.v)}.get(work.kind, ())

    def derivative(y: Any, s: Any, *along: Any) -> Any:
        match work.kind:
            case "derivative" | "jacobian":
                return casadi.jacobian(y, s)
            case "gradient":
                return casadi.gradient(y, s)
            case "hessian" | "sparse hessian":
                return casadi.hessian(y, s)[0]
        for v in along:
            y = casadi.jtimes(y, s, v)
        return y

    def build() -> Call:
        s, y = _symbols(work)
        along = [casadi.SX.sym(f"v{i}", size) for i in range(len(directions))]
        answer = casadi.Function("answer", [s, *along], [derivative(y, s, *along)])
        return lambda: answer(x, *directions)

    def numbers(result: Any) -> Any:
        if work.kind == "sparse hessian":
            return work.numbers(result.sparse().tocsr())
        full = result.full()
        return full if work.kind in {"jacobian", "hessian"} else full.reshape(np.shape(work.expected()))

    return build, numbers


def _into_buffer(work: Workload) -> Call:
    """A sparse Jacobian written into an array of ours, which spares the copy into CasADi's own matrix."""
    s, y = _symbols(work)
    answer = casadi.Function("answer", [s], [casadi.jacobian(y, s)])
    buffer, evaluate = answer.buffer()
    x, out = np.ascontiguousarray(work.x), np.zeros(answer.nnz_out(0))
    buffer.set_arg(0, x.data)
    buffer.set_res(0, out.data)
    pattern = answer.sparsity_out(0)
    column, row = np.array(pattern.colind()), np.array(pattern.row())

    def call(_alive: tuple[Any, ...] = (answer, buffer)) -> Any:
        evaluate()
        return csc_array((out, row, column), shape=pattern.shape)

    return call


class _Scalars:
    """NumPy's names for CasADi's functions of scalars."""

    sin, cos, exp, log, sqrt, tanh = casadi.sin, casadi.cos, casadi.exp, casadi.log, casadi.sqrt, casadi.tanh
    arccos, arctan2 = casadi.acos, casadi.atan2
    stack = staticmethod(lambda arrays, axis: arrays)


def _mapped(work: Workload) -> Call:
    """One entry's function, mapped over the entries."""
    if work.name == "W3":
        s, v = casadi.SX.sym("s"), casadi.SX.sym("v")
        one = casadi.Function("one", [s, v], [casadi.jtimes(work.f(s, _Scalars), s, v)])
        arguments = [casadi.DM(work.x).T, casadi.DM(work.v).T]
    else:
        s = casadi.SX.sym("s", 3)
        y = work.f(np.array(s.elements(), dtype=object), _Scalars)
        one = casadi.Function("one", [s], [casadi.densify(casadi.jacobian(casadi.vertcat(*y), s))])
        arguments = [casadi.DM(work.x.T)]
    every = one.map(len(work.x))
    return lambda: every(*arguments)


def _unmapped(work: Workload, result: Any) -> Any:
    if work.name == "W3":
        return result.full().reshape(-1)
    return result.full().reshape(3, len(work.x), 3).transpose(1, 0, 2)
