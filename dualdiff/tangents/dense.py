"""Dense tangents: bare arrays of the value's shape, or with one axis of directions in front.

Every function here asks of a tangent only what NumPy's own protocols give, so a tangent may itself be a dual of a lower
level (nesting), or structured. A value of Python-float payload has a float, or a vector of directions, as its tangent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from types import EllipsisType
from typing import Any

import numpy as np

from .._typing import Array, NDArray, Tangent, is_ndarray
from .movement import moved_together
from .structured import is_structured

try:
    # np.count_nonzero without its Python, in half the time.
    from numpy._core.multiarray import count_nonzero
except ImportError:
    from numpy import count_nonzero

__all__ = [
    "add",
    "align",
    "cast",
    "copy",
    "densely",
    "directions",
    "finite",
    "fitting",
    "flat",
    "has_zeros",
    "laid_out",
    "moved",
    "ndim",
    "over_directions",
    "positions",
    "put",
    "selected",
    "shares_memory",
    "zeros",
]


def ndim(array: Array) -> int:
    """The number of axes; 0 for a scalar."""
    return getattr(array, "ndim", 0)


def directions(tangent: Tangent, value_ndim: int) -> tuple[int, ...]:
    """The axis of directions in front: ``()`` or ``(k,)``."""
    extra = ndim(tangent) - value_ndim
    return tangent.shape[:extra] if extra else ()


def align(tangent: Tangent, value_ndim: int, result_ndim: int) -> Tangent:
    """Insert axes behind the directions, so that the tangent broadcasts as its value does."""
    leading = ndim(tangent) - value_ndim
    if value_ndim == result_ndim or not leading:
        return tangent
    return tangent.reshape(tangent.shape[:leading] + (1,) * (result_ndim - value_ndim) + tangent.shape[leading:])


def add(first: Tangent, second: Tangent) -> Tangent:
    """The sum of two tangents, either of which may be missing (None)."""
    if first is None:
        return second
    return first if second is None else first + second


def copy(tangent: Tangent) -> Tangent:
    """A tangent in memory of its own."""
    return tangent.copy("K") if ndim(tangent) else tangent


def cast(tangent: Tangent, dtype: Any) -> Tangent:
    """The tangent in the dtype of its value."""
    if is_structured(tangent):
        return tangent.astype(dtype)
    kind = getattr(tangent, "dtype", None)
    if kind is None or kind == dtype:
        return tangent
    if dtype.kind != "c" and kind.kind == "c":
        tangent = tangent.real
    return tangent.astype(dtype)


def laid_out(tangent: Tangent, value: Array) -> Tangent:
    """The tangent with the strides of its value, so that what is a view of one is a view of the other."""
    if type(tangent) is not np.ndarray or type(value) is not np.ndarray or not value.ndim or not tangent.size:
        return tangent
    leading = tangent.ndim - value.ndim
    if tangent.strides[leading:] == value.strides:
        return tangent
    order = sorted(range(value.ndim), key=lambda axis: -abs(value.strides[axis]))
    fresh = np.empty(tangent.shape[:leading] + tuple(value.shape[axis] for axis in order), tangent.dtype)
    back = np.argsort(order)
    fresh = fresh.transpose(*range(leading), *(leading + axis for axis in back))
    fresh[...] = tangent
    return fresh


def zeros(leading: tuple[int, ...], shape: tuple[int, ...], dtype: Any) -> Tangent:
    """A tangent of zeros, a Python float for one direction of a scalar."""
    full = leading + shape
    return np.zeros(full, dtype) if full else dtype.type(0).item()


def finite(array: Array) -> bool:
    """Whether every entry is finite."""
    if type(array) is float:
        return math.isfinite(array)
    ok = np.isfinite(array)
    return bool(count_nonzero(ok) == ok.size)


def has_zeros(array: Array) -> bool:
    """Whether an entry is zero."""
    if type(array) is np.ndarray:
        return bool(count_nonzero(array) != array.size)
    if isinstance(array, (float, complex)):
        return array == 0
    return bool(np.count_nonzero(array) != getattr(array, "size", 1))


def positions(shape: tuple[int, ...], start: int = 0) -> NDArray:
    """An integer array of the given shape that counts its own entries in C order."""
    return np.arange(start, start + int(np.prod(shape)), dtype=np.intp).reshape(shape)


def flat(tangent: Tangent, value_ndim: int) -> Tangent:
    """The tangent with the axes of its value flattened."""
    leading = directions(tangent, value_ndim)
    return tangent.reshape((*leading, math.prod(tangent.shape[len(leading) :])))


def shares_memory(first: Array, second: Array) -> bool:
    """Whether two arrays (of any level) overlap in memory."""
    if is_structured(first) or is_structured(second):
        return is_structured(first) and is_structured(second) and first.root is second.root
    first, second = storage(first), storage(second)
    return is_ndarray(first) and is_ndarray(second) and np.may_share_memory(first, second)


def storage(array: Array) -> Array:
    """The innermost array of a dual; any other array as it is."""
    while hasattr(array, "parts"):
        array = array.parts()[0]
    return array


def over_directions(function: Callable[[Array], Array], tangent: Tangent, leading: int, key: Hashable = None) -> Tangent:
    """Apply a function that only moves entries to every direction at once.

    A view stays a view: the strides of the first direction's result are extended over the leading axes. Otherwise the
    function is applied to an array of positions, which gives the gather index. ``key`` names a movement that may come again.
    """
    if leading == 0:
        return function(tangent)
    if not is_ndarray(tangent):
        return tangent.over_directions(function, leading, key)
    shape = tangent.shape[leading:]
    if tangent.size:
        one: Any = (*(0,) * leading, ...)
        first = function(tangent[one])
        if isinstance(first, (list, tuple)):
            pieces = (over_directions(_piece(function, i), tangent, leading) for i in range(len(first)))
            return type(first)(pieces) if type(first) in (list, tuple) else type(first)(*pieces)
        if is_ndarray(first) and np.may_share_memory(first, tangent):
            return np.lib.stride_tricks.as_strided(
                first,
                tangent.shape[:leading] + first.shape,
                tangent.strides[:leading] + first.strides,
                writeable=first.flags.writeable,
            )
    index = function(positions(shape, 1))
    if isinstance(index, (list, tuple)):
        return type(index)(_gather_with_fill(tangent, leading, part) for part in index)
    return _gather_with_fill(tangent, leading, index)


def _piece(function: Callable[[Array], Any], i: int) -> Callable[[Array], Array]:
    return lambda tangent: function(tangent)[i]


def _gather_with_fill(tangent: NDArray, leading: int, index: NDArray) -> NDArray:
    """The entries at one-based positions; position 0 stands for a zero that the function itself put there."""
    rows = tangent.reshape((*tangent.shape[:leading], math.prod(tangent.shape[leading:])))
    index = np.asarray(index)
    if not index.size:
        return np.zeros(tangent.shape[:leading] + index.shape, tangent.dtype)
    filled = index == 0
    if not filled.any():
        return np.take(rows, index - 1, axis=-1)
    padded = np.concatenate([np.zeros((*rows.shape[:-1], 1), rows.dtype), rows], axis=-1)
    return np.take(padded, index, axis=-1)


def selected(tangent: Tangent, index: Any, leading: int, basic: bool) -> Tangent:
    """``tangent[index]`` behind the axes of directions."""
    if leading == 0:
        return tangent[index]
    if is_structured(tangent):
        return tangent.at(index)
    items = index if type(index) is tuple else (index,)
    if basic or _lone_array(index):
        return tangent[(slice(None),) * leading + items]
    last = np.moveaxis(tangent, range(leading), range(-leading, 0))[items + (slice(None),) * leading]
    return np.moveaxis(last, range(-leading, 0), range(leading))


def put(tangent: Tangent, index: Any, leading: int, basic: bool, new: Tangent) -> None:
    """``tangent[index] = new`` behind the axes of directions."""
    if leading == 0:
        tangent[index] = new
        return
    if is_structured(tangent):
        tangent.put(index, new)
        return
    items = index if type(index) is tuple else (index,)
    if basic or _lone_array(index):
        tangent[(slice(None),) * leading + items] = new
        return
    if ndim(new):
        new = np.moveaxis(new, range(leading), range(-leading, 0))
    np.moveaxis(tangent, range(leading), range(-leading, 0))[items + (slice(None),) * leading] = new


def _lone_array(index: Any) -> bool:
    """Whether the index holds a single array and no integer, so that its axes stay where it stands."""
    items = index if type(index) is tuple else (index,)
    advanced = [i for i in items if not isinstance(i, (slice, type(None), EllipsisType))]
    return len(advanced) == 1


def densely(tangent: Tangent) -> Tangent:
    """The tangent as a dense array."""
    return tangent.dense() if is_structured(tangent) else tangent


def fitting(held: Tangent, new: Tangent) -> Tangent:
    """A tangent that is to be written into ``held``, in a representation which that can take."""
    if is_structured(new) and not is_structured(held):
        return new.dense()
    if is_structured(held) and not is_structured(new):
        held.become_dense()
    return new


def moved(
    function: Callable[[list[Any]], Any], tangents: list[Tangent], shapes: list[tuple[int, ...]], leading: int, key: Hashable
) -> Any:
    """Move the entries of several tangents with directions in front; None among them stands for zero."""
    spaces = [t.space for t in tangents if is_structured(t)]
    if spaces and all(t is None or is_structured(t) for t in tangents):
        return moved_together(function, tangents, shapes, spaces[0], key)
    known = [t if t is None else densely(t) for t in tangents]
    front = next(t.shape[:leading] for t in known if t is not None)
    start, index, rows = 1, [], [np.zeros((*front, 1))]
    for tangent, shape in zip(known, shapes, strict=True):
        if tangent is None:
            index.append(np.zeros(shape, np.intp) if shape else np.intp(0))
            continue
        index.append(positions(shape, start))
        rows.append(flat(tangent, len(shape)))
        start += index[-1].size
    every = np.concatenate(rows, axis=-1)
    return _gathered(every, function(index))


def _gathered(every: Array, index: Any) -> Any:
    """The entries at these positions, in nested lists as they come."""
    if isinstance(index, (list, tuple)):
        parts = [_gathered(every, part) for part in index]
        return type(index)(parts) if type(index) in (list, tuple) else type(index)(*parts)
    return np.take(every, np.asarray(index), axis=-1)
