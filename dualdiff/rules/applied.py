"""Functions that apply a function of the user's along an axis, and sets of values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import Array
from .kinds import Composite, Table
from .values import value_of

__all__ = ["APPLIED"]


def _apply_along_axis(func1d: Callable[..., Any], axis: int, arr: Array, *args: Any, **kwargs: Any) -> Array:
    rows = np.moveaxis(arr, axis, -1)
    outer = rows.shape[:-1]
    results = [func1d(rows[index], *args, **kwargs) for index in np.ndindex(*outer)]
    joined = np.stack(results)
    shape = joined.shape[1:]
    result = np.reshape(joined, outer + shape)
    position = axis % arr.ndim
    # The axes of a result stand where the axis stood.
    for i in range(len(shape)):
        result = np.moveaxis(result, len(outer) + i, position + i)
    return result


def _apply_over_axes(func: Callable[..., Any], a: Array, axes: Any) -> Array:
    for axis in np.atleast_1d(axes):
        result = func(a, int(axis) % a.ndim)
        a = result if np.ndim(result) == a.ndim else np.expand_dims(result, int(axis) % a.ndim)
    return a


def _unique(
    ar: Array, return_index: bool = False, return_inverse: bool = False, return_counts: bool = False,
    axis: int | None = None, *, equal_nan: bool = True, **options: Any,
) -> Any:  # fmt: skip
    _, index, inverse, counts = np.unique(
        value_of(ar), return_index=True, return_inverse=True, return_counts=True, axis=axis, equal_nan=equal_nan, **options
    )
    if axis is None:
        # Equal entries share: the mean of each group.
        order = np.argsort(np.ravel(inverse), kind="stable")
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(int)
        chosen = np.add.reduceat(np.ravel(ar)[order], starts) / counts if np.size(ar) else np.ravel(ar)
    else:
        chosen = np.take(ar, index, axis=axis)
    extra = [x for x, wanted in ((index, return_index), (inverse, return_inverse), (counts, return_counts)) if wanted]
    return (chosen, *extra) if extra else chosen


def _union1d(ar1: Array, ar2: Array) -> Array:
    return np.unique(np.concatenate([np.ravel(ar1), np.ravel(ar2)]))


APPLIED: Table = {
    np.apply_along_axis: Composite(_apply_along_axis, own_value=True),
    np.apply_over_axes: Composite(_apply_over_axes, own_value=True),
    np.unique: Composite(_unique),
    np.union1d: Composite(_union1d, own_value=True),
}
