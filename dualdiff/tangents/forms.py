"""The functions of NumPy that have a structured form; any other is done densely."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from .._typing import Array, NumPyFunction, Tangent
from .bilinear import BILINEAR
from .contraction import einsum, gathered, summed
from .structured import Structured, is_structured

__all__ = ["apply_function", "apply_ufunc", "product", "scattered_into"]


def densely(x: Any) -> Any:
    """Structured tangents as dense arrays, in lists and tuples too."""
    if isinstance(x, (list, tuple)):
        branches = [densely(branch) for branch in x]
        return type(x)(branches) if type(x) in (list, tuple) else type(x)(*branches)
    return x.dense() if is_structured(x) else x


def apply_ufunc(ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A ufunc of which an operand is a structured tangent."""
    if method == "__call__" and not kwargs:
        form = _OPERATIONS.get(ufunc)
        if form is not None:
            return form(*inputs)
    elif method == "reduce" and ufunc is np.add and is_structured(inputs[0]):
        return _sum(inputs[0], **({"axis": 0} | kwargs))
    elif method == "reduceat" and ufunc is np.add and is_structured(inputs[0]):
        result = _sums_of_segments(*inputs, **kwargs)
        if result is not NotImplemented:
            return result
    return getattr(ufunc, method)(*densely(inputs), **densely_each(kwargs))


def densely_each(kwargs: dict[str, Any]) -> dict[str, Any]:
    """The same for keyword arguments."""
    return {name: densely(value) for name, value in kwargs.items()}


