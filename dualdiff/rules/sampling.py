"""Differences, interpolation and binning: linear in the ordinates, rational in the abscissae."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array
from ..errors import NotDifferentiableError
from .kinds import Composite, Table
from .values import joined, value_of

__all__ = ["SAMPLING"]


def _gradient(f: Array, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Second-order central differences in the interior, one-sided ones of either order at the ends.

    Source: B. Fornberg, Generation of finite difference formulas on arbitrarily spaced grids, 1988.
    """
    f, varargs = joined(f), tuple(map(joined, varargs))
    count = f.ndim
    axes = tuple(range(count)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(a % count for a in axes)
    spacings = [1.0] * len(axes) if not varargs else list(varargs) * len(axes) if len(varargs) == 1 else list(varargs)
    if len(spacings) != len(axes):
        raise TypeError("invalid number of arguments")
    slopes = tuple(_slope_along(f, a, h, edge_order) for a, h in zip(axes, spacings, strict=True))
    return slopes[0] if len(slopes) == 1 else slopes


def _slope_along(f: Array, axis: int, spacing: Any, edge_order: int) -> Array:
    f = np.moveaxis(f, axis, -1)
    n = f.shape[-1]
    if edge_order not in (1, 2):
        raise ValueError("'edge_order' greater than 2 not supported")
    if n < edge_order + 1:
        raise ValueError("Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements "
                         "are required.")  # fmt: skip
    h = np.diff(spacing) if np.ndim(spacing) else spacing * np.ones(n - 1)
    a, b = h[:-1], h[1:]
    inner = (a * a * f[..., 2:] + (b * b - a * a) * f[..., 1:-1] - b * b * f[..., :-2]) / (a * b * (a + b))
    if edge_order == 1:
        first, last = (f[..., 1] - f[..., 0]) / h[0], (f[..., -1] - f[..., -2]) / h[-1]
    else:
        first = _edge(f[..., 0], f[..., 1], f[..., 2], h[0], h[1])
        last = -_edge(f[..., -1], f[..., -2], f[..., -3], h[-1], h[-2])
    return np.moveaxis(np.concatenate([first[..., None], inner, last[..., None]], axis=-1), -1, axis)


def _edge(f0: Array, f1: Array, f2: Array, a: Array, b: Array) -> Array:
    """The slope at the first of three points, a and b apart."""
    return -(2 * a + b) / (a * (a + b)) * f0 + (a + b) / (a * b) * f1 - a / (b * (a + b)) * f2


def _interp(x: Array, xp: Array, fp: Array, left: Any = None, right: Any = None, period: Any = None) -> Array:
    if period is not None:
        period = np.abs(period)
        x, xp = np.remainder(x, period), np.remainder(xp, period)
        order = np.argsort(value_of(xp))
        xp, fp = xp[order], fp[order] if hasattr(fp, "shape") else np.asarray(fp)[order]
        xp = np.concatenate([xp[-1:] - period, xp, xp[:1] + period])
        fp = np.concatenate([fp[-1:], fp, fp[:1]])
    xp, fp = (v if hasattr(v, "parts") else np.asarray(v) for v in (xp, fp))
    at, knots = np.asarray(value_of(x)), np.asarray(value_of(xp))
    n = len(knots)
    low = fp[0] if left is None else left
    high = fp[-1] if right is None else right
    # At a knot the symmetric derivative is the mean of the pieces on both sides.
    pieces = []
    for side in ("left", "right"):
        i = np.searchsorted(knots, at, side)
        k = np.clip(i - 1, 0, max(n - 2, 0))
        width = np.where(knots[np.minimum(k + 1, n - 1)] == knots[k], 1, xp[np.minimum(k + 1, n - 1)] - xp[k])
        inside = fp[k] + (fp[np.minimum(k + 1, n - 1)] - fp[k]) * ((x - xp[k]) / width)
        pieces.append(np.where(i == 0, low, np.where(i == n, high, inside)))
    return (pieces[0] + pieces[1]) / 2


def _bincount(x: Any, weights: Array = None, minlength: int = 0) -> Array:
    if hasattr(x, "parts"):
        raise NotDifferentiableError(
            "np.bincount counts integers, and a dual holds floats. For the value write dd.value_of(x)."
        )
    bins = np.asarray(x)
    result = np.zeros_like(weights, shape=(max(int(bins.max(initial=-1)) + 1, minlength),))
    np.add.at(result, bins, weights)
    return result


def _unwrap(p: Array, discont: Any = None, axis: int = -1, *, period: float = 2 * np.pi) -> Array:
    values = value_of(p)
    return p + (np.unwrap(values, discont, axis, period=period) - values)


SAMPLING: Table = {
    np.bincount: Composite(_bincount),
    np.gradient: Composite(_gradient),
    np.interp: Composite(_interp),
    np.unwrap: Composite(_unwrap),
}
