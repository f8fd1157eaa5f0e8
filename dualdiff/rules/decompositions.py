"""Differentials of matrix decompositions, with the letters of their sources.

A differential has the shape of its argument, or directions in front of it; every formula broadcasts over both.
Sources: M. B. Giles, Collected matrix derivative results, 2008 (eig, svd, cholesky); G. H. Golub and V. Pereyra, The
differentiation of pseudo-inverses, 1973 (pinv); S. F. Walter and L. Lehmann, Algorithmic differentiation of linear algebra
functions, 2010 (qr).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array, Tangent
from ..errors import NotDifferentiableError
from .kinds import Custom, Table
from .values import is_complex, value_of

__all__ = [
    "DECOMPOSITIONS",
    "adjoint",
    "cholesky",
    "diagonal",
    "eigenvectors",
    "eigh",
    "hermitian_part",
    "inverse_gaps",
    "qr",
    "refuse_defective",
    "svd",
    "transposed",
]


#: What rounding leaves of a part of a differential that is zero, relative to its largest entry.
_RANK = 1e-10


def transposed(A: Array) -> Array:
    """The transposed matrix."""
    return np.swapaxes(A, -1, -2)


def adjoint(A: Array) -> Array:
    """The transposed matrix, conjugated."""
    return np.conjugate(transposed(A)) if is_complex(A) else transposed(A)


def diagonal(M: Array) -> Array:
    """The diagonal of each matrix."""
    return np.diagonal(M, axis1=-2, axis2=-1)


def hermitian_part(dA: Tangent, lower: bool) -> Tangent:
    """What NumPy reads of a differential: one triangle, mirrored."""
    strict = np.tril(dA, -1) if lower else np.triu(dA, 1)
    real = np.real(dA) if is_complex(dA) else dA
    return strict + adjoint(strict) + real * np.eye(dA.shape[-1], dtype=real.dtype)


def inverse_gaps(gaps: Array, coupling: Array, scale: Any, what: str) -> Array:
    """1 / gap off the diagonal; a gap of zero must not couple."""
    values, n = np.abs(value_of(gaps)), gaps.shape[-1]
    off = ~np.eye(n, dtype=bool)
    closed = (values <= 10 * np.finfo(values.dtype).eps * np.asarray(scale)[..., None, None]) & off
    if np.any(closed):
        size = np.abs(value_of(coupling))
        if np.any(closed & (size > 1e-10 * np.max(size, initial=0.0))):
            raise NotDifferentiableError(
                f"{what} of repeated values have no derivative in a direction that couples them. The values alone do: "
                "np.linalg.eigvalsh, np.linalg.svdvals."
            )
    usable = off & ~closed
    return np.where(usable, 1.0, 0.0) / np.where(usable, gaps, 1.0)


def cholesky(d: list[Tangent], values: list[Array], L: Array, *, upper: bool = False) -> Tangent:
    """A = L L^H: dL = L Phi(L^-1 dA L^-H), Phi the lower triangle with half the diagonal."""
    (dA,) = d
    if upper:
        return adjoint(cholesky([adjoint(dA)], values, adjoint(L)))
    inverse = np.linalg.inv(L)
    P = inverse @ hermitian_part(dA, lower=True) @ adjoint(inverse)
    n = L.shape[-1]
    return L @ (P * (np.tril(np.ones((n, n))) - 0.5 * np.eye(n)))


def eigh(d: list[Tangent], values: list[Array], result: Any, UPLO: str = "L") -> tuple[Tangent, Tangent]:
    """A = V diag(w) V^H, M = V^H dA V: dw = diag M, dV = V (F o M) with F_ij = 1 / (w_j - w_i)."""
    (dA,), (w, V) = d, result
    M = adjoint(V) @ hermitian_part(dA, UPLO.upper() == "L") @ V
    gaps = w[..., None, :] - w[..., :, None]
    F = inverse_gaps(gaps, M, np.max(np.abs(value_of(w)), axis=-1, initial=0.0), "eigenvectors")
    return np.real(diagonal(M)), V @ (F * M)


def eigvalsh(d: list[Tangent], values: list[Array], w: Array, UPLO: str = "L") -> Tangent:
    """dw = diag(V^H dA V)."""
    (dA,), (A,) = d, values
    V = np.linalg.eigh(A, UPLO)[1]  # type: ignore[call-overload]
    return np.real(diagonal(adjoint(V) @ hermitian_part(dA, UPLO.upper() == "L") @ V))


def eig(d: list[Tangent], values: list[Array], result: Any) -> tuple[Tangent, Tangent]:
    """A V = V diag(w), G = V^-1 dA V: dw = diag G, dV = V (F o G)."""
    (dA,), (w, V) = d, result
    G = np.linalg.inv(V) @ dA @ V
    return diagonal(G), eigenvectors(G, w, V)


def eigenvectors(G: Tangent, w: Array, V: Array) -> Tangent:
    """dV = V (F o G) of eigenvectors, kept at length 1 with a real largest entry."""
    gaps = w[..., None, :] - w[..., :, None]
    F = inverse_gaps(gaps, G, np.max(np.abs(value_of(w)), axis=-1, initial=0.0), "eigenvectors")
    D = V @ (F * G)
    along = np.real(np.sum(np.conjugate(V) * D, axis=-2, keepdims=True))
    if is_complex(V) and V.size:
        largest = np.argmax(np.abs(value_of(V)), axis=-2)[..., None, :]
        pick = np.arange(V.shape[-1])[:, None] == largest
        turn = np.sum(np.where(pick, D / np.where(pick, V, 1), 0), axis=-2, keepdims=True)
        along = along + 1j * np.imag(turn)
    return D - V * along


def eigvals(d: list[Tangent], values: list[Array], w: Array) -> Tangent:
    """dw = diag(V^-1 dA V)."""
    (dA,), (A,) = d, values
    V = np.linalg.eig(A)[1]
    refuse_defective(V)
    return diagonal(np.linalg.inv(V) @ dA @ V)


def refuse_defective(V: Array) -> None:
    """Raise where eigenvectors do not span the space."""
    if V.size and np.linalg.cond(value_of(V)).max(initial=0.0) > 1e12:
        raise NotDifferentiableError("eigenvalues of a defective matrix have no derivative.")


def svd(
    d: list[Tangent], values: list[Array], result: Any, full_matrices: bool = True, compute_uv: bool = True,
    hermitian: bool = False,
) -> Any:  # fmt: skip
    """A = U diag(s) V^H, dP = U^H dA V: ds = diag dP, dU and dV from F_ij = 1 / (s_j^2 - s_i^2)."""
    (dA,), (A,) = d, values
    m, n = A.shape[-2:]
    if hermitian:
        dA = hermitian_part(dA, lower=True)
    if not compute_uv:
        U, _, Vh = np.linalg.svd(A, full_matrices=False, hermitian=hermitian)
        return np.real(diagonal(adjoint(U) @ dA @ adjoint(Vh)))
    if full_matrices and m != n:
        raise NotDifferentiableError(
            "np.linalg.svd with full_matrices=True: the columns beyond the smaller side are not determined, so they have no "
            "derivative. Write full_matrices=False."
        )
    U, s, Vh = result
    V = adjoint(Vh)
    dP = adjoint(U) @ dA @ V
    row, column = s[..., None, :], s[..., :, None]
    gaps, scale = (row + column) * (row - column), np.max(np.abs(value_of(s)), axis=-1, initial=0.0) ** 2
    F = inverse_gaps(gaps, dP, scale, "singular vectors")
    left, right = dP * row, column * dP
    dU, dV = U @ (F * (left + adjoint(left))), V @ (F * (right + adjoint(right)))
    if is_complex(dP):
        dU = dU + U @ (0.5 * (dP - adjoint(dP)) * np.eye(s.shape[-1]) / row)
    if m > n:
        dAV = dA @ V
        dU = dU + (dAV - U @ (adjoint(U) @ dAV)) / row
    if n > m:
        dAU = adjoint(dA) @ U
        dV = dV + (dAU - V @ (adjoint(V) @ dAU)) / row
    return dU, np.real(diagonal(dP)), adjoint(dV)


def svdvals(d: list[Tangent], values: list[Array], s: Array) -> Tangent:
    """ds = diag(U^H dA V)."""
    return svd(d, values, s, compute_uv=False)


def qr(d: list[Tangent], values: list[Array], result: Any, mode: str = "reduced") -> Any:
    """A = Q R, C = dA R^-1, M = Q^H C: dR = (M - S) R and dQ = Q S + C - Q M with S skew, from below M's diagonal."""
    (dA,), (A,) = d, values
    m, n = A.shape[-2:]
    if mode == "raw" or (mode == "complete" and m > n):
        raise NotDifferentiableError(
            f'np.linalg.qr with mode={mode!r}: columns of Q that A does not determine have no derivative. Write mode="reduced".'
        )
    Q, R = np.linalg.qr(A) if mode == "r" else result
    dhead, corner = dA[..., :m], R[..., :, :m]
    if np.any(np.abs(diagonal(value_of(corner))) <= 1e-14 * np.max(np.abs(value_of(corner)), initial=0.0)):
        raise NotDifferentiableError("np.linalg.qr of a matrix without full rank has no derivative.")
    C = dhead @ np.linalg.inv(corner)
    M = adjoint(Q) @ C
    below = np.tril(M, -1)
    S = below - adjoint(below)
    if is_complex(M):
        S = S + 1j * np.imag(M) * np.eye(M.shape[-1])
    dQ, dR = Q @ S + C - Q @ M, (M - S) @ corner
    if n > m:
        rest = adjoint(dQ) @ A[..., m:] + adjoint(Q) @ dA[..., m:]
        dR = np.concatenate([dR, rest], axis=-1)
    return dR if mode == "r" else (dQ, dR)


