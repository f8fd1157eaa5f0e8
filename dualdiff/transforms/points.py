"""One small derivative for each of many points, in one vectorised pass."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array, Tree
from ..arrays import Dual, HyperDual, plain
from ..errors import NotScalarError, ShapeError
from .arguments import Inputs, parts_at, tangent_or_zero

__all__ = ["per_point_hessian", "per_point_jacobian"]


def _axis_of(inputs: Inputs, axis: int) -> tuple[Any, int]:
    """The one array of points, and the axis counted from the front."""
    if len(inputs.leaves) != 1:
        raise ShapeError("axis= takes one array of points as the differentiated argument.")
    (points,) = inputs.leaves
    if not -np.ndim(points) <= axis < np.ndim(points):
        raise ShapeError(f"axis={axis} but the points have shape {np.shape(points)}.")
    return points, axis % np.ndim(points)


def _seeds(shape: tuple[int, ...], axis: int, dtype: Any) -> Array:
    """The unit vectors along the axis, the same at every point, directions in front."""
    n = shape[axis]
    unit = np.eye(n, dtype=dtype).reshape((n,) + tuple(n if a == axis else 1 for a in range(len(shape))))
    return np.broadcast_to(unit, (n, *shape)).copy()


def _probe(shape: tuple[int, ...], axis: int, seeds: Array) -> tuple[Array, Array]:
    """A direction that weighs every point differently, and the weights."""
    count = [1 if a == axis else n for a, n in enumerate(shape)]
    weights = np.random.default_rng(12).uniform(0.5, 1.5, count).astype(seeds.dtype)
    return np.sum(seeds, axis=0) * weights, weights


def per_point_jacobian(inputs: Inputs, axis: int, scalar: bool) -> tuple[list[Any], Tree, list[Array], Any]:
    """The values and, for each leaf of the output, ``(..., out, in)``, or ``(..., in)`` for a scalar at each point."""
    points, axis = _axis_of(inputs, axis)
    shape = np.shape(points)
    seeds = _seeds(shape, axis, points.dtype)
    probe, weights = _probe(shape, axis, seeds)
    result = inputs.evaluate(Dual, [(np.concatenate([seeds, probe[None]]),)])
    values, matrices = [], []
    for leaf in result.leaves:
        value, (tangent,) = parts_at(leaf, result.level, 1)
        rows = tangent_or_zero(tangent, value, (shape[axis] + 1,))
        inner = _is_scalar_per_point(value, shape, axis, scalar)
        _refuse_mixing(rows, np.squeeze(weights, axis) if inner else weights)
        values.append(value)
        if scalar:
            matrices.append(np.moveaxis(rows[:-1], 0, axis))
            continue
        rows = np.moveaxis(rows[:-1], 0, -1)
        matrices.append(rows if inner else np.moveaxis(rows, axis, -2))
    return values, result.form, matrices, result.aux


def per_point_hessian(inputs: Inputs, axis: int) -> tuple[list[Any], Tree, list[Array], list[Array], Any]:
    """The values, gradients and Hessians of each point, ``(..., out, in, in)``."""
    points, axis = _axis_of(inputs, axis)
    shape = np.shape(points)
    seeds = _seeds(shape, axis, points.dtype)
    probe, weights = _probe(shape, axis, seeds)
    n = shape[axis]
    both = np.concatenate([seeds, probe[None]])
    result = inputs.evaluate(HyperDual, [(seeds, both, None)])
    values, gradients, hessians = [], [], []
    for leaf in result.leaves:
        value, (_, e2, e12) = parts_at(leaf, result.level, 3)
        slopes = tangent_or_zero(e2, value, (n + 1,))
        bends = tangent_or_zero(e12, value, (n, n + 1))
        inner = _is_scalar_per_point(value, shape, axis, False)
        weight = np.squeeze(weights, axis) if inner else weights
        _refuse_mixing(slopes, weight)
        _refuse_mixing(np.moveaxis(bends, 1, 0), weight)
        slopes, bends = np.moveaxis(slopes[:-1], 0, -1), np.moveaxis(bends[:, :-1], (0, 1), (-2, -1))
        upper = np.triu(np.ones((n, n), bool))
        bends = np.where(upper, bends, np.swapaxes(bends, -1, -2))
        values.append(value)
        gradients.append(slopes if inner else np.moveaxis(slopes, axis, -2))
        hessians.append(bends if inner else np.moveaxis(bends, axis, -3))
    return values, result.form, gradients, hessians, result.aux


def _is_scalar_per_point(value: Any, shape: tuple[int, ...], axis: int, scalar: bool) -> bool:
    """Whether the function gives one number a point (the axis is gone) or several (it is still there)."""
    rest = shape[:axis] + shape[axis + 1 :]
    found = np.shape(value)
    if found == rest:
        return True
    if len(found) != len(shape) or found[:axis] + found[axis + 1 :] != rest:
        raise ShapeError(
            f"with axis={axis} a function of points of shape {shape} returns {rest} or {rest} with one more axis there, "
            f"but this one returned {found}."
        )
    if scalar:
        raise NotScalarError(f"grad needs one scalar a point, but the function returned shape {found}: use dd.jacobian.")
    return False


def _refuse_mixing(rows: Array, weights: Array) -> None:
    """Each point moved by its own weight must move its own output by that weight, and no other."""
    rows, weights = np.asarray(plain(rows)), plain(weights)
    found, expected = rows[-1], np.sum(rows[:-1], axis=0) * weights
    scale = np.sum(np.abs(rows[:-1]), axis=0) + np.max(np.abs(rows[:-1]), initial=0.0) * 1e-3
    tolerance = 1e4 * np.finfo(np.asarray(found).dtype).eps
    if np.any(np.abs(found - expected) > tolerance * scale):
        raise ShapeError("the function mixes points: with axis= each output may depend on its own point only.")
