"""The solution of an equation that a solver of SciPy's has found, with its derivatives: a plain solver for all directions.

For R(X, A) = 0 and L the derivative of R by X, each step X - L^-1 R(X, A) of Newton's method with the plain L gives X its
derivatives to one order more (A. Griewank and A. Walther, Evaluating derivatives, 2008, section 15.2). For R = A X - B this
is dX = A^-1 (dB - dA X) at first order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import Array, NDArray
from ..transforms.implicit import order_of, raised

__all__ = ["at_once", "one_by_one", "solution"]

#: Solves for the right-hand sides in the columns of a matrix.
Inverse = Callable[[NDArray], NDArray]


def solution(residual: Callable[[Array], Array], X: Any, inverse: Inverse, *parameters: Any) -> Array:
    """The solution X of ``residual(X) = 0`` with the derivatives that it has by the parameters."""
    X = np.asarray(X)
    order = order_of(*parameters) if X.size else 0

    def flat(x: Array) -> Array:
        return np.reshape(residual(np.reshape(x, X.shape)), (-1,))

    return np.reshape(raised(flat, X.reshape(-1), inverse, order), X.shape)


def at_once(solve: Callable[[NDArray], NDArray], shape: tuple[int, ...]) -> Inverse:
    """A solver for vectors, or matrices, of this shape as one for the columns of a matrix: side by side, in one call."""
    if len(shape) > 2:
        return one_by_one(solve, shape)

    def inverse(columns: NDArray) -> NDArray:
        n = shape[0]
        return np.asarray(solve(columns.reshape(n, -1))).reshape(columns.shape)

    return inverse


def one_by_one(solve: Callable[[NDArray], NDArray], shape: tuple[int, ...]) -> Inverse:
    """The same for a solver that takes right-hand sides of this shape only."""

    def inverse(columns: NDArray) -> NDArray:
        solved = [np.asarray(solve(column.reshape(shape))).reshape(-1) for column in columns.T]
        return np.stack(solved, axis=1) if solved else columns

    return inverse
