"""Functions that choose entries by their values: the chosen entries' derivatives come along, ties share equally."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._typing import Array, is_ndarray
from ..errors import NotDifferentiableError
from .kinds import Composite, Table
from .values import value_of

__all__ = ["SELECTION"]

_NONE = np._NoValue


def _extreme(join: Any) -> Any:
    """The rule of max or min: the mean of the entries equal to the extreme value."""

    def rule(
        a: Array, axis: Any = None, out: None = None, keepdims: Any = _NONE, initial: Any = _NONE, where: Any = _NONE
    ) -> Array:
        values, keep = value_of(a), keepdims is not _NONE and bool(keepdims)
        mask = True if where is _NONE else value_of(where)
        reduce: Any = np.maximum.reduce if join is np.maximum else np.minimum.reduce
        given = {} if where is _NONE else {"where": mask}
        if initial is not _NONE:
            given["initial"] = value_of(initial)
        best = reduce(values, axis=axis, keepdims=True, **given)
        ties = ((values == best) | (values != values)) & mask
        count = np.maximum(np.sum(ties, axis=axis, keepdims=keep), 1)
        chosen = np.sum(np.where(ties, a, 0), axis=axis, keepdims=keep) / count
        if initial is _NONE:
            return chosen
        # The entries that lose against the initial value must not win as zeros.
        reached = np.any(ties, axis=axis, keepdims=keep)
        return join(np.where(reached, chosen, initial), initial)

    return rule


def _peak_to_peak(a: Array, axis: Any = None, out: None = None, keepdims: Any = _NONE) -> Array:
    keep = keepdims is not _NONE and bool(keepdims)
    return np.max(a, axis=axis, keepdims=keep) - np.min(a, axis=axis, keepdims=keep)


def _arranged(a: Array, order: Array, axis: int) -> Array:
    """The entries along the last axis in this order, those of equal value sharing their derivatives equally."""
    rows = np.take_along_axis(np.moveaxis(a, axis, -1), order, -1)
    values = value_of(rows)
    if values.shape[-1] < 2:
        return np.moveaxis(rows, -1, axis)
    sorting = np.argsort(values, axis=-1, kind="stable")
    ordered = np.take_along_axis(values, sorting, -1)
    new = np.concatenate([np.ones((*ordered.shape[:-1], 1), bool), ordered[..., 1:] != ordered[..., :-1]], axis=-1)
    if not new.all():
        starts = np.flatnonzero(new)
        counts = np.diff(np.append(starts, new.size))
        flat = np.reshape(np.take_along_axis(rows, sorting, -1), -1)
        shared = (np.add.reduceat(flat, starts) / counts.astype(values.real.dtype))[np.cumsum(new.reshape(-1)) - 1]
        rows = np.take_along_axis(np.reshape(shared, values.shape), np.argsort(sorting, axis=-1), -1)
    return np.moveaxis(rows, -1, axis)


def _sort(a: Array, axis: int | None = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Array:
    if axis is None:
        a, axis = np.ravel(a), -1
    return _arranged(a, np.argsort(np.moveaxis(value_of(a), axis, -1), axis=-1, kind="stable"), axis)


def _partition(a: Array, kth: Any, axis: int | None = -1, kind: Any = "introselect", order: Any = None) -> Array:
    if axis is None:
        a, axis = np.ravel(a), -1
    values = np.moveaxis(value_of(a), axis, -1)
    # The order that gives NumPy's own arrangement; which of several equal entries stands where does not matter.
    arranged = np.partition(values, kth, axis=-1, kind=kind)
    order = np.empty(values.shape, int)
    np.put_along_axis(order, np.argsort(arranged, axis=-1), np.argsort(values, axis=-1), -1)
    return _arranged(a, order, axis)


def _median(a: Array, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: bool = False) -> Array:
    axes = tuple(range(a.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(x % a.ndim for x in axes)
    kept = [x for x in range(a.ndim) if x not in axes]
    n = math.prod(a.shape[x] for x in axes)
    if not n:
        return np.full([1 if x in axes else m for x, m in enumerate(a.shape) if keepdims or x in kept], np.nan)
    rows = np.reshape(np.transpose(a, (*kept, *axes)), (*(a.shape[x] for x in kept), n))
    ordered = _sort(rows)
    middle = np.mean(ordered[..., (n - 1) // 2 : n // 2 + 1], axis=-1)
    return np.reshape(middle, [1 if x in axes else m for x, m in enumerate(a.shape)]) if keepdims else middle


def _clip(
    a: Array, a_min: Any = _NONE, a_max: Any = _NONE, out: None = None, *, min: Any = _NONE, max: Any = _NONE,
    **kwargs: Any,
) -> Array:  # fmt: skip
    if kwargs.get("where", True) is not True:
        raise NotDifferentiableError(
            "np.clip with where= leaves entries unset, or as they were in out=: write np.where(mask, np.clip(...), other)."
        )
    low = min if a_min is _NONE else a_min
    high = max if a_max is _NONE else a_max
    if low is not _NONE and low is not None:
        a = np.maximum(a, low)
    if high is not _NONE and high is not None:
        a = np.minimum(a, high)
    return np.positive(a)


def _piecewise(x: Array, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Array:
    conditions = value_of(condlist)
    if np.isscalar(conditions) or (not (isinstance(conditions[0], list) or is_ndarray(conditions[0])) and np.ndim(x) != 0):
        conditions = [conditions]
    conditions = np.asarray(conditions, dtype=bool)
    if len(conditions) == len(funclist) - 1:
        conditions = np.concatenate([conditions, ~np.any(conditions, axis=0, keepdims=True)])
    elif len(conditions) != len(funclist):
        raise ValueError(f"with {len(conditions)} condition(s), either {len(conditions)} or {len(conditions) + 1} functions")
    y = np.zeros_like(x)
    for condition, function in zip(conditions, funclist, strict=True):
        if not callable(function):
            y[condition] = function
        elif condition.any():
            y[condition] = function(x[condition], *args, **kw)
    return y


def _without_nan(join: Any, empty: float) -> Any:
    """The rule of nanmax or nanmin."""

    def rule(
        a: Array, axis: Any = None, out: None = None, keepdims: Any = _NONE, initial: Any = _NONE, where: Any = _NONE
    ) -> Array:
        given = {n: v for n, v in (("keepdims", keepdims), ("initial", initial), ("where", where)) if v is not _NONE}
        return join(np.where(np.isnan(value_of(a)), empty, a), axis, None, **given)

    return rule


# fmt: off
SELECTION: Table = {
    np.max:       Composite(_extreme(np.maximum)),
    np.min:       Composite(_extreme(np.minimum)),
    np.nanmax:    Composite(_without_nan(np.max, -np.inf)),
    np.nanmin:    Composite(_without_nan(np.min, np.inf)),
    np.ptp:       Composite(_peak_to_peak),
    np.sort:      Composite(_sort),
    np.sort_complex: Composite(lambda a: _sort(a * (1 + 0j))),
    np.partition: Composite(_partition),
    np.median:    Composite(_median),
    np.clip:      Composite(_clip),
    np.piecewise: Composite(_piecewise, own_value=True),
}
# fmt: on
SELECTION[np.amax] = SELECTION[np.max]
SELECTION[np.amin] = SELECTION[np.min]
