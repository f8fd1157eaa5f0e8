"""Power series through elementwise functions, by recurrences on their coefficients.

The series of an argument is a list of coefficients, the value first; so is that of the result. Source: A. Griewank and
A. Walther, Evaluating derivatives, 2008, chapter 13. What has no recurrence here is integrated from its partial derivatives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import Array, NumPyFunction
from .elementwise import COMPLEX_RULES, ELEMENTWISE, log_of
from .values import is_complex, value_of

__all__ = ["RECURRENCES", "convolved", "integrated", "power_series"]

Series = list[Array]
Recurrence = Callable[..., Series | None]


def convolved(a: Series, b: Series, j: int, first: int = 0, last: int | None = None) -> Array:
    """The sum of a[i] b[j - i] for i from ``first`` to ``last`` (to j, if not given)."""
    total: Array = 0.0
    for i in range(first, (j if last is None else last) + 1):
        total = total + a[i] * b[j - i]
    return total


def _moving(x: Series) -> Series:
    """The coefficients i x[i] of t x'(t)."""
    return [i * c for i, c in enumerate(x)]


def integrated(y0: Array, slope: Series, x: Series) -> Series:
    """The series of y with y' = slope x'."""
    moving = _moving(x)
    return [y0, *(convolved(moving, slope, j, 1) / j for j in range(1, len(x)))]


def _start(x: Any) -> Any:
    """A starting value; of a scalar, the Python number, which computes faster."""
    return float(x) if type(x) is np.float64 else x


def _slope(function: NumPyFunction, y0: Array, x0: Array) -> Array:
    """The first coefficient of a slope, as accurate as the table of partial derivatives has it."""
    rule: Any = (COMPLEX_RULES if is_complex(value_of(x0)) else ELEMENTWISE).get(function, ELEMENTWISE[function])
    return _start(rule.partials[0](y0, x0))


# ------------------------------------------------------------------------------------------ arithmetic


def _is_constant(x: Series) -> bool:
    return all(type(c) is float and c == 0.0 for c in x[1:])


def _product(y0: Array, a: Series, b: Series) -> Series:
    # A constant factor scales: inf times its zeros would be nan.
    for factor, other in ((a, b), (b, a)):
        if _is_constant(factor):
            return [y0, *(factor[0] * c for c in other[1:])]
    return [y0, *(convolved(a, b, j) for j in range(1, len(a)))]


def _quotient(y0: Array, a: Series, b: Series) -> Series:
    if _is_constant(b):
        return [y0, *(c / b[0] for c in a[1:])]
    y = [y0]
    for j in range(1, len(a)):
        y.append((a[j] - convolved(b, y, j, 1)) / b[0])
    return y


def _reciprocal(y0: Array, x: Series) -> Series:
    y = [y0]
    for j in range(1, len(x)):
        y.append(-convolved(x, y, j, 1) * y0)
    return y


def _root(y0: Array, x: Series) -> Series:
    y = [y0]
    for j in range(1, len(x)):
        y.append((x[j] - convolved(y, y, j, 1, j - 1)) / (2 * y0))
    return y


def power_series(y0: Array, x: Series, n: Any) -> Series | None:
    """The series of x^n for a constant n; None where the recurrence would divide by zero."""
    if isinstance(n, int) and 0 < n <= 64:
        return _whole_power(x, n)
    if np.any(x[0] == 0):
        return None
    y = [y0]
    for j in range(1, len(x)):
        total: Array = 0.0
        for i in range(1, j + 1):
            total = total + (n * i - (j - i)) * x[i] * y[j - i]
        y.append(total / (j * x[0]))
    return y


def _whole_power(x: Series, n: int) -> Series:
    """By repeated squaring, to which a zero does not matter."""
    result: Series | None = None
    while n:
        if n & 1:
            result = x if result is None else [convolved(result, x, j) for j in range(len(x))]
        n >>= 1
        if n:
            x = [convolved(x, x, j) for j in range(len(x))]
    assert result is not None
    return result


def _power(y0: Array, x: Series, n: Series) -> Series | None:
    """x^n; None where the logarithm of x is not real, or of 0."""
    if _is_constant(n):
        return power_series(y0, x, n[0])
    if not np.all(x[0] > 0):
        return None
    logarithm = _logarithm(_start(np.log(x[0])), x)
    return _exponential(y0, _product(n[0] * logarithm[0], n, logarithm))


def _absolute(y0: Array, x: Series) -> Series | None:
    """From the second order on the sign is that of signbit, so that |x|^2 keeps its second derivative at 0."""
    if is_complex(value_of(x[0])):
        return None
    sign = (
        np.sign(x[0])
        if len(x) < 3
        else np.where(np.isnan(value_of(x[0])), np.nan, np.where(np.signbit(value_of(x[0])), -1.0, 1.0))[()]
    )
    return [y0, *(_start(sign) * c for c in x[1:])]


def _hypotenuse(y0: Array, a: Series, b: Series) -> Series | None:
    if np.any(value_of(y0) == 0):
        return None
    square = [convolved(a, a, j) + convolved(b, b, j) for j in range(1, len(a))]
    y = [y0]
    for j in range(1, len(a)):
        y.append((square[j - 1] - convolved(y, y, j, 1, j - 1)) / (2 * y0))
    return y


