"""Functions of sparse matrices, and some of their eigenvalues."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...._typing import Array, NDArray, Tangent
from ....arrays import plain
from ....arrays.number import absorb, holds_numbers
from ....errors import NoRuleError, NotDifferentiableError
from ...border import by_rule
from ...systems import one_by_one, solution
from .._array import SparseArray, plain_matrix, sp, sparse_numbers
from .._construction import has_numbers, mover
from ._direct import factored, in_parts, linear
from ._original import original

__all__ = ["eigsh", "expm_multiply", "matrix_power", "norm"]

_block_array = mover("block_array") if hasattr(sp, "block_array") else mover("bmat")


def expm_multiply(A: Any, B: Any, *interval: Any, traceA: Any = None, **keywords: Any) -> Any:
    """The product of the exponential of a sparse matrix with a vector or matrix.

    The derivative by A is a block of the exponential of [[A, dA], [0, A]] (A. H. Al-Mohy and N. J. Higham, Computing the action
    of the matrix exponential, 2011).

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import sparse
    >>> from dualdiff.scipy.sparse import linalg
    >>> R = sparse.csr_array(np.array([[0.0, 1.0], [-1.0, 0.0]]))
    >>> dd.derivative(lambda t: linalg.expm_multiply(R * t, np.array([1.0, 0.0])))(0.0)
    array([ 0., -1.])
    """
    if not has_numbers([A, B]):
        return original.expm_multiply(A, B, *interval, traceA=traceA, **keywords)
    if interval or keywords:
        raise NoRuleError("scipy.sparse.linalg.expm_multiply of duals at several times: call it for each, with A * t.")
    B = absorb(B) if holds_numbers(B) else np.asarray(B)
    if not has_numbers(A):
        return linear(lambda columns: original.expm_multiply(A, columns), B)
    A = sparse_numbers(A)
    pattern = A.pattern

    def value(data: NDArray, B: NDArray) -> NDArray:
        return np.asarray(original.expm_multiply(plain_matrix(SparseArray(pattern, data)), B))

    def rule(d: list[Tangent], values: list[Array], F: Array) -> Tangent:
        (data, B), (ddata, dB) = values, d
        rows = [t.shape[:1] for t, x in zip(d, values, strict=True) if t is not None and t.ndim > x.ndim]
        if rows:
            ((count,), *_) = rows
            pairs = list(zip(d, values, strict=True))
            each = [[t[i] if t is not None and t.ndim > x.ndim else t for t, x in pairs] for i in range(count)]
            return np.stack([rule(one, values, F) for one in each])
        E = np.zeros_like(data) if ddata is None else ddata
        start = np.concatenate([np.zeros_like(B) if dB is None else dB, B])
        return expm_multiply(_beside(pattern, data, E), start)[: len(B)]

    return by_rule(rule, value, A.data, B)


def _beside(pattern: Any, data: Array, E: Array) -> Any:
    """The matrix [[A, E], [0, A]] for entries in one pattern; SciPy's own for plain entries."""
    A, E = SparseArray(pattern, data), SparseArray(pattern, E)
    block = _block_array([[A, E], [None, A]], format="csr")
    return block if holds_numbers(block.data) else plain_matrix(block)


def matrix_power(A: Any, power: int) -> Any:
    """A power of a sparse matrix, by products."""
    if not has_numbers(A):
        return original.matrix_power(A, power)
    if power < 1:
        raise NoRuleError(
            "scipy.sparse.linalg.matrix_power of duals needs an exponent of 1 or more: write splu for an inverse."
        )
    result = A
    for bit in bin(power)[3:]:
        result = result @ result
        result = result @ A if bit == "1" else result
    return result


def norm(x: Any, ord: Any = None, axis: Any = None) -> Any:
    """A norm of a sparse matrix: Frobenius's, the largest sum of a column (1), or of a row (inf)."""
    if not has_numbers(x):
        return original.norm(x, ord, axis)
    if axis is not None or ord not in (None, "fro", "f", 1, np.inf):
        raise NoRuleError(
            "scipy.sparse.linalg.norm of duals has ord=None, 1 and inf; for others write np.linalg.norm(x.toarray())."
        )
    if ord in (1, np.inf):
        return np.max(abs(x).sum(0 if ord == 1 else 1))
    return np.linalg.norm(x.data)


def eigsh(A: Any, k: int = 6, M: Any = None, sigma: Any = None, which: str = "LM", *args: Any, **options: Any) -> Any:
    """Some eigenvalues and eigenvectors of a real symmetric sparse matrix, or of a pair ``A @ v = w * M @ v``.

    Each simple eigenpair is differentiated as the solution of ``A v - w M v = 0`` and ``(1 - v^T M v) / 2 = 0``, whose
    Jacobian is factored once (R. B. Nelson, Simplified calculation of eigenvector derivatives, 1976).

    Raises
    ------
    NotDifferentiableError
        For a repeated eigenvalue, or a complex matrix.
    """
    if not has_numbers([A, M]):
        return original.eigsh(A, k, M, sigma, which, *args, **options)
    if args:
        raise TypeError("scipy.sparse.linalg.eigsh of duals takes what follows `which` by keyword.")
    alone = not options.pop("return_eigenvectors", True)
    matrices = [plain_matrix(x) for x in (A, M) if x is not None]
    if any(matrix.dtype.kind == "c" for matrix in matrices):
        raise NotDifferentiableError("scipy.sparse.linalg.eigsh of complex duals: write linalg.eigh(A.toarray()).")
    w, V = original.eigsh(matrices[0], k, *(matrices[1:] or [None]), sigma, which, **options)
    B = sp.eye_array(len(V)) if M is None else M
    pairs = [_eigenpair(A, B, *pair) for pair in zip(w, V.T, strict=True)]
    values = np.stack([pair[-1] for pair in pairs])
    return values if alone else (values, np.stack([pair[:-1] for pair in pairs], axis=1))


def _eigenpair(A: Any, B: Any, w: float, v: NDArray) -> Array:
    """An eigenvector and its eigenvalue behind it."""
    a, b = plain_matrix(A), plain_matrix(B)
    side = -(b @ v)[:, None]
    J = sp.bmat([[a - w * b, side], [side.T, None]], format="csc")
    inverse = one_by_one(in_parts(factored(J)), (len(v) + 1,))
    # Any right-hand side shows that the matrix is nearly singular, but one that is orthogonal to what it maps to 0.
    shown = inverse(np.random.default_rng(0).standard_normal((len(v) + 1, 1)))
    if float(np.linalg.norm(shown)) * float(np.max(np.abs(J.data))) > 1e12:
        raise NotDifferentiableError(
            "scipy.sparse.linalg.eigsh: eigenvectors of a repeated eigenvalue have no derivative. The eigenvalues alone have: "
            "linalg.eigvalsh(A.toarray())."
        )

    def residual(x: Array) -> Array:
        v, w = x[:-1], x[-1]
        Bv = B @ v
        return np.concatenate([A @ v - w * Bv, np.reshape(0.5 * (1 - v @ Bv), (1,))])

    entries = [x.data for x in (A, B) if isinstance(x, SparseArray)]
    return solution(residual, plain(np.append(v, w)), inverse, *entries)
