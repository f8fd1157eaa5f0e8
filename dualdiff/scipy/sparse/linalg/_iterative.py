"""Iterative solvers: the derivative is iterated as the value is, and both are refined until rounding."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ...._typing import Array, NDArray
from ....arrays import plain
from ....arrays.number import absorb, holds_numbers
from ....errors import NoRuleError, NotDifferentiableError
from ...border import plain_of
from ...systems import one_by_one, solution
from .._array import plain_matrix
from .._construction import has_numbers
from ._direct import entries_of
from ._original import original

__all__ = ["ITERATIVE", "iterative"]

ITERATIVE = ["bicg", "bicgstab", "cg", "cgs", "gcrotmk", "gmres", "lgmres", "minres", "qmr", "tfqmr"]

#: A solver is called again for what is left, until that is at rounding, or so often.
_PASSES = 20

#: Where the residual stops shrinking, it must be below this power of the rounding error.
_STAGNATION = 0.6


def iterative(name: str) -> Callable[..., Any]:
    """SciPy's solver of this name, for right-hand sides and matrices that may carry derivatives.

    They come from solving for each direction with the same solver, matrix, and preconditioner, called again for the residual
    until that is at rounding; the value is refined in the same way. The starting point has derivative zero.
    """
    original_solver = getattr(original, name)
    signature = inspect.signature(original_solver)

    @wraps(original_solver)
    def solver(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        A, b = given.pop("A"), given.pop("b")
        if not has_numbers([A, b]):
            return original_solver(*args, **kwargs)
        if has_numbers([given.get("M"), given.get("M1"), given.get("M2")]):
            raise NoRuleError(f"scipy.sparse.linalg.{name}: a preconditioner has no derivative: write dd.value_of(...) of it.")
        given = {key: plain_of(x) if key == "x0" else x for key, x in given.items()}
        b = absorb(b) if holds_numbers(b) else np.asarray(b)
        matrix, values = plain(plain_matrix(A)), plain(b)
        x, info = original_solver(matrix, values, **given)
        if info:
            raise NotDifferentiableError(
                f"scipy.sparse.linalg.{name} has not converged (info={info}): what it would return has no derivative. Give it "
                "more iterations or a preconditioner, or write spsolve."
            )
        shift = given.get("shift", 0.0)
        # What was found for the value is no start for a derivative.
        given.pop("x0", None)
        given.pop("callback", None)
        refine = _refined(name, lambda B: original_solver(matrix, B, **given)[0], matrix, shift)
        size = values.size
        X = x.reshape(size) + refine(values.reshape(size) - _times(matrix, x.reshape(size)) + shift * x.reshape(size))
        flat = np.reshape(b, (size,))
        inverse = one_by_one(refine, X.shape)
        found = solution(lambda X: _times(A, X) - shift * X - flat, X, inverse, entries_of(A), b)
        return np.reshape(found, x.shape), info

    return solver


def _refined(name: str, solve: Callable[[NDArray], NDArray], matrix: Any, shift: float) -> Callable[[NDArray], NDArray]:
    """The solver, called for its residual until that does not shrink any more."""

    def refine(b: NDArray) -> NDArray:
        if np.iscomplexobj(b) and getattr(matrix, "dtype", b.dtype).kind != "c":
            return np.asarray(refine(b.real) + 1j * refine(b.imag))
        x, rest, eps = np.zeros_like(b), b, np.finfo(b.dtype).eps
        size = left = np.linalg.norm(b)
        for _ in range(_PASSES):
            if left <= 100 * eps * size:
                return x
            # A breakdown shows in the residual.
            with np.errstate(all="ignore"):
                step = np.asarray(solve(rest / left)).reshape(b.shape) * left
            rest = b - _times(matrix, x + step) + shift * (x + step)
            smaller = np.linalg.norm(rest)
            if not smaller < left:
                break
            x, left = x + step, smaller
        if left <= eps**_STAGNATION * size:
            return x
        raise NotDifferentiableError(
            f"scipy.sparse.linalg.{name} does not converge for a derivative: the residual stays at {left:.1e}. Give it a "
            "preconditioner, or write spsolve."
        )

    return refine


def _times(A: Any, x: Array) -> Any:
    """The product of a matrix or a linear operator with a vector, or a number of one and all its parts."""
    if not isinstance(A, original.LinearOperator):
        return A @ x
    if hasattr(x, "partwise_front"):
        return x.partwise_front(lambda part, leading: _times(A, part))
    if x.ndim == 1:
        return A.matvec(x)
    rows = x.reshape(-1, x.shape[-1])
    return np.asarray(A.matmat(rows.T)).T.reshape((*x.shape[:-1], A.shape[0]))