def _angle(y0: Array, a: Series, b: Series) -> Series | None:
    """(a^2 + b^2) y' = b a' - a b', of a and b at one scale, so that no square overflows."""
    scale = np.maximum(np.abs(value_of(a[0])), np.abs(value_of(b[0])))
    if not np.all(scale > 0) or not np.all(np.isfinite(scale)):
        return None
    a, b = [c / scale for c in a], [c / scale for c in b]
    square = [convolved(a, a, j) + convolved(b, b, j) for j in range(len(a))]
    first, second, moving = _moving(a), _moving(b), [0.0 * y0]
    for j in range(1, len(a)):
        turn = convolved(first, b, j, 1) - convolved(second, a, j, 1)
        moving.append((turn - convolved(square, moving, j, 1, j - 1)) / square[0])
    return [y0, *(m / j for j, m in enumerate(moving) if j)]


# ------------------------------------------------------------- solutions of differential equations


def _exponential(y0: Array, x: Series, scale: float = 1.0) -> Series:
    """y' = scale y x'."""
    moving = [scale * c for c in _moving(x)]
    y = [y0]
    for j in range(1, len(x)):
        y.append(convolved(moving, y, j, 1) / j)
    return y


def _logarithm(y0: Array, x: Series, scale: float = 1.0) -> Series:
    """x y' = scale x'."""
    y, moving = [y0], [0.0 * y0]
    for j in range(1, len(x)):
        moving.append((scale * j * x[j] - convolved(moving, x, j, 1, j - 1)) / x[0])
        y.append(moving[j] / j)
    return y


def _circular(s0: Array, c0: Array, x: Series, sign: float) -> tuple[Series, Series]:
    """s' = c x' and c' = sign s x': sine and cosine, or the hyperbolic ones."""
    moving = _moving(x)
    s, c = [s0], [c0]
    for j in range(1, len(x)):
        s.append(convolved(moving, c, j, 1) / j)
        c.append(sign * convolved(moving, s, j, 1) / j)
    return s, c


def _tangent(function: NumPyFunction, sign: float) -> Callable[..., Series]:
    """y' = (1 + sign y^2) x': tan, or tanh."""

    def series(y0: Array, x: Series) -> Series:
        moving = _moving(x)
        y, slope = [y0], [_slope(function, y0, x[0])]
        for j in range(1, len(x)):
            y.append(convolved(moving, slope, j, 1) / j)
            slope.append(sign * convolved(y, y, j))
        return y

    return series


def _inverse(function: NumPyFunction, sign: float, *, root: bool) -> Recurrence:
    """y' = x' / q(x), or x' / sqrt(q(x)), for q = 1 + sign x^2."""

    def series(y0: Array, x: Series) -> Series | None:
        slope = [_slope(function, y0, x[0])]
        if np.any(value_of(slope[0]) == 0):
            return None
        # The slope w solves w q = 1, or w^2 q = 1; q after the first coefficient is that of sign x^2.
        q0 = 1 / slope[0] if not root else (1 / slope[0]) * (1 / slope[0])
        if not np.all(np.isfinite(value_of(q0))):
            return None
        q = [q0, *(sign * convolved(x, x, j) for j in range(1, len(x)))]
        if not root:
            slope = _reciprocal(slope[0], q)
        else:
            first = 1 / slope[0]
            slope = _reciprocal(slope[0], _root(first, q))
        return integrated(y0, slope, x)

    return series


#: For each function the series of its result, from the value of the result and the series of the arguments.
RECURRENCES: dict[NumPyFunction, Recurrence] = {
    np.multiply: _product,
    np.divide: _quotient,
    np.square: lambda y0, x: _product(y0, x, x),
    np.reciprocal: _reciprocal,
    np.sqrt: _root,
    np.absolute: _absolute,
    np.fabs: _absolute,
    np.hypot: _hypotenuse,
    np.arctan2: _angle,
    np.power: _power,
    np.float_power: _power,
    np.exp: _exponential,
    np.exp2: lambda y0, x: _exponential(y0, x, log_of(2, y0)),
    np.expm1: lambda y0, x: [y0, *_exponential(_start(np.exp(x[0])), x)[1:]],
    np.log: _logarithm,
    np.log2: lambda y0, x: _logarithm(y0, x, 1 / log_of(2, y0)),
    np.log10: lambda y0, x: _logarithm(y0, x, 1 / log_of(10, y0)),
    np.log1p: lambda y0, x: _logarithm(y0, [1 + x[0], *x[1:]]),
    np.sin: lambda y0, x: _circular(y0, _start(np.cos(x[0])), x, -1.0)[0],
    np.cos: lambda y0, x: _circular(_start(np.sin(x[0])), y0, x, -1.0)[1],
    np.sinh: lambda y0, x: _circular(y0, _start(np.cosh(x[0])), x, 1.0)[0],
    np.cosh: lambda y0, x: _circular(_start(np.sinh(x[0])), y0, x, 1.0)[1],
    np.tan: _tangent(np.tan, 1.0),
    np.tanh: _tangent(np.tanh, -1.0),
    np.arcsin: _inverse(np.arcsin, -1.0, root=True),
    np.arccos: _inverse(np.arccos, -1.0, root=True),
    np.arcsinh: _inverse(np.arcsinh, 1.0, root=True),
    np.arctan: _inverse(np.arctan, 1.0, root=False),
    np.arctanh: _inverse(np.arctanh, -1.0, root=False),
}
