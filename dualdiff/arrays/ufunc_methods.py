"""The methods of ufuncs: reduce, accumulate, reduceat, outer and at."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from .. import tangents as ts
from .._typing import Array, is_ndarray
from ..errors import NoRuleError
from ..rules.kinds import Constant, Unsupported
from ..rules.registry import UFUNCS, nearest
from .dispatch import apply_ufunc, name_of, store
from .indexing import assign_part
from .number import absorb, is_number, plain

__all__ = ["apply_method"]

#: Reductions with a function of their own.
_REDUCTIONS: dict[np.ufunc, Any] = {
    np.add: np.sum,
    np.multiply: np.prod,
    np.maximum: np.max,
    np.minimum: np.min,
}
_ACCUMULATIONS: dict[np.ufunc, Any] = {np.add: np.cumsum, np.multiply: np.cumprod}
_ASSOCIATIVE = {np.add, np.multiply, np.maximum, np.minimum, np.fmax, np.fmin, np.logaddexp, np.logaddexp2, np.hypot}


def apply_method(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call ``ufunc.method`` with a number of ours among its arguments."""
    rule = UFUNCS.get(ufunc)
    if rule is None or isinstance(rule, Unsupported):
        raise NoRuleError(nearest(f"{name_of(ufunc)}.{method}"))
    if isinstance(rule, Constant) and method != "at":
        out = kwargs.pop("out", None)
        bound: Any = operator.attrgetter(method)(ufunc)
        result = bound(*(plain(absorb(x)) for x in inputs), **kwargs)
        return result if out is None else store(result, out, name_of(ufunc))
    if method == "at":
        return _at(ufunc, *inputs)
    if method == "outer":
        return _outer(ufunc, *inputs, **kwargs)
    if ufunc.nin != 2 or ufunc.nout != 1 or ufunc.signature is not None:
        raise ValueError(f"{method} only supported for binary functions")
    out = kwargs.pop("out", None)
    array, *rest = inputs
    result = _METHODS[method](ufunc, absorb(array), *rest, **kwargs)
    return result if out is None else store(result, out, f"{name_of(ufunc)}.{method}", broadcasts=False)


def _outer(ufunc: np.ufunc, a: Array, b: Array, **kwargs: Any) -> Any:
    a, b = (absorb(x if is_number(x) else np.asarray(x)) for x in (a, b))
    return ufunc(np.reshape(a, np.shape(a) + (1,) * np.ndim(b)), b, **kwargs)


def _reduce(
    ufunc: np.ufunc, array: Array, axis: Any = 0, dtype: Any = None, keepdims: bool = False,
    initial: Any = np._NoValue, where: Any = True,
) -> Any:  # fmt: skip
    given = {} if initial is np._NoValue or initial is None else {"initial": initial}
    if where is not True:
        given["where"] = plain(where)
    own = _REDUCTIONS.get(ufunc)
    if own is not None and not (dtype is not None and own in (np.max, np.min)):
        if dtype is not None:
            given["dtype"] = dtype
        return own(array, axis=axis, keepdims=keepdims, **given)
    if dtype is not None:
        array = array.astype(dtype)
    if "where" in given:
        if "initial" not in given and ufunc.identity is None:
            raise ValueError(
                f"reduction operation {ufunc.__name__!r} does not have an identity, so to use a where mask "
                "one has to specify 'initial'"
            )
        array = np.where(given["where"], array, initial if ufunc.identity is None else ufunc.identity)
    axes = tuple(range(array.ndim)) if axis is None else axis
    axes = normalize_axis_tuple(axes, array.ndim) if array.ndim else ()
    if len(axes) > 1 and ufunc not in _ASSOCIATIVE:
        raise ValueError(f"reduction operation {ufunc.__name__!r} is not reorderable, so at most one axis may be specified")
    kept = [a for a in range(array.ndim) if a not in axes]
    shape = array.shape
    rows = np.transpose(array, (*axes, *kept)).reshape(math.prod(shape[a] for a in axes), *(shape[a] for a in kept))
    if not len(rows) and "initial" not in given and ufunc.identity is None:
        raise ValueError(f"zero-size array to reduction operation {ufunc.__name__} which has no identity")
    if "initial" in given:
        result = initial
    elif not len(rows):
        result = np.full(rows.shape[1:], ufunc.identity, dtype=array.dtype)
    elif ufunc is np.hypot:
        # hypot(0, x) is |x|: the identity counts even for a single entry.
        result = np.zeros(rows.shape[1:], dtype=array.dtype)
    else:
        result, rows = rows[0], rows[1:]
    if ufunc in _ASSOCIATIVE and len(rows):
        while len(rows) > 1:
            half = len(rows) // 2
            joined = ufunc(rows[: 2 * half : 2], rows[1 : 2 * half : 2])
            rows = joined if len(rows) == 2 * half else np.concatenate([joined, rows[-1:]])
        result = ufunc(result, rows[0])
    else:
        for i in range(len(rows)):
            result = ufunc(result, rows[i])
    return np.reshape(result, tuple(1 if a in axes else n for a, n in enumerate(shape))) if keepdims else result


