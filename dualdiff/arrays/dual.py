"""First order: a value and its tangent. A number type is its chain rule, and little else."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .. import tangents as ts
from .._typing import Array, Tangent
from ..errors import ShapeError
from ..rules.elementwise import minus_one, one, power_of
from ..rules.kinds import Custom, Elementwise, Product
from ..tangents import ZERO, Zero, is_zero, ndim
from .levels import nesting
from .methods import ArrayMethods, is_plain_scalar
from .number import Number, absorb, is_number, payload, plain, settled

__all__ = ["Dual"]

_PLAIN_FACTORS = (float, int)


class Dual(ArrayMethods):
    """An array that carries its derivative along one direction, or along k directions at once.

    Parameters
    ----------
    value : array_like
        The value, of any shape. Integers and booleans become float64. A `Dual` gives a nested number.
    tangent : array_like, optional
        The derivative: of the value's shape for one direction, of shape ``(k, *value.shape)`` for k directions in front.
        Without it the number is a constant.
    level : int, optional
        The infinitesimal that the tangent belongs to; numbers of one level combine. Numbers made by hand share one.

    Raises
    ------
    ShapeError
        If the tangent does not fit the value.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> x = dd.Dual([1.0, 2.0], [1.0, 0.0])
    >>> np.sum(x * x)
    Dual(5.0, tangent=2.0)
    """

    __slots__ = ("_tangent", "level", "value")

    PARTS: ClassVar[tuple[str, ...]] = ("_tangent",)

    def __init__(self, value: Any, tangent: Any = None, level: int | None = None) -> None:
        self.value = as_value(value)
        self.level = nesting(self.value, tangent) if level is None else level
        self._tangent = as_tangent(tangent, self.value, "tangent")

    @property
    def tangent(self) -> Any:
        """The derivative, in numbers: of the value's shape, or with directions in front."""
        return self.part("_tangent")

    # -------------------------------------------------------------------------------------- chain rule

    def elementwise(self, rule: Elementwise, ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The chain rule: the sum over the arguments of partial derivative times tangent."""
        level = self.level
        if ufunc is np.power and is_plain_scalar(inputs[1]):
            rule = power_of(inputs[1])
            inputs, exponent = inputs[:1], inputs[1]
            ufunc = _Power(exponent)
        values = [x.value if isinstance(x, Number) and x.level == level else x for x in inputs]
        if len(values) > 1:
            values = _strengthened(values, inputs)
        sign = _sign_at_second_order(ufunc, values[0])
        y = ufunc(*values, **kwargs) if sign is None else values[0] * sign
        shape = np.shape(y)
        if len(values) > 1 and type(y) is not float:
            values = _at_precision(values, y)
        careful = not rule.tame and (not ts.finite(y) or _is_singular(rule, y, values))
        total: Tangent = None
        leading: tuple[int, ...] | None = None
        fresh = True
        for x, partial in zip(inputs, rule.partials, strict=False):
            if partial is None or not isinstance(x, Number) or x.level != level:
                continue
            tangent = ts.current(x._tangent)  # type: ignore[attr-defined]
            if isinstance(tangent, Zero):
                continue
            count = ndim(x.value)
            directions = ts.directions(tangent, count)
            if leading is None:
                leading = directions
            elif leading != directions:
                raise ShapeError(f"duals of one level with directions {leading} and {directions} cannot be combined.")
            tangent = ts.align(tangent, count, len(shape))
            if partial is one:
                term, fresh = tangent, total is not None
            elif partial is minus_one:
                term, fresh = -tangent, True
            elif careful:
                term, fresh = _careful_term(partial, y, values, tangent), True
            elif sign is not None:
                term = sign * tangent
            else:
                term, fresh = partial(y, *values) * tangent, True
            total = term if total is None else total + term
        if total is None:
            return self.of(y, (None,), level)
        if shape and np.shape(total) != leading + shape:  # type: ignore[operator]
            total = np.broadcast_to(total, leading + shape).copy()  # type: ignore[operator]
        elif not fresh:
            total = ts.copy(total)
        return self.of(y, (total,), level)

    def product(self, rule: Product, function: Any, operands: dict[str, Any], others: dict[str, Any]) -> Any:
        """The product rule: f(da, b) + f(a, db)."""
        values = [self.value_at(x) for x in operands.values()]
        result = function(*values, **others)
        total: Tangent = None
        arrays = [v if hasattr(v, "ndim") else np.asarray(v) for v in values]
        for i, x in enumerate(operands.values()):
            tangent = self.part_of(x, "_tangent")
            if tangent is None:
                continue
            total = ts.add(total, apply_front(rule, function, i, tangent, arrays, others))
        return self.of(result, (total,), self.level)

    def custom(self, rule: Custom, function: Any, operands: dict[str, Any], others: dict[str, Any]) -> Any:
        """The differential written by hand."""
        values = [self.value_at(x) for x in operands.values()]
        result = function(*values, **others)
        arrays = [v if hasattr(v, "ndim") else np.asarray(v) for v in values]
        tangents = [self.part_of(x, "_tangent") for x in operands.values()]
        if all(t is None for t in tangents):
            return self.constant(result)
        differential = rule.function(tangents, arrays, result, **others)
        if isinstance(differential, tuple):
            parts = [self.of(r, (d,), self.level) for r, d in zip(result, differential, strict=True)]
            return type(result)(*parts) if hasattr(result, "_fields") else type(result)(parts)
        return self.of(result, (differential,), self.level)

    # ------------------------------------------------------------------------------------ fast operators
    # The commonest cases, without dispatch: two arrays of one level and shape, or a Python number.

    def __mul__(self, other: Any) -> Any:
        kind, value = type(other), self.value
        if kind is Dual and other.level == self.level:
            v, s, t = other.value, self._tangent, other._tangent
            if (
                type(s) is type(t) is type(value) is type(v) is np.ndarray
                and value.shape == v.shape and s.shape == t.shape and value.dtype == v.dtype
            ):  # fmt: skip
                y = value * v
                if ts.finite(y):
                    return _made(y, s * v + value * t, self.level)
            elif type(value) is type(v) is float and type(s) is type(t) and type(s) in (float, np.ndarray):
                y = value * v
                if -_HUGE < y < _HUGE:
                    return _made(y, s * v + value * t, self.level)
        elif kind in _PLAIN_FACTORS and -_HUGE < other < _HUGE:
            t = self._tangent
            if type(t) is np.ndarray or type(t) is float:
                return _made(value * other, t * other, self.level)
        return super().__mul__(other)

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Any:
        kind, value = type(other), self.value
        if kind is Dual and other.level == self.level:
            v, s, t = other.value, self._tangent, other._tangent
            if (
                type(s) is type(t) is type(value) is type(v) is np.ndarray
                and value.shape == v.shape and s.shape == t.shape and value.dtype == v.dtype
            ) or (type(value) is type(v) is float and type(s) is type(t) and type(s) in (float, np.ndarray)):  # fmt: skip
                return _made(value + v, s + t, self.level)
        elif kind in _PLAIN_FACTORS:
            t = self._tangent
            if type(t) is float:
                return _made(value + other, t, self.level)
            if type(t) is np.ndarray:
                return _made(value + other, t.copy(), self.level)
        return super().__add__(other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        kind, value = type(other), self.value
        if kind is Dual and other.level == self.level:
            v, s, t = other.value, self._tangent, other._tangent
            if (
                type(s) is type(t) is type(value) is type(v) is np.ndarray
                and value.shape == v.shape and s.shape == t.shape and value.dtype == v.dtype
            ) or (type(value) is type(v) is float and type(s) is type(t) and type(s) in (float, np.ndarray)):  # fmt: skip
                return _made(value - v, s - t, self.level)
        elif kind in _PLAIN_FACTORS:
            t = self._tangent
            if type(t) is float:
                return _made(value - other, t, self.level)
            if type(t) is np.ndarray:
                return _made(value - other, t.copy(), self.level)
        return super().__sub__(other)

    def __rsub__(self, other: Any) -> Any:
        t = self._tangent
        if type(other) in _PLAIN_FACTORS and (type(t) is np.ndarray or type(t) is float):
            return _made(other - self.value, -t, self.level)
        return super().__rsub__(other)

    def __neg__(self) -> Any:
        t = self._tangent
        if type(t) is np.ndarray or type(t) is float:
            return _made(-self.value, -t, self.level)
        return super().__neg__()


_HUGE = float("inf")
_new = object.__new__


def _made(value: Any, tangent: Tangent, level: int) -> Dual:
    """A dual of parts known to fit."""
    self = _new(Dual)
    self.value = value
    self._tangent = tangent
    self.level = level
    return self


class _Power:
    """``x ** exponent`` as a function of x alone."""

    __slots__ = ("exponent",)

    def __init__(self, exponent: Any) -> None:
        self.exponent = exponent

    def __call__(self, x: Any, **kwargs: Any) -> Any:
        return np.power(x, self.exponent, **kwargs)


def apply_front(
    rule: Product, function: Any, i: int, tangent: Tangent, values: list[Array], others: dict[str, Any]
) -> Tangent:
    """A product with one operand replaced by its tangent, for every direction in front of it."""
    leading = ts.directions(tangent, ndim(values[i]))
    if not leading:
        return function(*(tangent if j == i else v for j, v in enumerate(values)), **others)
    # Core axes counted from the front, given by axes=, would be off by one.
    if rule.over is not None and not {"axes", "axis"} & others.keys() or not isinstance(function, np.ufunc) and rule.over:
        return rule.over(i, tangent, values, function=function, **others)
    rows = [function(*(row if j == i else v for j, v in enumerate(values)), **others) for row in tangent]
    return np.stack(rows) if rows else np.zeros((0, *np.shape(function(*values, **others))))


def _is_singular(rule: Elementwise, y: Array, values: list[Array]) -> bool:
    """Whether a slope is infinite or undefined somewhere though the result is finite."""
    if rule.singular is None:
        return False
    zero = rule.singular(y, *values)
    return bool(np.count_nonzero(zero) != np.size(zero))


def _careful_term(partial: Any, y: Array, values: list[Array], tangent: Tangent) -> Tangent:
    """Slope times tangent where the slope may be infinite: a zero tangent wins, a nan result has a nan derivative."""
    # Python floats raise where NumPy's give inf.
    y, *values = (np.asarray(v)[()] if type(v) in (float, complex) else v for v in (y, *values))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slope = partial(y, *values)
        undefined = np.isnan(plain(y))
        if np.any(undefined):
            slope = np.where(undefined, np.nan, slope)
        term = ts.scale_carefully(slope, tangent)
    moving = np.logical_not(ts.vanishes(tangent)) & ~np.isfinite(plain(slope)) & ~undefined
    if ndim(moving) > ndim(y):
        moving = moving.any(axis=tuple(range(ndim(moving) - ndim(y))))
    if np.any(moving):
        # Where an infinite slope counts, NumPy's own warning belongs to the user.
        moving = np.broadcast_to(moving, np.shape(y))
        partial(*(np.broadcast_to(plain(v), np.shape(y))[moving] for v in (y, *values)))
    return term[()] if ndim(term) == 0 and not is_number(term) else term


def _strengthened(values: list[Any], inputs: tuple[Any, ...]) -> list[Any]:
    """Python-float payloads of duals as float64 beside arrays of another dtype: they are not weak scalars."""
    if any(type(v) is float or type(v) is complex for v in values):
        chars = {v.dtype.char for v in values if hasattr(v, "dtype")}
        if chars and not chars <= {"d", "D"}:
            return [
                np.asarray(v)[()] if type(v) in (float, complex) and is_number(x) else v
                for v, x in zip(values, inputs, strict=True)
            ]
    return values


def _at_precision(values: list[Any], y: Array) -> list[Any]:
    """Plain arrays of a lower precision, or of integers, in the precision of the result, for the partial derivatives."""
    dtype = getattr(y, "dtype", None)
    return [
        v.astype(np.result_type(v.dtype, dtype)) if isinstance(v, (np.ndarray, np.generic)) and v.dtype != dtype else v
        for v in values
    ]


def _sign_at_second_order(ufunc: Any, value: Array) -> Array:
    """For |x| of a nested number, the sign by signbit, so that |x|**2 keeps its second derivative at 0."""
    if ufunc in (np.absolute, np.fabs) and is_number(value) and value.dtype.kind != "c":
        return np.where(np.signbit(plain(value)), -1.0, 1.0).astype(value.dtype)[()]
    return None


def as_value(value: Any) -> Any:
    """A value in the form that numbers hold: floating, a Python number for a scalar."""
    if is_number(value):
        return value
    if isinstance(value, (bool, int, np.bool_, np.integer)):
        return float(value)
    if isinstance(value, (float, complex)):
        return payload(value) if isinstance(value, np.generic) else value
    if isinstance(value, (str, bytes)) or value is None:
        raise TypeError(f"{type(value).__name__} {value!r} cannot be differentiated: a dual holds floats.")
    array = absorb(value)
    if is_number(array):
        return array
    if not isinstance(array, (np.ndarray, np.generic)):
        array = np.asarray(array)
    if array.dtype.names is not None:
        raise TypeError("structured arrays cannot be differentiated: choose a field, a['name'].")
    if array.dtype.kind in "biu":
        array = array.astype(float)
    if array.dtype.kind not in "fc":
        raise TypeError(f"an array of dtype {array.dtype} cannot be differentiated: a dual holds floats.")
    if isinstance(array, np.ndarray) and not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return payload(array)


def as_tangent(tangent: Any, value: Any, name: str) -> Any:
    """A tangent checked against its value."""
    if tangent is None or tangent is ZERO or is_zero(tangent):
        return settled(value, None)
    tangent = as_value(tangent)
    shape, full = np.shape(value), np.shape(tangent)
    if full != shape and full[1:] != shape or len(full) > len(shape) + 1:
        raise ShapeError(
            f"a {name} of shape {full} does not fit a value of shape {shape}: it has the value's shape, or {('k', *shape)} "
            "for k directions in front."
        )
    if np.iscomplexobj(plain(tangent)) and not np.iscomplexobj(plain(value)):
        raise ShapeError(f"a complex {name} does not fit a real value: make the value complex.")
    return settled(value, tangent)
