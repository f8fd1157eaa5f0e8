"""The border of scipy.special, and elementwise functions by their partial derivatives."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..._typing import Array, Partial
from ...arrays.number import top
from ...rules.kinds import Elementwise
from ..border import Border, Function
from ._original import original

__all__ = ["by_partials", "by_slope", "differentiated", "passed_through", "refused", "spread"]

_BORDER = Border(original, "scipy.special")
differentiated, passed_through, refused = _BORDER.differentiated, _BORDER.passed_through, _BORDER.refused


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
