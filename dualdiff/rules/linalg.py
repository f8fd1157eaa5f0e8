"""Differentials of linear algebra: one function each, with the letters of its source.

A differential has the shape of its argument, or directions in front of it; every formula broadcasts over both.
Source of the formulas: M. B. Giles, Collected matrix derivative results for forward and reverse mode algorithmic
differentiation, 2008.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array, Tangent
from .kinds import Composite, Custom, Table
from .values import is_complex, value_of

__all__ = ["LINALG"]

_ILL_CONDITIONED = 1e8
_NEGLIGIBLE = 1e-8


def inv(d: list[Tangent], values: list[Array], B: Array) -> Tangent:
    """B = A^-1: dB = -B dA B."""
    (dA,) = d
    return -B @ dA @ B


def solve(d: list[Tangent], values: list[Array], X: Array) -> Tangent:
    """A X = B: dX = A^-1 (dB - dA X), one factorisation for all directions."""
    (dA, dB), (A, B) = d, values
    column = B.ndim == 1
    if column:
        X = X[..., None]
        dB = None if dB is None else dB[..., None]
    residual: Any = None
    if dA is not None:
        residual = -(_beside_batch(dA, A, X) @ X)
    if dB is not None:
        dB = _beside_batch(dB, B[..., None] if column else B, X)
        residual = dB if residual is None else dB + residual
    if residual.ndim > X.ndim:
        k, m = residual.shape[0], residual.shape[-1]
        columns = np.moveaxis(residual, 0, -2)
        columns = np.reshape(columns, (*columns.shape[:-2], k * m))
        solved = np.linalg.solve(A, columns)
        dX = np.moveaxis(np.reshape(solved, (*solved.shape[:-1], k, m)), -2, 0)
    else:
        dX = np.linalg.solve(A, residual)
    return dX[..., 0] if column else dX


def _beside_batch(differential: Tangent, array: Array, result: Array) -> Tangent:
    """The differential with the axes of its directions before the batch axes of the result."""
    leading = differential.ndim - array.ndim
    missing = result.ndim - array.ndim
    if not leading or not missing:
        return differential
    shape = differential.shape
    return differential.reshape(shape[:leading] + (1,) * missing + shape[leading:])


def slogdet(d: list[Tangent], values: list[Array], result: Any) -> tuple[Tangent, Tangent]:
    """d log|det A| = Re tr(A^-1 dA); the phase of a complex determinant turns by the imaginary part."""
    (dA,), (A,) = d, values
    trace = np.sum(np.swapaxes(np.linalg.inv(A), -1, -2) * dA, axis=(-2, -1))
    if not is_complex(A) and not is_complex(dA):
        return None, trace
    return result[0] * (1j * np.imag(trace)), np.real(trace)


def _det(a: Array) -> Array:
    """d det A = det A tr(A^-1 dA), through log|det A| where A is regular; by elimination where it is nearly singular."""
    values = np.asarray(value_of(a))
    if values.ndim < 2:
        # NumPy's own error.
        return np.linalg.det(values)
    if values.shape[-1] == 0:
        return np.ones(values.shape[:-2])
    if _well_conditioned(values):
        log = np.linalg.slogdet(a)
        phase = log.sign / value_of(log.sign)
        return _multiplied(phase * np.exp(log.logabsdet - value_of(log.logabsdet)), values)
    if a.ndim == 2:
        return _det_by_elimination(a)
    batch = a.shape[:-2]
    each = [_det(a[index]) for index in np.ndindex(batch)]
    return np.reshape(np.stack(each), batch)


def _multiplied(quotient: Array, values: Array) -> Array:
    """The quotient of determinants times that of the values, which may overflow where the derivatives do not."""
    with np.errstate(over="ignore", under="ignore"):
        determinant = np.linalg.det(values)
        if np.all(np.isfinite(determinant) & (np.abs(determinant) >= np.finfo(determinant.dtype).tiny)):
            return determinant * quotient
        log = np.linalg.slogdet(values)
        factor, result = np.exp(log.logabsdet / values.shape[-1]), log.sign * quotient
        for _ in range(values.shape[-1]):
            result = result * factor
    return result


def _well_conditioned(values: Array) -> bool:
    try:
        inverse = np.linalg.inv(values)
    except np.linalg.LinAlgError:
        return False
    with np.errstate(over="ignore", invalid="ignore"):
        norms = np.linalg.norm(values, 1, axis=(-2, -1)) * np.linalg.norm(inverse, 1, axis=(-2, -1))
    return bool(np.all(norms < _ILL_CONDITIONED))


def _det_by_elimination(a: Array) -> Array:
    """Gaussian elimination with complete pivoting, as long as the pivots are not negligible.

    The determinant of what is left is a polynomial in small entries, computed without divisions (R. S. Bird, A simple
    division-free algorithm for computing determinants, 2011), so that its derivatives of every order are right.
    """
    result: Array = 1.0
    scale = np.max(np.abs(value_of(a)))
    while len(a):
        size = np.abs(value_of(a))
        i, j = np.unravel_index(np.argmax(size), size.shape)
        if not size[i, j] > _NEGLIGIBLE * scale:
            return result * _det_without_division(a)
        pivot = a[i, j]
        rest = np.delete(np.delete(a, i, 0), j, 1)
        a = rest - np.delete(a[:, j], i)[:, None] * (np.delete(a[i], j) / pivot)
        result = result * (pivot if (i + j) % 2 == 0 else -pivot)
    return result


def _det_without_division(a: Array) -> Array:
    """Bird's algorithm."""
    n = len(a)
    f = a
    for _ in range(n - 1):
        diagonal = np.diagonal(f)
        # mu(F): the strict upper triangle, with minus the sums of the later diagonal entries on the diagonal.
        below = np.flip(np.cumsum(np.flip(diagonal))) - diagonal
        f = (np.triu(f, 1) - np.diag(below)) @ a
    return f[0, 0] if n % 2 else -f[0, 0]


LINALG: Table = {
    np.linalg.inv: Custom("a", inv),
    np.linalg.solve: Custom("a b", solve),
    np.linalg.slogdet: Custom("a", slogdet),
    np.linalg.det: Composite(_det),
}
