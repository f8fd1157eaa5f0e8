"""Linear systems with the Jacobian of a residual: factored once, solved for many columns, refused where singular."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import NDArray
from ..errors import NotDifferentiableError, ShapeError

__all__ = ["Inverse", "inverse_of"]

#: Solves J X = B for the columns of B, of shape (n, k).
Inverse = Callable[[NDArray], NDArray]

#: The largest condition number, times the rounding error, of a matrix whose inverse means anything.
_CONDITION = 0.01


def inverse_of(J: Any, solve: Callable[[Any, NDArray], Any] | None, what: str) -> Inverse:
    """The inverse of a matrix as a function: by the user's solver, by sparse factors, or by dense ones."""
    if solve is not None:
        return _by_solver(J, solve, what)
    return _dense(J, what) if isinstance(J, np.ndarray) else _sparse(J, what)


def _singular(what: str, why: str) -> NotDifferentiableError:
    return NotDifferentiableError(
        f"{what}: the solution has no derivative, since the Jacobian of the residual by the unknowns is singular there ({why}):"
        " a multiple root, or unknowns that the equations do not determine. Remove what is not determined, or write "
        "dd.stop_gradient(...) around the arguments if the solution is to be a constant."
    )


def _dense(J: NDArray, what: str) -> Inverse:
    """The inverse of the matrix with its rows and columns scaled to 1."""
    if not np.all(np.isfinite(J)):
        raise _singular(what, "it is not finite")
    rows = np.max(np.abs(J), axis=1, keepdims=True)
    columns = np.max(np.abs(J) / np.where(rows > 0, rows, 1), axis=0)
    if not (rows.all() and columns.all()):
        raise _singular(what, "a row or a column of it is zero")
    A = J / rows / columns
    try:
        B = np.linalg.inv(A)
    except np.linalg.LinAlgError as error:
        raise _singular(what, "exactly") from error
    condition = np.linalg.norm(A, 1) * np.linalg.norm(B, 1)
    if not condition * np.finfo(A.dtype).eps < _CONDITION:
        raise _singular(what, f"its condition number is {condition:.1e}")

    def solved(b: NDArray) -> NDArray:
        b = b / rows
        x = B @ b
        # One step of refinement: the inverse alone is less accurate than a factorisation.
        x = x + B @ (b - A @ x)
        return np.asarray(x / columns[:, None])

    return solved


def _sparse(J: Any, what: str) -> Inverse:
    """Sparse LU factors."""
    from scipy.sparse.linalg import splu

    try:
        factors = splu(J.tocsc())
    except RuntimeError as error:
        raise _singular(what, str(error)) from error
    return lambda b: _finite(factors.solve(np.ascontiguousarray(b)), b, what)


def _by_solver(J: Any, solve: Callable[[Any, NDArray], Any], what: str) -> Inverse:
    """The user's ``solve(J, b)``, for a vector or for several columns."""

    def solved(b: NDArray) -> NDArray:
        with warnings.catch_warnings():
            # SciPy warns of a singular matrix and returns nan, which raises below.
            warnings.filterwarnings("ignore", message="Matrix is exactly singular")
            try:
                x = solve(J, b[:, 0] if b.shape[1] == 1 else b)
            except (np.linalg.LinAlgError, RuntimeError) as error:
                raise _singular(what, str(error)) from error
        return _finite(x, b, what)

    return solved


def _finite(found: Any, b: NDArray, what: str) -> NDArray:
    if np.size(found) != b.size:
        raise ShapeError(f"{what}: solve(J, b) returned shape {np.shape(found)} for b of shape {b.shape}.")
    x: NDArray = np.asarray(found).reshape(b.shape)
    if not np.all(np.isfinite(x)) and np.all(np.isfinite(b)):
        raise _singular(what, "the linear solver returned nan or inf")
    return x
