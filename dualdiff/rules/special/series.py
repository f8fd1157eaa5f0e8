"""Hypergeometric functions by their parameters: term by term for small arguments, by interpolation elsewhere.

Near z = 0 these functions hardly depend on their parameters, which an interpolation would not see; the series

    pFq = sum over k of (a_1)_k ... (a_p)_k / ((b_1)_k ... (b_q)_k) z^k / k!

is differentiated term by term there, where its terms fall at least as fast as 2^-k.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..._typing import Array
from ..values import value_of
from .arguments import order
from .branches import branch
from .interpolation import by_parameter

__all__ = ["hypergeometric_by"]

_TERMS = 56


def hypergeometric_by(function: Any, i: int, p: int) -> Callable[..., Array]:
    """The derivative by parameter i, of which the first p are upper ones; the last argument is z."""
    room = None if i < p else _to_pole
    elsewhere = by_parameter(function, i, room)

    def series(*x: Array) -> Array:
        *parameters, z = x
        return _term_by_term(i, parameters[:p], parameters[p:], z)

    def derivative(*x: Array) -> Array:
        x = (*map(order, x[:-1]), x[-1])
        *parameters, z = map(value_of, x)
        bound = np.abs(z) / math.prod(np.minimum(_to_pole(b), 1) for b in parameters[p:])
        for a in parameters[:p]:
            bound = bound * np.maximum(np.abs(a), 1)
        # Where another upper parameter is 0, the function is 1.
        constant = np.any([np.broadcast_to(a == 0, np.shape(bound)) for j, a in enumerate(parameters[:p]) if j != i], axis=0)
        return branch(constant | (bound < 0.5), series, elsewhere, *x)

    return derivative


def _to_pole(b: Array) -> Array:
    """The distance to 0, -1, -2, ..."""
    return np.where(b > 0, b, np.abs(b - np.rint(b)))


def _term_by_term(i: int, upper: list[Array], lower: list[Array], z: Array) -> Array:
    term, slope, total = 1.0, 0.0, 0.0
    for k in range(_TERMS):
        below = math.prod(b + k for b in lower) * (k + 1)
        factor = math.prod((a + k for a in upper), start=1.0) * z / below
        if i < len(upper):
            # Not the factor over a + k, which may be 0.
            change = math.prod((a + k for j, a in enumerate(upper) if j != i), start=1.0) * z / below
        else:
            change = -factor / (lower[i - len(upper)] + k)
        slope = slope * factor + term * change
        term = term * factor
        total = total + slope
    return total
