"""What a function is to calculus. A rule is one of these; dispatch has one branch for each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .._typing import NumPyFunction, Partial

__all__ = [
    "Composite",
    "Constant",
    "Custom",
    "Elementwise",
    "InPlace",
    "Linear",
    "Moves",
    "Product",
    "Rule",
    "Selects",
    "Unsupported",
    "ZeroSlope",
]


@dataclass(frozen=True, slots=True)
class Elementwise:
    """Partial derivatives, one for each argument, of the result ``y`` and the arguments; None where there is none.

    second: the partials of the partials in the order xx, (xy, yy), None for zero; derived from the first when missing.
    singular: an expression that is zero where a slope is infinite or undefined though ``y`` is finite.
    tame: the slope is finite wherever ``y`` is a number.
    """

    partials: tuple[Partial | None, ...]
    second: tuple[Partial | None, ...] | None = None
    singular: Partial | None = None
    tame: bool = False


@dataclass(frozen=True, slots=True)
class Linear:
    """Linear in the parameters named by ``entries``: apply the function to the tangents.

    axes: the parameters that name axes. none: what None means there, ``"all"`` axes, ``"flat"`` (flatten first), or ``""``.
    offset: a parameter that adds a constant, which tangents leave out.
    """

    entries: str = ""
    axes: str = ""
    none: str = ""
    offset: str = ""


@dataclass(frozen=True, slots=True)
class Moves:
    """Only moves the entries of the parameters named by ``entries`` (the first, if empty); ``conditions`` act by value."""

    entries: str = ""
    conditions: str = ""


@dataclass(frozen=True, slots=True)
class Selects:
    """Chooses entries by their values: ``index(array, *parameters)`` gives weights or positions, then entries move."""

    function: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Composite:
    """Written with other NumPy functions; the value is NumPy's own unless ``own_value``."""

    function: Callable[..., Any]
    own_value: bool = False


@dataclass(frozen=True, slots=True)
class Product:
    """Linear in each of its operands by itself.

    over: the function applied with the directions of operand ``i`` in front, ``over(i, tangent, values, parameters)``.
    """

    operands: str
    over: Callable[..., Any] | None = None


@dataclass(frozen=True, slots=True)
class Custom:
    """A differential written by hand: ``function(differentials, values, result, **parameters)``."""

    operands: str
    function: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class InPlace:
    """Writes into its first argument."""

    function: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class ZeroSlope:
    """Piecewise constant: a float result whose tangent is the symbolic zero."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A question about values (or shapes): the plain answer of NumPy."""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Refused, with the reason and the line to write instead."""

    instead: str


Rule = Elementwise | Linear | Moves | Selects | Composite | Product | Custom | InPlace | ZeroSlope | Constant | Unsupported

#: A table of rules, keyed by function object.
Table = dict[NumPyFunction, Rule]
