"""First order: a value and its tangent. A number type is its chain rule, and little else."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from .. import tangents as ts
from .._typing import Array, Tangent
from ..errors import ShapeError
from ..rules.elementwise import minus_one, one, power_of
from ..rules.kinds import Custom, Elementwise, Product, Several
from ..tangents import ZERO, ndim
from .construction import as_tangent, as_value
from .levels import nesting
from .methods import is_plain_scalar
from .number import Number, rebuilt
from .shortcuts import Shortcuts
from .slopes import (
    Power,
    at_precision,
    careful_term,
    is_float64,
    is_singular,
    sign_at_second_order,
    slope,
    strengthened,
)

__all__ = ["Dual"]


class Dual(Shortcuts):
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
    LINEAR: ClassVar[tuple[tuple[int, ...], ...]] = ((0,),)

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
            ufunc = Power(exponent)
        values = [x.value if isinstance(x, Number) and x.level == level else x for x in inputs]
        mixed = len(values) > 1 and not all(map(is_float64, values))
        if mixed:
            values = strengthened(values, inputs)
        sign = sign_at_second_order(ufunc, values[0])
        y = ufunc(*values, **kwargs) if sign is None else np.multiply(values[0], sign, **kwargs)
        shape = getattr(y, "shape", ())
        if mixed or kwargs or isinstance(ufunc, Power):
            values = at_precision(values, y)
        terms = self._terms(rule, y, values, inputs, sign)
        if not terms:
            return self.of(y, (None,), level)
        leading = terms[0][1]
        total = terms[0][0]
        for term, _ in terms[1:]:
            total = total + term
        if shape and getattr(total, "shape", ()) != leading + shape:
            total = np.broadcast_to(total, leading + shape).copy()
        elif len(terms) == 1 and one in rule.partials:
            # The tangent of an argument may have passed through as it is.
            total = ts.copy(total)
        return self.of(y, (total,), level)

    def _terms(
        self, rule: Elementwise, y: Array, values: list[Array], inputs: tuple[Any, ...], sign: Any
    ) -> list[tuple[Tangent, tuple[int, ...]]]:
        """Partial derivative times tangent for each argument that moves, with the directions in front."""
        careful = not rule.tame and (not ts.finite(y) or is_singular(rule, y, values))
        terms: list[tuple[Tangent, tuple[int, ...]]] = []
        for x, partial in zip(inputs, rule.partials, strict=False):
            tangent = None if partial is None else self.part_of(x, "_tangent")
            if tangent is None:
                continue
            count = ndim(x.value)
            leading = ts.directions(tangent, count)
            if terms and leading != terms[0][1]:
                raise ShapeError(f"duals of one level with directions {terms[0][1]} and {leading} cannot be combined.")
            tangent = ts.align(tangent, count, ndim(y))
            if partial is one:
                term = tangent
            elif partial is minus_one:
                term = -tangent
            elif sign is not None:
                term = sign * tangent
            elif careful:
                term = careful_term(partial, y, values, tangent)
            else:
                term = slope(partial, y, values) * tangent
            terms.append((term, leading))
        return terms

    def several(self, rule: Several, ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The chain rule for each result: a function of the arguments that has all results as further, constant arguments."""
        results = ufunc(*strengthened([self.value_at(x) for x in inputs], inputs), **kwargs)

        def result(i: int, partials: tuple[Any, ...]) -> Any:
            row = Elementwise(partials + (None,) * len(results))
            return self.elementwise(row, lambda *values: values[len(inputs) + i], (*inputs, *results), {})

        return tuple(result(i, partials) for i, partials in enumerate(rule.partials))

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
            term = apply_front(rule, function, i, tangent, arrays, others)
            if np.shape(term)[ndim(term) - ndim(result) :] != np.shape(result):
                raise ShapeError(f"a derivative of shape {np.shape(term)} was found for a value of shape {np.shape(result)}.")
            total = ts.add(total, term)
        return self.of(result, (total,), self.level)

    def custom(self, rule: Custom, function: Any, operands: list[Any], others: dict[str, Any]) -> Any:
        """The differential written by hand."""
        values = [self.value_at(x) for x in operands]
        result = function(*values, **others)
        arrays = [v if hasattr(v, "ndim") else np.asarray(v) for v in values]
        tangents = [ts.densely(self.part_of(x, "_tangent")) for x in operands]
        if all(t is None for t in tangents):
            return self.constant(result)
        differential = rule.function(tangents, arrays, result, **others)
        if isinstance(differential, tuple):
            parts = [self.of(r, (d,), self.level) for r, d in zip(result, differential, strict=True)]
            return rebuilt(result, parts)
        return self.of(result, (differential,), self.level)


def apply_front(rule: Product, function: Any, i: int, tangent: Tangent, values: list[Array], others: dict[str, Any]) -> Tangent:
    """A product with one operand replaced by its tangent, for every direction in front of it."""
    leading = ts.directions(tangent, ndim(values[i]))
    if leading:
        term = ts.product(tangent, function, i, values, others, rule.subscripts)
        if term is not None:
            return term
    if not leading:
        return function(*(tangent if j == i else v for j, v in enumerate(values)), **others)
    # Core axes counted from the front, given by axes=, would be off by one.
    if (rule.over is not None and not {"axes", "axis"} & others.keys()) or (not isinstance(function, np.ufunc) and rule.over):
        return rule.over(i, tangent, values, function=function, **others)
    rows = [function(*(row if j == i else v for j, v in enumerate(values)), **others) for row in tangent]
    return np.stack(rows) if rows else np.zeros((0, *np.shape(function(*values, **others))))
