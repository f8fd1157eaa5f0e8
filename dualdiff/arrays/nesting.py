"""Second-order numbers as duals of duals, for every rule that is written to first order."""

from __future__ import annotations

from typing import Any

from ..rules.kinds import Custom, Product, Several
from .methods import ArrayMethods
from .number import is_number

__all__ = ["ByNesting"]


class ByNesting(ArrayMethods):
    """What a number of second order leaves to a dual of duals, into which it can be turned and back."""

    __slots__ = ()

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


def _outermost(operands: list[Any]) -> Any:
    return max((x for x in operands if is_number(x)), key=lambda x: x.level)
