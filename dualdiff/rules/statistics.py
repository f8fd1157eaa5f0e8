"""Quantiles, covariances and the Bessel function of statistics, written with other NumPy functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array
from ..errors import NotDifferentiableError
from .kinds import Composite, Table
from .values import value_of

__all__ = ["STATISTICS"]


_NONE = np._NoValue


def _rows(a: Array, axis: Any) -> tuple[Array, list[int], tuple[int, ...]]:
    """The array with the reduced axes flattened into the last one, the kept axes, and the reduced ones."""
    axes = tuple(range(a.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(x % a.ndim for x in axes)
    kept = [x for x in range(a.ndim) if x not in axes]
    count = int(np.prod([a.shape[x] for x in axes]))
    return np.reshape(np.transpose(a, (*kept, *axes)), (*(a.shape[x] for x in kept), count)), kept, axes


def _quantile(percent: float, skip_nan: bool) -> Any:
    """The rule of quantile, percentile and the like: order statistics at a position, which may lie between two."""

    def rule(
        a: Array, q: Any, axis: Any = None, out: None = None, overwrite_input: bool = False, method: str = "linear",
        keepdims: Any = _NONE if skip_nan else False, *, weights: Any = None, interpolation: Any = None,
    ) -> Array:  # fmt: skip
        if weights is not None:
            return _weighted_quantile(
                skip_nan, a, np.asarray(value_of(q)) / percent, axis, method, keepdims is True, value_of(weights)
            )
        method = method if interpolation is None else interpolation
        moves = hasattr(q, "parts")
        if moves and method != "linear":
            raise NotDifferentiableError(f"quantiles have no derivative in q for method={method!r}: use 'linear'.")
        level = np.asarray(value_of(q), float) / percent
        rows, kept, axes = _rows(a, axis)
        ordered = np.sort(rows)
        number = rows.shape[-1]
        if not number:
            shape = [1 if x in axes else n for x, n in enumerate(a.shape)] if keepdims is True else [a.shape[x] for x in kept]
            return np.full((*level.shape, *shape), np.nan)
        counts = number - np.sum(np.isnan(value_of(rows)), axis=-1) if skip_nan else np.full(rows.shape[:-1], number)
        # The quantile of 0, 1, ..., n - 1 is the position that the method means.
        options: Any = {"method": method}
        place = {int(n): np.quantile(np.arange(max(n, 1)) * 1.0, level, **options) for n in np.unique(counts)}
        position = np.reshape([place[int(n)] for n in counts.ravel()], (*counts.shape, level.size))
        low = np.clip(np.floor(position).astype(int), 0, number - 1)
        high = np.minimum(low + 1, number - 1)
        first, second = np.take_along_axis(ordered, low, -1), np.take_along_axis(ordered, high, -1)
        share = position - low
        if moves:
            share = np.reshape(q, -1) / percent * (counts - 1)[..., None] - low
        chosen = np.where(value_of(share) == 0, first, first * (1 - share) + second * share)
        if moves:
            chosen = first * (1 - share) + second * share
        chosen = np.reshape(np.moveaxis(chosen, -1, 0), level.shape + tuple(a.shape[x] for x in kept))
        if keepdims is True:
            chosen = np.reshape(chosen, level.shape + tuple(1 if x in axes else n for x, n in enumerate(a.shape)))
        return chosen

    return rule


def _weighted_quantile(skip_nan: bool, a: Array, q: Any, axis: Any, method: Any, keepdims: bool, weights: Any) -> Array:
    """The entry that NumPy chooses, the mean of those equal to it; weights only decide which."""
    function: Any = np.nanquantile if skip_nan else np.quantile
    chosen = function(value_of(a), q, axis=axis, method=method, keepdims=keepdims, weights=weights)
    rows, kept, _ = _rows(a, axis)
    if not rows.shape[-1]:
        return chosen
    if skip_nan and np.ndim(q) > 1:
        raise NotDifferentiableError("nanquantile with weights has no rule for a q of two axes: write np.ravel(q).")
    target = np.reshape(chosen, (*np.shape(q), *(a.shape[x] for x in kept)))[..., None]
    equal = value_of(rows) == target
    count = np.sum(equal, axis=-1)
    share = np.where(count, 1 / np.maximum(count, 1), np.nan)
    return np.reshape(np.sum(np.where(equal, rows, 0.0), axis=-1) * share, np.shape(chosen))


def _nanmedian(a: Array, axis: Any = None, out: None = None, overwrite_input: bool = False, keepdims: Any = _NONE) -> Array:
    return np.nanquantile(a, 0.5, axis=axis, keepdims=keepdims is True)


def _cov(
    m: Array, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None, fweights: Any = None,
    aweights: Any = None, *, dtype: Any = None,
) -> Array:  # fmt: skip
    x = np.atleast_2d(m)
    if not rowvar and np.ndim(m) > 1:
        x = x.T
    if y is not None:
        other = np.atleast_2d(y)
        x = np.concatenate([x, other.T if not rowvar and other.shape[0] != 1 else other], axis=0)
    ddof = (0 if bias else 1) if ddof is None else ddof
    w = None if fweights is None else np.asarray(fweights, float)
    if aweights is not None:
        aweights = aweights if hasattr(aweights, "parts") else np.asarray(aweights, float)
        w = aweights if w is None else w * aweights
    mean, total = np.average(x, axis=1, weights=w, returned=True)
    total = total[0]
    factor = x.shape[1] - ddof if w is None else total
    if w is not None and ddof and aweights is None:
        factor = total - ddof
    elif w is not None and ddof:
        factor = total - ddof * np.sum(w * aweights) / total
    centred = x - mean[:, None]
    weighted = centred if w is None else centred * w
    return np.squeeze(np.divide(centred @ np.conjugate(weighted.T), factor))


def _corrcoef(
    x: Array, y: Any = None, rowvar: bool = True, bias: Any = _NONE, ddof: Any = _NONE, *, dtype: Any = None
) -> Array:
    c = np.cov(x, y, rowvar)
    if np.ndim(c) == 0:
        return c / c
    deviation = np.sqrt(np.real(np.diag(c)))
    return c / deviation[:, None] / deviation


def _i0(x: Array) -> Array:
    # I0(x) is the mean of exp(x cos t) over a period, where the trapezoidal rule converges exponentially.
    values = np.abs(value_of(x))
    count = int(np.max(np.where(np.isfinite(values), values, 0), initial=0.0)) + 80
    cosines = np.cos((np.arange(count) + 0.5) * np.pi / count)
    return np.mean(np.exp(np.expand_dims(x, -1) * cosines), axis=-1)


STATISTICS: Table = {
    np.quantile: Composite(_quantile(1.0, False)),
    np.percentile: Composite(_quantile(100.0, False)),
    np.nanquantile: Composite(_quantile(1.0, True)),
    np.nanpercentile: Composite(_quantile(100.0, True)),
    np.nanmedian: Composite(_nanmedian),
    np.cov: Composite(_cov),
    np.corrcoef: Composite(_corrcoef),
    np.i0: Composite(_i0),
}
