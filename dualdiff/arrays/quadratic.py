"""Second order along all directions at once: a value, its first derivatives and its second derivatives.

The number behind Hessians. ``slope`` has n directions in front, ``bend`` n * n, of which only the symmetric part counts: so
one product of slopes stands for two, and both parts go through functions that move entries, and linear ones, like any
tangent, dense or structured.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from .. import tangents as ts
from .._typing import Array, Tangent
from ..rules.elementwise import minus_one, one, power_of
from ..rules.kinds import Elementwise, Product
from ..tangents import ZERO, Zero, is_zero, ndim
from .blocks import is_whole
from .dual import Dual, apply_front
from .hyperdual import HyperDual
from .methods import is_plain_scalar
from .nesting import ByNesting
from .number import Number, is_number, plain, rebuilt
from .slopes import Power, at_precision, careful_term, is_singular, side, slope, strengthened

__all__ = ["Quadratic"]

_FLOAT64 = np.dtype(float)


class Quadratic(ByNesting):
    """An array with its gradient and its Hessian along n directions."""

    __slots__ = ("_bend", "_slope", "level", "value")

    _slope: Any
    _bend: Any

    PARTS: ClassVar[tuple[str, ...]] = ("_slope", "_bend")

    # --------------------------------------------------------------------------------------- shortcuts

    def __getitem__(self, index: Any) -> Any:
        value, s, b = self.value, self._slope, self._bend
        vector = type(index) is int and type(value) is np.ndarray and value.ndim == 1 and value.dtype is _FLOAT64
        if vector and type(s) is np.ndarray and (type(b) is np.ndarray or is_zero(b)):
            entry, bend = value.item(index), b[:, index].copy() if type(b) is np.ndarray else ZERO
            return _made(entry, s[:, index].copy(), bend, self.level)
        return super().__getitem__(index)

    def _quick(self, rule: Elementwise, function: Any, inputs: tuple[Any, ...]) -> Any:
        """The chain rule where all parts are plain arrays of float64 or Python floats; None where more care is needed."""
        if rule.second is None or (type(self.value) is np.ndarray and not is_whole(self.value)):
            return None
        rows: list[Any] = []
        values, count = [], 0
        for x in inputs:
            v, s, b = x, None, None
            if type(x) is Quadratic:
                v, s, b = x.value, x._slope, x._bend
                if x.level != self.level or type(s) is not np.ndarray:
                    return None
                if type(b) is not np.ndarray:
                    if not is_zero(b):
                        return None
                    b = None
            if type(v) is np.ndarray:
                if v.dtype is not _FLOAT64 or not v.ndim:
                    return None
                count = max(count, v.ndim)
            elif type(v) is not float and type(v) is not int:
                return None
            values.append(v)
            rows.append((s, b))
        try:
            y = function(*values)
            if not count:
                if type(y) is not np.float64 and type(y) is not float:
                    return None
                y = float(y)
            # Python's arithmetic does not warn of what is not finite.
            if not (rule.tame and count) and (not ts.finite(y) or is_singular(rule, y, values)):
                return None
            if count:
                rows = [
                    tuple(None if t is None else ts.align(t, ndim(v), count) for t in row)
                    for row, v in zip(rows, values, strict=True)
                ]
            s, b = _plain_chain(rule, y, values, rows)
        except ArithmeticError:
            return None
        shape = getattr(y, "shape", ())
        if s is None or s.shape[1:] != shape or (b is not None and b.shape[1:] != shape):
            return None
        if count > 1 and not y.flags.c_contiguous:
            return None
        return _made(y, s, (Zero.of(y) if count else ZERO) if b is None else b, self.level)

    # -------------------------------------------------------------------------------------- chain rule

    def elementwise(self, rule: Elementwise, ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The chain rule: first partials times both parts, second partials times products of slopes."""
        called, original = ufunc, inputs
        if ufunc is np.power and is_plain_scalar(inputs[1]):
            rule, called, inputs = power_of(inputs[1]), Power(inputs[1]), inputs[:1]
        values = [x.value if isinstance(x, Number) and x.level == self.level else x for x in inputs]
        if len(values) > 1:
            values = strengthened(values, inputs)
        y = called(*values, **kwargs)
        if (len(values) > 1 or kwargs or isinstance(called, Power)) and type(y) is not float:
            values = at_precision(values, y)
        careful = not rule.tame and (not ts.finite(y) or is_singular(rule, y, values))
        if careful and (rule.second is None or not self._is_structured(inputs)):
            return self._nested(ufunc, original, kwargs)
        if ufunc in (np.absolute, np.fabs):
            if np.iscomplexobj(plain(y)) or np.iscomplexobj(plain(values[0])):
                return self._nested(ufunc, original, kwargs)
            rule = _SIGNED
        count, shape = ndim(y), getattr(y, "shape", ())
        rows = [self._aligned(x, count) for x in inputs]
        if careful:
            return self.of(y, self._carefully(rule, y, values, rows), self.level)
        first = _Sum()
        second = _Sum()
        for partial, row in zip(rule.partials, rows, strict=False):
            if partial is None or row is None:
                continue
            factor = partial if partial is one or partial is minus_one else slope(partial, y, values)
            for total, part in zip((first, second), row, strict=True):
                total.add(part, factor)
        for (i, j), partial in self._second_partials(rule, y, values, rows):
            product, factor = ts.paired(rows[i][0], rows[j][0], count), partial if i == j else 2 * partial
            if ts.finite(partial):
                second.add(product, factor)
            else:
                # Where a curvature is infinite, a direction that is zero wins.
                second.add(ts.scale_carefully(factor, product), one)
        return self.of(y, (first.owned(shape), second.owned(shape)), self.level)

    def _is_structured(self, inputs: tuple[Any, ...]) -> bool:
        """Whether a part of an operand is structured: a dense form of a bend could be too large."""
        return any(ts.is_structured(t) for x in inputs if isinstance(x, Number) and x.level == self.level for t in x.tangents())

    @staticmethod
    def _carefully(rule: Elementwise, y: Array, values: list[Array], rows: list[Any]) -> tuple[Tangent, Tangent]:
        """The chain rule where partials may be infinite or undefined: a direction that is zero wins."""
        assert rule.second is not None
        slope = bend = None
        for partial, row in zip(rule.partials, rows, strict=False):
            if partial is not None and row is not None:
                parts = [None if part is None else careful_term(partial, y, values, part) for part in row]
                slope, bend = ts.add(slope, parts[0]), ts.add(bend, parts[1])
        for (i, j), place in _PLACES[len(rows)].items():
            partial = rule.second[place]
            if partial is None or any(rows[k] is None or rows[k][0] is None for k in (i, j)):
                continue
            product = ts.paired(rows[i][0], rows[j][0], ndim(y))
            bend = ts.add(bend, careful_term(partial, y, values, product if i == j else 2 * product))
        return slope, bend

    def _aligned(self, x: Any, count: int) -> tuple[Tangent, Tangent] | None:
        """Slope and bend of an operand, with axes for the result; None for a constant."""
        if not isinstance(x, Number) or x.level != self.level:
            return None
        row = [None if isinstance(t, Zero) else ts.align(t, ndim(x.value), count) for t in x.tangents()]
        return None if row[0] is None and row[1] is None else (row[0], row[1])

    def _second_partials(self, rule: Elementwise, y: Array, values: list[Array], rows: list[Any]) -> Any:
        """The second partials for each pair of arguments that move: in closed form, or by differentiating the first."""
        moving = [i for i, row in enumerate(rows) if row is not None and row[0] is not None and rule.partials[i] is not None]
        for i in moving:
            for j in (k for k in moving if k >= i):
                if rule.second is not None:
                    partial = rule.second[_PLACES[len(rows)][i, j]]
                    if partial is not None:
                        yield (i, j), (1.0 if partial is one else slope(partial, y, values))
                    continue
                bend = _derived(rule, y, values, i, j, self.level - 1)
                if bend is not None:
                    yield (i, j), bend

    # ----------------------------------------------------------------------------------------- products

    def product(self, rule: Product, function: Any, operands: list[Any], others: dict[str, Any]) -> Any:
        """The product rule: both parts of each operand by itself, and slopes times slopes."""
        values = [self.value_at(x) for x in operands]
        arrays = [v if hasattr(v, "ndim") else np.asarray(v) for v in values]
        rows = [self._aligned(x, ndim(v)) for x, v in zip(operands, arrays, strict=True)]
        moving = [i for i, row in enumerate(rows) if row is not None]
        sums: list[Tangent] = [None, None]
        for n, i in enumerate(moving):
            for j in moving[n + 1 :]:
                cross = _cross(rule, arrays, rows, i, j, others)
                if cross is None:
                    return self._nested_product(rule, function, operands, others)
                sums[1] = ts.add(sums[1], cross)
        for i in moving:
            for k, part in enumerate(rows[i]):  # type: ignore[arg-type]
                if part is not None:
                    sums[k] = ts.add(sums[k], apply_front(rule, function, i, part, arrays, others))
        return self.of(function(*values, **others), sums, self.level)

    # ------------------------------------------------------------------------------------------ nesting

    def to_nested(self, x: Any) -> Any:
        """An operand of this level as a dual of duals; anything else as it is."""
        if not is_number(x) or x.level != self.level:
            return x
        parts = [self.part_of(x, name) for name in self.PARTS]
        for part in parts:
            if ts.is_structured(part):
                # The products of all directions will be dense.
                part.space.refuse_large(part.space.size * math.prod(part.inner), "a second derivative at a singular point")
        e1, bend = (None if t is None else ts.densely(t) for t in parts)
        e12 = bend
        if bend is not None:
            n = math.isqrt(bend.shape[0])
            e12 = bend.reshape((n, n, *bend.shape[1:]))
            # A hyper-dual's mixed part means what it says: both halves.
            e12 = (e12 + np.swapaxes(e12, 0, 1)) * 0.5
        hyper: Any = HyperDual.of(x.value, (e1, e1, e12), self.level)
        return hyper.to_nested(hyper)

    def from_nested(self, result: Any) -> Any:
        """A result in duals of duals as numbers of this kind."""
        if isinstance(result, (tuple, list)):
            return rebuilt(result, [self.from_nested(r) for r in result])
        if not is_number(result):
            return result
        hyper: Any = HyperDual.of(0.0, (None, None, None), self.level).from_nested(result)
        if not is_number(hyper) or hyper.level != self.level:
            return hyper
        e1, _, e12 = (self.part_of(hyper, name) for name in HyperDual.PARTS)
        bend = None if e12 is None else e12.reshape((e12.shape[0] * e12.shape[1], *np.shape(hyper.value)))
        return self.of(hyper.value, (e1, bend), self.level)


