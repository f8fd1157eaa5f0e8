"""Functions written with other NumPy functions, where that is numerically stable."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array
from .kinds import Composite, Table
from .values import as_array, value_of

__all__ = ["COMPOSITE"]

_NONE = np._NoValue


def _prod(
    a: Array, axis: Any = None, dtype: Any = None, out: None = None, keepdims: Any = _NONE, initial: Any = _NONE,
    where: Any = _NONE,
) -> Array:  # fmt: skip
    # Products of pairs, of pairs of pairs, ...: exact where factors are zero, since nothing is divided.
    if dtype is not None:
        a = a.astype(dtype)
    if where is not _NONE:
        a = np.where(where, a, 1)
    shape = np.shape(a)
    axes = tuple(range(len(shape))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(x % len(shape) for x in axes) if shape else ()
    kept = [x for x in range(len(shape)) if x not in axes]
    count = int(np.prod([shape[x] for x in axes]))
    rows = np.reshape(np.transpose(a, (*axes, *kept)), (count, *(shape[x] for x in kept)))
    while len(rows) > 1:
        half = len(rows) // 2
        paired = rows[: 2 * half : 2] * rows[1 : 2 * half : 2]
        rows = paired if len(rows) == 2 * half else np.concatenate([paired, rows[-1:]])
    result = rows[0] if len(rows) else np.ones(rows.shape[1:])
    if initial is not _NONE:
        result = result * initial
    if keepdims is not _NONE and keepdims:
        result = np.reshape(result, tuple(1 if x in axes else n for x, n in enumerate(shape)))
    return result


def _cumprod(a: Array, axis: int | None = None, dtype: Any = None, out: None = None) -> Array:
    # Hillis and Steele's prefix scan: exact where factors are zero, log2(n) passes.
    if dtype is not None:
        a = a.astype(dtype)
    if axis is None or np.ndim(a) == 0:
        a, axis = np.ravel(a), 0
    rows = np.moveaxis(a, axis, 0)
    step = 1
    while step < len(rows):
        rows = np.concatenate([rows[:step], rows[step:] * rows[:-step]])
        step *= 2
    return np.moveaxis(rows, 0, axis)


def _cumulative_prod(
    x: Array, *, axis: int | None = None, dtype: Any = None, out: None = None, include_initial: bool = False
) -> Array:
    axis = 0 if axis is None else axis
    result = _cumprod(x, axis, dtype)
    if include_initial:
        shape = [1 if i == axis % x.ndim else n for i, n in enumerate(x.shape)]
        result = np.concatenate([np.ones(shape, x.dtype), result], axis=axis)
    return result


def _var(
    a: Array, axis: Any = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: Any = _NONE, *,
    where: Any = _NONE, mean: Any = _NONE, correction: Any = _NONE,
) -> Array:  # fmt: skip
    given = {} if where is _NONE else {"where": where}
    if dtype is not None:
        a = a.astype(dtype)
    centre = np.mean(a, axis=axis, keepdims=True, **given) if mean is _NONE else mean
    deviation = a - centre
    squared = np.real(deviation * np.conjugate(deviation)) if np.iscomplexobj(value_of(a)) else deviation * deviation
    keep = keepdims is not _NONE and bool(keepdims)
    count = np.sum(np.broadcast_to(True if where is _NONE else where, np.shape(a)), axis=axis, keepdims=keep)
    divisor = np.maximum(count - (ddof if correction is _NONE else correction), 0)
    return np.sum(squared, axis=axis, keepdims=keep, **given) / divisor


def _std(
    a: Array, axis: Any = None, dtype: Any = None, out: None = None, ddof: float = 0, keepdims: Any = _NONE, *,
    where: Any = _NONE, mean: Any = _NONE, correction: Any = _NONE,
) -> Array:  # fmt: skip
    return np.sqrt(_var(a, axis, dtype, None, ddof, keepdims, where=where, mean=mean, correction=correction))


def _average(a: Array, axis: Any = None, weights: Any = None, returned: bool = False, *, keepdims: Any = _NONE) -> Any:
    keep = keepdims is not _NONE and bool(keepdims)
    if weights is None:
        result = np.mean(a, axis=axis, keepdims=keep)
        count = np.size(a) / max(np.size(result), 1)
        return (result, np.zeros_like(value_of(result)) + count) if returned else result
    if np.shape(weights) != np.shape(a):
        if axis is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        axes = axis if isinstance(axis, tuple) else (axis,)
        axes = tuple(x % np.ndim(a) for x in axes)
        order = np.argsort(axes)
        shape = [n if x in axes else 1 for x, n in enumerate(np.shape(a))]
        weights = np.reshape(np.transpose(weights, order), shape)
    scale = np.sum(np.broadcast_to(weights, np.shape(a)), axis=axis, keepdims=keep)
    result = np.sum(a * weights, axis=axis, keepdims=keep) / scale
    return (result, scale) if returned else result


def _ediff1d(ary: Array, to_end: Any = None, to_begin: Any = None) -> Array:
    inner = np.diff(np.ravel(ary))
    ends = [np.ravel(to_begin)] * (to_begin is not None), [inner], [np.ravel(to_end)] * (to_end is not None)
    return np.concatenate([part for piece in ends for part in piece])


def _diff(a: Array, n: int = 1, axis: int = -1, prepend: Any = _NONE, append: Any = _NONE) -> Array:
    def end(piece: Array) -> Array:
        if np.ndim(piece) == 0:
            shape = list(np.shape(a))
            shape[axis] = 1
            return np.broadcast_to(piece, tuple(shape))
        return piece

    if n < 0:
        raise ValueError(f"order must be non-negative but got {n!r}")
    if n == 0:
        return a
    pieces = [end(prepend)] * (prepend is not _NONE) + [a] + [end(append)] * (append is not _NONE)
    a = np.concatenate(pieces, axis=axis) if len(pieces) > 1 else a
    a = np.moveaxis(a, axis, 0)
    for _ in range(n):
        a = a[1:] - a[:-1]
    return np.moveaxis(a, 0, axis)


def _trapezoid(y: Array, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Array:
    y = np.moveaxis(y, axis, -1)
    if x is None:
        step = dx
    elif np.ndim(x) == 1:
        step = np.diff(x)
    else:
        step = np.moveaxis(np.diff(x, axis=axis), axis, -1)
    return np.sum(step * (y[..., 1:] + y[..., :-1]) / 2.0, axis=-1)


def _angle(z: Array, deg: bool = False) -> Array:
    angle = np.arctan2(np.imag(z), np.real(z)) if np.iscomplexobj(value_of(z)) else np.arctan2(0.0, z)
    return np.rad2deg(angle) if deg else angle


def _vector_norm(x: Array, order: Any, axis: Any, keepdims: bool) -> Array:
    if order is None or order == 2:
        squares = np.real(x * np.conjugate(x)) if np.iscomplexobj(value_of(x)) else x * x
        return np.sqrt(np.sum(squares, axis=axis, keepdims=keepdims))
    size = np.abs(x)
    if order == np.inf:
        return np.max(size, axis=axis, keepdims=keepdims)
    if order == -np.inf:
        return np.min(size, axis=axis, keepdims=keepdims)
    if order == 0:
        return np.sum(value_of(x) != 0, axis=axis, keepdims=keepdims).astype(float)
    if order == 1:
        return np.sum(size, axis=axis, keepdims=keepdims)
    return np.power(np.sum(np.power(size, order), axis=axis, keepdims=keepdims), 1 / order)


def _norm(x: Array, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Array:
    if axis is None:
        if ord is None or x.ndim == 1 or (x.ndim == 2 and ord in ("fro", "f")):
            result = _vector_norm(np.ravel(x), None if ord in ("fro", "f") else ord, 0, False)
            return np.reshape(result, (1,) * x.ndim) if keepdims else result
        axis = tuple(range(x.ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    if len(axes) == 1:
        return _vector_norm(x, ord, axes[0], keepdims)
    row, column = (a % x.ndim for a in axes)
    if ord in (None, "fro", "f"):
        return _vector_norm(x, None, (row, column), keepdims)
    if ord in (1, -1, np.inf, -np.inf):
        first, second = (row, column) if abs(ord) == 1 else (column, row)
        sums = np.sum(np.abs(x), axis=first, keepdims=True)
        if not sums.size and ord > 0:
            return np.sum(x, axis=(row, column), keepdims=keepdims)
        result = (np.max if ord > 0 else np.min)(sums, axis=second, keepdims=True)
        return result if keepdims else np.squeeze(result, axis=(row, column))
    if not x.shape[row] * x.shape[column]:
        return np.sum(x, axis=(row, column), keepdims=keepdims)
    singular = np.linalg.svd(np.moveaxis(x, (row, column), (-2, -1)), compute_uv=False)
    reductions: dict[Any, Any] = {2: np.max, -2: np.min, "nuc": np.sum}
    if ord not in reductions:
        raise ValueError("Invalid norm order for matrices.")
    result = reductions[ord](singular, axis=-1)
    return np.expand_dims(result, tuple(sorted((row, column)))) if keepdims else result


def _full_like(
    a: Array, fill_value: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None, *,
    device: Any = None,
) -> Array:  # fmt: skip
    shape = np.shape(a) if shape is None else shape
    dtype = dtype if dtype is not None or hasattr(a, "parts") else np.result_type(a, fill_value)
    result = np.zeros_like(a if hasattr(a, "parts") else fill_value, dtype=dtype, order=order, shape=shape)
    result[...] = fill_value
    return result


def _linspace(
    start: Array, stop: Array, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0,
    *, device: Any = None,
) -> Any:  # fmt: skip
    steps = max(num - 1 if endpoint else num, 1)
    ratio = np.reshape(np.arange(num) / steps, (-1,) + (1,) * max(np.ndim(start), np.ndim(stop)))
    points = np.moveaxis(start * (1 - ratio) + stop * ratio, 0, axis)
    count = num - 1 if endpoint else num
    return (points, (stop - start) / count if count > 0 else np.nan) if retstep else points


def _logspace(
    start: Array, stop: Array, num: int = 50, endpoint: bool = True, base: Any = 10.0, dtype: Any = None, axis: int = 0
) -> Array:
    exponents = np.linspace(start, stop, num=num, endpoint=endpoint, axis=axis)
    return np.power(np.expand_dims(base, axis) if np.ndim(base) else base, exponents)


def _geomspace(start: Array, stop: Array, num: int = 50, endpoint: bool = True, dtype: Any = None, axis: int = 0) -> Array:
    steps = max(num - 1 if endpoint else num, 1)
    ratio = np.reshape(np.arange(num) / steps, (-1,) + (1,) * max(np.ndim(start), np.ndim(stop)))
    return np.moveaxis(start * np.power(stop / start, ratio), 0, axis)


def _real_if_close(a: Array, tol: float = 100) -> Array:
    real = np.isrealobj(np.real_if_close(value_of(a), tol)) and np.iscomplexobj(value_of(a))
    return as_array(np.real(a) if real else a)


def _trim_zeros(filt: Array, trim: str = "fb", axis: Any = None) -> Array:
    values = value_of(filt)
    axes = range(values.ndim) if axis is None else [a % values.ndim for a in np.atleast_1d(axis)]
    found, index = np.nonzero(values), [slice(None)] * values.ndim
    for a in axes:
        if not found[a].size:
            index[a] = slice(0, 0)
            continue
        low, high = int(found[a].min()), int(found[a].max()) + 1
        index[a] = slice(low if "f" in trim.lower() else None, high if "b" in trim.lower() else None)
    return filt[tuple(index)]


def _broadcast_arrays(*args: Array, subok: bool = False) -> tuple[Array, ...]:
    shape = np.broadcast_shapes(*(np.shape(a) for a in args))
    return tuple(
        as_array(a if hasattr(a, "parts") else np.asarray(a)) if np.shape(a) == shape else np.broadcast_to(a, shape)
        for a in args
    )


def _meshgrid(*xi: Array, copy: bool = True, sparse: bool = False, indexing: str = "xy") -> Any:
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    count = len(xi)
    axes = [1, 0, *range(2, count)] if indexing == "xy" and count > 1 else list(range(count))
    grids = [np.reshape(x, [-1 if a == axis else 1 for a in range(count)]) for x, axis in zip(xi, axes, strict=True)]
    grids = grids if sparse else list(_broadcast_arrays(*grids))
    grids = [np.copy(g) if copy else g for g in grids]
    return grids if sparse and not copy else tuple(grids)


# fmt: off
COMPOSITE: Table = {
    np.prod:        Composite(_prod),
    np.cumprod:     Composite(_cumprod),
    np.var:         Composite(_var),
    np.std:         Composite(_std),
    np.average:     Composite(_average),
    np.diff:        Composite(_diff),
    np.ediff1d:     Composite(_ediff1d),
    np.trapezoid:   Composite(_trapezoid),
    np.angle:       Composite(_angle),
    np.linspace:    Composite(_linspace),
    np.array_repr:  Composite(lambda arr, *options, **more: repr(arr), own_value=True),
    np.array_str:   Composite(lambda a, *options, **more: str(a), own_value=True),
    np.array2string: Composite(lambda a, *options, **more: str(a), own_value=True),
    np.logspace:    Composite(_logspace),
    np.geomspace:   Composite(_geomspace),
    np.real_if_close: Composite(_real_if_close, own_value=True),
    np.trim_zeros:  Composite(_trim_zeros, own_value=True),
    np.linalg.norm: Composite(_norm),
    np.linalg.vector_norm:
        Composite(lambda x, *, axis=None, keepdims=False, ord=2: _flat_norm(x, ord, axis, keepdims)),
    np.linalg.vecdot: Composite(lambda x1, x2, *, axis=-1: np.vecdot(np.moveaxis(x1, axis, -1), np.moveaxis(x2, axis, -1))),
    np.broadcast_arrays: Composite(_broadcast_arrays, own_value=True),
    np.meshgrid:    Composite(_meshgrid, own_value=True),
    np.full_like:   Composite(_full_like, own_value=True),
}
# fmt: on
if hasattr(np, "astype"):
    COMPOSITE[np.astype] = Composite(lambda x, dtype, *, copy=True, device=None: x.astype(dtype, copy=copy), own_value=True)
if hasattr(np, "cumulative_prod"):
    COMPOSITE[np.cumulative_prod] = Composite(_cumulative_prod)


def _flat_norm(x: Array, order: Any, axis: Any, keepdims: bool) -> Array:
    """The norm of all entries along the axes, as of one vector."""
    axis = tuple(range(x.ndim)) if axis is None else axis
    return _vector_norm(x, order, axis, keepdims)
