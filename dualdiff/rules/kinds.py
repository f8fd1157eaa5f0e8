"""What a function is to calculus. A rule is one of these; dispatch has one branch for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .._typing import NumPyFunction, Partial

__all__ = [
    "Composite",
    "Constant",
    "Created",
    "Custom",
    "Elementwise",
    "InPlace",
    "Linear",
    "Moves",
    "Product",
    "Rule",
    "Several",
    "Unsupported",
    "ZeroSlope",
]


class Elementwise(NamedTuple):
    """Partial derivatives, one for each argument, of the result ``y`` and the arguments; None where there is none.

    second: the partials of the partials in the order xx, (xy, yy), None for zero; derived from the first when missing.
    singular: an expression that is zero where a slope is infinite or undefined though ``y`` is finite.
    tame: the slope is finite wherever ``y`` is a number.
    """

    partials: tuple[Partial | None, ...]
    second: tuple[Partial | None, ...] | None = None
    singular: Partial | None = None
    tame: bool = False


class Several(NamedTuple):
    """A row of partial derivatives for each result; they are functions of that result, the arguments and all the results."""

    partials: tuple[tuple[Partial | None, ...], ...]


class Linear(NamedTuple):
    """Linear in its first parameter: apply the function to the tangent.

    axes: the parameters that name axes. none: what None means there, ``"all"`` axes, ``"flat"`` (flatten first), or ``""``.
    offset: a parameter that adds a constant, which tangents leave out.
    """

    axes: str = ""
    none: str = ""
    offset: str = ""


class Moves(NamedTuple):
    """Only moves the entries of the parameters named by ``entries`` (the first, if empty); ``conditions`` act by value."""

    entries: str = ""
    conditions: str = ""


class Composite(NamedTuple):
    """Written with other NumPy functions; the value is NumPy's own unless ``own_value``."""

    function: Callable[..., Any]
    own_value: bool = False


class Product(NamedTuple):
    """Linear in each of its operands by itself.

    over: the function applied with the directions of operand ``i`` in front, ``over(i, tangent, values, parameters)``.
    subscripts: the same product as one of np.einsum for these operands and parameters; None where it is none.
    """

    operands: str
    over: Callable[..., Any] | None = None
    subscripts: Callable[..., str | None] | None = None


class Custom(NamedTuple):
    """A differential written by hand: ``function(differentials, values, result, **parameters)``."""

    operands: str
    function: Callable[..., Any]


class InPlace(NamedTuple):
    """Writes into its first argument."""

    function: Callable[..., Any]


class Created(NamedTuple):
    """A new array, with room for derivatives; ``function`` makes it of numbers of ours, None if it takes none."""

    function: Callable[..., Any] | None


class ZeroSlope:
    """Piecewise constant: a float result whose tangent is the symbolic zero."""

    __slots__ = ()


class Constant:
    """A question about values (or shapes): the plain answer of NumPy."""

    __slots__ = ()


class Unsupported(NamedTuple):
    """Refused, with the reason and the line to write instead."""

    instead: str


Rule = (
    Elementwise
    | Several
    | Linear
    | Moves
    | Composite
    | Product
    | Custom
    | InPlace
    | Created
    | ZeroSlope
    | Constant
    | Unsupported
)

#: A table of rules, keyed by function object.
Table = dict[NumPyFunction, Rule]