def _made(value: Any, slope: Tangent, bend: Tangent, level: int) -> Any:
    """A number of parts known to fit."""
    number: Any = object.__new__(Quadratic)
    number.value, number._slope, number._bend, number.level = value, slope, bend, level
    return number


def _plain_chain(rule: Elementwise, y: Array, values: list[Array], rows: list[Any]) -> tuple[Tangent, Tangent]:
    """Slope and bend of a function of plain parts."""
    total: Any = None
    bend: Any = None
    for partial, (s, b) in zip(rule.partials, rows, strict=True):
        if partial is None or s is None:
            continue
        if partial is one:
            # A scalar is not written into: its parts may be shared.
            own = type(y) is not float
            total = (s.copy() if own else s) if total is None else total + s
            if b is not None:
                bend = (b.copy() if own else b) if bend is None else bend + b
            continue
        factor = -1.0 if partial is minus_one else partial(y, *values)
        total = factor * s if total is None else total + factor * s
        if b is not None:
            bend = factor * b if bend is None else bend + factor * b
    assert rule.second is not None
    for partial, (i, j) in zip(rule.second, _PAIRS[len(rows)], strict=True):
        if partial is None or rows[i][0] is None or rows[j][0] is None:
            continue
        s, t = rows[i][0], rows[j][0]
        factor = partial(y, *values) if i == j else 2.0 * partial(y, *values)
        product = (factor * s)[:, None] * t
        product = product.reshape((len(s) * len(t), *product.shape[2:]))
        bend = product if bend is None else bend + product
    return total, bend


