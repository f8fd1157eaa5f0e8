"""First order: a value and its tangent. A number type is its chain rule, and little else."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .. import tangents as ts
from .._typing import Array, Tangent
from ..errors import ShapeError
from ..rules.elementwise import COMPLEX_RULES, minus_one, one, power_of
from ..rules.kinds import Custom, Elementwise, Product
from ..rules.products import matmul
from ..rules.registry import UFUNCS
from ..tangents import ZERO, Zero, is_zero, ndim
from .levels import nesting
from .methods import ArrayMethods, is_plain_scalar
from .number import Number, absorb, is_number, payload, plain, settled

__all__ = ["Dual"]


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

    def __init__(self, value: Any, tangent: Any = ZERO, level: int | None = None) -> None:
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
        mixed = len(values) > 1 and not all(map(_is_float64, values))
        if mixed:
            values = _strengthened(values, inputs)
        sign = _sign_at_second_order(ufunc, values[0])
        y = ufunc(*values, **kwargs) if sign is None else values[0] * sign
        shape = getattr(y, "shape", ())
        if mixed:
            values = _at_precision(values, y)
        careful = not rule.tame and (not ts.finite(y) or _is_singular(rule, y, values))
        total: Tangent = None
        leading: tuple[int, ...] | None = None
        fresh = True
        for x, partial in zip(inputs, rule.partials, strict=False):
            if partial is None or not isinstance(x, Number) or x.level != level:
                continue
            tangent = x._tangent  # type: ignore[attr-defined]
            if isinstance(tangent, Zero):
                tangent = tangent.current()
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
                term, fresh = _slope(partial, y, values) * tangent, True
            total = term if total is None else total + term
        if total is None:
            return self.of(y, (None,), level)
        if shape and getattr(total, "shape", ()) != leading + shape:  # type: ignore[operator]
            total = np.broadcast_to(total, leading + shape).copy()  # type: ignore[operator]
        elif not fresh:
            total = ts.copy(total)
        return self.of(y, (total,), level)

    def product(self, rule: Product, function: Any, operands: list[Any], others: dict[str, Any]) -> Any:
        """The product rule: f(da, b) + f(a, db)."""
        if function is np.matmul and not others:
            quick = self._matmul(*operands)
            if quick is not None:
                return quick
        values = [self.value_at(x) for x in operands]
        result = function(*values, **others)
        total: Tangent = None
        arrays = [v if hasattr(v, "ndim") else np.asarray(v) for v in values]
        for i, x in enumerate(operands):
            tangent = self.part_of(x, "_tangent")
            if tangent is None:
                continue
            total = ts.add(total, apply_front(rule, function, i, tangent, arrays, others))
        return self.of(result, (total,), self.level)

    def custom(self, rule: Custom, function: Any, operands: list[Any], others: dict[str, Any]) -> Any:
        """The differential written by hand."""
        values = [self.value_at(x) for x in operands]
        result = function(*values, **others)
        arrays = [v if hasattr(v, "ndim") else np.asarray(v) for v in values]
        tangents = [self.part_of(x, "_tangent") for x in operands]
        if all(t is None for t in tangents):
            return self.constant(result)
        differential = rule.function(tangents, arrays, result, **others)
        if isinstance(differential, tuple):
            parts = [self.of(r, (d,), self.level) for r, d in zip(result, differential, strict=True)]
            return type(result)(*parts) if hasattr(result, "_fields") else type(result)(parts)
        return self.of(result, (differential,), self.level)

    # ------------------------------------------------------------------------------------ fast operators
    # The commonest cases, without dispatch: parts that are arrays of one shape and dtype, or Python floats.

    def __mul__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        if type(other) is Dual:
            v, t = other.value, other._tangent
            if _alike(self, other, value, v, s, t):
                y = value * v
                if _finite(y):
                    return _made(y, s * v + value * t, self.level)
            elif (t := _beside(self, other, value, v, s, t)) is not None:
                y = value * v
                if _finite(y):
                    return _made(y, s * v + value * t, self.level)
        elif _is_number_of(other, value) and (type(s) is np.ndarray or type(s) is float):
            y = value * other
            if _finite(y):
                return _made(y, s * other, self.level)
        return super().__mul__(other)

    __rmul__ = __mul__

    def __add__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        if type(other) is Dual:
            v, t = other.value, other._tangent
            if _alike(self, other, value, v, s, t):
                return _made(value + v, s + t, self.level)
        elif _is_number_of(other, value):
            if type(s) is float:
                return _made(value + other, s, self.level)
            if type(s) is np.ndarray:
                return _made(value + other, s.copy("K"), self.level)
        return super().__add__(other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        if type(other) is Dual:
            v, t = other.value, other._tangent
            if _alike(self, other, value, v, s, t):
                return _made(value - v, s - t, self.level)
        elif _is_number_of(other, value):
            if type(s) is float:
                return _made(value - other, s, self.level)
            if type(s) is np.ndarray:
                return _made(value - other, s.copy("K"), self.level)
        return super().__sub__(other)

    def __rsub__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        if _is_number_of(other, value) and (type(s) is np.ndarray or type(s) is float):
            return _made(other - value, -s, self.level)
        return super().__rsub__(other)

    def __truediv__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        if type(other) is Dual:
            v, t = other.value, other._tangent
            if _alike(self, other, value, v, s, t) and _divides(v):
                y = value / v
                if _finite(y):
                    return _made(y, (s - y * t) / v, self.level)
            elif (t := _beside(self, other, value, v, s, t)) is not None and v != 0:
                y = value / v
                if _finite(y):
                    return _made(y, (s - y * t) / v, self.level)
        elif _is_number_of(other, value) and (type(s) is np.ndarray or type(s) is float) and _divides(other):
            y = value / other
            if _finite(y):
                return _made(y, s / other, self.level)
        return super().__truediv__(other)

    def __rtruediv__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        if _is_number_of(other, value) and (type(s) is np.ndarray or type(s) is float) and _divides(value):
            y = other / value
            if _finite(y):
                return _made(y, -y / value * s, self.level)
        return super().__rtruediv__(other)

    def __pow__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        if type(other) is int and other > 1 and (type(s) is float or type(s) is np.ndarray) and type(value) is float:
            try:
                return _made(value**other, other * value ** (other - 1) * s, self.level)
            except OverflowError:
                pass
        return super().__pow__(other)

    def __neg__(self) -> Any:
        s = self._tangent
        if (type(s) is np.ndarray or type(s) is float) and ndim(self.value) or type(self.value) is float is type(s):
            return _made(-self.value, -s, self.level)
        return super().__neg__()

    def __getitem__(self, index: Any) -> Any:
        value = self.value
        if type(value) is np.ndarray:
            if type(index) is int:
                if value.ndim == 1 and value.dtype is _FLOAT64:
                    s = self._tangent
                    if type(s) is Zero and s.view is None:
                        s = s.cell.tangent  # type: ignore[union-attr]
                    if type(s) is np.ndarray:
                        t = s.item(index) if s.ndim == 1 else s[:, index].copy()
                        return _made(value.item(index), t, self.level)
            elif type(index) is slice:
                s = self._tangent
                if type(s) is np.ndarray:
                    if s.ndim == value.ndim:
                        return _made(value[index], s[index], self.level)
                    return _made(value[index], s[:, index], self.level)
        return super().__getitem__(index)

    def __setitem__(self, index: Any, new: Any) -> None:
        value = self.value
        if type(index) is int and type(value) is np.ndarray and value.ndim == 1 and value.dtype is _FLOAT64:
            s = self._tangent
            if type(s) is Zero and s.view is None:
                s = s.cell.tangent  # type: ignore[union-attr]
            if type(s) is np.ndarray:
                if type(new) is Dual and new.level == self.level and type(new.value) is float:
                    t = new._tangent
                    if s.ndim == 1 and type(t) is float or s.ndim == 2 and type(t) is np.ndarray and len(t) == len(s):
                        value[index] = new.value
                        s[..., index] = t
                        return
                elif type(new) is float or type(new) is int:
                    value[index] = new
                    s[..., index] = 0.0
                    return
        # The reference would count as another holder of the memory.
        del value
        super().__setitem__(index, new)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if method == "__call__" and not kwargs:
            if len(inputs) == 1:
                rule = UFUNCS.get(ufunc)
                if type(rule) is Elementwise:
                    result = self._unary(rule, ufunc)
                    if result is not None:
                        return result
            elif ufunc is np.matmul:
                result = self._matmul(*inputs)
                if result is not None:
                    return result
            elif ufunc in _OPERATORS and len(inputs) == 2:
                left, right = inputs
                forward, reflected = _OPERATORS[ufunc]
                if type(left) is Dual:
                    return forward(left, right)
                if type(right) is Dual and type(left) is np.ndarray:
                    return reflected(right, left)
        return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def _matmul(self, a: Any, b: Any) -> Any:
        """Vectors and matrices of float64, the tangents plain; None where more care is needed."""
        values, rows = [], []
        for x in (a, b):
            row = None
            if type(x) is Dual and x.level == self.level:
                x, row = x.value, ts.current(x._tangent)
                if isinstance(row, Zero):
                    row = None
                elif type(row) is not np.ndarray:
                    return None
            if type(x) is not np.ndarray or not 1 <= x.ndim <= 2 or x.dtype is not _FLOAT64:
                return None
            values.append(x)
            rows.append(row)
        y, total = values[0] @ values[1], None
        for i, row in enumerate(rows):
            if row is None:
                continue
            if row.ndim > values[i].ndim:
                term = matmul(i, row, values)
            else:
                term = row @ values[1] if i == 0 else values[0] @ row
            total = term if total is None else total + term
        return self.of(y, (total,), self.level)

    def _unary(self, rule: Elementwise, ufunc: Any) -> Any:
        """A function of one argument whose parts are plain; None where more care is needed."""
        value, s = self.value, self._tangent
        if type(s) is not np.ndarray and type(s) is not float:
            return None
        scalar = type(value) is float
        if not scalar and type(value) is not np.ndarray or ufunc in COMPLEX_RULES:
            return None
        partial, y = rule.partials[0], ufunc(value)
        if scalar:
            y = y.item()
        if partial is None or partial is one or not rule.tame and (not _finite(y) or _is_singular(rule, y, [value])):
            return None
        try:
            t = partial(y, value) * s
        except ArithmeticError:
            return None
        if scalar:
            return _made(y, t.item() if type(t) is np.float64 else t, self.level)
        if type(t) is not np.ndarray or type(y) is not np.ndarray or t.dtype is not y.dtype:
            return None
        return _made(y, t, self.level)


_FLOAT64 = np.dtype(float)
_INFINITY = float("inf")
_new = object.__new__
_OPERATORS: dict[np.ufunc, Any] = {
    np.multiply: (Dual.__mul__, Dual.__rmul__),
    np.add: (Dual.__add__, Dual.__radd__),
    np.subtract: (Dual.__sub__, Dual.__rsub__),
    np.divide: (Dual.__truediv__, Dual.__rtruediv__),
}


def _made(value: Any, tangent: Tangent, level: int) -> Dual:
    """A dual of parts known to fit."""
    self = _new(Dual)
    self.value = value
    self._tangent = tangent
    self.level = level
    return self


def _alike(x: Dual, other: Dual, value: Any, v: Any, s: Any, t: Any) -> bool:
    """Whether two duals have one level, one shape and one dtype, all their parts plain."""
    if x.level != other.level or type(s) is not type(t):
        return False
    if type(value) is float:
        return type(v) is float and (type(s) is float or (type(s) is np.ndarray and s.shape == t.shape))
    return (
        type(value) is np.ndarray
        and type(v) is np.ndarray
        and type(s) is np.ndarray
        and value.ndim > 0
        and value.shape == v.shape
        and s.shape == t.shape
        and value.dtype is v.dtype
        and (value.ndim == 1 or (value.flags.c_contiguous and v.flags.c_contiguous))
    )


def _beside(x: Dual, other: Dual, value: Any, v: Any, s: Any, t: Any) -> Any:
    """The tangent of a scalar dual, aligned with that of an array of the same level; None if they are anything else."""
    if x.level != other.level or type(v) is not float or type(value) is not np.ndarray or value.dtype is not _FLOAT64:
        return None
    if type(s) is not np.ndarray or not value.ndim:
        return None
    if type(t) is float:
        return t if s.ndim == value.ndim else None
    if type(t) is np.ndarray and s.ndim > value.ndim and len(t) == len(s):
        return t.reshape(t.shape + (1,) * value.ndim)
    return None


def _is_number_of(other: Any, value: Any) -> bool:
    """Whether ``other`` is a constant that changes neither shape nor dtype of the value."""
    if type(other) is float or type(other) is int:
        return type(value) is float or (type(value) is np.ndarray and value.ndim > 0)
    return (
        type(other) is np.ndarray
        and type(value) is np.ndarray
        and other.dtype is _FLOAT64
        and value.dtype is _FLOAT64
        and other.shape == value.shape
        and (other.ndim == 1 or (other.flags.c_contiguous and value.flags.c_contiguous and other.ndim > 0))
    )


def _finite(y: Any) -> bool:
    if type(y) is float:
        return -_INFINITY < y < _INFINITY
    ok = np.isfinite(y)
    return bool(np.count_nonzero(ok) == ok.size)


def _divides(v: Any) -> bool:
    """Whether Python's division gives what NumPy's does: not a Python zero."""
    return type(v) is np.ndarray or v != 0


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


def _slope(partial: Any, y: Array, values: list[Array]) -> Array:
    """A partial derivative; in NumPy's arithmetic where Python's raises."""
    try:
        return partial(y, *values)
    except ArithmeticError:
        return partial(*(np.asarray(v)[()] if type(v) in (float, complex) else v for v in (y, *values)))


def _careful_term(partial: Any, y: Array, values: list[Array], tangent: Tangent) -> Tangent:
    """Slope times tangent where the slope may be infinite: a zero tangent wins, a nan result has a nan derivative."""
    # Python floats raise where NumPy's give inf.
    y, *values = (np.asarray(v)[()] if type(v) in (float, complex) else v for v in (y, *values))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slope = partial(y, *values)
        # Outside its domain a function has no derivative, though 1 / x of log(-1) has a value.
        undefined = np.isnan(plain(y)) & ~np.any([np.broadcast_to(np.isnan(plain(v)), np.shape(y)) for v in values], axis=0)
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


def _is_float64(v: Any) -> bool:
    kind = type(v)
    return kind is float or (kind is np.ndarray and v.dtype is _FLOAT64)


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
    if type(value) is float or (type(value) is np.ndarray and value.dtype is _FLOAT64):
        return value
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
    if type(tangent) is np.ndarray and type(value) is np.ndarray and tangent.shape == value.shape:
        if tangent.dtype is value.dtype is _FLOAT64:
            return ts.laid_out(tangent, value)
    if tangent is ZERO or is_zero(tangent):
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
