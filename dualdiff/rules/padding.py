"""``np.pad`` in all its modes: along each axis in turn, as NumPy does it, by concatenation or by a gather."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array
from .kinds import Composite, Table

__all__ = ["PADDING"]

_STATISTICS: dict[str, Any] = {"maximum": np.max, "minimum": np.min, "mean": np.mean, "median": np.median}
_GATHERS = ("edge", "reflect", "symmetric", "wrap")


def _pairs(given: Any, count: int) -> list[Any]:
    """A width, value or length for both ends of each axis, from any of the forms that NumPy takes."""
    if isinstance(given, dict):
        both = {axis % count: (n, n) if np.ndim(n) == 0 else tuple(n) for axis, n in given.items()}
        return [both.get(axis, (0, 0)) for axis in range(count)]
    if np.ndim(given) == 0:
        return [(given, given)] * count
    if np.ndim(given) == 1 or len(np.shape(given[0])) == 0:
        pair = tuple(given) if len(given) == 2 else (given[0], given[0])
        return [pair] * count
    rows = [tuple(row) if len(row) == 2 else (row[0], row[0]) for row in given]
    return rows * count if len(rows) == 1 else rows


def _pad(array: Array, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Array:
    if callable(mode):
        raise TypeError("np.pad with a function as its mode has no derivative: build the padding with np.concatenate.")
    count = array.ndim
    widths = _pairs(pad_width if isinstance(pad_width, dict) else np.asarray(pad_width), count)
    if mode not in _PADDED:
        raise ValueError(f"mode {mode!r} is not supported")
    for axis, (left, right) in enumerate(widths):
        array = _PADDED[mode](array, int(left), int(right), axis, mode, _for_axis(kwargs, axis, count))
    return array


def _for_axis(kwargs: dict[str, Any], axis: int, count: int) -> dict[str, Any]:
    """The keywords of one axis: a pair where there are two ends."""
    ends = ("constant_values", "end_values", "stat_length")
    return {k: _pairs(v, count)[axis] if k in ends and v is not None else v for k, v in kwargs.items()}


def _block(array: Array, axis: int, width: int, value: Any) -> Array:
    """A piece of this width along the axis that holds one value."""
    shape = list(array.shape)
    shape[axis] = width
    return np.broadcast_to(value, tuple(shape))


def _constant(array: Array, left: int, right: int, axis: int, mode: str, kwargs: dict[str, Any]) -> Array:
    low, high = kwargs.get("constant_values", (0, 0))
    return np.concatenate([_block(array, axis, left, low), array, _block(array, axis, right, high)], axis=axis)


def _gather(array: Array, left: int, right: int, axis: int, mode: str, kwargs: dict[str, Any]) -> Array:
    n = array.shape[axis]
    if kwargs.get("reflect_type", "even") == "odd":
        # Each padded entry is a combination of entries: a matrix whose columns are padded unit vectors.
        weights = np.pad(np.eye(n), ((left, right), (0, 0)), mode, reflect_type="odd")  # type: ignore[call-overload]
        return np.moveaxis(np.tensordot(weights, array, axes=([1], [axis])), 0, axis)
    index = np.pad(np.arange(n), (left, right), mode)  # type: ignore[call-overload]
    return np.take(array, index, axis=axis)


def _ramp(array: Array, left: int, right: int, axis: int, mode: str, kwargs: dict[str, Any]) -> Array:
    low, high = kwargs.get("end_values", (0, 0))
    first, last = np.take(array, [0], axis=axis), np.take(array, [-1], axis=axis)
    shape = [1] * array.ndim
    shape[axis] = -1

    def steps(width: int) -> Array:
        return np.reshape(np.arange(width) / max(width, 1), shape)

    before = low + (first - low) * steps(left)
    after = high + (last - high) * np.flip(steps(right))
    return np.concatenate([before, array, after], axis=axis)


def _statistic(array: Array, left: int, right: int, axis: int, mode: str, kwargs: dict[str, Any]) -> Array:
    if not left and not right:
        return array
    n = array.shape[axis]
    lengths = kwargs.get("stat_length") or (None, None)
    low, high = (n if length is None else min(int(length), n) for length in lengths)
    statistic = _STATISTICS[mode]
    start = statistic(np.take(array, np.arange(low), axis=axis), axis=axis, keepdims=True)
    end = statistic(np.take(array, np.arange(n - high, n), axis=axis), axis=axis, keepdims=True)
    return np.concatenate([_block(array, axis, left, start), array, _block(array, axis, right, end)], axis=axis)


_PADDED: dict[str, Any] = {
    "constant": _constant,
    "empty": _constant,
    "linear_ramp": _ramp,
    **dict.fromkeys(_GATHERS, _gather),
    **dict.fromkeys(_STATISTICS, _statistic),
}

PADDING: Table = {np.pad: Composite(_pad)}
