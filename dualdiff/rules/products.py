"""Functions that are linear in each operand by itself: one mechanism for all of them.

The differential of f(a, b) is f(da, b) + f(a, db). ``over(i, tangent, values, others)`` applies f to the directions of
operand i at once; without it, direction by direction.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array, Tangent
from .kinds import Product, Table
from .values import is_complex

__all__ = ["PRODUCTS"]

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXY"


def _swap(i: int, tangent: Tangent, values: list[Array]) -> list[Array]:
    return [tangent if j == i else value for j, value in enumerate(values)]


def matmul(i: int, tangent: Tangent, values: list[Array], **others: Any) -> Tangent:
    """``a @ b`` with directions in front of one factor: one GEMM when the other is a matrix."""
    a, b = values
    if i == 0 and b.ndim <= 2:
        return tangent @ b
    if i == 1 and a.ndim == 1:
        return (a @ tangent) if b.ndim > 1 else tangent @ a
    if i == 1 and a.ndim == 2 and b.ndim == 1:
        return tangent @ a.T
    wide_a = a.reshape(1, -1) if a.ndim == 1 else a
    wide_b = b.reshape(-1, 1) if b.ndim == 1 else b
    wide = wide_a if i == 0 else wide_b
    count = max(wide_a.ndim, wide_b.ndim)
    tangent = tangent.reshape(tangent.shape[:1] + (1,) * (count - wide.ndim) + wide.shape)
    product = tangent @ wide_b if i == 0 else wide_a @ tangent
    if a.ndim == 1:
        product = product[..., 0, :]
    if b.ndim == 1:
        product = product[..., 0]
    return product


def _gufunc(left: int, right: int) -> Any:
    """A generalised ufunc with fixed core axes: the directions broadcast once the batch axes are aligned."""

    def over(i: int, tangent: Tangent, values: list[Array], *, function: Any, **others: Any) -> Tangent:
        a, b = values
        count = max(a.ndim - left, b.ndim - right) + (left if i == 0 else right)
        own = values[i]
        tangent = tangent.reshape(tangent.shape[:1] + (1,) * (count - own.ndim) + own.shape)
        return function(*_swap(i, tangent, values), **others)

    return over


def tensordot(i: int, tangent: Tangent, values: list[Array], *, axes: Any = 2, **others: Any) -> Tangent:
    """The contracted axes of the operand with directions in front move by one; the directions go back to the front."""
    a, _ = values
    if isinstance(axes, (int, np.integer)):
        pair = [list(range(a.ndim - axes, a.ndim)), list(range(axes))]
    else:
        pair = [list(np.atleast_1d(x)) for x in axes]
    pair = [[int(x) % v.ndim for x in xs] for xs, v in zip(pair, values, strict=True)]
    pair[i] = [x + 1 for x in pair[i]]
    left, right = _swap(i, tangent, values)
    product: Any = np.tensordot(left, right, axes=(pair[0], pair[1]))
    return product if i == 0 else np.moveaxis(product, a.ndim - len(pair[0]), 0)


def dot(i: int, tangent: Tangent, values: list[Array], **others: Any) -> Tangent:
    """Scalars multiply; otherwise the last axis of a meets the last but one of b."""
    a, b = values
    if not np.ndim(a) or not np.ndim(b):
        return _scaled(i, tangent, values)
    return tensordot(i, tangent, values, axes=([a.ndim - 1], [max(b.ndim - 2, 0)]))


def inner(i: int, tangent: Tangent, values: list[Array], **others: Any) -> Tangent:
    """The last axes meet."""
    a, b = values
    if not np.ndim(a) or not np.ndim(b):
        return _scaled(i, tangent, values)
    return tensordot(i, tangent, values, axes=([a.ndim - 1], [b.ndim - 1]))


def _scaled(i: int, tangent: Tangent, values: list[Array]) -> Tangent:
    """A product with a scalar, whose tangent may be a vector of directions."""
    other = values[1 - i]
    extra = np.ndim(other) if not np.ndim(values[i]) else 0
    return np.reshape(tangent, np.shape(tangent) + (1,) * extra) * other


def outer(i: int, tangent: Tangent, values: list[Array], **others: Any) -> Tangent:
    """Both operands are flattened."""
    a, b = (np.ravel(v) for v in values)
    rows = tangent.reshape(tangent.shape[0], -1)
    return rows[:, :, None] * b if i == 0 else a[:, None] * rows[:, None, :]


def vdot(i: int, tangent: Tangent, values: list[Array], **others: Any) -> Tangent:
    """Both operands are flattened, the first conjugated."""
    a, b = (np.ravel(v) for v in values)
    rows = tangent.reshape(tangent.shape[0], -1)
    return np.conjugate(rows) @ b if i == 0 else rows @ np.conjugate(a)


def kron(i: int, tangent: Tangent, values: list[Array], **others: Any) -> Tangent:
    """An outer product with the axes interleaved."""
    a, b = (np.asarray(v) if not hasattr(v, "ndim") else v for v in values)
    count = max(a.ndim, b.ndim)
    a_shape = (1,) * (count - a.ndim) + a.shape
    b_shape = (1,) * (count - b.ndim) + b.shape
    left = tuple(x for n in a_shape for x in (n, 1))
    right = tuple(x for n in b_shape for x in (1, n))
    shape = tuple(m * n for m, n in zip(a_shape, b_shape, strict=True))
    k = tangent.shape[:1]
    if i == 0:
        return (tangent.reshape(k + left) * b.reshape(right)).reshape(k + shape)
    return (a.reshape(left) * tangent.reshape(k + right)).reshape(k + shape)


def _contracted(left: int, right: int, conjugates: bool = False) -> Any:
    """The subscripts of a product with core axes, summed over one they share, behind batch axes that broadcast."""

    def subscripts(a: Array, b: Array, **others: Any) -> str | None:
        if others or not a.ndim or not b.ndim or (conjugates and is_complex(a)):
            return None
        core_a, core_b = min(left, a.ndim), min(right, b.ndim)
        batch_a, batch_b = a.shape[: a.ndim - core_a], b.shape[: b.ndim - core_b]
        shared = min(len(batch_a), len(batch_b))
        if batch_a[len(batch_a) - shared :] != batch_b[len(batch_b) - shared :]:
            # Axes of length 1 repeat.
            return None
        batch = _LETTERS[3 : 3 + max(len(batch_a), len(batch_b))]
        own_a, own_b = ("k", "mk")[core_a - 1], ("k", "kp")[core_b - 1]
        front_a, front_b = batch[len(batch) - len(batch_a) :], batch[len(batch) - len(batch_b) :]
        return f"{front_a}{own_a},{front_b}{own_b}->{batch}{own_a[:-1]}{own_b[1:]}"

    return subscripts


def _summed(a: Array, b: Array, pairs: list[tuple[int, int]]) -> str:
    """The subscripts of a sum over these pairs of axes, the other axes in order."""
    left = list(_LETTERS[: a.ndim])
    right = list(_LETTERS[a.ndim : a.ndim + b.ndim])
    for i, j in pairs:
        right[j] = left[i]
    gone = {left[i] for i, _ in pairs}
    out = [c for c in left + right if c not in gone]
    return f"{''.join(left)},{''.join(right)}->{''.join(out)}"


def _tensordot_subscripts(a: Array, b: Array, axes: Any = 2) -> str:
    if isinstance(axes, (int, np.integer)):
        first, second = list(range(a.ndim - axes, a.ndim)), list(range(axes))
    else:
        first, second = ([int(x) for x in np.atleast_1d(xs)] for xs in axes)
    return _summed(a, b, [(i % a.ndim, j % b.ndim) for i, j in zip(first, second, strict=True)])


def _dot_subscripts(a: Array, b: Array, **others: Any) -> str | None:
    if not a.ndim or not b.ndim:
        return None
    return _summed(a, b, [(a.ndim - 1, max(b.ndim - 2, 0))])


def _inner_subscripts(a: Array, b: Array, **others: Any) -> str | None:
    return _summed(a, b, [(a.ndim - 1, b.ndim - 1)]) if a.ndim and b.ndim else None


def _outer_subscripts(a: Array, b: Array, **others: Any) -> str | None:
    return "a,b->ab" if a.ndim == b.ndim == 1 else None


# fmt: off
PRODUCTS: Table = {
    np.matmul:        Product("a b", matmul, _contracted(2, 2)),
    np.linalg.matmul: Product("x1 x2", matmul, _contracted(2, 2)),
    np.dot:           Product("a b", dot, _dot_subscripts),
    np.inner:         Product("a b", inner, _inner_subscripts),
    np.outer:         Product("a b", outer, _outer_subscripts),
    np.linalg.outer:  Product("x1 x2", outer, _outer_subscripts),
    np.vdot:          Product("a b", vdot),
    np.tensordot:     Product("a b", tensordot, _tensordot_subscripts),
    np.linalg.tensordot: Product("x1 x2", tensordot, _tensordot_subscripts),
    np.kron:          Product("a b", kron),
    np.cross:         Product("a b"),
    np.linalg.cross:  Product("x1 x2"),
    np.convolve:      Product("a v"),
    np.correlate:     Product("a v"),
    np.vecdot:        Product("a b", _gufunc(1, 1), _contracted(1, 1, conjugates=True)),
}
# fmt: on
for _name, _core in (("matvec", (2, 1)), ("vecmat", (1, 2))):
    if hasattr(np, _name):  # since NumPy 2.2
        PRODUCTS[getattr(np, _name)] = Product("a b", _gufunc(*_core), _contracted(*_core, conjugates=_core[0] == 1))
