"""Tricomi's function U(a, b, x) by its parameters: SciPy's values are not accurate enough to be interpolated.

For a > 0 and x > 0 it is 1 / Gamma(a) times the integral of exp(-x t) t^(a-1) (1+t)^(b-a-1) over t > 0
(https://dlmf.nist.gov/13.4.E4); the integrand is positive, and its derivatives by a and b are itself times logarithms. The
integral is taken by the trapezoidal rule in u, t = exp(pi sinh(u) / 2), and once more with half the points as a check. For
a <= 0, Kummer's transformation U(a, b, x) = x^(1-b) U(a-b+1, 2-b, x) leads there if a - b + 1 > 0.
"""

from __future__ import annotations

import math

import numpy as np

from ..._typing import Array
from ...errors import NotDifferentiableError
from ..values import value_of
from .branches import branch
from .interpolation import ACCURACY
from .ufuncs import sp

__all__ = ["tricomi_by_a", "tricomi_by_b"]

_STEP = 1 / 64
#: In rows, which are summed one after the other; every other point is one of the coarse rule.
_POINTS = (np.arange(-7 * 64, 5 * 64) / 64).reshape(-1, 64)
#: Below this a the integral is cut off too early.
_SMALLEST = 0.05


def tricomi_by_a(a: Array, b: Array, x: Array) -> Array:
    """The derivative by a."""
    return branch(value_of(a) > 0, lambda a, b, x: _slopes(a, b, x)[0], _kummer_by_a, a, b, x)


def tricomi_by_b(a: Array, b: Array, x: Array) -> Array:
    """The derivative by b."""
    return branch(value_of(a) > 0, lambda a, b, x: _slopes(a, b, x)[1], _kummer_by_b, a, b, x)


def _kummer_by_a(a: Array, b: Array, x: Array) -> Array:
    return np.power(x, 1 - b) * _slopes(a - b + 1, 2 - b, x)[0]


def _kummer_by_b(a: Array, b: Array, x: Array) -> Array:
    by_a, by_b, value = _slopes(a - b + 1, 2 - b, x)
    return -np.power(x, 1 - b) * (by_a + by_b + np.log(x) * value)


def _slopes(a: Array, b: Array, x: Array) -> list[Array]:
    """The derivatives by a and b, and U."""
    a, b, x = (np.expand_dims(v, -1) for v in np.broadcast_arrays(a, b, x))
    fine, coarse = [0.0] * 3, [0.0] * 3
    with np.errstate(all="ignore"):
        for u in _POINTS:
            log_t = math.pi / 2 * np.sinh(u)
            t, log_1pt = np.exp(log_t), np.log1p(np.exp(log_t))
            density = np.cosh(u) * np.exp(a * log_t + (b - a - 1) * log_1pt - x * t - sp.gammaln(a))
            for j, factor in enumerate((log_t - log_1pt - sp.psi(a), log_1pt, 1.0)):
                values = math.pi / 2 * _STEP * density * factor
                fine[j] = fine[j] + np.sum(values, axis=-1)
                coarse[j] = coarse[j] + 2 * np.sum(value_of(values)[..., ::2], axis=-1)
    _check(value_of(a)[..., 0], value_of(x)[..., 0], list(map(value_of, fine)), coarse)
    return fine


def _check(a: Array, x: Array, fine: list[Array], coarse: list[Array]) -> None:
    # The number of digits doubles with the number of points.
    apart = [np.abs(f - c) > 0.1 * math.sqrt(ACCURACY) * np.maximum(np.abs(f), 1e-3 * fine[2])
             for f, c in zip(fine, coarse, strict=True)]  # fmt: skip
    if np.any((a < _SMALLEST) | (x <= 0) | np.any(apart, axis=0)):
        raise NotDifferentiableError(
            "scipy.special.hyperu has no derivative with respect to a or b here: the integral for it needs x > 0 and a, or "
            f"else a - b + 1, above {_SMALLEST}, and converges too slowly where they are large or tiny. If only the values "
            "of a and b matter, write dd.value_of(a), dd.value_of(b)."
        )
