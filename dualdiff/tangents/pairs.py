"""Second derivatives of structured tangents: a product of two terms is a term whose rows are pairs of rows.

The second derivative of a function of n inputs is kept as a tangent of n * n directions. A pair of unit vectors e_i and e_j
is the unit vector number ``i * n + j`` of those; a pair of other rows is counted through: ``first * (rows + 1) + second``.
Such a matrix is not symmetric until it is read: only its symmetric part means anything.
"""

from __future__ import annotations

import math

import numpy as np

from .._typing import Array, Tangent
from .dense import densely
from .parents import Identity, Pair
from .space import Index, Space
from .structured import Structured, Term, is_structured

__all__ = ["paired", "symmetric_space"]


#: More pairs of terms than this are multiplied densely, if that makes not more entries than this.
PAIRS, ENTRIES = 16, 1 << 22

#: A pair of terms of unit vectors takes as long as so many dense entries, and each of its entries as long as one.
EACH = 2000


def symmetric_space(space: Space) -> Space:
    """The space of the pairs of directions."""
    if space.pairs is None:
        space.pairs = Space(space.size**2, space.dtype, automatic=space.automatic, exact=space.exact)
    return space.pairs


def paired(first: Tangent, second: Tangent, count: int) -> Tangent:
    """The products of all directions of two tangents of arrays with ``count`` axes, as directions in front."""
    if not is_structured(first) and not is_structured(second):
        shape = np.broadcast_shapes(first.shape[1:], second.shape[1:])
        products = first[:, None] * second
        return products.reshape((first.shape[0] * second.shape[0], *shape))
    space = first.space if is_structured(first) else second.space
    if space.automatic and _is_dearer(first, second):
        return paired(densely(first), densely(second), count)
    first, second = (t if is_structured(t) else Structured.from_dense(space, t) for t in (first, second))
    inner = first.inner if first.inner == second.inner else np.broadcast_shapes(first.inner, second.inner)
    pairs, same = symmetric_space(space), first is second
    terms = []
    left, right = first.broadcast(inner), second.broadcast(inner)
    for position, a in enumerate(left):
        for b in left[position:] if same else right:
            coefficient = a.coefficient * b.coefficient
            # Of two different terms of one tangent both orders count, and may stand in one place.
            terms.append(_pair(space, pairs, coefficient if not same or a is b else 2 * coefficient, a, b))
    return Structured(pairs, inner, ()).made(inner, terms)


def _is_dearer(first: Tangent, second: Tangent) -> bool:
    """Whether so many pairs of terms cost more than the dense products."""
    counts = [len(t.terms) if is_structured(t) else 1 for t in (first, second)]
    size = math.prod(np.broadcast_shapes(first.shape[1:], second.shape[1:]))
    pairs, entries = math.prod(counts), size * first.shape[0] * second.shape[0]
    units = all(is_structured(t) and all(isinstance(a.parent, Identity) for a in t.terms) for t in (first, second))
    return pairs > PAIRS and entries <= (min(ENTRIES, 2 * pairs * (EACH + size)) if units else ENTRIES)


def _pair(space: Space, pairs: Space, coefficient: Array, a: Term, b: Term) -> Term:
    a, b = sorted((a, b), key=lambda t: (not isinstance(t.parent, Identity), t.parent.serial, t.index.serial))
    known = space.paired.get((id(a.parent), id(a.index), id(b.parent), id(b.index)))
    if known is None:
        parent = pairs.identity if isinstance(a.parent, Identity) and isinstance(b.parent, Identity) else None
        if parent is None:
            parent = space.parents.setdefault((id(a.parent), id(b.parent)), Pair(a.parent, b.parent))
        known = _counted(pairs, a.index, b.index, b.parent.rows, unit=parent is pairs.identity), parent
        if isinstance(a.parent, Identity) and isinstance(b.parent, Identity):
            space.paired[id(a.parent), id(a.index), id(b.parent), id(b.index)] = known
    return Term(coefficient, *known)


def _counted(pairs: Space, first: Index, second: Index, rows: int, unit: bool) -> Index:
    """The index of the pairs."""
    a, b = first.array.astype(np.intp), second.array
    number = (a - 1) * rows + b if unit else a * (rows + 1) + b
    if not (first.full and second.full):
        number = np.where((a > 0) & (b > 0), number, 0)
    return pairs.index(np.asarray(number))
