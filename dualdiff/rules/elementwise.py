"""Partial derivatives of elementwise functions, one line each, in terms of the result ``y`` and the arguments.

They are written with NumPy functions, so that they can be differentiated again. A third column holds the second
derivatives (xx; or xx, xy, yy) where a closed form pays; the others are derived from the first column.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
from numpy._core import umath as _umath

from .._typing import Array
from .kinds import Composite, Elementwise, Linear, Table, ZeroSlope
from .values import is_complex, value_of

__all__ = ["COMPLEX_RULES", "ELEMENTWISE", "ZERO_SLOPES", "log_of", "minus_one", "one", "power_of"]

#: What ``plain.clip(0, dual)`` arrives as; not a public name of NumPy.
_clip: Any = vars(_umath)["clip"]


def _magnitude(x: Array) -> Array:
    """|x| without the kink of np.abs: a branch, differentiable from its own side."""
    return np.where((np.real(x) if is_complex(x) else x) < 0, -x, x)


def _one_minus_square(x: Array) -> Array:
    # 1 - x*x cancels near 1, and the derivative of (1 - x) * (1 + x) cancels near 0.
    return np.where(np.abs(value_of(x)) < 0.7, 1 - x * x, (1 - x) * (1 + x))


def log_of(base: int, y: Array) -> Any:
    """log(base) in the precision of y."""
    return np.log(np.longdouble(base)) if getattr(y, "dtype", None) in (np.longdouble, np.clongdouble) else math.log(base)


def _sech_squared(y: Array, x: Array) -> Array:
    # 1 - y*y cancels for large |x|, cosh overflows, and the derivative of the exponential form cancels near 0.
    if type(y) is float and -0.7 < y < 0.7:
        return 1 - y * y
    if type(x) is np.ndarray and x.dtype.kind == "f":
        with np.errstate(over="ignore"):
            secant = 1 / np.cosh(x)
        return secant * secant
    e = np.exp(-2 * _magnitude(x))
    return np.where(np.abs(value_of(y)) < 0.7, 1 - y * y, 4 * e / ((1 + e) * (1 + e)))


def _reciprocal_hypot(x: Array) -> Array:
    # 1 + x*x overflows for |x| > 1e154.
    return 1 / (np.sqrt(1 + x * x) if is_complex(x) else np.hypot(1, x))


def _on_sheet(root: Array, guide: Array) -> Array:
    """The square root or its negative, whichever is the guide to rounding error: on a cut, the result knows its side."""
    return np.where(np.real(value_of(root) * np.conjugate(value_of(guide))) < 0, -root, root)


def _hypot_share(y: Array, x: Array) -> Array:
    # At the origin hypot is |x|: its slope jumps, so the symmetric derivative is 0 and the second one infinite, as cbrt's.
    zero = y == 0
    if not np.any(zero):
        return x / y
    return np.where(zero, np.cbrt(np.where(zero, x, 1)), x / np.where(zero, 1, y))


def _phase(x: Array) -> Array:
    """x / |x| of a complex number; at 0 as above."""
    zero = x == 0
    if not np.any(zero):
        return x / np.abs(x)
    return np.where(zero, np.power(np.where(zero, x, 1), 1 / 3), x / np.abs(np.where(zero, 1, x)))


def _power_by_base(y: Array, x1: Array, x2: Array) -> Array:
    # x**0 is 1 at x = 0 too, so its slope there is 0; x**(0 - 1) would make it nan.
    return x2 * x1 ** np.where((x1 == 0) & (x2 == 0), 0, x2 - 1)


def _power_by_exponent(y: Array, x1: Array, x2: Array) -> Array:
    # d/dx2 at x1 = 0 is 0 for x2 > 0; log(0) would make it nan.
    return y * np.log(np.where((x1 == 0) & (y == 0), 1, x1))


def _gap(x1: Array, x2: Array) -> Array:
    # -inf - (-inf) is nan, but equal arguments share equally.
    with np.errstate(invalid="ignore"):
        return np.where(x1 == x2, np.where(np.isfinite(x1), x1 - x2, 0), x1 - x2)


def _logistic(d: Array) -> Array:
    # exp(x1 - y) would lose the digits of y; exp(-d) overflows for large -d.
    e = np.exp(-_magnitude(d))
    return np.where(d >= 0, 1, e) / (1 + e)


def _in_precision(constant: float, *x: Array) -> Any:
    """A constant in the precision of the arguments: where makes no weak scalars of Python's floats."""
    dtypes = [entry.dtype for entry in x if hasattr(entry, "dtype")]
    return np.result_type(*dtypes).type(constant) if dtypes else constant


