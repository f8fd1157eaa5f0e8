"""The functions of Python's ``math`` for numbers that carry derivatives.

``import dualdiff.math as math`` in the place of ``import math``. Of floats every function is Python's own, and so are the
values and the errors of numbers: ``sqrt(-1)`` raises ``ValueError``, whatever it carries.

Examples
--------
>>> import dualdiff as dd
>>> import dualdiff.math as math
>>> dd.derivative(lambda x: math.sqrt(x) + math.lgamma(x))(1.0)
-0.07721566490153
"""

from __future__ import annotations

import math as python_math
from collections.abc import Callable, Iterable
from functools import partial, wraps
from typing import Any

import numpy as np

from .arrays import is_number, plain
from .arrays.number import top
from .errors import NotDifferentiableError
from .rules.kinds import Elementwise
from .rules.registry import UFUNCS

_math: Any = python_math

__all__ = [name for name in dir(_math) if not name.startswith("_")]


def _scalar(x: Any) -> Any:
    """A number of one entry as a scalar, as float() would take it."""
    if is_number(x) and np.ndim(x):
        if np.size(x) != 1:
            raise TypeError("only 0-dimensional arrays can be converted to Python scalars")
        return np.reshape(x, ())[()]
    return x


def _ruled(function: Callable[..., Any], rule: Elementwise) -> Callable[..., Any]:
    """Python's function, with partial derivatives for numbers."""

    @wraps(function)
    def of(*x: Any) -> Any:
        for entry in x:
            if is_number(entry):
                inputs = tuple(_scalar(e) if is_number(e) or isinstance(e, (int, float, str)) else float(e) for e in x)
                return top(inputs).elementwise(rule, of, inputs, {})
        return function(*x)

    return of


def _of_one(function: Callable[[Any], Any], rule: Elementwise) -> Callable[[Any], Any]:
    """The same for one argument, as fast as Python calls it on a float."""

    @wraps(function)
    def of(x: Any, /) -> Any:
        if type(x) is float or not is_number(x):
            return function(x)
        if type(x.value) is float:
            quick = x.unary(rule, function)
            if quick is not None:
                return quick
        x = _scalar(x)
        return x.elementwise(rule, of, (x,), {})

    return of


def _on_values(function: Callable[..., Any]) -> Callable[..., Any]:
    """A question about values, whose answer has no derivative."""

    @wraps(function)
    def of(*x: Any, **named: Any) -> Any:
        return function(*map(plain, x), **{name: plain(value) for name, value in named.items()})

    return of


#: Coefficients B(2k) / (2k)! of the asymptotic series, with the Bernoulli numbers B.
_BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330]


def _polygamma(n: int, x: Any) -> Any:
    """The n-th derivative of the digamma function (DLMF 5.15: recurrence up to x >= 20, then the asymptotic series)."""
    if is_number(x):
        return x.elementwise(Elementwise((lambda y, t: _polygamma(n + 1, t),)), partial(_polygamma, n), (x,), {})
    x, sign = float(np.reshape(x, ())), (-1) ** (n + 1)
    terms: list[float] = []
    with np.errstate(all="ignore"):
        while x < 20.0:
            terms.append(float(sign * _math.factorial(n) * (np.float64(1) / x) ** (n + 1)))
            x += 1.0
        r = np.float64(1) / x
        if n == 0:
            terms += [_math.log(x), float(-r / 2)]
        else:
            terms += [float(sign * _math.factorial(n - 1) * r**n), float(sign * _math.factorial(n) * r ** (n + 1) / 2)]
        for k, b in enumerate(_BERNOULLI, start=1):
            if n == 0:
                terms.append(float(-b * r ** (2 * k) / (2 * k)))
            else:
                ratio = _math.factorial(2 * k + n - 1) / _math.factorial(2 * k)
                terms.append(float(sign * b * ratio * r ** (2 * k + n)))
    return _math.fsum(terms)


def _share(i: int) -> Callable[..., Any]:
    """The partial derivative of a length with respect to its i-th coordinate, 0 at its zero."""
    return lambda y, *x: np.where(y == 0, 0.0, x[i] / np.where(y == 0, 1.0, y))[()]


_UFUNC_OF = {
    "acos": np.arccos, "acosh": np.arccosh, "asin": np.arcsin, "asinh": np.arcsinh, "atan": np.arctan, "atanh": np.arctanh,
    "cbrt": np.cbrt, "cos": np.cos, "cosh": np.cosh, "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "fabs": np.fabs,
    "log10": np.log10, "log1p": np.log1p, "log2": np.log2, "sin": np.sin, "sinh": np.sinh, "sqrt": np.sqrt, "tan": np.tan,
    "tanh": np.tanh,
}  # fmt: skip

_OWN = {
    "degrees": Elementwise((lambda y, x: 180 / _math.pi,), (None,), tame=True),
    "radians": Elementwise((lambda y, x: _math.pi / 180,), (None,), tame=True),
    "erf": Elementwise((lambda y, x: 2 / _math.sqrt(_math.pi) * np.exp(-x * x),), tame=True),
    "erfc": Elementwise((lambda y, x: -2 / _math.sqrt(_math.pi) * np.exp(-x * x),), tame=True),
    "gamma": Elementwise((lambda y, x: y * _polygamma(0, x),)),
    "lgamma": Elementwise((lambda y, x: _polygamma(0, x),)),
}

