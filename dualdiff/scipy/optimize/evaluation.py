"""The user's functions as SciPy calls them: on values, value and derivative together, each point once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._typing import Tree, is_ndarray
from ...arrays import is_number
from ...arrays.number import absorb
from ...transforms.arguments import flatten
from ...transforms.escape import stop_gradient, value_of

__all__ = ["Bound", "Once", "arrayed", "as_args", "moves", "spread_args", "stacked"]


def as_args(args: Any) -> tuple[Any, ...]:
    """SciPy takes a single extra argument without its tuple."""
    return args if isinstance(args, tuple) else (args,)


def spread_args(args: Any) -> tuple[Any, ...]:
    """Those functions of SciPy's that call ``f(x, *args)`` as it stands take the entries of a list, or of an array."""
    return tuple(args) if isinstance(args, (list, tuple)) or np.ndim(args) else (args,)


def stacked(rows: Any) -> Any:
    """A list or a tuple of numbers and arrays, which SciPy takes for an array, as one."""
    if not isinstance(rows, (list, tuple)):
        return rows
    entries = (stacked(row) for row in rows)
    return np.stack([absorb(entry) if is_number(entry) or is_ndarray(entry) else np.asarray(entry) for entry in entries])


def arrayed(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with a list that it returns as an array."""
    return lambda *args, **kwargs: stacked(function(*args, **kwargs))


def moves(*trees: Tree) -> bool:
    """Whether anything in these trees carries a derivative."""
    leaves = (absorb(x) if is_ndarray(x) and x.dtype.hasobject else x for tree in trees for x in flatten(tree))
    return any(is_number(x) and not x.is_constant() for x in leaves)


class Bound:
    """A function of x with its further arguments bound: their values for the solver, themselves for its result.

    Attributes
    ----------
    hidden : bool
        Whether a result carried derivatives although x and the arguments were values: the function closes over some.
    """

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> None:
        self.function, self.args, self.kwargs = function, args, kwargs or {}
        self._args, self._kwargs = stop_gradient((args, self.kwargs))
        self.hidden = False

    @property
    def moves(self) -> bool:
        """Whether the function depends on something that is being differentiated, as far as is known."""
        return self.hidden or moves(self.args, self.kwargs)

    def __call__(self, x: Any) -> Any:
        """The function at the values of its arguments."""
        return self.function(x, *self._args, **self._kwargs)

    def moving(self, x: Any) -> Any:
        """The function at its arguments as they are, with their derivatives."""
        return self.function(x, *self.args, **self.kwargs)

    def values(self, found: Tree) -> Any:
        """What the function or a derivative of it gave, without what an outer differentiation adds; that is noted."""
        self.hidden = self.hidden or moves(found)
        return value_of(found)

    def value(self, x: Any) -> Any:
        """The function as values alone."""
        return self.values(self(x))

    def derived(self, transform: Callable[..., Any], **keywords: Any) -> Once:
        """A transform of the function, as values, evaluated once a point."""
        transformed = transform(self, **keywords)
        return Once(lambda x: self.values(transformed(x)))


class Once:
    """A function that keeps what it found at the last point.

    SciPy asks for value and derivative separately, mostly at the same point (scipy/scipy#13842).
    """

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function
        self._last: tuple[Any, Any] | None = None

    def __call__(self, x: Any) -> Any:
        """The result at x."""
        last = self._last
        if last is None or not np.array_equal(last[0], x):
            last = self._last = (np.array(x, copy=True), self.function(x))
        return last[1]

    def part(self, i: int) -> Callable[[Any], Any]:
        """The i-th of the results, as a function."""
        return lambda x: self(x)[i]
