"""Student's t distribution by its degrees of freedom: the integral of the derivative of the density.

With u = sqrt(n) sinh(s) the density is c(n) cosh(s)^-n ds, c(n) = Gamma((n + 1) / 2) / (Gamma(n / 2) sqrt(pi)), and the
logarithm of it in u has the slope by n

    (D(n / 2) - h(w) + w / (n (1 + w))) / 2,    w = sinh(s)^2,   h(w) = log(1 + w) - w / (1 + w),
    D(x) = psi(x + 1/2) - psi(x) - 1 / (2 x),

whose terms are small for large n, and are formed without cancellation. Its integral over all u is 0, so that either side of
t will do: it is taken from 0 where t is small, and from infinity where it is large.
"""

from __future__ import annotations

import math

import numpy as np

from ..._typing import Array
from ...errors import NotDifferentiableError
from ..values import value_of
from .branches import branch
from .densities import reciprocal_beta
from .gamma import DIGAMMA_SERIES

__all__ = ["student_by_df"]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_PANELS, _FEWEST = 17, 1e-3


def student_by_df(df: Array, t: Array) -> Array:
    """The derivative of stdtr by df, odd in t; 0 for infinite df."""
    n = value_of(df)
    if np.any((n > 0) & (n < _FEWEST)):
        raise NotDifferentiableError(
            f"scipy.special.stdtr has no derivative with respect to df below {_FEWEST}: its integral is not known to 1e-10 "
            "there. If only its value matters, write dd.value_of(df)."
        )
    return branch(np.isinf(n), lambda df, t: 0 * t, _finite, df, t)


def _finite(df: Array, t: Array) -> Array:
    return branch(np.square(value_of(t)) < 3, _from_zero, _from_infinity, df, t)


def _from_zero(df: Array, t: Array) -> Array:
    end = np.arcsinh(t / np.sqrt(df))
    return _between(df, 0.0, end)


def _from_infinity(df: Array, t: Array) -> Array:
    sign = np.sign(value_of(t))
    start = np.arcsinh(sign * t / np.sqrt(df))
    # The density falls off as exp(-df tanh(s) s): panels of twice the length each, from its scale on.
    length = np.minimum(1.0, 1 / value_of(df * np.tanh(start)))
    total: Array = 0.0
    for k in range(_PANELS):
        total = total - _between(df, start + length * (2.0**k - 1), start + length * (2.0 ** (k + 1) - 1))
    return sign * total


def _between(df: Array, start: Array, end: Array) -> Array:
    """The integral from one s to another."""
    n, middle, half = (np.expand_dims(v, -1) for v in (df, (start + end) / 2, (end - start) / 2))
    s = middle + half * _NODES
    tanh = np.square(np.tanh(s))
    slope = 0.5 * (_psi_gap(n / 2) - _h(s, tanh) + tanh / n)
    return reciprocal_beta(df / 2) * np.sum(_WEIGHTS * half * np.exp(-n * _log_cosh(s)) * slope, axis=-1)


def _log_cosh(s: Array) -> Array:
    far = np.abs(value_of(s)) > 1
    return branch(far, lambda s: np.logaddexp(s, -s) - math.log(2), lambda s: 0.5 * np.log1p(np.square(np.sinh(s))), s)


def _h(s: Array, tanh: Array) -> Array:
    """2 log(cosh(s)) - tanh(s)^2."""
    near = np.abs(value_of(s)) < 0.5
    return branch(near, lambda s, tanh: _h_series(np.square(np.sinh(s))), lambda s, tanh: 2 * _log_cosh(s) - tanh, s, tanh)


def _h_series(w: Array) -> Array:
    total: Array = 0.0
    for k in range(34, 1, -1):
        total = total * -w + (k - 1) / k
    return total * w * w


def _psi_gap(x: Array) -> Array:
    """D(x), by its recurrence and its asymptotic series."""
    total: Array = 0.0
    for k in range(12):
        total = total + 0.25 / (x + k) / (x + k + 0.5) / (x + k + 1)
    square, series = 1 / np.square(x + 12), 0.0
    for k in range(len(DIGAMMA_SERIES), 0, -1):
        series = (series + (2 - 2.0 ** (1 - 2 * k)) * DIGAMMA_SERIES[k - 1]) * square
    return total + series
