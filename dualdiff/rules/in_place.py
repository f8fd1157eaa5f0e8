"""Functions that write into their first argument."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array
from ..errors import DerivativeLostError
from .kinds import InPlace, Table
from .values import value_of

__all__ = ["IN_PLACE"]


def _holder(array: Array, name: str) -> None:
    if not hasattr(array, "parts"):
        raise DerivativeLostError(
            f"np.{name}(<plain array>, <dual>): a float array cannot hold a derivative. Allocate it with np.zeros_like(x, "
            "shape=...), or `import dualdiff.numpy as np`, or wrap the function: dd.lift(f)."
        )


def _refuse_unsafe(source: Any, target: Array) -> None:
    """NumPy's rule for place and putmask."""
    given = np.asarray(value_of(source)).dtype
    if hasattr(source, "dtype") and not np.can_cast(given, target.dtype, "safe"):
        raise TypeError(f"Cannot cast array data from {given!r} to {target.dtype!r} according to the rule 'safe'")


def _copyto(dst: Array, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    _holder(dst, "copyto")
    given = value_of(src)
    if not isinstance(given, (bool, int, float, complex)) and not np.can_cast(np.asarray(given).dtype, dst.dtype, casting):
        raise TypeError(f"Cannot cast array data from {np.asarray(given).dtype!r} to {dst.dtype!r} according to '{casting}'")
    if where is True:
        dst[...] = src
    else:
        mask = np.broadcast_to(value_of(where), dst.shape)
        dst[mask] = np.broadcast_to(src, dst.shape)[mask]


def _put(a: Array, ind: Any, v: Any, mode: str = "raise") -> None:
    _holder(a, "put")
    positions = np.arange(a.size).take(ind, mode=mode).ravel()  # type: ignore[call-overload]
    if positions.size and np.size(v):
        a[np.unravel_index(positions, a.shape)] = np.resize(v, positions.shape)


def _place(arr: Array, mask: Any, vals: Any) -> None:
    _holder(arr, "place")
    _refuse_unsafe(vals, arr)
    where = np.asarray(value_of(mask), bool)
    if where.any():
        arr[where] = np.resize(vals, (int(where.sum()),))


def _putmask(a: Array, mask: Any, values: Any) -> None:
    _holder(a, "putmask")
    _refuse_unsafe(values, a)
    where = np.asarray(value_of(mask), bool)
    a[where] = np.resize(values, a.shape)[where]


def _put_along_axis(arr: Array, indices: Any, values: Any, axis: int | None = -1) -> None:
    _holder(arr, "put_along_axis")
    positions = np.arange(arr.size).reshape(arr.shape)
    chosen = np.take_along_axis(positions, indices, axis)
    arr[np.unravel_index(chosen, arr.shape)] = values


def _fill_diagonal(a: Array, val: Any, wrap: bool = False) -> None:
    _holder(a, "fill_diagonal")
    mask = np.zeros(a.shape, bool)
    np.fill_diagonal(mask, True, wrap)
    places = np.flatnonzero(mask)
    a[np.unravel_index(places, a.shape)] = np.resize(val, places.shape)


IN_PLACE: Table = {
    np.copyto: InPlace(_copyto),
    np.fill_diagonal: InPlace(_fill_diagonal),
    np.place: InPlace(_place),
    np.put: InPlace(_put),
    np.put_along_axis: InPlace(_put_along_axis),
    np.putmask: InPlace(_putmask),
}