def pinv(
    d: list[Tangent], values: list[Array], P: Array, rcond: Any = None, hermitian: bool = False, *, rtol: Any = np._NoValue
) -> Tangent:
    """dP = -P dA P + P P^H dA^H (I - A P) + (I - P A) dA^H P^H P, for a rank that does not change."""
    (dA,), (A,) = d, values
    m, n = A.shape[-2:]
    relative = rcond if rtol is np._NoValue or rtol is None else rtol
    if relative is not None and A.size:
        s = np.linalg.svdvals(value_of(A)) if hasattr(np.linalg, "svdvals") else np.linalg.svd(value_of(A), compute_uv=False)
        largest = np.max(s, axis=-1, keepdims=True)
        small = s <= np.asarray(relative)[..., None] * largest
        if np.any(small & (s > max(m, n) * np.finfo(s.dtype).eps * largest)):
            raise NotDifferentiableError(
                "np.linalg.pinv has no rule where rcond or rtol cuts off singular values that are not zero: "
                "write it with np.linalg.svd."
            )
    if hermitian:
        dA = hermitian_part(dA, lower=True)
    dAh, left, right = adjoint(dA), np.eye(m) - A @ P, np.eye(n) - P @ A
    _refuse_rank_change(value_of(dA), value_of(left), value_of(right))
    return -P @ dA @ P + P @ adjoint(P) @ dAh @ left + right @ dAh @ adjoint(P) @ P


