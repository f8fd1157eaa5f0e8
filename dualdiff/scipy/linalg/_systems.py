"""Linear systems: the plain solver of SciPy's that knows the structure, once more for the derivatives."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..._typing import Array, NDArray
from ...arrays import plain
from ...errors import NotDifferentiableError
from ...rules.decompositions import adjoint, transposed
from ..systems import at_once, solution
from ._bands import banded_product, diagonals_of, hermitian_diagonals, hermitian_product
from ._original import differentiated, original
from ._special_matrices import toeplitz
from ._triangles import hermitian, structured, triangle

__all__ = [
    "cho_solve",
    "cho_solve_banded",
    "inv",
    "lstsq",
    "lu_solve",
    "matmul_toeplitz",
    "pinv",
    "pinvh",
    "solve",
    "solve_banded",
    "solve_circulant",
    "solve_toeplitz",
    "solve_triangular",
    "solveh_banded",
]


def _solved(product: Callable[[Array], Array], solver: Callable[[NDArray], NDArray], b: Array, *parameters: Any) -> Array:
    """X with ``product(X) = b``; a vector is one column, for each matrix of a batch."""
    B = b[:, None] if np.ndim(b) == 1 else b
    X = np.asarray(solver(plain(B)))
    found = solution(lambda X: product(X) - B, X, at_once(solver, X.shape), b, *parameters)
    return found[..., 0] if np.ndim(b) == 1 else found


@differentiated("a", "b")
def solve(
    a: Array, b: Array, lower: bool = False, overwrite_a: bool = False, overwrite_b: bool = False, check_finite: bool = True,
    assume_a: Any = None, transposed: bool = False,
) -> Array:  # fmt: skip
    """The solution of ``a @ x = b``: dx = a^-1 (db - da x).

    Only the entries that `assume_a` and `lower` name have a derivative, as SciPy reads no others.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import linalg
    >>> A = np.array([[2.0, 1.0], [1.0, 3.0]])
    >>> dd.jacobian(lambda b: linalg.solve(A, b, assume_a="pos"))(np.array([1.0, 2.0]))
    array([[ 0.6, -0.2],
           [-0.2,  0.4]])
    """
    a = np.reshape(a, (1, 1)) if np.ndim(a) == 0 else a
    A = structured(a, assume_a, lower)
    A = np.swapaxes(A, -1, -2) if transposed else A
    assumed = {} if assume_a is None else {"assume_a": assume_a}
    solver = partial(original.solve, plain(a), lower=lower, transposed=transposed, **assumed)
    return _solved(lambda X: A @ X, solver, b, a)


@differentiated("a", "b")
def solve_triangular(
    a: Array, b: Array, trans: Any = 0, lower: bool = False, unit_diagonal: bool = False, overwrite_b: bool = False,
    check_finite: bool = True,
) -> Array:  # fmt: skip
    """The solution of a triangular system; the other triangle has derivative zero, and so has a unit diagonal."""
    A = triangle(a, lower, unit=unit_diagonal)
    A = {0: A, "N": A, 1: transposed(A), "T": transposed(A), 2: adjoint(A), "C": adjoint(A)}[trans]
    solver = partial(original.solve_triangular, plain(a), trans=trans, lower=lower, unit_diagonal=unit_diagonal)
    return _solved(lambda X: A @ X, solver, b, a)


@differentiated("ab", "b")
def solve_banded(
    l_and_u: Any, ab: Array, b: Array, overwrite_ab: bool = False, overwrite_b: bool = False, check_finite: bool = True
) -> Array:
    """The solution of a banded system, in time linear in its size; ``ab[u + i - j, j] = a[i, j]``.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import linalg
    >>> def middle(k):
    ...     bands = k * np.array([[0.0, -1.0, -1.0], [2.0, 2.0, 2.0], [-1.0, -1.0, 0.0]])
    ...     return linalg.solve_banded((1, 1), bands, np.ones(3))[1]
    >>> dd.derivative(middle)(1.0), -middle(1.0)
    (-2.0, np.float64(-2.0))
    """
    diagonals = diagonals_of(ab, *l_and_u)
    solver = partial(original.solve_banded, l_and_u, plain(ab))
    return _solved(lambda X: banded_product(diagonals, X), solver, b, ab)


@differentiated("ab", "b")
def solveh_banded(
    ab: Array, b: Array, overwrite_ab: bool = False, overwrite_b: bool = False, lower: bool = False, check_finite: bool = True
) -> Array:
    """The solution of a Hermitian positive definite banded system, given by one of its triangles."""
    diagonals = hermitian_diagonals(ab, lower)
    solver = partial(original.solveh_banded, plain(ab), lower=lower)
    return _solved(lambda X: hermitian_product(diagonals, X), solver, b, ab)


def solve_toeplitz(c_or_cr: Any, b: Array, check_finite: bool = True) -> Array:
    """The solution of a Toeplitz system, by its first column, or that and its first row."""
    c, r = c_or_cr if isinstance(c_or_cr, tuple) else (c_or_cr, None)
    return _solve_toeplitz(c, r, b, check_finite=check_finite)


@differentiated("c", "r", "b", value=lambda c, r, b, **others: original.solve_toeplitz(c if r is None else (c, r), b, **others))
def _solve_toeplitz(c: Array, r: Array, b: Array, *, check_finite: bool = True) -> Array:
    A = toeplitz(c, r)
    given = plain(c) if r is None else (plain(c), plain(r))
    return _solved(lambda X: A @ X, partial(original.solve_toeplitz, given), b, c, r)


@differentiated("c", "b")
def solve_circulant(
    c: Array, b: Array, singular: str = "raise", tol: Any = None, caxis: int = -1, baxis: int = 0, outaxis: int = 0
) -> Array:
    """The solution of a circulant system: the quotient of the Fourier transforms."""
    spectrum = np.fft.fft(np.moveaxis(np.atleast_1d(c), caxis, -1), axis=-1)
    size = np.abs(plain(spectrum))
    bound = np.finfo(size.dtype).eps * size.max(axis=-1) * size.shape[-1] if tol is None else tol
    if np.any(size.min(axis=-1, initial=np.inf) <= bound):
        if singular != "lstsq":
            raise np.linalg.LinAlgError("near singular circulant matrix.")
        raise NotDifferentiableError("scipy.linalg.solve_circulant of a singular matrix has no derivative.")
    x = np.fft.ifft(np.fft.fft(np.moveaxis(np.atleast_1d(b), baxis, -1), axis=-1) / spectrum, axis=-1)
    x = x if np.iscomplexobj(plain(c)) or np.iscomplexobj(plain(b)) else np.real(x)
    return np.moveaxis(x, -1, outaxis)


def matmul_toeplitz(c_or_cr: Any, x: Array, check_finite: bool = False, workers: Any = None) -> Array:
    """The product of a Toeplitz matrix and a vector or matrix, by Fourier transforms."""
    c, r = c_or_cr if isinstance(c_or_cr, tuple) else (c_or_cr, None)
    return _matmul_toeplitz(c, r, x, check_finite=check_finite, workers=workers)


@differentiated(
    "c", "r", "x", value=lambda c, r, x, **others: original.matmul_toeplitz(c if r is None else (c, r), x, **others)
)
def _matmul_toeplitz(c: Array, r: Array, x: Array, *, check_finite: bool = False, workers: Any = None) -> Array:
    r = np.conjugate(c) if r is None else r
    real = not any(np.iscomplexobj(plain(part)) for part in (c, r, x))
    X = x[..., None] if np.ndim(x) == 1 else x
    length = c.shape[-1] + r.shape[-1] - 1
    first = np.concatenate([c, np.flip(r[..., 1:], -1)], axis=-1)
    y = np.fft.ifft(np.fft.fft(first)[..., None] * np.fft.fft(X, length, axis=-2), axis=-2)[..., : c.shape[-1], :]
    y = np.real(y) if real else y
    return y[..., 0] if np.ndim(x) == 1 else y


def cho_solve(c_and_lower: Any, b: Array, overwrite_b: bool = False, check_finite: bool = True) -> Array:
    """The solution of ``a @ x = b`` by the Cholesky factor that `cho_factor` gives.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import linalg
    >>> def quadratic(a):
    ...     A = np.array([[2.0, 0.0], [0.0, 1.0]]) + a * np.ones((2, 2))
    ...     return np.ones(2) @ linalg.cho_solve(linalg.cho_factor(A), np.ones(2))
    >>> dd.derivative(quadratic)(1.0), -quadratic(1.0) ** 2
    (-0.360000000, np.float64(-0.360000000))
    """
    c, lower = c_and_lower
    return _cho_solve(c, lower, b, overwrite_b=overwrite_b, check_finite=check_finite)


@differentiated("c", "b", value=lambda c, lower, b, **others: original.cho_solve((c, lower), b, **others))
def _cho_solve(c: Array, lower: bool, b: Array, *, overwrite_b: bool = False, check_finite: bool = True) -> Array:
    # Of a batch, SciPy gives one for each.
    lower = bool(np.all(lower))
    L = triangle(c, lower) if lower else adjoint(triangle(c, lower))
    return _solved(lambda X: L @ (adjoint(L) @ X), partial(original.cho_solve, (plain(c), lower)), b, c)


def cho_solve_banded(cb_and_lower: Any, b: Array, overwrite_b: bool = False, check_finite: bool = True) -> Array:
    """The same for the banded factor of `cholesky_banded`."""
    cb, lower = cb_and_lower
    return _cho_solve_banded(cb, lower, b, overwrite_b=overwrite_b, check_finite=check_finite)


@differentiated("cb", "b", value=lambda cb, lower, b, **others: original.cho_solve_banded((cb, lower), b, **others))
def _cho_solve_banded(cb: Array, lower: bool, b: Array, *, overwrite_b: bool = False, check_finite: bool = True) -> Array:
    lower, bands = bool(np.all(lower)), cb.shape[-2] - 1
    factor = diagonals_of(cb, bands, 0) if lower else diagonals_of(cb, 0, bands)
    mirrored = {-k: np.conjugate(d) for k, d in factor.items()}
    first, second = (mirrored, factor) if lower else (factor, mirrored)
    solver = partial(original.cho_solve_banded, (plain(cb), lower))
    return _solved(lambda X: banded_product(second, banded_product(first, X)), solver, b, cb)


def lu_solve(lu_and_piv: Any, b: Array, trans: int = 0, overwrite_b: bool = False, check_finite: bool = True) -> Array:
    """The solution of ``a @ x = b``, or of the transposed system, by the factors that `lu_factor` gives."""
    lu, piv = lu_and_piv
    return _lu_solve(lu, piv, b, trans=trans, overwrite_b=overwrite_b, check_finite=check_finite)


@differentiated("lu", "b", value=lambda lu, piv, b, **others: original.lu_solve((lu, piv), b, **others))
def _lu_solve(lu: Array, piv: Any, b: Array, *, trans: int = 0, overwrite_b: bool = False, check_finite: bool = True) -> Array:
    L, U = triangle(lu, lower=True, unit=True), np.triu(lu)
    P = _permutation(np.asarray(piv))
    A = P @ (L @ U)
    A = (A, transposed(A), adjoint(A))[trans]
    return _solved(lambda X: A @ X, partial(original.lu_solve, (plain(lu), piv), trans=trans), b, lu)


def _permutation(piv: NDArray) -> NDArray:
    """The matrix P of A = P L U, from the rows that LAPACK exchanged one after the other."""
    if piv.ndim > 1:
        return np.stack([_permutation(row) for row in piv])
    rows = np.arange(piv.size)
    for i, j in enumerate(piv):
        rows[[i, j]] = rows[[j, i]]
    return np.eye(piv.size)[:, rows] if piv.size else np.zeros((0, 0))


@differentiated("a")
def inv(a: Array, overwrite_a: bool = False, check_finite: bool = True, *, assume_a: Any = None, lower: bool = False) -> Array:
    """The inverse: dB = -B dA B."""
    return np.linalg.inv(structured(a, assume_a, lower))


@differentiated("a")
def pinv(a: Array, *, atol: Any = None, rtol: Any = None, return_rank: bool = False, check_finite: bool = True) -> Any:
    """The pseudo-inverse, of a matrix whose rank does not change (G. H. Golub and V. Pereyra, 1973)."""
    B = np.linalg.pinv(a, rtol=_relative(plain(a), atol, rtol))
    return (B, np.linalg.matrix_rank(plain(a))) if return_rank else B


@differentiated("a")
def pinvh(
    a: Array, atol: Any = None, rtol: Any = None, lower: bool = True, return_rank: bool = False, check_finite: bool = True
) -> Any:
    """The pseudo-inverse of a Hermitian matrix, given by one of its triangles."""
    A = hermitian(a, lower)
    B = np.linalg.pinv(A, rtol=_relative(plain(A), atol, rtol), hermitian=True)
    return (B, np.linalg.matrix_rank(plain(A))) if return_rank else B


def _relative(A: NDArray, atol: Any, rtol: Any) -> Any:
    """The bound of the singular values that count, relative to the largest."""
    if rtol is None:
        rtol = max(A.shape[-2:]) * np.finfo(A.dtype).eps if atol is None else 0.0
    if not atol:
        return rtol
    return rtol + atol / np.linalg.norm(A, 2, axis=(-2, -1))


@differentiated("a", "b")
def lstsq(
    a: Array, b: Array, cond: Any = None, overwrite_a: bool = False, overwrite_b: bool = False, check_finite: bool = True,
    lapack_driver: Any = None,
) -> Any:  # fmt: skip
    """The solution of least squares, the sums of squares, the rank and the singular values, for a matrix of full rank."""
    m, n = a.shape[-2:]
    _, residues, rank, s = original.lstsq(plain(a), plain(b), cond, lapack_driver=lapack_driver)
    if np.any(np.asarray(rank) < min(m, n)):
        raise NotDifferentiableError(
            "scipy.linalg.lstsq of a matrix without full rank has no derivative: write linalg.pinv(a) @ b."
        )
    column = b.ndim == 1
    B = b[..., None] if column else b
    X = np.linalg.pinv(a) @ B
    rest = B - a @ X
    squares = np.sum(np.real(rest * np.conjugate(rest)), axis=-2)
    X, squares = (X[..., 0], squares[..., 0]) if column else (X, squares)
    counted = np.shape(residues) == np.shape(squares)
    return X, squares if counted else residues, rank, None if s is None else np.linalg.svd(a, compute_uv=False)
