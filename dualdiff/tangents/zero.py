"""The symbolic zero: the tangent of a constant, which takes no memory until something is written into it."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import Tangent
from ..errors import DerivativeLostError
from .structured import Structured

__all__ = ["ZERO", "Zero", "current", "is_zero"]


class Cell:
    """The tangent that an array and all its views share: nothing, until the first write."""

    __slots__ = ("axes", "dtype", "lent", "shape", "tangent")

    def __init__(self, shape: tuple[int, ...], dtype: Any, axes: tuple[int, ...] | None = None) -> None:
        self.shape = shape
        self.dtype = dtype
        self.axes = axes
        self.tangent: Tangent = None
        #: Who has been given the memory of the value as a plain array.
        self.lent: list[weakref.ref[Any]] = []


class Zero:
    """A symbolic zero, or (once something has been written) a view of the tangent in a shared cell."""

    __slots__ = ("cell", "view")

    def __init__(self, cell: Cell | None = None, view: Callable[[Tangent], Tangent] | None = None) -> None:
        self.cell = cell
        self.view = view

    @classmethod
    def of(cls, value: Any) -> Zero:
        """A zero that can be written into, for an array with the shape and the order of axes of the value."""
        shape = value.shape
        if len(shape) < 2 or value.flags.c_contiguous:
            return cls(Cell(shape, value.dtype))
        strides = value.strides
        return cls(Cell(shape, value.dtype, tuple(sorted(range(len(shape)), key=lambda axis: -abs(strides[axis])))))

    def current(self) -> Tangent:
        """The tangent at this moment: this zero itself while nothing has been written."""
        if self.cell is None or self.cell.tangent is None:
            return self
        tangent = current(self.cell.tangent)
        return tangent if self.view is None else self.view(tangent)

    def viewed(self, view: Callable[[Tangent], Tangent]) -> Zero:
        """The zero of a view of this array: a write through either is seen by both."""
        if self.cell is None:
            return self
        inner = self.view
        return Zero(self.cell, view if inner is None else lambda tangent: view(inner(tangent)))

    def materialise(self, directions: tuple[int, ...], like: Tangent = None) -> Tangent:
        """Replace the zero, for this array and every view of it, by zeros in the representation of ``like``."""
        if self.cell is None:
            raise AssertionError("a scalar's zero tangent is never written into")
        if self.cell.tangent is None:
            if any(borrower() is not None for borrower in self.cell.lent):
                raise DerivativeLostError(
                    "this array was handed out as a plain array (np.asarray, or a compiled function), which shares its memory "
                    "and would see no derivative: write into x.copy(), or keep the array as it is."
                )
            structured = isinstance(like, Structured)
            self.cell.tangent = Structured(like.space, self.cell.shape, ()) if structured else self._zeros(directions)
        return self.current()

    def _zeros(self, directions: tuple[int, ...]) -> Any:
        """Zeros whose axes lie in memory as those of the value do, so that both have the same views."""
        assert self.cell is not None
        shape, dtype, axes, count = self.cell.shape, self.cell.dtype, self.cell.axes, len(directions)
        if axes is None:
            return np.zeros(directions + shape, dtype)
        zeros = np.zeros(directions + tuple(shape[axis] for axis in axes), dtype)
        return zeros.transpose(*range(count), *(count + int(axis) for axis in np.argsort(axes)))

    def __repr__(self) -> str:
        return "0" if self.current() is self else repr(self.current())

    def __reduce__(self) -> Any:
        tangent = self.current()
        if tangent is not self:
            return _restored, (tangent,)
        return Zero, (() if self.cell is None else (Cell(self.cell.shape, self.cell.dtype, self.cell.axes),))


class _ScalarZero(Zero):
    """The one zero of scalars, which nothing is written into."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        return "ZERO"


ZERO = _ScalarZero()
_ZEROS = {Zero, _ScalarZero}
_SEEN_THROUGH = {Zero, Structured}


def _restored(tangent: Tangent) -> Tangent:
    return tangent


def current(tangent: Tangent) -> Tangent:
    """The tangent behind a symbolic zero, or a structured one, that has been written into; any other as it is."""
    # By its type: isinstance would ask a number of ours what it pretends to be, which takes longer.
    return tangent.current() if type(tangent) in _SEEN_THROUGH else tangent


def is_zero(tangent: Tangent) -> bool:
    """Whether the tangent is a symbolic zero, into which nothing has been written."""
    return type(tangent) in _ZEROS and tangent.current() is tangent