def _power_of_two(y: Array, n: Array) -> Array:
    power = np.exp2(n)
    return power.astype(y.dtype) if hasattr(y, "dtype") else power


def _share_of_maximum(x1: Array, x2: Array) -> Array:
    """1 for the larger argument, 1/2 at a tie, 1 for a nan (which wins)."""
    return np.where(x1 == x2, _in_precision(0.5, x1, x2), np.greater(x1, x2) | (x1 != x1))


def _share_of_fmax(x1: Array, x2: Array) -> Array:
    """As for maximum, but a nan loses against a number."""
    return np.where(x1 == x2, _in_precision(0.5, x1, x2), np.greater(x1, x2) | (x2 != x2))


def _quotient(y: Array, x1: Array, x2: Array) -> Array:
    """The integer n in y = x1 - n * x2."""
    return np.rint((x1 - y) / x2)


# sum of (-1)^k 2k pi^(2k) x^(2k-1) / (2k+1)!, the power series of sinc'
_SINC_SERIES = [(-1) ** k * 2 * k * math.pi ** (2 * k) / math.factorial(2 * k + 1) for k in range(14, 0, -1)]


def _sinc_slope(y: Array, x: Array) -> Array:
    # (cos(pi x) - sinc(x)) / x cancels near 0.
    near = np.abs(x) < 0.5
    inside, outside = np.where(near, x, 0), np.where(near, 1, x)
    square, series = inside * inside, 0
    for coefficient in _SINC_SERIES:
        series = series * square + coefficient
    return np.where(near, series * inside, (np.cos(np.pi * outside) - np.sinc(outside)) / outside)


def power_of(exponent: Any) -> Elementwise:
    """The rule of x ** exponent for a constant scalar exponent."""
    return _power_of(exponent.item() if isinstance(exponent, np.generic) else exponent)


# Typed: 3 and 3.0 are equal keys, but 0.0 ** (3 - 1) and 0.0 ** (3.0 - 1) need not be equal rules.
@lru_cache(maxsize=256, typed=True)
def _power_of(n: Any) -> Elementwise:
    if n == 0:
        return Elementwise((None,), (None,))
    if n == 1:
        return Elementwise((one,), (None,), tame=True)
    if n == 2:
        return Elementwise((lambda y, x: 2 * x,), (lambda y, x: 2,))
    slope, bend = (lambda y, x: n * x ** (n - 1)), (lambda y, x: n * (n - 1) * x ** (n - 2))
    smooth_at_zero = isinstance(n, (int, np.integer)) and n > 0
    return Elementwise(
        (slope,),
        (bend if smooth_at_zero else None,) if smooth_at_zero else None,
        singular=None if smooth_at_zero or (not isinstance(n, complex) and n >= 1) else lambda y, x: x,
    )


def one(y: Array, *x: Array) -> float:
    """The partial derivative 1: the tangent passes through unchanged, an infinite value or not."""
    return 1.0


def minus_one(y: Array, *x: Array) -> float:
    """The partial derivative -1."""
    return -1.0


