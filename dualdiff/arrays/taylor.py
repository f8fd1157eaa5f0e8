"""Any order along a direction: a value and the further coefficients of its power series."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .. import tangents as ts
from .._typing import Array, is_ndarray
from ..errors import ShapeError
from ..rules.elementwise import minus_one, one, power_of
from ..rules.kinds import Custom, Elementwise, Product, Several
from ..rules.recurrences import RECURRENCES, convolved, integrated, power_series
from ..tangents import Zero, ndim
from .construction import as_value
from .dual import apply_front
from .levels import nesting
from .methods import ArrayMethods, is_plain_scalar
from .number import absorb, payload, plain, rebuilt, settled
from .slopes import Power, at_precision, slope, strengthened

__all__ = ["Taylor"]


class Taylor(ArrayMethods):
    """An array of power series: x(t) = c[0] + c[1] t + ... + c[k] t^k, truncated after the order k.

    Parameters
    ----------
    coefficients : array_like
        The coefficients ``c``, of shape ``(k + 1, *value.shape)``, the value first.
    level : int, optional
        The variable t that the series is in; numbers of one level combine, and have the same order.

    Raises
    ------
    ShapeError
        If there are fewer than two coefficients.

    Notes
    -----
    A product costs O(k^2), and so does an elementwise function that has a recurrence (A. Griewank and A. Walther, Evaluating
    derivatives, 2008, chapter 13). The others are integrated from their partial derivatives.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> np.exp(dd.Taylor([0.0, 1.0, 0.0, 0.0])).coefficients
    array([1.        , 1.        , 0.5       , 0.16666667])
    """

    __slots__ = ("_tail", "level", "value")

    PARTS: ClassVar[tuple[str, ...]] = ("_tail",)

    def __init__(self, coefficients: Any, level: int | None = None) -> None:
        array = absorb(coefficients) if isinstance(coefficients, (list, tuple)) else coefficients
        if not np.ndim(array) or len(array) < 2:
            raise ShapeError("a Taylor series needs two coefficients or more: the value, and the first of t.")
        array = as_value(array).copy()
        self.value = as_value(array[0])
        self.level = nesting(array) if level is None else level
        self._tail = settled(self.value, array[1:].copy())

    @property
    def order(self) -> int:
        """The highest power of t that is kept; 0 for a constant."""
        tail = ts.current(self._tail)
        return 0 if isinstance(tail, Zero) else len(tail)

    @property
    def coefficients(self) -> Any:
        """All coefficients, of shape ``(order + 1, *value.shape)``."""
        return np.stack(self._series(self, self.order))

    # ------------------------------------------------------------------------------------------ series

    def _series(self, x: Any, order: int) -> list[Array]:
        """The coefficients of an operand, zeros for a constant."""
        tail = self.part_of(x, "_tail")
        value = self.value_at(x)
        if tail is None:
            return [value, *([0.0] * order)]
        if is_ndarray(tail) and tail.ndim == 1 and tail.dtype == np.float64:
            return [value, *tail.tolist()]
        return [value, *(tail[i] for i in range(order))]

    def _order_of(self, inputs: Any) -> int:
        tails = [t for t in (self.part_of(x, "_tail") for x in inputs) if t is not None]
        found = {len(t) for t in tails}
        if len(found) > 1:
            raise ShapeError(f"Taylor series of different orders {sorted(found)} cannot be combined.")
        return found.pop() if found else 0

    def _from(self, series: list[Array]) -> Any:
        """A number of these coefficients."""
        value, *tail = series
        if type(value) is float and all(type(c) is float for c in tail):
            return self.of(value, (np.array(tail),), self.level)
        shape = np.shape(value)
        front = np.broadcast_shapes(shape, *map(np.shape, tail))
        rows: list[Any] = list(tail)
        rows = [row if np.shape(row) == front else np.broadcast_to(row, front) for row in rows]
        return self.of(value, (np.stack(rows),), self.level)

    def _truncated(self, x: Any, order: int) -> Any:
        """The same up to a lower order; the bare value for order 0."""
        tail = self.part_of(x, "_tail")
        if tail is None:
            return x
        return payload(x.value) if order == 0 else self.of(x.value, (tail[:order],), self.level)

    def _derivative(self, x: Any, order: int) -> Any:
        """The series of x'(t) up to this order; None for a constant."""
        tail = self.part_of(x, "_tail")
        if tail is None:
            return None
        if order == 0:
            return payload(tail[0])
        scaled = tail[1 : order + 1] * np.reshape(np.arange(2.0, order + 2), (-1,) + (1,) * (ndim(tail) - 1))
        return self.of(tail[0], (scaled,), self.level)

    def along(self, rule: Any, inputs: list[Any]) -> list[Any]:
        """A function given by its own rule, ``rule(inputs, their derivatives) -> (values, derivatives)``, as series.

        One evaluation at the order below: y' is the derivative along x'.
        """
        order = self._order_of(inputs)
        values, slopes = rule([self._truncated(x, order - 1) for x in inputs], [self._derivative(x, order - 1) for x in inputs])
        numbers = []
        for value, slope_of in zip(values, slopes, strict=True):
            y0 = self.value_at(value)
            if slope_of is None:
                numbers.append(self.constant(y0))
                continue
            coefficients = self._padded(slope_of, order)
            numbers.append(self._from([y0, *(c / (j + 1) for j, c in enumerate(coefficients))]))
        return numbers

    # -------------------------------------------------------------------------------------- chain rule

    def elementwise(self, rule: Elementwise, ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The series of the result: by a recurrence, or integrated from the partial derivatives."""
        order = self._order_of(inputs)
        exponent = None
        if ufunc is np.power and is_plain_scalar(inputs[1]):
            exponent = inputs[1].item() if isinstance(inputs[1], np.generic) else inputs[1]
            rule, ufunc, inputs = power_of(exponent), Power(inputs[1]), inputs[:1]
        values = strengthened([self.value_at(x) for x in inputs], inputs)
        y0 = payload(ufunc(*values, **kwargs))
        if order == 0:
            return self.constant(y0)
        if kwargs or len(values) > 1 or isinstance(ufunc, Power):
            values = at_precision(values, y0)
        series = [[v, *self._aligned(x, order, ndim(y0))] for v, x in zip(values, inputs, strict=True)]
        with np.errstate(all="ignore"):
            found = self._careful(ufunc, exponent, y0, series)
            if found is None:
                found = self._by_partials(rule, y0, inputs, series, order)
        if not ts.finite(y0):
            found = _nan_outside_domain(y0, found, series)
        pairs = zip(inputs, rule.partials, strict=False)
        if not any(partial is not None and self.part_of(x, "_tail") is not None for x, partial in pairs):
            # Only arguments without a slope move.
            return self.constant(y0)
        return self._from(self._with_zeros(found, series))

    def _aligned(self, x: Any, order: int, count: int) -> list[Array]:
        """The coefficients after the value, with axes for the result."""
        tail = self.part_of(x, "_tail")
        if tail is None:
            return [0.0] * order
        if is_ndarray(tail) and tail.ndim == 1 and tail.dtype == np.float64 and not count:
            floats: list[Array] = tail.tolist()
            return floats
        inner = ndim(x.value)
        return [ts.align(tail[i], inner, count) for i in range(order)]

    def _careful(self, ufunc: Any, exponent: Any, y0: Array, series: list[list[Array]]) -> list[Array] | None:
        """The recurrence of a function, in NumPy's arithmetic where Python's raises; None if there is none."""
        if exponent is not None:
            recurrence: Any = lambda y0, x: power_series(y0, x, exponent)  # noqa: E731 - one of several
        elif ufunc in RECURRENCES:
            recurrence = RECURRENCES[ufunc]
        else:
            return None
        try:
            found: list[Array] | None = recurrence(y0, *series)
        except ArithmeticError:
            found = recurrence(np.float64(y0), *([np.asarray(c)[()] for c in x] for x in series))
        return found

    def _by_partials(
        self, rule: Elementwise, y0: Array, inputs: tuple[Any, ...], series: list[list[Array]], order: int
    ) -> list[Array]:
        """y' = sum of p x' over the arguments, where the partial derivative p is a series itself."""
        total: list[Array] = [y0] + [0.0] * order
        moving = [i for i, x in enumerate(inputs) if self.part_of(x, "_tail") is not None and rule.partials[i] is not None]
        lower = [self._truncated(x, order - 1) for x in inputs]
        for i in moving:
            partial: Any = rule.partials[i]
            if partial is one or partial is minus_one:
                sign = 1.0 if partial is one else -1.0
                total = [y0, *(t + sign * c for t, c in zip(total[1:], series[i][1:], strict=True))]
                continue
            unknown: Any = _Untouched()
            try:
                p = slope(partial, unknown, lower)
            except _TouchedError:
                p = unknown
            if p is unknown:
                return self._step_by_step(rule, y0, inputs, series, order, moving)
            terms = integrated(0.0, self._padded(p, order), series[i])
            total = [y0, *(t + c for t, c in zip(total[1:], terms[1:], strict=True))]
        return total

    def _step_by_step(
        self, rule: Elementwise, y0: Array, inputs: tuple[Any, ...], series: list[list[Array]], order: int, moving: list[int]
    ) -> list[Array]:
        """The same where a partial derivative needs the result: one coefficient after the other."""
        y = [y0]
        for j in range(1, order + 1):
            result = y0 if j == 1 else self._from(y)
            lower = [self._truncated(x, j - 1) for x in inputs]
            coefficient: Array = 0.0
            for i in moving:
                p = self._padded(slope(rule.partials[i], result, lower), j)
                scaled = [n * c for n, c in enumerate(series[i][: j + 1])]
                coefficient = coefficient + convolved(scaled, p, j, 1) / j
            y.append(coefficient)
        return y

    def _padded(self, p: Any, order: int) -> list[Array]:
        return self._series(p, order - 1) if order > 1 else [self.value_at(p)]

    @staticmethod
    def _with_zeros(found: list[Array], series: list[list[Array]]) -> list[Array]:
        """A result that does not move has zero coefficients, be a slope infinite or undefined."""
        if all(ts.finite(c) for c in found[1:]):
            return found
        still: Any = True
        for x in series:
            for c in x[1:]:
                still = still & np.asarray(ts.vanishes(c))
        return [found[0], *(np.where(still, 0.0, c)[()] for c in found[1:])]

    def several(self, rule: Several, ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The series of each result, integrated from its partial derivatives."""
        if not self._order_of(inputs):
            return self.constant(ufunc(*(self.value_at(x) for x in inputs), **kwargs))

        def along(lower: list[Any], slopes: list[Any]) -> tuple[Any, list[Any]]:
            results = ufunc(*lower, **kwargs)
            moving = [i for i, slope_of in enumerate(slopes) if slope_of is not None]
            terms = [
                [slope(row[i], y, [*lower, *results]) * slopes[i] for i in moving if row[i] is not None]
                for y, row in zip(results, rule.partials, strict=True)
            ]
            return results, [sum(row[1:], row[0]) if row else None for row in terms]

        return tuple(self.along(along, list(inputs)))

    # ----------------------------------------------------------------------------------------- products

    def product(self, rule: Product, function: Any, operands: list[Any], others: dict[str, Any]) -> Any:
        """The series of a multilinear function: sums over the ways to split a power of t among the operands."""
        order = self._order_of(operands)
        values = [self.value_at(x) for x in operands]
        y0 = function(*values, **others)
        if order == 0:
            return self.constant(y0)
        tails = [self.part_of(x, "_tail") for x in operands]
        moving = [i for i, tail in enumerate(tails) if tail is not None]
        if len(moving) == 1:
            (i,) = moving
            arrays = [v if hasattr(v, "ndim") else np.asarray(v) for v in values]
            if ndim(tails[i]) == ndim(arrays[i]) + 1:
                return self.of(y0, (apply_front(rule, function, i, tails[i], arrays, others),), self.level)
        series = [self._series(x, order) for x in operands]
        if any(ndim(tails[i]) > ndim(values[i]) + 1 for i in moving):
            return self._each_direction(lambda *xs: function(*xs, **others), operands)
        return self._from([y0, *(self._split(function, series, tails, others, j) for j in range(1, order + 1))])

    def _split(self, function: Any, series: list[list[Array]], tails: list[Any], others: dict[str, Any], j: int) -> Array:
        """The coefficient of t^j."""
        total: Array = 0.0
        for powers in _compositions(j, [tail is not None for tail in tails]):
            total = total + function(*(x[p] for x, p in zip(series, powers, strict=True)), **others)
        return total

    def custom(self, rule: Custom, function: Any, operands: list[Any], others: dict[str, Any]) -> Any:
        """y' is the differential along x', both as series: one coefficient after the other."""
        order = self._order_of(operands)
        values = [self.value_at(x) for x in operands]
        result = function(*values, **others)
        if order == 0:
            return self.constant(result)
        tails = [self.part_of(x, "_tail") for x in operands]
        if any(t is not None and ndim(t) > ndim(v) + 1 for t, v in zip(tails, values, strict=True)):
            return self._each_direction(lambda *xs: function(*xs, **others), operands)
        if function in _EXPLICIT:
            return self._from([result, *_EXPLICIT[function](result, order, *(self._series(x, order) for x in operands))])
        several = isinstance(result, (tuple, list))
        found = [[r] for r in result] if several else [[result]]
        for j in range(1, order + 1):
            lower = [self._truncated(x, j - 1) for x in operands]
            arrays = [v if hasattr(v, "ndim") else np.asarray(v) for v in lower]
            along = [self._derivative(x, j - 1) for x in operands]
            parts = [r[0] if j == 1 else self._from(r) for r in found]
            known = rebuilt(result, parts) if several else parts[0]
            differential = rule.function(along, arrays, known, **others)
            for row, d in zip(found, differential if several else [differential], strict=True):
                row.append(np.zeros(np.shape(row[0])) if d is None else self._padded(d, j)[j - 1] / j)
        numbers = [self._from(row) for row in found]
        if not several:
            return numbers[0]
        return rebuilt(result, numbers)

    def _each_direction(self, function: Any, operands: list[Any]) -> Any:
        """A function of series with several directions, one direction at a time."""
        counts = {
            np.shape(tail)[1]
            for x in operands
            if (tail := self.part_of(x, "_tail")) is not None and ndim(tail) > ndim(x.value) + 1
        }
        (count,) = counts
        results = [function(*(self._direction(x, i) for x in operands)) for i in range(count)]

        def joined(pieces: tuple[Any, ...]) -> Any:
            tails = [self._series(p, self._order_of([p])) for p in pieces]
            return self.of(self.value_at(pieces[0]), (np.stack([np.stack(t[1:]) for t in tails], axis=1),), self.level)

        if isinstance(results[0], (tuple, list)):
            parts = [joined(pieces) for pieces in zip(*results, strict=True)]
            return rebuilt(results[0], parts)
        return joined(tuple(results))

    def _direction(self, x: Any, i: int) -> Any:
        tail = self.part_of(x, "_tail")
        return x if tail is None else self.of(x.value, (tail[:, i],), self.level)


def _nan_outside_domain(y0: Array, found: list[Array], series: list[list[Array]]) -> list[Array]:
    """Nan coefficients where the value is nan though the arguments are not, as log(-1) has."""
    given = np.any([np.broadcast_to(np.isnan(plain(x[0])), np.shape(y0)) for x in series], axis=0)
    undefined = np.isnan(plain(y0)) & ~given
    return [y0, *(np.where(undefined, np.nan * c, c)[()] for c in found[1:])] if np.any(undefined) else found


class _TouchedError(Exception):
    """A partial derivative uses the result."""


class _Untouched:
    """Stands for a result that is not known yet; whoever asks it anything raises."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        raise _TouchedError

    def _refuse(self, *args: Any) -> Any:
        raise _TouchedError

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __pow__ = __rpow__ = _refuse
    __neg__ = __abs__ = __eq__ = __lt__ = __gt__ = __le__ = __ge__ = __bool__ = __float__ = _refuse
    __hash__ = None  # type: ignore[assignment]
    __array_ufunc__ = _refuse


def _compositions(j: int, moves: list[bool]) -> list[tuple[int, ...]]:
    """The ways to write j as a sum of one power for each operand, zero for those that do not move."""
    if len(moves) == 1:
        return [(j,)] if moves[0] or j == 0 else []
    ways = range(j + 1) if moves[0] else range(1)
    return [(first, *rest) for first in ways for rest in _compositions(j - first, moves[1:])]


def _inverse_series(B: Array, order: int, A: list[Array]) -> list[Array]:
    """B A = I: B[j] = -B[0] sum of A[i] B[j - i] for i from 1."""
    found = [B]
    for j in range(1, order + 1):
        found.append(-B @ sum(A[i] @ found[j - i] for i in range(1, j + 1)))
    return found[1:]


def _solution_series(X: Array, order: int, A: list[Array], B: list[Array]) -> list[Array]:
    """A X = B: A[0] X[j] = B[j] - sum of A[i] X[j - i] for i from 1."""
    found, shape = [X], np.shape(X)
    for j in range(1, order + 1):
        rest: Array = np.zeros(shape) + B[j]
        for i in range(1, j + 1):
            if not isinstance(A[i], float):
                rest = rest - A[i] @ found[j - i]
        found.append(np.linalg.solve(A[0], rest))
    return found[1:]


_EXPLICIT: dict[Any, Any] = {np.linalg.inv: _inverse_series, np.linalg.solve: _solution_series}
