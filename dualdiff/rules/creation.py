"""Functions that make new arrays: of plain entries, or out of numbers of ours."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array
from .kinds import Created, Table
from .values import as_array, joined, value_of

__all__ = ["CREATION"]


def _array(
    object: Any, dtype: Any = None, *, copy: Any = True, order: Any = "K", subok: bool = False, ndmin: int = 0, ndmax: int = 0
) -> Array:
    if dtype is not None and np.dtype(dtype).hasobject:
        return np.array(object, dtype=dtype)
    array = as_array(joined(object))
    if dtype is not None and np.dtype(dtype) != array.dtype:
        array = array.astype(dtype)
    elif copy is True or order not in ("K", None):
        array = array.copy("K" if order is None else order)
    return np.reshape(array, (1,) * (ndmin - array.ndim) + array.shape) if array.ndim < ndmin else array


def _asarray(a: Any, dtype: Any = None, order: Any = None, *, device: Any = None, copy: Any = None) -> Array:
    if order in ("C", "F") and hasattr(a, "parts"):
        flags = a.flags
        order = None if (flags.c_contiguous if order == "C" else flags.f_contiguous) else order
    return _array(a, dtype, copy=copy, order=order)


def _contiguous(order: str) -> Any:
    return lambda a, dtype=None: _asarray(_array(a, ndmin=1, copy=None), dtype, order)


def _require(a: Any, dtype: Any = None, requirements: Any = None) -> Array:
    wanted = {str(r).upper()[0] for r in requirements or ()}
    return _asarray(a, dtype, "F" if "F" in wanted else "C" if "C" in wanted else None)


def _full(shape: Any, fill_value: Any, dtype: Any = None, order: str = "C", *, device: Any = None) -> Array:
    fill_value = joined(fill_value)
    shape = (shape,) if np.ndim(shape) == 0 else tuple(shape)
    return np.full_like(fill_value, fill_value, dtype=dtype, order=order, shape=shape)  # type: ignore[call-overload]


def _arange(start_or_stop: Any, stop: Any = None, step: Any = 1, *, dtype: Any = None, device: Any = None) -> Array:
    start, stop = (0.0, start_or_stop) if stop is None else (start_or_stop, stop)
    step = 1 if step is None else step
    points = np.arange(value_of(start), value_of(stop), value_of(step))
    # NumPy's own values; the differences are zeros that bring the derivatives along.
    points = points + ((start - value_of(start)) + np.arange(len(points)) * (step - value_of(step)))
    return points if dtype is None else points.astype(dtype)


def _fromiter(iter: Any, dtype: Any, count: int = -1) -> Array:
    entries = list(iter)
    return _array(entries if count < 0 else entries[:count], dtype)


_NEW = Created(None)

#: Made of plain entries, whatever the arguments: with room for derivatives to come.
CREATION: Table = {
    **dict.fromkeys([np.zeros, np.ones, np.empty, np.eye, np.identity, np.tri, np.fromfunction, np.frombuffer, np.fromfile,
                     np.fromstring, np.genfromtxt, np.loadtxt], _NEW),
    np.array: Created(_array),
    np.asarray: Created(_asarray),
    np.asanyarray: Created(_asarray),
    np.ascontiguousarray: Created(_contiguous("C")),
    np.asfortranarray: Created(_contiguous("F")),
    np.require: Created(_require),
    np.full: Created(_full),
    np.arange: Created(_arange),
    np.fromiter: Created(_fromiter),
}  # fmt: skip
