"""Functions that move the entries of several structured tangents into one: concatenate, stack, where.

Terms with one parent stand in one slot, which is moved as a whole; indices of 0 fill it where an array has fewer terms.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

import numpy as np

from .._typing import Tangent, is_numpy
from .parents import Parent
from .space import Index, Space
from .structured import Structured, Term

__all__ = ["moved_together"]

#: Moves a list of arrays, one for each input, into one array (or a list of them).
Movement = Callable[[list[Any]], Any]


def moved_together(function: Movement, tangents: list[Any], shapes: list[tuple[int, ...]], space: Space, key: Hashable) -> Any:
    """Apply a function that moves the entries of several arrays; None among the tangents stands for zero."""
    moved = [
        (_coefficient(function, slot, shapes), _index(function, slot, shapes, space, key), parent)
        for parent, slot in _slots(tangents)
    ]
    if not moved:
        nothing: list[Term | None] = [None] * len(shapes)
        moved = [(space.dtype.type(1), _index(function, nothing, shapes, space, key), space.identity)]
    first = moved[0][1]
    if not isinstance(first, (list, tuple)):
        return _joined(space, moved)
    pieces = ([(c[i] if isinstance(c, (list, tuple)) else c, index[i], p) for c, index, p in moved] for i in range(len(first)))
    return [_joined(space, piece) for piece in pieces]


def _slots(tangents: list[Any]) -> Iterator[tuple[Parent, list[Term | None]]]:
    """Each parent as often as one of the tangents has terms with it, and these terms, one of each tangent."""
    parents = {id(t.parent): t.parent for s in tangents if s is not None for t in s.terms}
    for parent in parents.values():
        rows = [[] if s is None else [t for t in s.terms if t.parent is parent] for s in tangents]
        for position in range(max(map(len, rows))):
            yield parent, [row[position] if position < len(row) else None for row in rows]


def _index(function: Movement, slot: list[Term | None], shapes: list[tuple[int, ...]], space: Space, key: Hashable) -> Any:
    """The index of a slot that has been moved, looked up if it was before."""
    pairs = list(zip(slot, shapes, strict=True))
    place = None if key is None else (key, *(shape if term is None else id(term.index) for term, shape in pairs))
    found = None if place is None else space.together.get(place)
    if found is not None:
        return found
    index = function([_unpacked(np.zeros(shape, np.intp) if term is None else term.index.array) for term, shape in pairs])
    if isinstance(index, (list, tuple)):
        return index
    found = space.index(np.asarray(index))
    if place is not None:
        space.together[place] = found
    return found


def _coefficient(function: Movement, slot: list[Term | None], shapes: list[tuple[int, ...]]) -> Any:
    """The coefficients of a slot that has been moved: one number if all terms have the same."""
    given = [term.coefficient for term in slot if term is not None]
    first = given[0]
    if all(np.ndim(c) == 0 and not hasattr(c, "parts") and c == first for c in given):
        return first
    zero = np.zeros_like(first, shape=())[()]
    pairs = zip(slot, shapes, strict=True)
    return function([_unpacked(np.broadcast_to(zero if term is None else term.coefficient, shape)) for term, shape in pairs])


def _joined(space: Space, moved: list[tuple[Any, Any, Parent]]) -> Tangent:
    terms = [Term(c, i if isinstance(i, Index) else space.index(np.asarray(i)), parent) for c, i, parent in moved]
    inner = terms[0].index.array.shape
    return Structured(space, inner, ()).made(inner, terms)


def _unpacked(array: Any) -> Any:
    """An array of no axes as the scalar that NumPy's functions see."""
    return array[()] if np.ndim(array) == 0 and is_numpy(array) else array
