"""Large tangents in blocks along the first axis behind the directions: taken out of operands, put together for a result."""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np

from .._typing import Array, Tangent, is_numpy
from .space import Index, Space
from .structured import Structured, Term, is_structured

__all__ = ["Block", "Whole", "closed", "common_term", "is_divisible", "opened"]


def is_divisible(tangent: Tangent) -> bool:
    """Whether blocks can be taken out of this tangent: plain numbers, dense or structured."""
    if is_structured(tangent):
        return tangent.current() is tangent and all(is_numpy(t.coefficient) for t in tangent.terms)
    return type(tangent) is np.ndarray


def common_term(tangents: list[Tangent]) -> Structured | None:
    """A structured tangent of one term, if all these have that term, but for its coefficients.

    An elementwise function, which is linear in them, can then compute with the coefficients alone.
    """
    first = tangents[0]
    if not all(is_structured(t) and len(t.terms) == 1 for t in tangents):
        return None
    _, index, parent = first.terms[0]
    alike = all(t.terms[0].index is index and t.terms[0].parent is parent and t.inner == first.inner for t in tangents)
    return first if alike else None


def opened(tangent: Structured) -> Array:
    """The coefficients of a tangent of one term, one for each entry."""
    return np.broadcast_to(tangent.terms[0].coefficient, tangent.inner)


def closed(coefficients: Array, like: Structured) -> Structured:
    """The tangent of one term with these coefficients."""
    return Structured(like.space, like.inner, [like.terms[0]._replace(coefficient=coefficients)])


class Block:
    """The entries from ``start`` to ``stop`` of all tangents of one operation."""

    __slots__ = ("_indices", "_originals", "slice")

    def __init__(self, start: int, stop: int) -> None:
        self.slice = slice(start, stop)
        self._indices: dict[int, Index] = {}
        self._originals: dict[int, Index] = {}

    def of(self, tangent: Tangent) -> Tangent:
        """The block of a tangent of vectors, with axes of directions in front or none."""
        if not is_structured(tangent):
            return tangent[..., self.slice]
        terms = [Term(c[self.slice] if np.ndim(c) else c, self._index(i), p) for c, i, p in tangent.terms]
        return Structured(_as_it_is(tangent.space), (self.slice.stop - self.slice.start,), terms)

    def _index(self, index: Index) -> Index:
        """A block of an index: the same object for the same index, by which terms are merged."""
        found = self._indices.get(id(index))
        if found is None:
            found = self._indices[id(index)] = Index(index.array[self.slice], index.serial)
            self._originals[id(found)] = index
        return found

    def layout(self, part: Tangent) -> Any:
        """What the blocks of one result have in common; None if it cannot be put together."""
        if is_structured(part):
            terms = [
                (self._originals.get(id(i)), p, c.dtype if np.ndim(c) else None, None if np.ndim(c) else c)
                for c, i, p in part.terms
            ]
            new = part.space.of_blocks is None or any(index is None for index, *_ in terms)
            return None if new else terms
        return (part.shape[:-1], part.dtype) if type(part) is np.ndarray else None


def _as_it_is(space: Space) -> Space:
    """The space for blocks, whose tangents stay in the terms that they have."""
    found = space.of_blocks
    if found is None:
        found = copy.copy(space)
        found.automatic, found.exact, found.of_blocks = False, True, space
        space.of_blocks = found
    return found


class Whole:
    """A tangent of a number of this shape, put together from blocks that are laid out as the first."""

    __slots__ = ("_arrays", "_layout", "_rows", "_shape", "_space")

    def __init__(self, block: Block, part: Tangent, shape: tuple[int, ...]) -> None:
        self._layout, self._shape = block.layout(part), shape
        self._space = part.space.of_blocks if is_structured(part) else None
        self._arrays: list[Array] = []
        self._rows: list[Array] = []
        if self._space is not None:
            self._arrays = [np.empty(math.prod(shape), c.dtype) if np.ndim(c) else c for c, _, _ in part.terms]
            self._rows = self._arrays
        elif self._layout is not None:
            leading = part.shape[:-1]
            self._arrays = [np.empty(leading + shape, part.dtype)]
            self._rows = [self._arrays[0].reshape(*leading, -1)]

    def put(self, block: Block, part: Tangent) -> bool:
        """Write a block where it belongs; False if it is unlike the first."""
        if self._layout is None or block.layout(part) != self._layout:
            return False
        pieces = [part] if self._space is None else [t.coefficient for t in part.terms]
        for rows, piece in zip(self._rows, pieces, strict=True):
            if np.ndim(rows):
                rows[..., block.slice] = piece
        return True

    def tangent(self) -> Tangent:
        """The whole."""
        if self._space is None:
            return self._arrays[0]
        terms = [Term(array, index, parent) for array, (index, parent, *_) in zip(self._arrays, self._layout, strict=True)]
        whole = Structured(self._space, (math.prod(self._shape),), terms).settled()
        return whole if len(self._shape) == 1 else whole.reshape((self._space.size, *self._shape))