# fmt: off
ELEMENTWISE: Table = {
    # arithmetic
    np.add:         Elementwise((one, one), (None, None, None), tame=True),
    np.subtract:    Elementwise((one, minus_one), (None, None, None), tame=True),
    np.negative:    Elementwise((minus_one,), (None,), tame=True),
    np.positive:    Elementwise((one,), (None,), tame=True),
    np.conjugate:   Linear(),
    np.multiply:    Elementwise((lambda y, x1, x2: x2, lambda y, x1, x2: x1),
                                (None, one, None)),
    np.divide:      Elementwise((lambda y, x1, x2: 1 / x2, lambda y, x1, x2: -y / x2),
                                (None, lambda y, x1, x2: -1 / x2 / x2, lambda y, x1, x2: 2 * y / x2 / x2)),
    np.reciprocal:  Elementwise((lambda y, x: -y * y,),  (lambda y, x: 2 * y * y * y,)),
    np.square:      Elementwise((lambda y, x: 2 * x,),   (lambda y, x: 2,)),
    np.sqrt:        Elementwise((lambda y, x: 0.5 / y,), (lambda y, x: -0.25 / (x * y),), singular=lambda y, x: y),
    np.cbrt:        Elementwise((lambda y, x: 1 / (3 * y * y),), singular=lambda y, x: y),
    np.power:       Elementwise((_power_by_base, _power_by_exponent), singular=lambda y, x1, x2: np.maximum(x1, 0)),
    np.float_power: Elementwise((_power_by_base, _power_by_exponent), singular=lambda y, x1, x2: np.maximum(x1, 0)),
    np.absolute:    Elementwise((lambda y, x: np.conjugate(np.sign(x)),), tame=True),
    np.fabs:        Elementwise((lambda y, x: np.sign(x),), tame=True),
    np.hypot:       Elementwise((lambda y, x1, x2: _hypot_share(y, x1), lambda y, x1, x2: _hypot_share(y, x2)),
                                (lambda y, x1, x2: (x2 / y) ** 2 / y, lambda y, x1, x2: -(x1 / y) * (x2 / y) / y,
                                 lambda y, x1, x2: (x1 / y) ** 2 / y), singular=lambda y, x1, x2: y),
    # exponentials and logarithms
    np.exp:         Elementwise((lambda y, x: y,),                (lambda y, x: y,)),
    np.exp2:        Elementwise((lambda y, x: log_of(2, y) * y,), (lambda y, x: log_of(2, y) ** 2 * y,)),
    np.expm1:       Elementwise((lambda y, x: np.exp(x),),        (lambda y, x: np.exp(x),)),
    np.log:         Elementwise((lambda y, x: 1 / x,),            (lambda y, x: -1 / x / x,)),
    np.log2:        Elementwise((lambda y, x: 1 / (log_of(2, y) * x),),  (lambda y, x: -1 / (log_of(2, y) * x) / x,)),
    np.log10:       Elementwise((lambda y, x: 1 / (log_of(10, y) * x),), (lambda y, x: -1 / (log_of(10, y) * x) / x,)),
    np.log1p:       Elementwise((lambda y, x: 1 / (1 + x),),      (lambda y, x: -1 / (1 + x) / (1 + x),)),
    np.logaddexp:   Elementwise((lambda y, x1, x2: _logistic(_gap(x1, x2)),
                                 lambda y, x1, x2: _logistic(_gap(x2, x1))), tame=True),
    np.logaddexp2:  Elementwise((lambda y, x1, x2: _logistic(log_of(2, y) * _gap(x1, x2)),
                                 lambda y, x1, x2: _logistic(log_of(2, y) * _gap(x2, x1))), tame=True),
    # trigonometric
    np.sin:         Elementwise((lambda y, x: np.cos(x),),        (lambda y, x: -y,), tame=True),
    np.cos:         Elementwise((lambda y, x: -np.sin(x),),       (lambda y, x: -y,), tame=True),
    np.tan:         Elementwise((lambda y, x: 1 + y * y,),        (lambda y, x: 2 * y * (1 + y * y),)),
    np.arcsin:      Elementwise((lambda y, x: 1 / np.sqrt(_one_minus_square(x)),),  singular=lambda y, x: 1 - x * x),
    np.arccos:      Elementwise((lambda y, x: -1 / np.sqrt(_one_minus_square(x)),), singular=lambda y, x: 1 - x * x),
    np.arctan:      Elementwise((lambda y, x: np.square(_reciprocal_hypot(x)),),
                                (lambda y, x: -2 * np.sin(y) * _reciprocal_hypot(x) ** 3,), tame=True),
    np.arctan2:     Elementwise((lambda y, x1, x2: x2 / np.hypot(x1, x2) / np.hypot(x1, x2),
                                 lambda y, x1, x2: -x1 / np.hypot(x1, x2) / np.hypot(x1, x2)),
                                singular=lambda y, x1, x2: np.hypot(x1, x2)),
    np.deg2rad:     Linear(),
    np.radians:     Linear(),
    np.rad2deg:     Linear(),
    np.degrees:     Linear(),
    np.sinc:        Elementwise((_sinc_slope,), tame=True),
    # hyperbolic
    np.sinh:        Elementwise((lambda y, x: np.cosh(x),),       (lambda y, x: y,)),
    np.cosh:        Elementwise((lambda y, x: np.sinh(x),),       (lambda y, x: y,)),
    np.tanh:        Elementwise((lambda y, x: _sech_squared(y, x),), (lambda y, x: -2 * y * _sech_squared(y, x),), tame=True),
    np.arcsinh:     Elementwise((lambda y, x: _reciprocal_hypot(x),),
                                (lambda y, x: -np.tanh(y) * _reciprocal_hypot(x) ** 2,), tame=True),
    np.arccosh:     Elementwise((lambda y, x: 1 / (np.sqrt(x - 1) * np.sqrt(x + 1)),), singular=lambda y, x: y),
    np.arctanh:     Elementwise((lambda y, x: 1 / _one_minus_square(x),)),
    # kinks and jumps
    np.maximum:     Elementwise((lambda y, x1, x2: _share_of_maximum(x1, x2),
                                 lambda y, x1, x2: _share_of_maximum(x2, x1)), tame=True),
    np.minimum:     Elementwise((lambda y, x1, x2: _share_of_maximum(-x1, -x2),
                                 lambda y, x1, x2: _share_of_maximum(-x2, -x1)), tame=True),
    np.fmax:        Elementwise((lambda y, x1, x2: _share_of_fmax(x1, x2),
                                 lambda y, x1, x2: _share_of_fmax(x2, x1)), tame=True),
    np.fmin:        Elementwise((lambda y, x1, x2: _share_of_fmax(-x1, -x2),
                                 lambda y, x1, x2: _share_of_fmax(-x2, -x1)), tame=True),
    np.copysign:    Elementwise((lambda y, x1, x2: np.sign(x1) * np.copysign(1, x2), None), tame=True),
    np.heaviside:   Elementwise((None, lambda y, x1, x2: np.where(x1 == 0, 1.0, 0.0)), tame=True),
    np.remainder:   Elementwise((one, lambda y, x1, x2: -_quotient(y, x1, x2))),
    np.fmod:        Elementwise((one, lambda y, x1, x2: -_quotient(y, x1, x2))),
    np.ldexp:       Elementwise((lambda y, x1, x2: _power_of_two(y, x2), None)),
    _clip:          Composite(lambda x, low, high: np.minimum(np.maximum(x, low), high)),
    # two results
    np.divmod:      Composite(lambda x1, x2: (np.floor_divide(x1, x2), np.remainder(x1, x2)), own_value=True),
    np.modf:        Composite(lambda x: (x - np.trunc(x), np.trunc(x))),
    np.frexp:       Composite(lambda x: (np.ldexp(x, -np.frexp(value_of(x))[1]), np.frexp(value_of(x))[1]), own_value=True),
}

#: Piecewise constant functions with a float result: their slope is 0, at the jumps too.
ZERO_SLOPES: Table = dict.fromkeys(
    [np.floor, np.ceil, np.trunc, np.rint, np.sign, np.floor_divide, np.spacing], ZeroSlope())

#: What differs for complex arguments.
COMPLEX_RULES: Table = {
    np.sign:        Composite(_phase),
    np.arcsin:      Elementwise((lambda y, x: 1 / _on_sheet(np.sqrt(_one_minus_square(x)), np.cos(y)),),
                                singular=lambda y, x: 1 - x * x),
    np.arccos:      Elementwise((lambda y, x: -1 / _on_sheet(np.sqrt(_one_minus_square(x)), np.sin(y)),),
                                singular=lambda y, x: 1 - x * x),
    np.arcsinh:     Elementwise((lambda y, x: 1 / _on_sheet(np.sqrt(1 + x * x), np.cosh(y)),),
                                singular=lambda y, x: 1 + x * x),
    np.arccosh:     Elementwise((lambda y, x: 1 / _on_sheet(np.sqrt((x - 1) * (x + 1)), np.sinh(y)),),
                                singular=lambda y, x: x * x - 1),
}
# fmt: on