def apply_function(function: NumPyFunction, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A function of NumPy of which an argument is a structured tangent."""
    if function is np.einsum and len(args) == 2 and not kwargs:
        result = _einsum_of_one(*args)
        if result is not NotImplemented:
            return result
    form = _FORMS.get(function)
    if form is not None and args and is_structured(args[0]):
        result = form(*args, **kwargs)
        if result is not NotImplemented:
            return result
    return function(*densely(args), **densely_each(kwargs))


# ------------------------------------------------------------------------------------------------------- sums


def _sum(t: Structured, axis: Any = None, dtype: Any = None, out: None = None, keepdims: Any = False, **others: Any) -> Any:
    axes = tuple(range(t.ndim)) if axis is None else normalize_axis_tuple(axis, t.ndim)
    given = {name: value for name, value in others.items() if value is not np._NoValue}
    if 0 in axes or given or dtype is not None or out is not None:
        return np.sum(t.dense(), axis=axis, dtype=dtype, keepdims=keepdims is True, **given)
    total: Tangent = summed(t, tuple(a - 1 for a in axes)) if axes else t.copy()
    if keepdims is True:
        shape = tuple(1 if i in axes else n for i, n in enumerate(t.shape))
        total = np.reshape(total, shape)
    return total


def _mean(t: Structured, axis: Any = None, dtype: Any = None, out: None = None, keepdims: Any = False, **others: Any) -> Any:
    if dtype is not None or any(value is not np._NoValue for value in others.values()):
        return NotImplemented
    axes = tuple(range(t.ndim)) if axis is None else normalize_axis_tuple(axis, t.ndim)
    if 0 in axes:
        return NotImplemented
    return _sum(t, axis, None, out, keepdims) / t.dtype.type(math.prod(t.shape[a] for a in axes))


def _trace(t: Structured, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: None = None) -> Any:
    axis1, axis2 = normalize_axis_tuple((axis1, axis2), t.ndim)
    if 0 in (axis1, axis2) or dtype is not None:
        return NotImplemented
    diagonal = t.over_directions(lambda a: np.diagonal(a, offset, axis1 - 1, axis2 - 1))
    return np.sum(diagonal, axis=-1)


def product(
    tangent: Tangent, function: NumPyFunction, place: int, values: list[Array], others: dict[str, Any],
    subscripts: Callable[..., str | None] | None,
) -> Tangent:  # fmt: skip
    """A product with one operand replaced by its structured tangent; None if it has no structured form."""
    if not is_structured(tangent):
        return None
    if function in BILINEAR:
        return BILINEAR[function](place, tangent, values, **others)
    found = None if subscripts is None else subscripts(*values, **others)
    return None if found is None else einsum(found, place, tangent, values)


def scattered_into(held: Tangent, places: Any, new: Structured, shape: tuple[int, ...]) -> Tangent:
    """The sum of a tangent (None for zero) of this shape and of the entries of another at their places."""
    total = _scatter_added(new, places, shape) if is_structured(new) else _scattered_densely(new, places, shape)
    return total if held is None else total + held


def _scattered_densely(new: Tangent, places: Any, shape: tuple[int, ...]) -> Tangent:
    if np.shape(new) == np.shape(places):
        # One direction.
        return _scattered_densely(np.reshape(new, (1, *np.shape(new))), places, shape)[0]
    count = new.shape[0]
    total = np.zeros_like(new, shape=(count, math.prod(shape)))
    rows = np.reshape(new, (count, np.size(places)))
    np.add.at(np.moveaxis(total, 0, -1), np.reshape(places, -1), np.moveaxis(rows, 0, -1))
    return np.reshape(total, (count, *shape))


def _scatter_added(t: Structured, places: Any, shape: tuple[int, ...]) -> Tangent:
    """A tangent of this shape into which each entry is added at its place, counted from 0 in C order."""
    places = np.asarray(places).reshape(-1)
    order = np.argsort(places, kind="stable")
    inorder = places[order]
    starts = np.flatnonzero(np.concatenate([[True], inorder[1:] != inorder[:-1]])[: places.size])
    rows, size = inorder[starts], math.prod(shape)
    if rows.size == places.size:
        # Each place at most once: the entries move.
        source = np.zeros(size, np.intp)
        source[places] = np.arange(1, places.size + 1)

        def move(array: Any) -> Any:
            entries = np.reshape(array, (-1,))
            return np.reshape(np.concatenate([np.zeros_like(entries, shape=(1,)), entries])[source], shape)

        return t.over_directions(move)
    longest = int(np.max(np.diff(np.append(starts, places.size)), initial=0))
    rank = np.arange(places.size) - np.repeat(starts, np.diff(np.append(starts, places.size)))
    if longest * len(rows) <= 4 * places.size:
        # Nearly as many at each place: one column for the k-th that comes there.
        source = np.zeros((size, longest), np.intp)
        source[places[order], rank] = order + 1
        pieces = []
        for coefficient, index, parent in t.terms:
            entries = np.concatenate([[0], index.array.reshape(-1)])
            weights = coefficient
            if np.ndim(coefficient):
                flat = np.reshape(coefficient, (-1,))
                weights = np.concatenate([np.zeros_like(flat, shape=(1,)), flat])[source]
            pieces.append((weights, entries[source], parent))
        return gathered(t, pieces, size, shape)
    return _by_sparse_rows(t, places, order, size, shape)


def _by_sparse_rows(t: Structured, places: Any, order: Any, size: int, shape: tuple[int, ...]) -> Tangent:
    """The same by the stored entries of each."""
    from .parents import Dense, Sparse, scattered

    n = t.space.size
    entries = t.entries()
    counts = np.diff(entries.indptr)
    owner = np.repeat(places, counts)
    if not t.space.exact and (size * n <= 4 * len(entries.indices) or size * n <= 1 << 16):
        matrix = np.reshape(scattered(entries.data, owner * n + entries.indices, size * n), (size, n))
        return Structured.rows_of(t.space, Dense(matrix), shape).settled()
    sorting = np.argsort(owner, kind="stable")
    indptr = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=size))])
    parent = Sparse(entries.data[sorting], entries.indices[sorting], indptr, n)
    return Structured.rows_of(t.space, parent, shape).settled()


# ------------------------------------------------------------------------------------------------- other forms


def _sums_of_segments(t: Structured, starts: Any, axis: int = 0) -> Any:
    """``np.add.reduceat`` of a vector: the entries of all segments, added into one place each."""
    starts = np.asarray(starts)
    if t.ndim != 2 or normalize_axis_tuple(axis, 2) != (1,) or not starts.size or (starts >= t.shape[1]).any():
        return NotImplemented
    stops = np.append(starts[1:], t.shape[1])
    # A segment that does not go forward is its first entry.
    lengths = np.maximum(stops - starts, 1)
    places = np.repeat(np.arange(starts.size), lengths)
    source = np.arange(places.size) - np.repeat(np.cumsum(lengths) - lengths, lengths) + np.repeat(starts, lengths)
    entries = t.over_directions(lambda array: array[source])
    return _scatter_added(entries, places, starts.shape) if is_structured(entries) else NotImplemented


def _einsum_of_one(subscripts: Any, t: Any) -> Any:
    """A transposition, a diagonal or a sum, with the directions as the first label on both sides."""
    if not isinstance(subscripts, str) or not is_structured(t) or "." in subscripts:
        return NotImplemented
    left, right = subscripts.split("->")
    if left[0] != right[:1] or left[0] in left[1:] + right[1:]:
        return NotImplemented
    own = f"{left[1:]}->{right[1:]}"
    if set(left) == set(right):
        return t.over_directions(lambda array: np.einsum(own, array), 1, ("einsum", own))
    return einsum(own, 0, t, [t])


def _broadcast_to(t: Structured, shape: Any, subok: bool = False) -> Any:
    if len(shape) != t.ndim or shape[0] != t.shape[0]:
        return NotImplemented
    inner = tuple(shape[1:])
    return t.over_directions(lambda a: np.broadcast_to(a, inner), 1, ("broadcast", inner))


def _reshape(t: Structured, shape: Any, order: str = "C", **others: Any) -> Any:
    if order != "C" or others or not isinstance(shape, tuple):
        return NotImplemented
    return t.reshape(shape)


def _linear_ufunc(ufunc: np.ufunc) -> Callable[[Structured], Tangent]:
    return lambda t: t.with_coefficients(ufunc)


def _conjugate(t: Structured) -> Tangent:
    return t._partwise(np.conjugate)


def _product(left: Any, right: Any) -> Tangent:
    return left * right if is_structured(left) else right * left


def _sum_of_two(left: Any, right: Any) -> Tangent:
    return left + right if is_structured(left) else right + left


def _difference(left: Any, right: Any) -> Tangent:
    return left - right if is_structured(left) else (-right) + left


def _quotient(left: Any, right: Any) -> Tangent:
    return left / right if not is_structured(right) else left / right.dense()


#: Ufuncs that are linear in a tangent.
_OPERATIONS: dict[np.ufunc, Any] = {
    np.add: _sum_of_two,
    np.subtract: _difference,
    np.multiply: _product,
    np.divide: _quotient,
    np.negative: lambda t: -t,
    np.positive: lambda t: t.copy(),
    np.conjugate: _conjugate,
} | {ufunc: _linear_ufunc(ufunc) for ufunc in (np.deg2rad, np.radians, np.rad2deg, np.degrees)}

_FORMS: dict[NumPyFunction, Any] = {
    np.sum: _sum,
    np.mean: _mean,
    np.trace: _trace,
    np.real: lambda t: t.real,
    np.imag: lambda t: t.imag,
    np.broadcast_to: _broadcast_to,
    np.reshape: _reshape,
    np.shape: lambda t: t.shape,
    np.ndim: lambda t: t.ndim,
    np.size: lambda t, axis=None: t.size if axis is None else t.shape[axis],
    np.iscomplexobj: lambda t: t.dtype.kind == "c",
    np.copy: lambda t, *args, **kwargs: t.copy(),
    np.result_type: lambda t, *others: np.result_type(t.dtype, *(o.dtype if is_structured(o) else o for o in others)),
}
