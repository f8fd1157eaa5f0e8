"""Second order: a value, two first-order parts and the mixed second-order part."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from .. import tangents as ts
from .._typing import Array, Tangent
from ..errors import ShapeError
from ..rules.elementwise import minus_one, one, power_of
from ..rules.kinds import Elementwise, Product
from ..tangents import ZERO, Zero, is_zero, ndim
from .blocks import is_whole
from .construction import as_tangent, as_value
from .dual import Dual
from .levels import nesting
from .methods import is_plain_scalar
from .nesting import ByNesting
from .number import Number, is_number, rebuilt, settled
from .slopes import Power, at_precision, is_singular, slope, strengthened

__all__ = ["HyperDual"]


class HyperDual(ByNesting):
    """An array with its derivatives along two directions and the second derivative along both.

    It is the number ``value + eps1 e1 + eps2 e2 + eps12 e1 e2`` with ``e1**2 == e2**2 == 0`` (J. A. Fike and J. J. Alonso,
    The development of hyper-dual numbers for exact second-derivative calculations, 2011).

    Parameters
    ----------
    value : array_like
        The value, of any shape. Integers and booleans become float64.
    eps1, eps2 : array_like, optional
        The directions u and v, and later the derivatives along them: of the value's shape, or ``(p, *value.shape)`` and
        ``(q, *value.shape)`` for several directions.
    eps12 : array_like, optional
        The second derivative along both, with the directions of eps1 before those of eps2 in front.
    level : int, optional
        The infinitesimals that the parts belong to; numbers of one level combine.

    Raises
    ------
    ShapeError
        If a part does not fit the value.

    Examples
    --------
    >>> import dualdiff as dd
    >>> x = dd.HyperDual(2.0, 1.0, 1.0, 0.0)
    >>> (x**3).eps12
    12.0
    """

    __slots__ = ("_eps1", "_eps12", "_eps2", "level", "value")

    PARTS: ClassVar[tuple[str, ...]] = ("_eps1", "_eps2", "_eps12")
    LINEAR: ClassVar[tuple[tuple[int, ...], ...]] = ((0, 2), (1, 2))

    def __init__(self, value: Any, eps1: Any = ZERO, eps2: Any = ZERO, eps12: Any = ZERO, level: int | None = None) -> None:
        self.value = as_value(value)
        self.level = nesting(self.value, eps1, eps2, eps12) if level is None else level
        self._eps1 = as_tangent(eps1, self.value, "part eps1")
        self._eps2 = as_tangent(eps2, self.value, "part eps2")
        self._eps12 = self._mixed(eps12)

    @property
    def eps1(self) -> Any:
        """The derivative along the first direction, in numbers."""
        return self.part("_eps1")

    @property
    def eps2(self) -> Any:
        """The derivative along the second direction, in numbers."""
        return self.part("_eps2")

    @property
    def eps12(self) -> Any:
        """The second derivative along both directions, in numbers."""
        return self.part("_eps12")

    def _mixed(self, eps12: Any) -> Tangent:
        if eps12 is ZERO or (np.ndim(eps12) == 0 and not is_number(eps12) and eps12 == 0):
            return settled(self.value, None)
        eps12, shape = as_value(eps12), np.shape(self.value)
        count = len(shape)
        leading = np.shape(eps12)[: max(np.ndim(eps12) - count, 0)]
        expected = sum((ts.directions(part, count) for part in (self._eps1, self._eps2) if ndim(part)), ())
        if leading + shape != np.shape(eps12) or len(leading) > 2 or (expected and leading != expected):
            raise ShapeError(f"a part eps12 of shape {np.shape(eps12)} does not fit a value of shape {shape}.")
        return settled(self.value, eps12)

    # ----------------------------------------------------------------------------------------- shortcuts

    def __array_function__(self, function: Any, types: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if function is np.sum and len(args) == 1 and not kwargs and args[0] is self:
            row = _plain_parts(self) if type(self.value) is np.ndarray and self.value.ndim else None
            if row is not None:
                sums = [None if part is None else np.add.reduce(part, axis=None) for part in row]
                return _made(float(np.add.reduce(self.value, axis=None)), sums, self.level)
        return super().__array_function__(function, types, args, kwargs)

    def __getitem__(self, index: Any) -> Any:
        if type(index) is int and type(self.value) is np.ndarray and self.value.ndim == 1:
            row = _plain_parts(self)
            if row is not None:
                entries = [None if part is None else part.item(index) for part in row]
                return _made(self.value.item(index), entries, self.level)
        if type(index) is slice and type(self.value) is np.ndarray and self.value.ndim == 1:
            moved: list[Tangent] = []
            for part in (self._eps1, self._eps2, self._eps12):
                if type(part) is np.ndarray and part.ndim == 1:
                    moved.append(part[index])
                elif is_zero(part):
                    moved.append(part.viewed(operator.itemgetter((..., index))))
            if len(moved) == 3:
                return _made(self.value[index], moved, self.level)
        return super().__getitem__(index)

    # ---------------------------------------------------------------------------------------- chain rule

    def elementwise(self, rule: Elementwise, ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The chain rule to second order, in closed form where the rule has second partials."""
        called, original = ufunc, inputs
        if ufunc is np.power and is_plain_scalar(inputs[1]):
            rule = power_of(inputs[1])
            called, inputs = Power(inputs[1]), inputs[:1]
        if rule.second is None:
            return self._nested(ufunc, original, kwargs)
        values = strengthened([self.value_at(x) for x in inputs], inputs)
        y = called(*values, **kwargs)
        if (len(values) > 1 or kwargs or isinstance(called, Power)) and type(y) is not float:
            values = at_precision(values, y)
        if not rule.tame and (not ts.finite(y) or is_singular(rule, y, values)):
            return self._nested(ufunc, original, kwargs)
        shape = getattr(y, "shape", ())
        count = len(shape)
        rows = [self._aligned(x, count) for x in inputs]
        parts = _chained(rule, y, values, rows, lambda first, second: _paired(first, second, count))
        leading = [_leading(row, count) for row in zip(*rows, strict=True)]
        leading[2] = leading[2] or leading[0] + leading[1]
        return self.of(y, map(_spread, parts, (front + shape for front in leading)), self.level)

    def _quick(self, rule: Elementwise, function: Any, inputs: tuple[Any, ...]) -> Any:
        """Parts that are plain arrays of float64 of one shape, or Python floats; None where more care is needed."""
        if rule.second is None:
            return None
        level, shape, spread = self.level, (), False
        values: list[Any] = []
        rows: list[Any] = []
        for x in inputs:
            kind, v, row = type(x), x, _NO_PARTS
            if kind is HyperDual:
                v, row = x.value, _plain_parts(x)
                if row is None or x.level != level:
                    return None
                kind = type(v)
                spread = spread or kind is float
            if kind is np.ndarray:
                if v.dtype is not _FLOAT64 or not v.ndim or (shape and v.shape != shape) or not is_whole(v):
                    return None
                shape = v.shape
            elif kind is not float and kind is not int and kind is not np.float64:
                return None
            values.append(v)
            rows.append(row)
        try:
            y = function(*values)
            if type(y) is np.float64:
                y = float(y)
            elif type(y) is not float and (type(y) is not np.ndarray or y.dtype is not _FLOAT64):
                return None
            # Python's arithmetic does not warn of what is not finite.
            if not (rule.tame and shape) and (not ts.finite(y) or (rule.singular is not None and is_singular(rule, y, values))):
                return None
            parts = _chained(rule, y, values, rows, operator.mul)
        except ArithmeticError:
            return None
        if shape and spread and any(part is not None and np.shape(part) != shape for part in parts):
            # A scalar's part has passed through.
            return None
        return _made(y, parts, level)

    def _aligned(self, x: Any, count: int) -> Sequence[Tangent]:
        """The three parts of an operand, with axes for the result; None for zero."""
        if not isinstance(x, Number) or x.level != self.level:
            return _NO_PARTS
        own = ndim(x.value)
        row = [None if isinstance(t, Zero) else ts.align(t, own, count) for t in x.tangents()]
        # A constant: a partial derivative may be refused, and is not asked for.
        return _NO_PARTS if row[0] is row[1] is row[2] is None else row

    # -------------------------------------------------------------------------------------- other kinds

    def product(self, rule: Product, function: Any, operands: list[Any], others: dict[str, Any]) -> Any:
        """The product rule to second order."""
        if len(operands) != 2:
            return self._nested_product(rule, function, operands, others)
        (x, *left), (y, *right) = (self._value_and_parts(operand) for operand in operands)
        if any(p is not None and ndim(p) != ndim(v) for v, row in ((x, left), (y, right)) for p in row):
            return self._nested_product(rule, function, operands, others)
        square = operands[0] is operands[1] and function is np.matmul
        parts = _multiplied(function, others, x, left, y, left if square else right)
        return self.of(function(x, y, **others), parts, self.level)

    def _matmul(self, a: Any, b: Any) -> Any:
        """Vectors and matrices of float64, all parts plain; None where more care is needed."""
        values, rows = [], []
        for operand in (a, b):
            x, row = operand, _NO_PARTS
            if type(x) is HyperDual:
                if x.level != self.level:
                    return None
                x, row = x.value, _plain_parts(x)
            if row is None or type(x) is not np.ndarray or not 1 <= x.ndim <= 2 or x.dtype is not _FLOAT64:
                return None
            values.append(x)
            rows.append(row)
        (x, y), (left, right) = values, rows
        result, parts = np.matmul(x, y), _multiplied(np.matmul, {}, x, left, y, left if a is b else right)
        return _made(float(result), parts, self.level) if type(result) is np.float64 else self.of(result, parts, self.level)

    def _value_and_parts(self, x: Any) -> list[Any]:
        """The value and the three parts of an operand; None for the parts of a constant."""
        if not isinstance(x, Number) or x.level != self.level:
            return [x, None, None, None]
        return [x.value, *(None if isinstance(t, Zero) else t for t in x.tangents())]

    # ------------------------------------------------------------------------------------------ nesting

    def to_nested(self, x: Any) -> Any:
        """An operand of this level as a dual of duals; anything else as it is."""
        if not is_number(x) or x.level != self.level:
            return x
        inner = self.level - 1
        e1, e2, e12 = (self.part_of(x, name) for name in self.PARTS)
        if e2 is None and e12 is not None:
            e2 = np.zeros(np.shape(e12)[len(ts.directions(e1, ndim(x.value))) if e1 is not None else 0 :])
        tangent = None if e2 is None else Dual.of(e2, (e12,), inner)
        return Dual.of(Dual.of(x.value, (e1,), inner), (tangent,), self.level)

    def from_nested(self, result: Any) -> Any:
        """A result in duals of duals as hyper-duals of this level."""
        if isinstance(result, (tuple, list)):
            return rebuilt(result, [self.from_nested(r) for r in result])
        inner = self.level - 1
        if not is_number(result):
            return result
        tangent = None
        if result.level == self.level:
            result, tangent = result.value, ts.current(result._tangent)
            tangent = None if isinstance(tangent, Zero) else tangent
        value, e1 = _split(result, inner)
        e2, e12 = _split(tangent, inner)
        return HyperDual.of(value, (e1, e2, e12), self.level)


