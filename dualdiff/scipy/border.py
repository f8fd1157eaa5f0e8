"""Between the caller and a formula: plain arguments go to SciPy, numbers to the formula, and values are always SciPy's."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy as np

from .._typing import is_ndarray
from ..arrays import is_number, plain
from ..arrays.number import absorb, holds_numbers, leaves, numpy_scalar, replaced, top
from ..errors import NotDifferentiableError
from ..rules.kinds import Custom

__all__ = ["Border", "Function", "by_rule", "plain_of"]

Function = Callable[..., Any]


class Border:
    """The border of a namespace: ``module`` is SciPy's, and ``place`` its name."""

    def __init__(self, module: Any, place: str) -> None:
        self.module, self.place = module, place

    def differentiated(
        self, *moving: str, value: Function | None = None, own_value: bool = False
    ) -> Callable[[Function], Function]:
        """The function of this name, differentiated by a formula in these arguments.

        The formula is written with functions that have rules, so that derivatives of all orders come by themselves. Values
        are SciPy's (those of ``value``, where its signature is another) unless ``own_value``, and a derivative is nan where
        they are.
        """

        def decorate(formula: Function) -> Function:
            function = self._original_of(formula) if value is None else value
            return self._bordered(function, formula, moving, inspect.signature(formula), own_value)

        return decorate

    def passed_through(self, name: str, *moving: str) -> Function:
        """SciPy's own function, which is written with ufuncs and so takes numbers in these arguments."""
        function = getattr(self.module, name)
        return self._bordered(function, function, moving, inspect.signature(function), own_value=True)

    def refused(self, name: str, reason: str) -> Function:
        """SciPy's own function, which takes no numbers for this reason."""
        function = getattr(self.module, name)

        @wraps(function)
        def refusing(*args: Any, **kwargs: Any) -> Any:
            given = [*args, *kwargs.values()]
            if not any(map(holds_numbers, given)):
                return function(*args, **kwargs)
            if not all(map(_is_constant, given)):
                raise NotDifferentiableError(
                    f"{self.place}.{name} of a dual: {reason} For the value alone write {self.place}.{name} of "
                    "dd.value_of(...) of each argument; if you know a derivative, give it a rule with dd.custom_jvp."
                )
            return function(*map(plain_of, args), **{key: plain_of(x) for key, x in kwargs.items()})

        return refusing

    def _original_of(self, formula: Function) -> Function:
        """The function of SciPy's that a formula is for; older versions do not have all of them."""
        function: Function = getattr(self.module, formula.__name__, partial(self._missing, formula.__name__))
        return function

    def _missing(self, name: str, *args: Any, **kwargs: Any) -> Any:
        raise AttributeError(f"this version of SciPy has no {self.place}.{name}.")

    def _bordered(
        self, function: Function, formula: Function, moving: tuple[str, ...], signature: inspect.Signature, own_value: bool
    ) -> Function:
        @wraps(formula)
        def bordered(*args: Any, **kwargs: Any) -> Any:
            if not any(map(holds_numbers, (*args, *kwargs.values()))):
                return function(*args, **kwargs)
            bound = signature.bind(*args, **kwargs)
            given = bound.arguments
            for argument, value in list(given.items()):
                if argument in moving:
                    given[argument] = _absorbed(value)
                elif argument.startswith("overwrite_"):
                    # What the caller keeps of a number is not SciPy's to write into.
                    del given[argument]
                elif holds_numbers(value):
                    if not _is_constant(value):
                        raise NotDifferentiableError(self._no_derivative(formula.__name__, argument, moving))
                    given[argument] = plain_of(value)
            number = top(leaves(list(given.values())))
            if number is None:
                return function(*bound.args, **bound.kwargs)
            result = formula(**given)
            if own_value:
                return result
            for argument in moving:
                if argument in given:
                    given[argument] = numpy_scalar(number.value_at(given[argument]))
            return _with_value(number, result, bordered(*bound.args, **bound.kwargs))

        bordered.__signature__ = signature  # type: ignore[attr-defined]
        return bordered

    def _no_derivative(self, name: str, argument: str, moving: tuple[str, ...]) -> str:
        known = f"; it has one with respect to {' and '.join(moving)}" if moving else ""
        return (
            f"{self.place}.{name} has no derivative with respect to {argument}: it is an integer, or no formula is known here"
            f"{known}. If only its value matters, write dd.value_of({argument}) there; otherwise give the function a rule of "
            "your own with dd.custom_jvp."
        )


def by_rule(rule: Function, value: Function, *operands: Any) -> Any:
    """A function of numbers by its differential, ``rule(differentials, values, result)``; ``value`` takes plain operands."""
    number = top(operands)
    if number is None:
        return value(*operands)
    return number.custom(Custom("", rule), partial(by_rule, rule, value), list(operands), {})


def plain_of(argument: Any) -> Any:
    """An argument without what it carries: lists, tuples and object arrays entry by entry."""
    return replaced(_absorbed(argument), plain)


def _absorbed(argument: Any) -> Any:
    return absorb(argument) if holds_numbers(argument) or is_ndarray(argument) else argument


def _is_constant(argument: Any) -> bool:
    return all(x.is_constant() for x in leaves(_absorbed(argument)) if is_number(x))


def _with_value(number: Any, result: Any, value: Any) -> Any:
    """The result, of which the derivative is known, with SciPy's value."""
    if isinstance(result, tuple):
        return tuple(_with_value(number, r, v) for r, v in zip(result, value, strict=True))
    if value is None:
        return None
    undefined = np.isnan(plain(value))
    if undefined.any():
        result = np.where(undefined, np.nan * result, result)
    return number.with_value(result, value)