class _Sum:
    """A sum of tangents times factors."""

    __slots__ = ("passed", "total")

    def __init__(self) -> None:
        self.total: Tangent = None
        #: Whether the sum is a tangent that belongs to an argument.
        self.passed = False

    def add(self, tangent: Tangent, factor: Any) -> None:
        """Add a tangent (None for zero) times a factor."""
        if tangent is None:
            return
        term = tangent if factor is one else -tangent if factor is minus_one else factor * tangent
        self.passed = self.total is None and factor is one
        self.total = term if self.total is None else self.total + term

    def owned(self, shape: tuple[int, ...]) -> Tangent:
        """The sum in its full shape, and in memory of its own."""
        total = self.total
        if total is None:
            return None
        if shape and total.shape[1:] != shape:
            return np.broadcast_to(total, total.shape[:1] + shape).copy()
        return ts.copy(total) if self.passed else total


#: |x| by the side of x, so that |x|**2 keeps its second derivative at 0.
_SIGNED = Elementwise((lambda y, x: side(x).astype(getattr(x, "dtype", float)),), (None,))

#: The place of a second partial in a rule's column, for one argument and for two.
_PAIRS = {1: ((0, 0),), 2: ((0, 0), (0, 1), (1, 1))}
_PLACES = {1: {(0, 0): 0}, 2: {(0, 0): 0, (0, 1): 1, (1, 1): 2}}


