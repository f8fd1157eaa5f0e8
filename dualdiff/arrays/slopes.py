"""Partial derivatives where they are infinite or undefined, and in the precision of the result."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import tangents as ts
from .._typing import Array, Tangent, is_numpy
from ..rules.kinds import Elementwise
from ..tangents import ndim
from .number import is_number, plain

__all__ = [
    "Operator",
    "Power",
    "at_precision",
    "careful_term",
    "is_float64",
    "is_singular",
    "side",
    "sign_at_second_order",
    "slope",
    "strengthened",
]

_FLOAT64 = np.dtype(float)
_PYTHON_NUMBERS = (float, complex, int)


class Power:
    """``x ** exponent`` as a function of x alone: called in the place of the ufunc."""

    __slots__ = ("exponent",)

    def __init__(self, exponent: Any) -> None:
        self.exponent = exponent

    def __call__(self, x: Any, **kwargs: Any) -> Any:
        """The power of x, which is no weak scalar beside the exponent."""
        if type(x) in (float, complex) and isinstance(self.exponent, np.generic):
            x = np.asarray(x)[()]
        return np.power(x, self.exponent, **kwargs)


class Operator(Power):
    """The same by the operator, which NumPy computes in its own way for some exponents."""

    __slots__ = ()

    def __call__(self, x: Any, **kwargs: Any) -> Any:
        """The power of x."""
        return super().__call__(x) if type(x) in (float, complex) else x**self.exponent


def is_singular(rule: Elementwise, y: Array, values: list[Array]) -> bool:
    """Whether a slope is infinite or undefined somewhere though the result is finite."""
    return rule.singular is not None and ts.has_zeros(rule.singular(y, *values))


def slope(partial: Any, y: Array, values: list[Array]) -> Array:
    """A partial derivative; in NumPy's arithmetic where Python's raises."""
    try:
        return partial(y, *values)
    except ArithmeticError:
        return partial(*(np.asarray(v)[()] if type(v) in _PYTHON_NUMBERS else v for v in (y, *values)))


def careful_term(partial: Any, y: Array, values: list[Array], tangent: Tangent) -> Tangent:
    """Slope times tangent where the slope may be infinite: a zero tangent wins, a nan result has a nan derivative."""
    # Python floats raise where NumPy's give inf.
    y, *values = (np.asarray(v)[()] if type(v) in _PYTHON_NUMBERS else v for v in (y, *values))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slope = partial(y, *values)
        # Outside its domain a function has no derivative, though 1 / x of log(-1) has a value.
        undefined = np.isnan(plain(y)) & ~np.any([np.broadcast_to(np.isnan(plain(v)), np.shape(y)) for v in values], axis=0)
        if np.any(undefined):
            slope = np.where(undefined, np.nan * slope, slope)
        term = ts.scale_carefully(slope, tangent)
    moving = np.logical_not(ts.vanishes(tangent)) & ~np.isfinite(plain(slope)) & ~undefined
    if ndim(moving) > ndim(y):
        moving = moving.any(axis=tuple(range(ndim(moving) - ndim(y))))
    if np.any(moving):
        # Where an infinite slope counts, NumPy's own warning belongs to the user.
        moving = np.broadcast_to(moving, np.shape(y))
        partial(*(np.broadcast_to(plain(v), np.shape(y))[moving] for v in (y, *values)))
    return term[()] if ndim(term) == 0 and not is_number(term) else term


def is_float64(v: Any) -> bool:
    """Whether a value is a Python float or a float64 array."""
    kind = type(v)
    return kind is float or (kind is np.ndarray and v.dtype is _FLOAT64)


def strengthened(values: list[Any], inputs: tuple[Any, ...]) -> list[Any]:
    """Python-float payloads of duals as float64 beside arrays of another dtype: they are not weak scalars."""
    if any(type(v) is float or type(v) is complex for v in values):
        chars = {v.dtype.char for v in values if hasattr(v, "dtype")}
        if chars and not chars <= {"d", "D"}:
            return [
                np.asarray(v)[()] if type(v) in (float, complex) and is_number(x) else v
                for v, x in zip(values, inputs, strict=True)
            ]
    return values


def at_precision(values: list[Any], y: Array) -> list[Any]:
    """Plain arrays of a lower precision, or of integers, in the precision of the result, for the partial derivatives."""
    dtype = getattr(y, "dtype", None)
    return [v.astype(np.result_type(v.dtype, dtype)) if is_numpy(v) and v.dtype != dtype else v for v in values]


def side(x: Array) -> Array:
    """The side of 0 on which a real number lies, by signbit; nan for nan."""
    x = plain(x)
    return np.where(np.isnan(x), np.nan, np.where(np.signbit(x), -1.0, 1.0))


def sign_at_second_order(ufunc: Any, value: Array) -> Array:
    """For |x| of a nested number, the sign by signbit, so that |x|**2 keeps its second derivative at 0."""
    if ufunc in (np.absolute, np.fabs) and is_number(value) and value.dtype.kind != "c":
        return side(value).astype(value.dtype)[()]
    return None
