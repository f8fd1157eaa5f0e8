"""Matrices of a special form: most have nothing but the entries of their arguments, moved."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..._typing import Array
from ...arrays import plain
from ...arrays.number import absorb, holds_numbers, top
from ._original import differentiated, original

__all__ = [
    "block_diag",
    "circulant",
    "companion",
    "convolution_matrix",
    "diagsvd",
    "fiedler",
    "fiedler_companion",
    "hankel",
    "khatri_rao",
    "leslie",
    "toeplitz",
]


def _moves(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that only moves the entries of its arguments, and fills with zeros."""

    def moving(*arrays: Any) -> Any:
        number = top(arrays)
        return function(*arrays) if number is None else number.move(moving, list(arrays))

    return wraps(function)(moving)


@differentiated("c", "r")
def toeplitz(c: Array, r: Array = None) -> Array:
    """The matrix of constant diagonals with this first column and first row.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import linalg
    >>> dd.jvp(linalg.toeplitz, np.array([1.0, 2.0]), np.array([3.0, 4.0]))[1]
    array([[3., 4.],
           [4., 3.]])
    """
    return _moves(original.toeplitz)(c, np.conjugate(c) if r is None else r)


@differentiated("c", "r")
def hankel(c: Array, r: Array = None) -> Array:
    """The matrix of constant anti-diagonals with this first column and last row."""
    return _moves(original.hankel)(*([c] if r is None else [c, r]))


@differentiated("c")
def circulant(c: Array) -> Array:
    """The circulant matrix with this first column."""
    return _moves(original.circulant)(c)


@differentiated("a")
def convolution_matrix(a: Array, n: int, mode: str = "full") -> Array:
    """The matrix whose product with a vector is the convolution."""
    return _moves(lambda a: original.convolution_matrix(a, n, mode))(a)


@differentiated("s")
def diagsvd(s: Array, M: int, N: int) -> Array:
    """The rectangular diagonal matrix of singular values."""
    return _moves(lambda s: original.diagsvd(s, M, N))(s)


@differentiated("f", "s")
def leslie(f: Array, s: Array) -> Array:
    """The Leslie matrix of fecundities and survivals."""
    return _moves(original.leslie)(f, s)


def block_diag(*arrs: Array) -> Array:
    """The block diagonal matrix of these arrays."""
    return _moves(original.block_diag)(*(absorb(a) if holds_numbers(a) else a for a in arrs))


@differentiated("a")
def companion(a: Array) -> Array:
    """The companion matrix of a polynomial: the negated ratios to its first coefficient in the first row."""
    n = a.shape[-1]
    first = -a[..., 1:] / a[..., :1]
    below = np.broadcast_to(np.eye(n - 2, n - 1), (*first.shape[:-1], n - 2, n - 1))
    return np.concatenate([first[..., None, :], below], axis=-2)


@differentiated("a")
def fiedler(a: Array) -> Array:
    """The matrix of absolute differences."""
    return np.abs(a[..., :, None] - a[..., None, :]) if np.size(plain(a)) else a


@differentiated("a")
def fiedler_companion(a: Array) -> Array:
    """The pentadiagonal companion matrix of a polynomial."""
    ratios = a / a[..., :1]
    if a.shape[-1] <= 2:
        return np.reshape(-ratios[..., 1:], (*a.shape[:-1], a.shape[-1] - 1, a.shape[-1] - 1))
    # SciPy's own for the ones; the ratios stand where it has the coefficients of a monic polynomial.
    marks = np.arange(2.0, a.shape[-1] + 1)
    places = original.fiedler_companion(np.concatenate([[1.0], marks]))
    index = np.where(places < 0, -places - 1, 0).astype(int)
    return np.where(places < 0, -ratios[..., index], places)


@differentiated("a", "b")
def khatri_rao(a: Array, b: Array) -> Array:
    """The Kronecker products of the columns."""
    product = a[..., :, None, :] * b[..., None, :, :]
    return np.reshape(product, (*product.shape[:-3], a.shape[-2] * b.shape[-2], a.shape[-1]))