def _derived(rule: Elementwise, y: Array, values: list[Array], i: int, j: int, level: int) -> Any:
    """The derivative of partial i by argument j; None if it is zero everywhere."""
    first, second = rule.partials[i], rule.partials[j]
    assert first is not None
    assert second is not None
    if first is one or first is minus_one:
        return None
    shape = np.shape(plain(y))

    def moving(value: Array, tangent: Array) -> Any:
        spread = value if np.shape(value) == shape else np.broadcast_to(value, shape)
        return Dual.of(spread, (np.broadcast_to(tangent, shape) if shape else tangent,), level)

    along = [moving(v, np.ones(shape)[()]) if k == j else v for k, v in enumerate(values)]
    bend: Any = first(moving(y, slope(second, y, values)), *along)
    if not isinstance(bend, Number) or bend.level != level:
        return None
    (tangent,) = bend.tangents()
    return None if isinstance(tangent, Zero) else tangent


def _cross(rule: Product, arrays: list[Array], rows: list[Any], i: int, j: int, others: dict[str, Any]) -> Tangent:
    """The product of the slopes of two operands, for all pairs of directions, twice; None where nesting has to do it."""
    left, right = rows[i][0], rows[j][0]
    if left is None or right is None or len(arrays) != 2:
        return None
    if all(type(part) is np.ndarray for part in (left, right)):
        vectors = arrays[0].ndim == arrays[1].ndim == 1 and rule.subscripts is not None and not others
        if not vectors or rule.subscripts is None or str(rule.subscripts(*arrays)) not in ("a,a->", "k,k->"):
            return None
        return 2 * np.reshape(left @ right.T, (left.shape[0] * right.shape[0],))
    if not ts.is_structured(left) and not ts.is_structured(right):
        return None
    subscripts = None if rule.subscripts is None else rule.subscripts(*arrays, **others)
    return None if subscripts is None else 2 * ts.einsum_of_pairs(subscripts, left, right)