_FLOAT64 = np.dtype(float)
_new: Any = object.__new__
_NO_PARTS = (None, None, None)
#: Partial derivatives that are not evaluated.
_PLAIN = {one, minus_one}


def _chained(rule: Elementwise, y: Array, values: list[Array], rows: list[Any], times: Any) -> tuple[Tangent, ...]:
    """The three parts by the chain rule; ``times`` gives the products of two directions."""
    assert rule.second is not None
    a1, a2, a12 = a = rows[0]
    f: Any = rule.partials[0]
    if f is not None and f not in _PLAIN and a is not _NO_PARTS:
        f = slope(f, y, values)
    if len(rows) == 1:
        mixed, (xx,) = _weighted(f, a12), rule.second
        if xx is not None and a1 is not None and a2 is not None:
            mixed = ts.add(mixed, times(a1, a2) * slope(xx, y, values))
        return _weighted(f, a1), _weighted(f, a2), mixed
    b1, b2, b12 = b = rows[1]
    g: Any = rule.partials[1]
    if g is not None and g not in _PLAIN and b is not _NO_PARTS:
        g = slope(g, y, values)
    mixed, (xx, xy, yy) = _weighted(f, a12, g, b12), rule.second
    if xx is not None and a1 is not None and a2 is not None:
        mixed = ts.add(mixed, times(a1, a2) * slope(xx, y, values))
    if xy is not None:
        products = None if a1 is None or b2 is None else times(a1, b2)
        if b1 is not None and a2 is not None:
            products = ts.add(products, times(b1, a2))
        if products is not None:
            mixed = ts.add(mixed, products if xy is one else products * slope(xy, y, values))
    if yy is not None and b1 is not None and b2 is not None:
        mixed = ts.add(mixed, times(b1, b2) * slope(yy, y, values))
    return _weighted(f, a1, g, b1), _weighted(f, a2, g, b2), mixed


