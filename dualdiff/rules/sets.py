"""Sets of values. Entries that are equal stand for one element, and share its derivative equally."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array
from .kinds import Composite, Table
from .values import value_of

__all__ = ["SETS"]


def _unique(
    ar: Array, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False,
    axis: int | None = None, *, equal_nan: bool = True, sorted: bool = True,
) -> Any:  # fmt: skip
    options: Any = {} if sorted else {"sorted": False}
    _, index, inverse, counts = np.unique(
        value_of(ar), return_index=True, return_inverse=True, return_counts=True, axis=axis, equal_nan=equal_nan, **options
    )
    if axis is None:
        # Equal entries share: the mean of each group.
        order = np.argsort(np.ravel(inverse), kind="stable")
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(int)
        chosen = np.add.reduceat(np.ravel(ar)[order], starts) / counts if np.size(ar) else np.ravel(ar)
        if not sorted and not (return_index or return_inverse or return_counts):
            chosen = _in_order(chosen, np.unique(value_of(ar), equal_nan=equal_nan, **options))
    else:
        chosen = np.take(ar, index, axis=axis)
    extra = [x for x, wanted in ((index, return_index), (inverse, return_inverse), (counts, return_counts)) if wanted]
    return (chosen, *extra) if extra else chosen


def _union1d(ar1: Array, ar2: Array) -> Array:
    return np.unique(np.concatenate([np.ravel(ar1), np.ravel(ar2)]))


def _in_order(elements: Array, found: Array) -> Array:
    """Sorted elements in the order that NumPy found them in."""
    return elements[np.argsort(np.argsort(found, kind="stable"), kind="stable")]


def _of(function: Any, **returned: bool) -> Composite:
    """The rule of one of the unique functions of the array API, which promise no order."""

    def rule(x: Array) -> Any:
        found = function(value_of(x))
        if not returned:
            return _in_order(np.unique(x, equal_nan=False), found)
        unique: Any = np.unique
        chosen, *extra = unique(x, equal_nan=False, **returned)
        return (_in_order(chosen, found[0]), *extra)

    return Composite(rule)


def _chosen(ar1: Array, ar2: Array, values: Array) -> Array:
    """The elements of both sets that have these values."""
    elements = np.unique(np.concatenate([np.ravel(ar1), np.ravel(ar2)]))
    return elements[np.searchsorted(value_of(elements), values)]


def _intersect1d(ar1: Array, ar2: Array, assume_unique: bool = False, return_indices: bool = False) -> Any:
    values, *indices = np.intersect1d(value_of(ar1), value_of(ar2), assume_unique, return_indices=True)
    chosen = _chosen(ar1, ar2, values)
    return (chosen, *indices) if return_indices else chosen


def _setxor1d(ar1: Array, ar2: Array, assume_unique: bool = False) -> Array:
    return _chosen(ar1, ar2, np.setxor1d(value_of(ar1), value_of(ar2), assume_unique))


def _setdiff1d(ar1: Array, ar2: Array, assume_unique: bool = False) -> Array:
    elements = np.ravel(ar1) if assume_unique else np.unique(ar1)
    return elements[np.isin(value_of(elements), value_of(ar2), invert=True)]


SETS: Table = {
    np.unique: Composite(_unique),
    np.union1d: Composite(_union1d, own_value=True),
    np.intersect1d: Composite(_intersect1d),
    np.setdiff1d: Composite(_setdiff1d),
    np.setxor1d: Composite(_setxor1d),
}
if hasattr(np, "unique_all"):
    SETS |= {
        np.unique_all: _of(np.unique_all, return_index=True, return_inverse=True, return_counts=True),
        np.unique_counts: _of(np.unique_counts, return_counts=True),
        np.unique_inverse: _of(np.unique_inverse, return_inverse=True),
        np.unique_values: _of(np.unique_values),
    }
