"""Eigenvalues, also generalised: A V = B V diag(w).

Source: M. B. Giles, Collected matrix derivative results, 2008; for B, by differentiating V^H B V = I (symmetric), or the
equation itself.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..._typing import Array, NDArray, Tangent
from ...arrays import plain
from ...errors import NotDifferentiableError
from ...rules.decompositions import adjoint, diagonal, eigenvectors, inverse_gaps, refuse_defective
from ..border import by_rule
from ._bands import dense_from, hermitian_diagonals
from ._original import differentiated, original
from ._triangles import hermitian

__all__ = [
    "eig",
    "eig_banded",
    "eigh",
    "eigh_tridiagonal",
    "eigvals",
    "eigvals_banded",
    "eigvalsh",
    "eigvalsh_tridiagonal",
]


# ---------------------------------------------------------------------------------------------------- Hermitian


def _projected(V: Array, w: Array, dA: Tangent, dB: Tangent) -> tuple[Tangent, Tangent]:
    """M = V^H (dA V - dB V diag(w)) and N = V^H dB V; None for what does not move."""
    N = None if dB is None else adjoint(V) @ dB @ V
    M = None if dA is None else adjoint(V) @ dA @ V
    if N is not None:
        M = -N * w[..., None, :] if M is None else M - N * w[..., None, :]
    return M, N


def _eigh_rule(d: list[Tangent], values: list[Array], result: Any) -> tuple[Tangent, Tangent]:
    """dw = diag M, dV = V (F o M - N o I / 2) with F_ij = 1 / (w_j - w_i)."""
    w, V = result
    M, N = _projected(V, w, *d, *([None] * (2 - len(d))))
    gaps = w[..., None, :] - w[..., :, None]
    F = inverse_gaps(gaps, M, np.max(np.abs(plain(w)), axis=-1, initial=0.0), "eigenvectors")
    turn = F * M if N is None else F * M - 0.5 * N * np.eye(V.shape[-1])
    return np.real(diagonal(M)), V @ turn


def _eigvalsh_rule(d: list[Tangent], values: list[Array], w: Array) -> Tangent:
    """dw = diag M."""
    _, V = _decomposed(*values)
    return np.real(diagonal(_projected(V, w, *d, *([None] * (2 - len(d))))[0]))


def _decomposed(*matrices: Array, driver: Any = None) -> tuple[Array, Array]:
    """All eigenvalues and eigenvectors of Hermitian matrices, the second one positive definite."""
    w, V = by_rule(_eigh_rule, partial(original.eigh, driver=driver), *matrices)
    return w, V


def _eigenvalues_alone(*matrices: Array, driver: Any = None) -> Array:
    return by_rule(_eigvalsh_rule, lambda *plain: original.eigh(*plain, driver=driver)[0], *matrices)


def _selected(w: NDArray, subset_by_index: Any, subset_by_value: Any) -> Any:
    """The eigenvalues that are asked for: their numbers, or those in a half-open interval."""
    if subset_by_index is not None:
        first, last = subset_by_index
        return slice(first, last + 1)
    if subset_by_value is not None:
        low, high = subset_by_value
        return np.flatnonzero((w > low) & (w <= high))
    return slice(None)


@differentiated("a", "b", own_value=True)
def eigh(
    a: Array, b: Array = None, *, lower: bool = True, eigvals_only: bool = False, overwrite_a: bool = False,
    overwrite_b: bool = False, type: int = 1, check_finite: bool = True, subset_by_index: Any = None,
    subset_by_value: Any = None, driver: Any = None,
) -> Any:  # fmt: skip
    """Eigenvalues and eigenvectors of a Hermitian matrix, or of a pair ``a @ v = w * b @ v``.

    Only the triangle that is read has a derivative. Repeated eigenvalues have derivatives with `eigvals_only`.

    Raises
    ------
    NotDifferentiableError
        For eigenvectors of a repeated eigenvalue, in a direction that couples them.

    Examples
    --------
    The frequencies of two masses on springs, by the stiffness of the middle one:

    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import linalg
    >>> def frequencies(k):
    ...     K = np.array([[1.0, 0.0], [0.0, 1.0]]) + k * np.array([[1.0, -1.0], [-1.0, 1.0]])
    ...     return linalg.eigh(K, 2 * np.eye(2), eigvals_only=True)
    >>> dd.derivative(frequencies)(1.0)
    array([0., 1.])
    """
    matrices = [hermitian(x, lower) for x in (a, b) if x is not None]
    if len(matrices) > 1 and type != 1:
        # a b v = w v is (b a b) v = w b v, and b a v = w v is a v = w b^-1 v.
        A, B = matrices
        matrices = [B @ A @ B, B] if type == 2 else [A, np.linalg.inv(B)]
    kept = None if len(matrices) > 1 else driver
    if eigvals_only:
        w = _eigenvalues_alone(*matrices, driver=kept)
        return w[..., _selected(plain(w), subset_by_index, subset_by_value)]
    w, V = _decomposed(*matrices, driver=kept)
    chosen = _selected(plain(w), subset_by_index, subset_by_value)
    return w[..., chosen], V[..., chosen]


@differentiated("a", "b", own_value=True)
def eigvalsh(
    a: Array, b: Array = None, *, lower: bool = True, overwrite_a: bool = False, overwrite_b: bool = False, type: int = 1,
    check_finite: bool = True, subset_by_index: Any = None, subset_by_value: Any = None, driver: Any = None,
) -> Array:  # fmt: skip
    """Eigenvalues of a Hermitian matrix, or of a pair; of a repeated one, along one direction, in their order."""
    return eigh(
        a, b, lower=lower, eigvals_only=True, type=type, subset_by_index=subset_by_index, subset_by_value=subset_by_value,
        driver=driver,
    )  # fmt: skip


def _by_range(A: Array, eigvals_only: bool, select: Any, select_range: Any) -> Any:
    """The selection of the banded routines: by value in (low, high], or by number."""
    by_value = select in (1, "v", "value")
    by_index = select in (2, "i", "index")
    return eigh(
        A, eigvals_only=eigvals_only, subset_by_index=select_range if by_index else None,
        subset_by_value=select_range if by_value else None,
    )  # fmt: skip


@differentiated("d", "e", own_value=True)
def eigh_tridiagonal(
    d: Array, e: Array, eigvals_only: bool = False, select: Any = "a", select_range: Any = None, check_finite: bool = True,
    tol: float = 0.0, lapack_driver: str = "auto",
) -> Any:  # fmt: skip
    """Eigenvalues and eigenvectors of a symmetric tridiagonal matrix, by way of the whole matrix."""
    A = dense_from({0: d, 1: e, -1: e}, d.shape[-1])
    return _by_range(A, eigvals_only, select, select_range)


@differentiated("d", "e", own_value=True)
def eigvalsh_tridiagonal(
    d: Array, e: Array, select: Any = "a", select_range: Any = None, check_finite: bool = True, tol: float = 0.0,
    lapack_driver: str = "auto",
) -> Array:  # fmt: skip
    """Eigenvalues of a symmetric tridiagonal matrix."""
    return eigh_tridiagonal(d, e, True, select, select_range)


@differentiated("a_band", own_value=True)
def eig_banded(
    a_band: Array, lower: bool = False, eigvals_only: bool = False, overwrite_a_band: bool = False, select: Any = "a",
    select_range: Any = None, max_ev: int = 0, check_finite: bool = True,
) -> Any:  # fmt: skip
    """Eigenvalues and eigenvectors of a Hermitian banded matrix, by way of the whole matrix."""
    upper = hermitian_diagonals(a_band, lower)
    A = dense_from(upper | {-k: np.conjugate(d) for k, d in upper.items() if k}, a_band.shape[-1])
    return _by_range(A, eigvals_only, select, select_range)


@differentiated("a_band", own_value=True)
def eigvals_banded(
    a_band: Array, lower: bool = False, overwrite_a_band: bool = False, select: Any = "a", select_range: Any = None,
    check_finite: bool = True,
) -> Array:  # fmt: skip
    """Eigenvalues of a Hermitian banded matrix."""
    return eig_banded(a_band, lower, True, select=select, select_range=select_range)


# ------------------------------------------------------------------------------------------------------ general


def _coupling(d: list[Tangent], values: list[Array], w: Array, V: Array) -> Tangent:
    """G = (B V)^-1 (dA V - dB V diag(w))."""
    dA, dB = (*d, None)[:2]
    BV = values[1] @ V if len(values) > 1 else V
    change = None if dA is None else dA @ V
    if dB is not None:
        change = -(dB @ V) * w[..., None, :] if change is None else change - (dB @ V) * w[..., None, :]
    try:
        return np.linalg.inv(BV) @ change
    except np.linalg.LinAlgError as error:
        raise NotDifferentiableError("eigenvalues of a defective matrix, or with a singular b, have no derivative.") from error


def _eig_rule(d: list[Tangent], values: list[Array], result: Any) -> tuple[Tangent, Tangent]:
    """dw = diag G; dV as for one matrix."""
    w, V = result
    G = _coupling(d, values, w, V)
    return diagonal(G), eigenvectors(G, w, V)


def _eigvals_rule(d: list[Tangent], values: list[Array], w: Array) -> Tangent:
    """dw = diag G."""
    _, V = by_rule(_eig_rule, original.eig, *values)
    refuse_defective(V)
    return diagonal(_coupling(d, values, w, V))


@differentiated("a", "b", own_value=True)
def eig(
    a: Array, b: Array = None, left: bool = False, right: bool = True, overwrite_a: bool = False, overwrite_b: bool = False,
    check_finite: bool = True, homogeneous_eigvals: bool = False,
) -> Any:  # fmt: skip
    """Eigenvalues and eigenvectors of a matrix, or of a pair ``a @ v = w * b @ v`` with a regular b.

    Eigenvectors have length 1, and their largest entry keeps its phase.

    Raises
    ------
    NotDifferentiableError
        For eigenvectors of repeated eigenvalues, and for `homogeneous_eigvals`.
    """
    _refuse_homogeneous("eig", homogeneous_eigvals)
    if not (left or right):
        return eigvals(a, b)
    matrices = [x for x in (a, b) if x is not None]
    w, V = by_rule(_eig_rule, original.eig, *matrices)
    vectors = []
    if left:
        W = adjoint(np.linalg.inv(matrices[1] @ V if len(matrices) > 1 else V))
        vectors.append(_normalized(W))
    return (w, *vectors, V) if right else (w, *vectors)


def _normalized(V: Array) -> Array:
    """Columns of length 1, with a real largest entry."""
    values = plain(V)
    V = V / np.linalg.norm(V, axis=-2, keepdims=True)
    if not np.iscomplexobj(values) or not values.size:
        return V
    largest = np.argmax(np.abs(values), axis=-2)[..., None, :]
    entry = np.sum(np.where(np.arange(values.shape[-2])[:, None] == largest, V, 0), axis=-2, keepdims=True)
    return V * np.conjugate(entry) / np.abs(entry)


@differentiated("a", "b", own_value=True)
def eigvals(
    a: Array, b: Array = None, overwrite_a: bool = False, check_finite: bool = True, homogeneous_eigvals: bool = False
) -> Array:
    """Eigenvalues of a matrix, or of a pair.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import linalg
    >>> dd.derivative(lambda k: linalg.eigvals(np.array([[0.0, 1.0], [-k, 0.0]])).imag.max())(4.0)
    0.25
    """
    _refuse_homogeneous("eigvals", homogeneous_eigvals)
    return by_rule(_eigvals_rule, lambda *matrices: original.eig(*matrices)[0], *(x for x in (a, b) if x is not None))


def _refuse_homogeneous(name: str, homogeneous_eigvals: bool) -> None:
    if homogeneous_eigvals:
        raise NotDifferentiableError(
            f"scipy.linalg.{name} with homogeneous_eigvals=True: only the ratios of the pairs are determined."
        )
