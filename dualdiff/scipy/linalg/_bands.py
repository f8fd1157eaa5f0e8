"""Banded matrices as their diagonals: number k holds the entries ``a[i, i + k]``."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._typing import Array

__all__ = ["banded_product", "dense_from", "diagonals_of", "hermitian_diagonals", "hermitian_product"]

Diagonals = dict[int, Array]


def diagonals_of(ab: Array, lower: int, upper: int) -> Diagonals:
    """The diagonals of LAPACK's form, ``ab[upper + i - j, j] = a[i, j]``."""
    n = ab.shape[-1]
    return {k: ab[..., upper - k, max(k, 0) : n + min(k, 0)] for k in range(-lower, upper + 1) if abs(k) < n}


def hermitian_diagonals(ab: Array, lower: Any) -> Diagonals:
    """The upper diagonals of a Hermitian matrix, given by one of its triangles; the first is real."""
    bands = ab.shape[-2] - 1
    found = diagonals_of(ab, bands, 0) if lower else diagonals_of(ab, 0, bands)
    upper = {abs(k): np.conjugate(d) if lower else d for k, d in found.items()}
    return upper | {0: np.real(upper[0])}


def banded_product(diagonals: Diagonals, X: Array) -> Array:
    """The product with a matrix ``X[..., n, m]``."""
    n, total = X.shape[-2], None
    for k, entries in diagonals.items():
        term = entries[..., None] * X[..., max(k, 0) : n + min(k, 0), :]
        ends = [(0, 0)] * (term.ndim - 2) + [(max(-k, 0), max(k, 0)), (0, 0)]
        term = np.pad(term, ends)
        total = term if total is None else total + term
    return total


def hermitian_product(upper: Diagonals, X: Array) -> Array:
    """The same for a Hermitian matrix, by its upper diagonals."""
    return banded_product(upper | {-k: np.conjugate(d) for k, d in upper.items() if k}, X)


def dense_from(diagonals: Diagonals, n: int) -> Array:
    """The matrix itself."""
    return banded_product(diagonals, np.eye(n))
