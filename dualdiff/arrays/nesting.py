"""What numbers of second order have in common: a quick way for plain parts, and duals of duals for all other rules."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from ..errors import forgive
from ..rules.elementwise import power_of
from ..rules.kinds import Custom, Elementwise, Product, Several
from ..rules.registry import UFUNCS
from .methods import ArrayMethods
from .number import is_number
from .slopes import Operator

__all__ = ["ByNesting"]


class ByNesting(ArrayMethods):
    """A number of second order: it can be turned into a dual of duals, and back."""

    __slots__ = ()

    def _quick(self, rule: Elementwise, function: Any, inputs: tuple[Any, ...]) -> Any:
        """The chain rule where all parts are plain; None where more care is needed."""
        raise NotImplementedError

    def _matmul(self, a: Any, b: Any) -> Any:
        """The same for the product of two matrices or vectors."""
        return None

    def unary(self, rule: Elementwise, function: Any) -> Any:
        """A function of one argument whose parts are plain; None where more care is needed."""
        return self._quick(rule, function, (self,))

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        if ufunc is np.power:
            forgive(inputs[-1])
        if method == "__call__" and not kwargs:
            rule = UFUNCS.get(ufunc)
            quick = None
            if type(rule) is Elementwise:
                quick = self._quick(rule, ufunc, inputs)
            elif ufunc is np.matmul:
                quick = self._matmul(*inputs)
            if quick is not None:
                return quick
        return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def __matmul__(self, other: Any) -> Any:
        quick = self._matmul(self, other)
        return super().__matmul__(other) if quick is None else quick

    def __neg__(self) -> Any:
        quick = self._quick(_NEGATIVE, operator.neg, (self,))
        return super().__neg__() if quick is None else quick

    def __pow__(self, other: Any) -> Any:
        if type(other) is int or type(other) is float:
            quick = self._quick(power_of(other), Operator(other), (self,))
            if quick is not None:
                return quick
        return super().__pow__(other)

    def to_nested(self, x: Any) -> Any:
        """An operand of this level as a dual of duals; anything else as it is."""
        raise NotImplementedError

    def from_nested(self, result: Any) -> Any:
        """A result in duals of duals as numbers of this kind."""
        raise NotImplementedError

    def several(self, rule: Several, ufunc: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A function of several results, whose partials hold the results."""
        return self._nested(ufunc, inputs, kwargs)

    def custom(self, rule: Custom, function: Any, operands: list[Any], others: dict[str, Any]) -> Any:
        """The differential written by hand, differentiated once more."""
        nested = [self.to_nested(x) for x in operands]
        return self.from_nested(_outermost(nested).custom(rule, function, nested, others))

    def _nested_product(self, rule: Product, function: Any, operands: list[Any], others: dict[str, Any]) -> Any:
        nested = [self.to_nested(x) for x in operands]
        return self.from_nested(_outermost(nested).product(rule, function, nested, others))

    def _nested(self, function: Any, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self.from_nested(function(*(self.to_nested(x) for x in inputs), **kwargs))


_NEGATIVE: Any = UFUNCS[np.negative]


def _outermost(operands: list[Any]) -> Any:
    return max((x for x in operands if is_number(x)), key=lambda x: x.level)


def _operator(ufunc: np.ufunc, function: Any, name: str, swap: bool) -> Any:
    """An operator for plain parts; the operator of all numbers in every other case."""
    rule, general = UFUNCS[ufunc], getattr(ArrayMethods, name)

    def operated(self: Any, other: Any) -> Any:
        quick = self._quick(rule, function, (other, self) if swap else (self, other))
        return general(self, other) if quick is None else quick

    return operated


for _ufunc, _function, _name in (
    (np.add, operator.add, "add"),
    (np.subtract, operator.sub, "sub"),
    (np.multiply, operator.mul, "mul"),
    (np.divide, operator.truediv, "truediv"),
):
    setattr(ByNesting, f"__{_name}__", _operator(_ufunc, _function, f"__{_name}__", False))
    setattr(ByNesting, f"__r{_name}__", _operator(_ufunc, _function, f"__r{_name}__", True))
