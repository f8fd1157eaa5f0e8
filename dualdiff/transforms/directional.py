"""Derivatives along one direction, of any order."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import Tree
from ..arrays import plain
from .arguments import flatten, leaves_of_direction, rebuild
from .jvp import jvp
from .taylor import coefficients

__all__ = ["directional_derivative"]


def directional_derivative(f: Callable[..., Any], x: Tree, v: Tree, *, normalize: bool = False, order: int = 1) -> Any:
    """The derivative of f at x along v.

    Parameters
    ----------
    f : callable
        A function of one argument.
    x : array_like
        The point.
    v : array_like
        The direction, of the shape of x; ``(k, *x.shape)`` for k directions.
    normalize : bool
        Whether to divide the direction by its length first.
    order : int
        The order k: the k-th derivative of t -> f(x + t v) at t = 0.

    Returns
    -------
    array
        Of the output's shape, the directions in front.

    Raises
    ------
    ValueError
        If ``order`` is not a positive integer, or a direction to be normalised is zero.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.directional_derivative(lambda x: x @ x, np.array([1.0, 2.0]), np.array([3.0, 4.0]), normalize=True)
    np.float64(4.4)
    """
    if normalize:
        v = _unit(x, v)
    if isinstance(order, (int, np.integer)) and order == 1:
        return jvp(f, (x,), (v,))[1]
    _, tails, form = coefficients(f, x, v, order)
    scalars = all(type(leaf) in (int, float, complex) for leaf in flatten(x))
    found = (math.factorial(order) * tail[order - 1] for tail in tails)
    return rebuild(form, (d.item() if scalars and type(d) in (np.float64, np.complex128) else d for d in found))


def _unit(x: Tree, v: Tree) -> Tree:
    """The direction divided by its length, each of several by its own."""
    points = flatten(x)
    pieces = [np.asarray(piece, dtype=np.result_type(float, plain(piece))) for piece in leaves_of_direction(x, v)]
    length: Any = 0.0
    for point, piece in zip(points, pieces, strict=True):
        rows = np.reshape(piece, (*piece.shape[: piece.ndim - np.ndim(point)], -1))
        # Squares of the entries themselves would overflow or vanish.
        length = np.hypot(length, np.hypot.reduce(np.abs(rows), axis=-1))
    if np.any(length == 0):
        raise ValueError("a zero direction has no unit vector: leave out normalize=True.")
    scaled = [
        piece / np.reshape(length, np.shape(length) + (1,) * np.ndim(point))
        for piece, point in zip(pieces, points, strict=True)
    ]
    return rebuild(x, (s[()] for s in scaled))