_OF_SEVERAL = {
    "atan2": UFUNCS[np.arctan2],
    "copysign": UFUNCS[np.copysign],
    "fmod": UFUNCS[np.fmod],
    "pow": UFUNCS[np.power],
    "remainder": Elementwise((lambda y, a, b: 1.0, lambda y, a, b: np.rint((y - a) / b))),
}

for _name, _ufunc in _UFUNC_OF.items():
    globals()[_name] = _of_one(getattr(_math, _name), UFUNCS[_ufunc])  # type: ignore[arg-type]
for _name, _rule in _OWN.items():
    globals()[_name] = _of_one(getattr(_math, _name), _rule)
for _name, _several in _OF_SEVERAL.items():
    globals()[_name] = _ruled(getattr(_math, _name), _several)  # type: ignore[arg-type]
for _name in ("ceil", "floor", "isclose", "isfinite", "isinf", "isnan", "trunc", "ulp"):
    globals()[_name] = _on_values(getattr(_math, _name))


@wraps(_math.log)
def log(x: Any, /, *base: Any) -> Any:
    if not is_number(x) and not any(map(is_number, base)):
        return _math.log(x, *base)
    if not base:
        return _ln(x)
    (base_of,) = base
    if plain(_scalar(base_of)) == 1:
        raise ZeroDivisionError("float division by zero")
    return _ln(x) / _ln(base_of)


@wraps(_math.hypot)
def hypot(*coordinates: Any) -> Any:
    if not any(map(is_number, coordinates)):
        return _math.hypot(*coordinates)
    rule = Elementwise(tuple(map(_share, range(len(coordinates)))))
    if len(coordinates) == 2:
        rule = UFUNCS[np.hypot]  # type: ignore[assignment]
    inputs = tuple(map(_scalar, coordinates))
    return top(inputs).elementwise(rule, hypot, inputs, {})


@wraps(_math.dist)
def dist(p: Iterable[Any], q: Iterable[Any], /) -> Any:
    p, q = list(p), list(q)
    if not any(map(is_number, p + q)):
        return _math.dist(p, q)
    return hypot(*(a - b for a, b in zip(p, q, strict=True)))


@wraps(_math.fsum)
def fsum(seq: Iterable[Any], /) -> Any:
    entries = list(map(_scalar, seq))
    number = top(entries)
    if number is None:
        return _math.fsum(entries)
    value = fsum([number.value_at(entry) for entry in entries])
    parts = []
    for name in number.PARTS:
        rows = [part for entry in entries if (part := number.part_of(entry, name)) is not None]
        plain_rows = rows and all(type(row) is float for row in rows)
        parts.append(None if not rows else _math.fsum(rows) if plain_rows else sum(rows[1:], start=rows[0]))
    return number.of(value, parts, number.level)


@wraps(_math.prod)
def prod(iterable: Iterable[Any], /, *, start: Any = 1) -> Any:
    for entry in iterable:
        start = start * _scalar(entry)
    return start


@wraps(_math.modf)
def modf(x: Any, /) -> Any:
    if not is_number(x):
        return _math.modf(x)
    x = _scalar(x)
    fraction, whole = _math.modf(float(plain(x)))
    if _math.isinf(whole):
        return fraction, whole
    if _math.isnan(whole):
        return x * whole, whole
    return x.with_value(x, modf(x.value)[0]), whole


@wraps(_math.frexp)
def frexp(x: Any, /) -> Any:
    if not is_number(x):
        return _math.frexp(x)
    exponent = _math.frexp(float(plain(_scalar(x))))[1]
    return ldexp(x, -exponent), exponent


@wraps(_math.ldexp)
def ldexp(x: Any, i: Any, /) -> Any:
    if not is_number(x):
        return _math.ldexp(x, plain(i))
    x, i = _scalar(x), plain(i)
    # In two steps: a power of two may overflow where the product does not.
    half = i // 2
    with np.errstate(over="ignore"):
        product = x * 2.0**half * 2.0 ** (i - half)
    return x.with_value(product, ldexp(x.value, i))


@wraps(_math.nextafter)
def nextafter(x: Any, y: Any, /, **steps: Any) -> Any:
    if is_number(x) or is_number(y):
        raise NotDifferentiableError("math.nextafter has no derivative. For the value alone pass dd.value_of(x).")
    return _math.nextafter(x, y, **steps)


if hasattr(_math, "sumprod"):

    @wraps(_math.sumprod)
    def sumprod(p: Iterable[Any], q: Iterable[Any], /) -> Any:
        p, q = list(p), list(q)
        number = top(p + q)
        if number is None:
            return _math.sumprod(p, q)
        value = sumprod(list(map(number.value_at, p)), list(map(number.value_at, q)))
        return number.with_value(fsum(a * b for a, b in zip(p, q, strict=True)), value)


if hasattr(_math, "fma"):

    @wraps(_math.fma)
    def fma(x: Any, y: Any, z: Any, /) -> Any:
        x, y, z = map(_scalar, (x, y, z))
        number = top((x, y, z))
        if number is None:
            return _math.fma(x, y, z)
        return number.with_value(x * y + z, fma(*map(number.value_at, (x, y, z))))


_ln = _of_one(_math.log, UFUNCS[np.log])  # type: ignore[arg-type]

# Of integers, and constants: Python's own.
for _name in __all__:
    globals().setdefault(_name, getattr(_math, _name))