def _accumulate(ufunc: np.ufunc, array: Array, axis: int = 0, dtype: Any = None) -> Any:
    own = _ACCUMULATIONS.get(ufunc)
    if own is not None:
        return own(array, axis=axis) if dtype is None else own(array, axis=axis, dtype=dtype)
    if dtype is not None:
        array = array.astype(dtype)
    rows = np.moveaxis(array, axis, 0)
    done = [rows[i] for i in range(min(1, len(rows)))]
    for i in range(1, len(rows)):
        done.append(ufunc(done[-1], rows[i]))
    return np.moveaxis(np.stack(done), 0, axis) if done else array.copy()


def _reduceat(ufunc: np.ufunc, array: Array, indices: Any, axis: int = 0, dtype: Any = None) -> Any:
    if any(is_number(i) for i in np.ravel(np.asarray(indices, object)).tolist()):
        raise TypeError("the indices of reduceat are integers")
    if dtype is not None:
        array = array.astype(dtype)
    starts = np.asarray(indices, np.intp)
    if ufunc is np.add:
        count = array.ndim
        axis = axis - count if axis >= 0 else axis
        return array.partwise_front(lambda part, leading: np.add.reduceat(part, starts, axis=axis))
    rows = np.moveaxis(array, axis, 0)
    pieces = []
    for position, start in enumerate(starts):
        stop = starts[position + 1] if position + 1 < len(starts) else len(rows)
        pieces.append(_reduce(ufunc, rows[start:stop]) if stop > start + 1 else rows[int(start)])
    if not pieces:
        return rows[:0] if axis == 0 else np.moveaxis(rows[:0], 0, axis)
    return np.moveaxis(np.stack(pieces), 0, axis)


_METHODS: dict[str, Any] = {"accumulate": _accumulate, "reduce": _reduce, "reduceat": _reduceat}


def _add_at(ufunc: np.ufunc, array: Array, indices: Any, other: Array) -> bool:
    """Sums are linear: value and tangent by themselves. False where a part is not a plain array."""
    if type(other) is not type(array) or other.level != array.level or is_number(indices):
        return False
    if any(map(ts.is_structured, other.tangents())):
        return _add_structured_at(ufunc, array, indices, other)
    added = {name: part for name in array.PARTS if (part := array.part_of(other, name)) is not None}
    held = [array.part_of(array, name) for name in added]
    if not all(type(part) is np.ndarray for part in (array.value, other.value, *added.values())):
        return False
    if not all(part is None or type(part) is np.ndarray for part in held):
        return False
    places = indices if isinstance(indices, tuple) else (indices,)
    count, shape = array.ndim, np.shape(array.value[indices])
    if any(i is Ellipsis or i is None for i in places):
        return False
    for part, name in zip(held, added, strict=True):
        leading = ts.directions(added[name], other.value.ndim)
        if part is None:
            assign_part(array, name, np.zeros(leading + array.shape, array.dtype), ..., True, array.value)
        elif ts.directions(part, count) != leading:
            return False
    pairs = [(array.value, other.value), *((array.part_of(array, name), part) for name, part in added.items())]
    for a, b in pairs:
        leading = a.ndim - count
        aligned = ts.align(b, b.ndim - leading, len(shape))
        spread = np.broadcast_to(aligned, b.shape[:leading] + shape)
        last = range(-leading, 0)
        ufunc.at(np.moveaxis(a, range(leading), last), places, np.moveaxis(spread, range(leading), last))
    return True


def _add_structured_at(ufunc: np.ufunc, array: Array, indices: Any, other: Array) -> bool:
    """The same where the tangents know how to scatter themselves."""
    if is_number(other.value) and not is_number(array.value):
        return False
    places = np.arange(array.size).reshape(array.shape)[indices]
    signed = other if ufunc is np.add else -other
    spread = np.broadcast_to(signed, places.shape)
    ufunc.at(array.value, indices, other.value)
    for name in array.PARTS:
        part = array.part_of(spread, name)
        if part is None:
            continue
        total = ts.scattered_into(array.part_of(array, name), places, part, array.shape)
        assign_part(array, name, total, ..., True, array.value)
    return True


def _at(ufunc: np.ufunc, array: Array, indices: Any, *others: Any) -> None:
    """Unbuffered in-place operation: entries named twice are computed twice, in order."""
    if is_ndarray(array) and array.dtype.hasobject:
        # NumPy itself writes scalar duals into an object array.
        ufunc.at(array, indices, *(np.asarray(o, dtype=object) for o in others))
        return
    others = tuple(absorb(o) for o in others)
    if not is_number(array):
        from .dispatch import _lost_out

        raise _lost_out(f"{name_of(ufunc)}.at")
    if ufunc in (np.add, np.subtract) and _add_at(ufunc, array, indices, others[0]):
        return
    places = np.arange(array.size).reshape(array.shape)[plain(indices) if is_number(indices) else indices]
    spread = [np.broadcast_to(o, places.shape).reshape(-1) for o in others]
    flat, left = places.reshape(-1), np.ones(places.size, bool)
    # Each round takes the first remaining visit of every entry.
    while left.any():
        remaining = np.flatnonzero(left)
        _, first = np.unique(flat[remaining], return_index=True)
        now = remaining[first]
        index = np.unravel_index(flat[now], array.shape)
        array[index] = apply_ufunc(ufunc, (array[index], *(o[now] for o in spread)), {})
        left[now] = False