def _multiplied(
    function: Any, others: dict[str, Any], x: Array, left: Sequence[Tangent], y: Array, right: Sequence[Tangent]
) -> Sequence[Tangent]:
    """The three parts of a product; ``left is right`` says that it is that of a number with itself."""

    def bilinear(a: Array, b: Array) -> Tangent:
        return None if a is None or b is None else function(a, b, **others)

    if left is right and ndim(x) == 1:
        # In v @ v both halves of the product rule are equal.
        halves = [bilinear(x, left[0]), bilinear(x, left[1]), ts.add(bilinear(x, left[2]), bilinear(left[0], left[1]))]
        return [None if half is None else 2 * half for half in halves]
    parts = [ts.add(bilinear(a, y), bilinear(x, b)) for a, b in zip(left, right, strict=True)]
    parts[2] = ts.add(parts[2], ts.add(bilinear(left[0], right[1]), bilinear(left[1], right[0])))
    return parts


def _plain_parts(x: Any) -> Any:
    """The parts, None for zero, if they are float64 arrays of the value's shape, or Python floats as the value is."""
    value, kind = x.value, type(x.value)
    if kind is not float and (kind is not np.ndarray or value.dtype is not _FLOAT64):
        return None
    shape = None if kind is float else value.shape
    row: list[Any] = []
    for stored in (x._eps1, x._eps2, x._eps12):
        part = stored
        if type(part) is not kind:
            part = ts.current(part)
            if isinstance(part, Zero):
                row.append(None)
                continue
            if type(part) is not kind:
                return None
        if shape is not None and (part.shape != shape or part.dtype is not _FLOAT64):
            return None
        row.append(part)
    # A constant: a partial derivative may be refused, and is not asked for.
    return _NO_PARTS if row[0] is row[1] is row[2] is None else row


