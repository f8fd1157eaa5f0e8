"""The part of a matrix that a routine of LAPACK's reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._typing import Array
from ...rules.decompositions import hermitian_part, transposed

__all__ = ["STRUCTURES", "hermitian", "structured", "symmetric", "triangle"]


def triangle(A: Array, lower: Any, *, unit: bool = False) -> Array:
    """A triangle; with ones on its diagonal if ``unit``."""
    if unit:
        return (np.tril(A, -1) if lower else np.triu(A, 1)) + np.eye(A.shape[-1], dtype=A.dtype)
    return np.tril(A) if lower else np.triu(A)


def hermitian(A: Array, lower: Any) -> Array:
    """A triangle, and its mirror image conjugated."""
    return hermitian_part(A, bool(lower))


def symmetric(A: Array, lower: Any) -> Array:
    """A triangle, and its mirror image."""
    return triangle(A, lower) + transposed(np.tril(A, -1) if lower else np.triu(A, 1))


#: What ``assume_a`` says of a matrix.
STRUCTURES: dict[Any, Callable[[Array, Any], Array]] = {
    None: lambda A, lower: A,
    "general": lambda A, lower: A,
    "gen": lambda A, lower: A,
    "banded": lambda A, lower: A,
    "diagonal": lambda A, lower: A * np.eye(A.shape[-1], dtype=A.dtype),
    "tridiagonal": lambda A, lower: np.triu(np.tril(A, 1), -1),
    "upper triangular": lambda A, lower: np.triu(A),
    "lower triangular": lambda A, lower: np.tril(A),
    "positive definite": hermitian,
    "pos": hermitian,
    "hermitian": hermitian,
    "her": hermitian,
    "symmetric": symmetric,
    "sym": symmetric,
}


def structured(A: Array, assume_a: Any, lower: Any) -> Array:
    """The matrix that is solved with under this assumption; an unknown one is SciPy's to refuse."""
    return STRUCTURES.get(assume_a, STRUCTURES[None])(A, lower)
