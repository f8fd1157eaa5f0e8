"""Functions that apply a function of the user's along an axis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import Array
from .kinds import Composite, Table

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
        if not -np.ndim(a) <= axis < np.ndim(a):
            raise np.exceptions.AxisError(int(axis), np.ndim(a))
        result = func(a, int(axis) % a.ndim)
        a = result if np.ndim(result) == a.ndim else np.expand_dims(result, int(axis) % a.ndim)
    return a


APPLIED: Table = {
    np.apply_along_axis: Composite(_apply_along_axis, own_value=True),
    np.apply_over_axes: Composite(_apply_over_axes, own_value=True),
}
