"""Where a slope may be infinite or undefined: a tangent that is exactly zero wins."""

from __future__ import annotations

import numpy as np

from .._typing import Array, NDArray, Tangent
from .dense import ndim
from .parents import Identity, Sparse
from .structured import Structured, Term, is_structured

__all__ = ["scale_carefully", "vanishes"]


def vanishes(tangent: Tangent) -> NDArray:
    """Where the tangent is exactly zero, in its own derivatives too; of a structured one, where all directions are."""
    if is_structured(tangent):
        return _structured_vanishes(tangent)
    parts = getattr(tangent, "parts", None)
    if parts is None:
        where: NDArray = tangent == 0
        return where
    value, *rest = parts()
    where = vanishes(value)
    for part in rest:
        leading = ndim(part) - ndim(value)
        if is_structured(part):
            where = where & vanishes(part)
        else:
            where = where & np.all(vanishes(part), axis=tuple(range(leading)))
    return where


def scale_carefully(partial: Array, tangent: Tangent) -> Tangent:
    """The product in which a zero tangent wins over an infinite or undefined slope."""
    if is_structured(tangent):
        return _structured_scaled(partial, tangent)
    with np.errstate(invalid="ignore"):
        product = partial * tangent
    return np.where(vanishes(tangent), np.zeros((), getattr(product, "dtype", float)), product)


def _canonical(tangent: Structured) -> Structured:
    """The same in one term, in which each column of an entry appears once."""
    terms = tangent.terms
    if not terms or (len(terms) == 1 and isinstance(terms[0].parent, Identity)):
        return tangent
    return Structured.rows_of(tangent.space, tangent.entries(), tangent.inner)


def _owners(parent: Sparse) -> NDArray:
    """The row of each stored entry."""
    return np.repeat(np.arange(parent.rows), np.diff(parent.indptr))


def _structured_vanishes(tangent: Structured) -> NDArray:
    where = np.ones(tangent.inner, bool)
    for coefficient, index, parent in _canonical(tangent).terms:
        if isinstance(parent, Sparse):
            moving = np.zeros(parent.rows, bool)
            moving[_owners(parent)[~vanishes(parent.data)]] = True
            where = ~moving.reshape(tangent.inner)
        else:
            where = np.broadcast_to(vanishes(coefficient), tangent.inner) | (index.array == 0)
    return where


def _structured_scaled(partial: Array, tangent: Structured) -> Tangent:
    inner = np.broadcast_shapes(tangent.inner, np.shape(partial))
    slopes = np.broadcast_to(partial, inner)
    for coefficient, index, parent in _canonical(tangent).broadcast(inner):
        if isinstance(parent, Sparse):
            entries = Structured(tangent.space, inner, [Term(coefficient, index, parent)]).entries()
            data = scale_carefully(np.reshape(slopes, (-1,))[_owners(entries)], entries.data)
            sparse = Sparse(data, entries.indices, entries.indptr, entries.columns)
            return Structured.rows_of(tangent.space, sparse, inner)
        term = Term(scale_carefully(slopes, np.broadcast_to(coefficient, inner)), index, parent)
        return Structured(tangent.space, inner, [term])
    return Structured(tangent.space, inner, ())
