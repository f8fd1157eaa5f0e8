"""Between the caller and a formula: plain arguments go to SciPy, numbers to the formula, and values are always SciPy's."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import numpy as np

from ..._typing import Array, Partial, is_ndarray
from ...arrays import is_number, plain
from ...arrays.number import absorb, holds_numbers, leaves, numpy_scalar, replaced, top
from ...errors import NotDifferentiableError
from ...rules.kinds import Elementwise
from ._original import original

__all__ = ["by_partials", "by_slope", "differentiated", "passed_through", "refused", "spread"]

Function = Callable[..., Any]


def differentiated(*moving: str) -> Callable[[Function], Function]:
    """The function of this name, differentiated by a formula in these arguments.

    The formula is written with functions that have rules, so that derivatives of all orders come by themselves. Values are
    SciPy's, and a derivative is nan where they are.
    """

    def decorate(formula: Function) -> Function:
        return _bordered(_original_of(formula), formula, moving, inspect.signature(formula))

    return decorate


def passed_through(name: str, *moving: str) -> Function:
    """SciPy's own function, which is written with ufuncs and so takes numbers in these arguments."""
    function = getattr(original, name)
    return _bordered(function, function, moving, inspect.signature(function), own_value=True)


def refused(name: str, reason: str) -> Function:
    """SciPy's own function, which takes no numbers for this reason."""
    function = getattr(original, name)

    @wraps(function)
    def refusing(*args: Any, **kwargs: Any) -> Any:
        if not any(map(holds_numbers, (*args, *kwargs.values()))):
            return function(*args, **kwargs)
        given = [*args, *kwargs.values()]
        if not all(map(_is_constant, given)):
            raise NotDifferentiableError(
                f"scipy.special.{name} of a dual: {reason} For the value alone write scipy.special.{name} of "
                "dd.value_of(...) of each argument; if you know a derivative, give it a rule with dd.custom_jvp."
            )
        return function(*(_plain(x) for x in args), **{key: _plain(x) for key, x in kwargs.items()})

    return refusing


def _original_of(formula: Function) -> Function:
    """The function of SciPy's that a formula is for; older versions do not have all of them."""
    function: Function = getattr(original, formula.__name__, partial(_missing, formula.__name__))
    return function


def _missing(name: str, *args: Any, **kwargs: Any) -> Any:
    raise AttributeError(f"this version of SciPy has no scipy.special.{name}.")


def _bordered(
    function: Function, formula: Function, moving: tuple[str, ...], signature: inspect.Signature, *, own_value: bool = False
) -> Function:
    name = formula.__name__

    @wraps(formula)
    def bordered(*args: Any, **kwargs: Any) -> Any:
        if not any(map(holds_numbers, (*args, *kwargs.values()))):
            return function(*args, **kwargs)
        bound = signature.bind(*args, **kwargs)
        given = bound.arguments
        for argument, value in given.items():
            if argument in moving:
                given[argument] = _absorbed(value)
            elif holds_numbers(value):
                if not _is_constant(value):
                    raise NotDifferentiableError(_no_derivative(name, argument, moving))
                given[argument] = _plain(value)
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


def _no_derivative(name: str, argument: str, moving: tuple[str, ...]) -> str:
    known = f"; it has one with respect to {' and '.join(moving)}" if moving else ""
    return (
        f"scipy.special.{name} has no derivative with respect to {argument}: it is an integer, or no formula is known here"
        f"{known}. If only its value matters, write dd.value_of({argument}) there; otherwise give the function a rule of "
        "your own with dd.custom_jvp."
    )


def _absorbed(argument: Any) -> Any:
    return absorb(argument) if holds_numbers(argument) or is_ndarray(argument) else argument


def _is_constant(argument: Any) -> bool:
    return all(x.is_constant() for x in leaves(_absorbed(argument)) if is_number(x))


def _plain(argument: Any) -> Any:
    return replaced(_absorbed(argument), plain)


def _with_value(number: Any, result: Any, value: Any) -> Any:
    """The result, of which the derivative is known, with SciPy's value."""
    if isinstance(result, tuple):
        return tuple(_with_value(number, r, v) for r, v in zip(result, value, strict=True))
    undefined = np.isnan(plain(value))
    if undefined.any():
        result = np.where(undefined, np.nan * result, result)
    return number.with_value(result, value)


def by_partials(rule: Elementwise, value: Function, *x: Any) -> Any:
    """An elementwise function of numbers by its partial derivatives; ``value`` is called with plain arguments."""
    number = top(x)
    if number is None:
        return value(*x)
    return number.elementwise(rule, partial(by_partials, rule, value), x, {})


def spread(x: Any, *others: Any) -> Any:
    """x in the shape that it has with the others."""
    shape = np.broadcast_shapes(np.shape(x), *map(np.shape, others))
    return x if np.shape(x) == shape else np.broadcast_to(x, shape)


def by_slope(value: Function, slope: Callable[[Array], Array], x: Any) -> Any:
    """The same for one argument of the result's shape, by its derivative as a function of that argument."""
    derivative: Partial = lambda y, x: slope(x)  # noqa: E731 - a partial derivative
    return by_partials(Elementwise((derivative,)), value, x)