def _refuse_rank_change(dA: Array, left: Array, right: Array) -> None:
    """Raise where a differential takes something of the null space out of the range."""
    if not _is_deficient(left, right):
        return
    moved = np.max(np.abs(left @ dA @ right), axis=(-2, -1), initial=0.0)
    if np.any(moved > _RANK * np.max(np.abs(dA), axis=(-2, -1), initial=0.0)):
        raise NotDifferentiableError(
            "np.linalg.pinv of a matrix without full rank has no derivative in a direction that changes the rank: the "
            "pseudo-inverse jumps there."
        )


def _is_deficient(left: Array, right: Array) -> bool:
    # The traces of these projections are whole numbers: the dimensions that are left.
    def dimension(projection: Array) -> Array:
        return np.rint(np.real(np.trace(projection, axis1=-2, axis2=-1)))

    return bool(np.any((dimension(left) > 0) & (dimension(right) > 0)))


# fmt: off
DECOMPOSITIONS: Table = {
    np.linalg.cholesky: Custom("a", cholesky),
    np.linalg.eigh:     Custom("a", eigh),
    np.linalg.eigvalsh: Custom("a", eigvalsh),
    np.linalg.eig:      Custom("a", eig),
    np.linalg.eigvals:  Custom("a", eigvals),
    np.linalg.svd:      Custom("a", svd),
    np.linalg.svdvals:  Custom("x", svdvals),
    np.linalg.qr:       Custom("a", qr),
    np.linalg.pinv:     Custom("a", pinv),
}
# fmt: on