def _made(value: Any, parts: Sequence[Tangent], level: int) -> Any:
    """A hyper-dual of parts known to fit."""
    self: Any = _new(HyperDual)
    self.value, self.level = value, level
    if type(value) is float:
        e1, e2, e12 = parts
        self._eps1 = ZERO if e1 is None else float(e1)
        self._eps2 = ZERO if e2 is None else float(e2)
        self._eps12 = ZERO if e12 is None else float(e12)
    elif value.ndim == 1:
        e1, e2, e12 = parts
        self._eps1 = Zero.of(value) if e1 is None else e1
        self._eps2 = Zero.of(value) if e2 is None else e2
        self._eps12 = Zero.of(value) if e12 is None else e12
    else:
        self._eps1, self._eps2, self._eps12 = (settled(value, part) for part in parts)
    return self


def _split(x: Any, level: int) -> tuple[Any, Tangent]:
    """The value and the tangent of a dual of this level; a constant has none."""
    if not isinstance(x, Number) or x.level != level:
        return x, None
    (tangent,) = x.tangents()
    return x.value, None if isinstance(tangent, Zero) else tangent


def _weighted(f: Any, a: Tangent, g: Any = None, b: Tangent = None) -> Tangent:
    """``f a + g b`` of slopes and tangents, in memory of its own; None if nothing moves."""
    if b is None or g is None:
        if a is None or f is None:
            return None
        return ts.copy(a) if f is one else -a if f is minus_one else a * f
    if a is None or f is None:
        return ts.copy(b) if g is one else -b if g is minus_one else b * g
    first = a if f is one else -a if f is minus_one else a * f
    return first - b if g is minus_one else first + (b if g is one else b * g)


def _paired(first: Tangent, second: Tangent, count: int) -> Tangent:
    """The products of both directions, those of the first in front."""
    if ndim(second) > count and ndim(first) > count:
        first = first.reshape(first.shape[:1] + (1,) + first.shape[1:])
    return first * second


def _leading(tangents: Sequence[Tangent], count: int) -> tuple[int, ...]:
    """The directions in front, the same of all tangents."""
    found: tuple[int, ...] | None = None
    for tangent in tangents:
        if tangent is None:
            continue
        extra = ndim(tangent) - count
        front = tangent.shape[:extra] if extra > 0 else ()
        if found is not None and front != found:
            raise ShapeError(f"hyper-duals of one level with different directions in front: {sorted((found, front))}")
        found = front
    return found or ()


def _spread(part: Tangent, shape: tuple[int, ...]) -> Tangent:
    """The part in its full shape."""
    if part is None or not shape or getattr(part, "shape", ()) == shape:
        return part
    return np.broadcast_to(part, shape).copy()
