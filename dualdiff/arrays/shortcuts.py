"""The commonest operations on duals, without dispatch: parts that are arrays of one shape and dtype, or Python floats.

Each gives what the rule tables give and hands over to them in every other case: nested numbers, symbolic zeros, mixed
shapes or dtypes, results that are not finite.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import tangents as ts
from .._typing import Tangent
from ..rules.elementwise import COMPLEX_RULES, one, power_of
from ..rules.kinds import Elementwise
from ..rules.products import matmul
from ..rules.registry import UFUNCS
from ..tangents import Zero, finite, has_zeros, is_structured
from .blocks import is_whole
from .methods import ArrayMethods
from .slopes import Operator

__all__ = ["Shortcuts"]


class Shortcuts(ArrayMethods):
    """Operators and indexing of the commonest duals.

    Who hands over forgets the values: a reference would count as another holder of their memory.
    """

    __slots__ = ()

    _tangent: Any

    def __mul__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        kind = type(other)
        if kind is type(self):
            v, t = other.value, other._tangent
            if type(s) is type(t) is type(value) is type(v) is float and self.level == other.level:
                y = value * v
                if -_INFINITY < y < _INFINITY:
                    return _made(self, y, s * v + value * t)
            elif _alike(self, other, value, v, s, t) or (t := _beside(self, other, value, v, s, t)) is not None:
                y = value * v
                if finite(y):
                    return _made(self, y, s * v + value * t)
        elif kind is float or kind is int:
            if -_INFINITY < other < _INFINITY and (type(s) is float or _scales(value, s)):
                return _made(self, value * other, s * other)
        elif kind is _ARRAY and _is_beside(other, value) and _is_plain(s):
            y = value * other
            if finite(y):
                return _made(self, y, s * other)
        value = v = None
        return super().__mul__(other)

    def __rmul__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        kind = type(other)
        if kind is float or kind is int:
            if -_INFINITY < other < _INFINITY and (type(s) is float or _scales(value, s)):
                return _made(self, other * value, other * s)
        elif kind is _ARRAY and _is_beside(other, value) and _is_plain(s):
            y = other * value
            if finite(y):
                return _made(self, y, other * s)
        value = None
        return super().__rmul__(other)

    def __add__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        kind = type(other)
        if kind is type(self):
            v, t = other.value, other._tangent
            if (type(s) is type(t) is type(value) is type(v) is float and self.level == other.level) or _alike(
                self, other, value, v, s, t
            ):
                return _made(self, value + v, s + t)
        elif ((kind is float or kind is int) and (type(s) is float or _scales(value, s))) or (
            kind is _ARRAY and _is_beside(other, value) and _is_plain(s)
        ):
            return _made(self, value + other, s if type(s) is float else s.copy() if s.ndim < 2 else s.copy("K"))
        value = v = None
        return super().__add__(other)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        kind = type(other)
        if kind is type(self):
            v, t = other.value, other._tangent
            if (type(s) is type(t) is type(value) is type(v) is float and self.level == other.level) or _alike(
                self, other, value, v, s, t
            ):
                return _made(self, value - v, s - t)
        elif ((kind is float or kind is int) and (type(s) is float or _scales(value, s))) or (
            kind is _ARRAY and _is_beside(other, value) and _is_plain(s)
        ):
            return _made(self, value - other, s if type(s) is float else s.copy() if s.ndim < 2 else s.copy("K"))
        value = v = None
        return super().__sub__(other)

    def __rsub__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        kind = type(other)
        if ((kind is float or kind is int) and (type(s) is float or _scales(value, s))) or (
            kind is _ARRAY and _is_beside(other, value) and _is_plain(s)
        ):
            return _made(self, other - value, -s)
        value = None
        return super().__rsub__(other)

    def __truediv__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        kind = type(other)
        if kind is type(self):
            v, t = other.value, other._tangent
            if type(s) is type(t) is type(value) is type(v) is float and self.level == other.level and v != 0:
                y = value / v
                if -_INFINITY < y < _INFINITY:
                    return _made(self, y, (s - y * t) / v)
            elif (_alike(self, other, value, v, s, t) and _divides(v)) or (
                (t := _beside(self, other, value, v, s, t)) is not None and v != 0
            ):
                y = value / v
                if finite(y):
                    return _made(self, y, (s - y * t) / v)
        elif kind is float or kind is int:
            if -_INFINITY < other < _INFINITY and other != 0 and (type(s) is float or _scales(value, s)):
                return _made(self, value / other, s / other)
        elif kind is _ARRAY and _is_beside(other, value) and _is_plain(s):
            y = value / other
            if finite(y):
                return _made(self, y, s / other)
        value = v = None
        return super().__truediv__(other)

    def __rtruediv__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        kind = type(other)
        if type(value) is float:
            if value != 0 and (kind is float or kind is int) and (type(s) is float or _scales(value, s)):
                y = other / value
                if -_INFINITY < y < _INFINITY:
                    return _made(self, y, -y / value * s)
        elif ((kind is float or kind is int) and (type(s) is float or _scales(value, s))) or (
            kind is _ARRAY and _is_beside(other, value) and _is_plain(s)
        ):
            y = other / value
            if finite(y):
                return _made(self, y, -y / value * s)
        value = None
        return super().__rtruediv__(other)

    def __pow__(self, other: Any) -> Any:
        value, s = self.value, self._tangent
        kind, result = type(other), None
        if kind is type(self):
            result = self._of_floats(_POWER, np.power, (self, other))
        elif kind is int and other > 1 and type(value) is float and (type(s) is float or type(s) is _ARRAY):
            try:
                return _made(self, value**other, other * value ** (other - 1) * s)
            except OverflowError:
                pass
        elif kind is int or kind is float:
            result = self.unary(power_of(other), Operator(other))
        value = None
        return super().__pow__(other) if result is None else result

    def __rpow__(self, other: Any) -> Any:
        result = self._of_floats(_POWER, np.power, (other, self))
        return super().__rpow__(other) if result is None else result

    def __abs__(self) -> Any:
        result = self.unary(_ABSOLUTE, np.absolute)
        return super().__abs__() if result is None else result

    def __matmul__(self, other: Any) -> Any:
        result = self._matmul(self, other)
        return super().__matmul__(other) if result is None else result

    def __rmatmul__(self, other: Any) -> Any:
        result = self._matmul(other, self)
        return super().__rmatmul__(other) if result is None else result

    def __neg__(self) -> Any:
        value, s = self.value, self._tangent
        if type(s) is float or _scales(value, s):
            return _made(self, -value, -s)
        return super().__neg__()

    def __getitem__(self, index: Any) -> Any:
        value = self.value
        if type(value) is _ARRAY:
            if type(index) is int:
                if value.ndim == 1 and value.dtype is _FLOAT64:
                    s = self._tangent
                    if type(s) is Zero and s.view is None:
                        s = s.cell.tangent  # type: ignore[union-attr]
                    if type(s) is _ARRAY:
                        entry: Any = _new(type(self))
                        entry.value = value.item(index)
                        entry._tangent = s.item(index) if s.ndim == 1 else s[:, index].copy()
                        entry.level = self.level
                        return entry
                    if _is_linear(s):
                        row = s.entry(index)
                        if row is not None:
                            return _made(self, value.item(index), row)
            elif type(index) is slice:
                s = self._tangent
                if type(s) is _ARRAY:
                    if s.ndim == value.ndim:
                        return _made(self, value[index], s[index])
                    return _made(self, value[index], s[:, index])
        return super().__getitem__(index)

    def __setitem__(self, index: Any, new: Any) -> None:
        value = self.value
        if type(index) is int and type(value) is _ARRAY and value.ndim == 1 and value.dtype is _FLOAT64:
            s = self._tangent
            if type(s) is Zero and s.view is None:
                s = s.cell.tangent  # type: ignore[union-attr]
            if type(s) is _ARRAY:
                if type(new) is type(self) and new.level == self.level and type(new.value) is float:
                    t = new._tangent
                    if s.ndim == 1 and type(t) is float:
                        value[index] = new.value
                        s[index] = t
                        return
                    if s.ndim == 2 and type(t) is _ARRAY and len(t) == len(s):
                        value[index] = new.value
                        s[:, index] = t
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
                    result = self.unary(rule, ufunc)
                    if result is not None:
                        return result
            elif ufunc is np.matmul:
                result = self._matmul(*inputs)
                if result is not None:
                    return result
            elif ufunc in _OPERATORS and len(inputs) == 2:
                left, right = inputs
                forward, reflected = _OPERATORS[ufunc]
                if type(left) is type(self):
                    return forward(left, right)
                if type(right) is type(self) and type(left) is _ARRAY:
                    return reflected(right, left)
            else:
                rule = UFUNCS.get(ufunc)
                if type(rule) is Elementwise:
                    result = self._of_floats(rule, ufunc, inputs)
                    if result is not None:
                        return result
        return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if function is np.sum and len(args) == 1 and not kwargs and args[0] is self:
            value, s = self.value, self._tangent
            if type(value) is _ARRAY and value.dtype is _FLOAT64 and type(s) is _ARRAY and value.ndim:
                axes = tuple(range(s.ndim - value.ndim, s.ndim))
                total = np.add.reduce(s, axis=axes)
                return _made(self, float(np.add.reduce(value, axis=None)), total if type(total) is _ARRAY else float(total))
        return super().__array_function__(function, types, args, kwargs)

    def _matmul(self, a: Any, b: Any) -> Any:
        """Vectors and matrices of float64, the tangents plain; None where more care is needed."""
        values, rows = [], []
        for operand in (a, b):
            x, row = operand, None
            if type(x) is type(self) and x.level == self.level:
                x, row = x.value, ts.current(x._tangent)
                if isinstance(row, Zero):
                    row = None
                elif type(row) is not _ARRAY:
                    return None
            if type(x) is not _ARRAY or not 1 <= x.ndim <= 2 or x.dtype is not _FLOAT64:
                return None
            values.append(x)
            rows.append(row)
        y: Any = values[0] @ values[1]
        total: Any = None
        for i, row in enumerate(rows):
            if row is None:
                continue
            if row.ndim > values[i].ndim:
                term = matmul(i, row, values)
            else:
                term = row @ values[1] if i == 0 else values[0] @ row
            total = term if total is None else total + term
        if type(y) is _ARRAY and y.ndim == 1 and total is not None and total.strides[-1] == y.strides[0]:
            return _made(self, y, total)
        if type(y) is np.float64 and total is not None:
            return _made(self, float(y), total if type(total) is _ARRAY else float(total))
        return self.of(y, (total,), self.level)

    def _of_floats(self, rule: Elementwise, function: Any, inputs: tuple[Any, ...]) -> Any:
        """A function of several scalars, the tangents plain; None where more care is needed."""
        values, kind = [], type(self._tangent)
        if kind is not float and kind is not _ARRAY:
            return None
        for x in inputs:
            value = x
            if type(x) is type(self):
                value, s = x.value, x._tangent
                if x.level != self.level or type(s) is not kind or (kind is _ARRAY and s.shape != self._tangent.shape):
                    return None
            elif function is np.power and x is inputs[1]:
                # A constant exponent has a rule of its own.
                return None
            if type(value) is not float and type(value) is not int:
                return None
            values.append(value)
        y = function(*values)
        if type(y) is not np.float64:
            return None
        y = float(y)
        if not rule.tame and (
            not -_INFINITY < y < _INFINITY or (rule.singular is not None and has_zeros(rule.singular(y, *values)))
        ):
            return None
        moving = [(x, partial) for x, partial in zip(inputs, rule.partials, strict=False) if partial and type(x) is type(self)]
        try:
            terms = [partial(y, *values) * x._tangent for x, partial in moving]
        except ArithmeticError:
            return None
        total: Any = sum(terms[1:], terms[0]) if terms else None
        if type(total) is np.float64 or type(total) is float:
            return _made(self, y, float(total))
        return _made(self, y, total) if type(total) is _ARRAY and kind is _ARRAY else None

    def unary(self, rule: Elementwise, function: Any) -> Any:
        """A function of one argument whose parts are plain; None where more care is needed."""
        value, s = self.value, self._tangent
        partials, _, singular, tame = rule
        partial = partials[0]
        if partial is None or partial is one:
            return None
        if type(value) is float:
            if type(s) is not float and type(s) is not _ARRAY and not _is_linear(s):
                return None
            y = function(value)
            if type(y) is np.float64:
                y = float(y)
            elif type(y) is not float:
                return None
            if not tame and (not -_INFINITY < y < _INFINITY or (singular is not None and singular(y, value) == 0)):
                return None
            try:
                t = partial(y, value) * s
            except ArithmeticError:
                return None
            return _made(self, y, float(t) if type(t) is np.float64 else t)
        if type(value) is not _ARRAY or not is_whole(value) or not _is_plain(s):
            return None
        if function in COMPLEX_RULES and value.dtype.kind == "c":
            return None
        y = function(value)
        if type(y) is not _ARRAY or (not tame and (not finite(y) or (singular is not None and has_zeros(singular(y, value))))):
            return None
        t = partial(y, value) * s
        if (type(t) is not _ARRAY and not is_structured(t)) or t.dtype is not y.dtype:
            return None
        return _made(self, y, t)


_ARRAY = np.ndarray
_FLOAT64 = np.dtype(float)
_INFINITY = float("inf")

_new: Any = object.__new__
_POWER: Any = UFUNCS[np.power]
_ABSOLUTE: Any = UFUNCS[np.absolute]
_OPERATORS: dict[np.ufunc, Any] = {
    np.multiply: (Shortcuts.__mul__, Shortcuts.__rmul__),
    np.add: (Shortcuts.__add__, Shortcuts.__radd__),
    np.subtract: (Shortcuts.__sub__, Shortcuts.__rsub__),
    np.divide: (Shortcuts.__truediv__, Shortcuts.__rtruediv__),
}


def _made(like: Any, value: Any, tangent: Tangent) -> Any:
    """A dual of the same level, of parts known to fit."""
    self = _new(type(like))
    self.value = value
    self._tangent = tangent
    self.level = like.level
    return self


def _is_linear(tangent: Any) -> bool:
    """Whether a tangent is structured, and nothing was written into it: as good as an array for linear operations."""
    return is_structured(tangent) and tangent.root.dense_form is None and tangent.root.version == 0


def _alike(x: Any, other: Any, value: Any, v: Any, s: Any, t: Any) -> bool:
    """Whether two duals have one level, one shape and one dtype, all their parts plain."""
    if type(value) is not type(v) or type(s) is not type(t) or x.level != other.level:
        return False
    if type(value) is float:
        return type(s) is float or (type(s) is _ARRAY and s.shape == t.shape)
    if type(value) is not _ARRAY or value.dtype is not v.dtype:
        return False
    if type(s) is not _ARRAY and not (_is_linear(s) and _is_linear(t)):
        return False
    if value.ndim == 1:
        return value.shape == v.shape and (s.ndim == t.ndim == 1 or s.shape == t.shape) and is_whole(value)
    return (
        value.ndim > 0
        and value.shape == v.shape
        and s.shape == t.shape
        and value.flags.c_contiguous
        and v.flags.c_contiguous
        and is_whole(value)
    )


def _beside(x: Any, other: Any, value: Any, v: Any, s: Any, t: Any) -> Any:
    """The tangent of a scalar dual, aligned with that of an array of the same level; None if they are anything else."""
    if x.level != other.level or type(v) is not float or type(value) is not _ARRAY or value.dtype is not _FLOAT64:
        return None
    if type(s) is not _ARRAY or not value.ndim or not is_whole(value):
        return None
    if type(t) is float:
        return t if s.ndim == value.ndim else None
    if type(t) is _ARRAY and s.ndim > value.ndim and len(t) == len(s):
        return t.reshape(t.shape + (1,) * value.ndim)
    return None


def _is_plain(tangent: Any) -> bool:
    """Whether a tangent is an array, or as good as one for linear operations."""
    return type(tangent) is _ARRAY or _is_linear(tangent)


def _scales(value: Any, tangent: Any) -> bool:
    """Whether an operation with a Python number changes neither the shape nor the dtype of these parts.

    Those of a scalar along one direction, known by its tangent, need not ask.
    """
    if type(value) is float:
        return type(tangent) is float or type(tangent) is _ARRAY or _is_linear(tangent)
    if type(value) is not _ARRAY or not value.ndim or not is_whole(value):
        return False
    return type(tangent) is _ARRAY or _is_linear(tangent)


def _is_beside(other: Any, value: Any) -> bool:
    """Whether a constant array has the shape and the dtype of the value."""
    return (
        type(value) is _ARRAY
        and other.dtype is value.dtype is _FLOAT64
        and other.shape == value.shape
        and (other.ndim == 1 or (other.ndim > 0 and other.flags.c_contiguous and value.flags.c_contiguous))
        and is_whole(value)
    )


def _divides(v: Any) -> bool:
    """Whether Python's division gives what NumPy's does: not a Python zero."""
    return type(v) is _ARRAY or v != 0
