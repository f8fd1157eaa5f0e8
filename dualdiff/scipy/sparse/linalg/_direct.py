"""Sparse systems by one factorization, for the value and for the derivatives along all directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...._typing import Array, NDArray
from ....arrays import plain
from ....arrays.number import absorb, holds_numbers
from ....errors import NoRuleError, NotDifferentiableError
from ...systems import at_once, solution
from .._array import SparseArray, plain_matrix, sp
from .._construction import has_numbers, tril, triu
from ._original import original

__all__ = [
    "Factors",
    "entries_of",
    "factored",
    "factorized",
    "in_parts",
    "linear",
    "spilu",
    "splu",
    "spsolve",
    "spsolve_triangular",
]

Solver = Callable[[NDArray], NDArray]


def entries_of(A: Any) -> Any:
    """What a matrix has that may carry derivatives."""
    return A.data if isinstance(A, SparseArray) else A if holds_numbers(A) else 0.0


def system(A: Any, b: Array, solve: Solver) -> Array:
    """The solution of ``A @ x = b`` by a plain solver."""
    X = np.asarray(solve(plain(b)))
    return solution(lambda X: A @ X - b, X, at_once(solve, X.shape), entries_of(A), b)


def in_parts(factors: Any, trans: str = "N") -> Solver:
    """The solver of SuperLU's, which takes no complex right-hand sides for real factors."""

    def solve(b: NDArray) -> NDArray:
        b = np.ascontiguousarray(b)
        if np.iscomplexobj(b) and factors.U.dtype.kind != "c":
            return np.asarray(factors.solve(b.real.copy(), trans) + 1j * factors.solve(b.imag.copy(), trans))
        return np.asarray(factors.solve(b.astype(factors.U.dtype), trans))

    return solve


def factored(A: Any, *options: Any) -> Any:
    """The factors of the plain matrix; singular ones are refused."""
    try:
        return original.splu(sp.csc_array(plain_matrix(A)), *options)
    except RuntimeError as error:
        raise NotDifferentiableError(
            f"the solution with a sparse matrix that is singular has no derivative: {error}"
        ) from error


def spsolve(A: Any, b: Any, permc_spec: Any = None, use_umfpack: bool = True) -> Any:
    """The solution of a sparse system, with one factorization for its value and its derivatives.

    Parameters
    ----------
    A : sparse matrix or SparseArray, shape (n, n)
        The matrix.
    b : array_like, shape (n,) or (n, m)
        The right-hand side, which may carry derivatives, as may the entries of A.
    permc_spec, use_umfpack
        As in SciPy; UMFPACK is not used for derivatives.

    Returns
    -------
    array
        Of the shape of b, where a single column becomes a vector, as in SciPy.

    Raises
    ------
    NotDifferentiableError
        If the matrix is singular.
    NoRuleError
        For a sparse right-hand side.

    Notes
    -----
    dx = A^-1 (db - dA x).

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import sparse
    >>> from dualdiff.scipy.sparse import linalg
    >>> dd.grad(lambda k: np.sum(linalg.spsolve(sparse.diags(k, format="csc"), np.ones(2))))(np.array([1.0, 2.0]))
    array([-1.  , -0.25])
    """
    if not has_numbers([A, b]):
        return original.spsolve(A, b, permc_spec, use_umfpack)
    if sp.issparse(b) or isinstance(b, SparseArray):
        raise NoRuleError("scipy.sparse.linalg.spsolve of duals with a sparse right-hand side: write b.toarray().")
    b = absorb(np.asarray(b) if not holds_numbers(b) else b)
    b = b[:, 0] if b.ndim == 2 and b.shape[1] == 1 else b
    return system(A, b, in_parts(factored(A, permc_spec)))


class Factors:
    """The LU factors of a sparse matrix, for right-hand sides that may carry derivatives.

    All else is that of SciPy's own object, `scipy.sparse.linalg.SuperLU`.
    """

    def __init__(self, matrix: Any, factors: Any, *, exact: bool = True) -> None:
        self._matrix, self._factors, self._exact = matrix, factors, exact

    def solve(self, rhs: Any, trans: str = "N") -> Any:
        """The solution for a vector or for columns; of the transposed system for ``trans="T"``, conjugated for ``"H"``."""
        moving = has_numbers([self._matrix])
        if not moving and not holds_numbers(rhs):
            return self._factors.solve(rhs, trans)
        rhs = absorb(rhs) if holds_numbers(rhs) else np.asarray(rhs)
        solve = in_parts(self._factors, trans)
        if not self._exact:
            return linear(solve, rhs)
        A = self._matrix
        return system({"N": A, "T": A.T, "H": A.T.conj()}[trans], rhs, solve)

    def __getattr__(self, name: str) -> Any:
        if name in ("L", "U") and has_numbers([self._matrix]):
            raise NoRuleError("the factors of a sparse matrix of duals have no derivative here: dense ones have, linalg.lu.")
        return getattr(self._factors, name)


def linear(solve: Solver, rhs: Array) -> Any:
    """A solver that is linear, though it may be inexact, applied to a number and all its parts."""

    def over(part: Array, leading: int) -> Any:
        if hasattr(part, "partwise_front"):
            return part.partwise_front(over)
        rows = np.moveaxis(np.asarray(part), -rhs.ndim, 0)
        return np.moveaxis(solve(rows.reshape(len(rows), -1)).reshape(rows.shape), 0, -rhs.ndim)

    return rhs.partwise_front(over)


def splu(
    A: Any,
    permc_spec: Any = None,
    diag_pivot_thresh: Any = None,
    relax: Any = None,
    panel_size: Any = None,
    options: Any = None,
) -> Factors:
    """The LU factors of a sparse matrix: one factorization for all right-hand sides and all derivatives.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import sparse
    >>> from dualdiff.scipy.sparse import linalg
    >>> lu = linalg.splu(sparse.csc_array(np.array([[2.0, 1.0], [0.0, 4.0]])))
    >>> dd.jacobian(lu.solve)(np.ones(2))
    array([[ 0.5  , -0.125],
           [ 0.   ,  0.25 ]])
    """
    given = (permc_spec, diag_pivot_thresh, relax, panel_size, options)
    return Factors(A, factored(A, *given) if has_numbers(A) else original.splu(A, *given))


def spilu(A: Any, *args: Any, **options: Any) -> Factors:
    """Incomplete factors of a constant sparse matrix: what they solve is linear in the right-hand side."""
    if has_numbers(A):
        raise NoRuleError("scipy.sparse.linalg.spilu of duals: incomplete factors have no derivative; write splu.")
    return Factors(A, original.spilu(A, *args, **options), exact=False)


def factorized(A: Any) -> Callable[[Any], Any]:
    """The function that solves with a sparse matrix, factored once."""
    return splu(A.tocsc() if hasattr(A, "tocsc") else sp.csc_array(A)).solve


def spsolve_triangular(
    A: Any, b: Any, lower: bool = True, overwrite_A: bool = False, overwrite_b: bool = False, unit_diagonal: bool = False
) -> Any:
    """The solution of a sparse triangular system; a unit diagonal has derivative zero."""
    if not has_numbers([A, b]):
        return original.spsolve_triangular(A, b, lower, overwrite_A, overwrite_b, unit_diagonal)
    b = absorb(b) if holds_numbers(b) else np.asarray(b)
    matrix = plain_matrix(A)
    read = A
    if unit_diagonal:
        read = (tril(A, -1) if lower else triu(A, 1)) + sp.eye_array(A.shape[0])
    return system(read, b, lambda B: original.spsolve_triangular(matrix, B, lower=lower, unit_diagonal=unit_diagonal))
