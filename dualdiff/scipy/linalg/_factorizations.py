"""Factorizations, with the letters of their sources; those of `numpy.linalg` have their rules there.

Sources: S. F. Walter and L. Lehmann, Algorithmic differentiation of linear algebra functions, 2010 (qr); F. de Hoog, R. S.
Anderssen and M. A. Lukas, Differentiation of matrix functionals using triangular factorization, 2011 (lu).
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..._typing import Array, Tangent
from ...arrays import plain
from ...errors import NotDifferentiableError
from ...rules import decompositions as rules
from ...rules.decompositions import adjoint
from ..border import by_rule
from ._bands import dense_from, hermitian_diagonals
from ._functions import refuse_ill_conditioned, sqrtm
from ._original import differentiated, original

__all__ = [
    "cho_factor",
    "cholesky",
    "cholesky_banded",
    "lu",
    "lu_factor",
    "orthogonal_procrustes",
    "polar",
    "qr",
    "qr_multiply",
    "rq",
    "subspace_angles",
    "svd",
    "svdvals",
]


@differentiated("a")
def cholesky(a: Array, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> Array:
    """The Cholesky factor of a matrix of which one triangle is read.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import linalg
    >>> dd.derivative(lambda t: linalg.cholesky(np.array([[4.0, 2.0], [2.0, 5.0]]) * t, lower=True))(1.0)
    array([[1. , 0. ],
           [0.5, 1. ]])
    """
    return np.linalg.cholesky(a) if lower else adjoint(np.linalg.cholesky(adjoint(a)))


@differentiated("a", value=original.cho_factor)
def cho_factor(a: Array, lower: bool = False, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    """The Cholesky factor for `cho_solve`; in the other triangle are entries of the matrix, as SciPy leaves them."""
    read = np.tri(a.shape[-1], dtype=bool)
    return np.where(read if lower else read.T, cholesky(a, lower), a), lower


@differentiated("ab")
def cholesky_banded(ab: Array, overwrite_ab: bool = False, lower: bool = False, check_finite: bool = True) -> Array:
    """The Cholesky factor of a banded matrix, in banded form; its derivative by way of the whole matrix."""
    n, bands = ab.shape[-1], ab.shape[-2] - 1
    upper = hermitian_diagonals(ab, lower)
    A = dense_from(upper | {-k: np.conjugate(d) for k, d in upper.items() if k}, n)
    c = cholesky(A, lower)
    rows = []
    for k in range(bands + 1):
        entries = np.diagonal(c, -k if lower else k, -2, -1)
        # What stands outside of the matrix stays as it was.
        parts = [entries, ab[..., k, n - k :]] if lower else [ab[..., bands - k, :k], entries]
        rows.append(np.concatenate(parts, axis=-1))
    return np.stack(rows if lower else rows[::-1], axis=-2)


def _lu_rule(d: list[Tangent], values: list[Array], result: Any) -> tuple[None, Tangent, Tangent]:
    """A = P L U, M = L^-1 P^T dA U^-1: dL = L M's lower triangle, dU = M's upper triangle U, also for trapezoids."""
    (dA,), (P, L, U) = d, result
    k = min(L.shape[-2], U.shape[-1])
    dA = rules.transposed(P) @ dA
    L1, U1 = L[..., :k, :], U[..., :, :k]
    try:
        L_inverse, U_inverse = np.linalg.inv(L1), np.linalg.inv(U1)
    except np.linalg.LinAlgError as error:
        raise NotDifferentiableError("scipy.linalg.lu of a matrix without full rank has no derivative.") from error
    M = L_inverse @ dA[..., :k, :k] @ U_inverse
    dL, dU = L1 @ np.tril(M, -1), np.triu(M) @ U1
    below, beside = dA[..., k:, :k], dA[..., :k, k:]
    if below.shape[-2]:
        dL = np.concatenate([dL, (below - L[..., k:, :] @ dU) @ U_inverse], axis=-2)
    if beside.shape[-1]:
        dU = np.concatenate([dU, L_inverse @ (beside - dL[..., :k, :] @ U[..., :, k:])], axis=-1)
    return None, dL, dU


@differentiated("a", own_value=True)
def lu(a: Array, permute_l: bool = False, overwrite_a: bool = False, check_finite: bool = True, p_indices: bool = False) -> Any:
    """The factors ``a = P @ L @ U``, for the rows that are exchanged at the values.

    Raises
    ------
    NotDifferentiableError
        If the matrix has not full rank.
    """
    P, L, U = by_rule(_lu_rule, original.lu, a)
    if permute_l:
        return P @ L, U
    return (np.argmax(plain(P), axis=-1) if p_indices else P), L, U


@differentiated("a")
def lu_factor(a: Array, overwrite_a: bool = False, check_finite: bool = True) -> Any:
    """The packed factors and the exchanged rows, for `lu_solve`."""
    _, L, U = by_rule(_lu_rule, original.lu, a)
    m, n = a.shape[-2:]
    wide = [(0, 0)] * (a.ndim - 2)
    packed = np.pad(np.tril(L, -1), [*wide, (0, 0), (0, n - L.shape[-1])]) + np.pad(U, [*wide, (0, m - U.shape[-2]), (0, 0)])
    return packed, None


@differentiated("a", own_value=True)
def qr(
    a: Array, overwrite_a: bool = False, lwork: Any = None, mode: str = "full", pivoting: bool = False,
    check_finite: bool = True,
) -> Any:  # fmt: skip
    """The factors ``a = Q @ R``, with pivoting for the columns that are exchanged at the values.

    Raises
    ------
    NotDifferentiableError
        For ``mode="full"`` of a matrix with more rows than columns, whose Q is not determined, ``mode="raw"``, and matrices
        without full rank.
    """
    columns = original.qr(plain(a), mode="r", pivoting=True)[1] if pivoting else None
    A = a if columns is None else np.take_along_axis(a, columns[..., None, :], axis=-1)
    reduced = {"full": "complete", "r": "reduced", "economic": "reduced"}.get(mode, mode)
    Q, R = by_rule(partial(rules.qr, mode=reduced), partial(_qr, mode="full" if mode == "full" else "economic"), A)
    if mode == "r":
        R = np.pad(R, [(0, 0)] * (a.ndim - 2) + [(0, a.shape[-2] - R.shape[-2]), (0, 0)])
    factors = (R,) if mode == "r" else (Q, R)
    return factors if columns is None else (*factors, columns)


def _qr(a: Array, mode: str) -> tuple[Array, Array]:
    Q, R = original.qr(a, mode=mode)
    return Q, R


@differentiated("a", "c", own_value=True)
def qr_multiply(
    a: Array, c: Array, mode: str = "right", pivoting: bool = False, conjugate: bool = False, overwrite_a: bool = False,
    overwrite_c: bool = False,
) -> Any:  # fmt: skip
    """The product of c with the Q of ``a = Q @ R``, and R."""
    Q, *rest = qr(a, mode="economic", pivoting=pivoting)
    Q = np.conjugate(Q) if conjugate else Q
    return (c @ Q if mode == "right" else Q @ c, *rest)


@differentiated("a", own_value=True)
def rq(a: Array, overwrite_a: bool = False, lwork: Any = None, mode: str = "full", check_finite: bool = True) -> Any:
    """The factors ``a = R @ Q``: those of a QR decomposition from the other end."""
    m, n = a.shape[-2:]
    if mode == "full" and m < n:
        raise NotDifferentiableError(
            'scipy.linalg.rq with mode="full": rows of Q that a does not determine have no derivative. Write mode="economic".'
        )
    R, Q = by_rule(_rq_rule, partial(_rq, mode="economic"), a)
    return R if mode == "r" else (R, Q)


def _rq(a: Array, mode: str) -> tuple[Array, Array]:
    R, Q = original.rq(a, mode=mode)
    return R, Q


def _rq_rule(d: list[Tangent], values: list[Array], result: Any) -> tuple[Tangent, Tangent]:
    """A^H J = (Q^H J) (J R^H J) with the columns in reverse order, J."""

    def turned(X: Array) -> Array:
        return np.flip(adjoint(X), axis=-1)

    (dA,), (A,), (R, Q) = d, values, result
    dQ, dR = rules.qr([turned(dA)], [turned(A)], (turned(Q), np.flip(turned(R), axis=-2)))
    return adjoint(np.flip(dR, axis=(-2, -1))), adjoint(np.flip(dQ, axis=-1))


@differentiated("a", own_value=True)
def svd(
    a: Array, full_matrices: bool = True, compute_uv: bool = True, overwrite_a: bool = False, check_finite: bool = True,
    lapack_driver: str = "gesdd",
) -> Any:  # fmt: skip
    """The singular value decomposition, by the rule of ``np.linalg.svd``."""
    rule = partial(rules.svd, full_matrices=full_matrices, compute_uv=compute_uv)
    value = partial(original.svd, full_matrices=full_matrices, compute_uv=compute_uv, lapack_driver=lapack_driver)
    return by_rule(rule, value, a)


@differentiated("a")
def svdvals(a: Array, overwrite_a: bool = False, check_finite: bool = True) -> Array:
    """The singular values."""
    return np.linalg.svd(a, compute_uv=False)


@differentiated("a")
def polar(a: Array, side: str = "right") -> tuple[Array, Array]:
    """The polar decomposition of a matrix of full rank: U = A (A^H A)^(-1/2), and P = U^H A or A U^H.

    Singular values may be repeated.
    """
    m, n = a.shape[-2:]
    refuse_ill_conditioned("polar", plain(a))
    U = a @ np.linalg.inv(sqrtm(adjoint(a) @ a)) if m >= n else np.linalg.inv(sqrtm(a @ adjoint(a))) @ a
    return U, adjoint(U) @ a if side == "right" else a @ adjoint(U)


@differentiated("A", "B")
def orthogonal_procrustes(A: Array, B: Array, check_finite: bool = True) -> tuple[Array, Array]:
    """The orthogonal matrix that maps A nearest to B, the polar factor of A^H B, and the sum of its singular values."""
    M = adjoint(A) @ B
    return polar(M)[0], np.sum(np.linalg.svd(M, compute_uv=False), axis=-1)


@differentiated("A", "B")
def subspace_angles(A: Array, B: Array) -> Array:
    """The angles between the ranges of matrices of full rank, by cosines where they are large and sines where small."""
    QA, QB = np.linalg.qr(A)[0], np.linalg.qr(B)[0]
    QA, QB = (QA, QB) if QA.shape[-1] >= QB.shape[-1] else (QB, QA)
    inner = adjoint(QA) @ QB
    cosines, sines = np.linalg.svd(inner, compute_uv=False), np.linalg.svd(QB - QA @ inner, compute_uv=False)
    large = plain(cosines) ** 2 < 0.5
    angles = np.where(large, np.arccos(np.where(large, cosines, 0.0)), np.arcsin(np.where(large, 0.0, sines[..., ::-1])))
    return angles[..., ::-1]
