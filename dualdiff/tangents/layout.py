"""The place of every coefficient in a sparse matrix of compressed rows, found once for each set of indices."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array, NDArray
from .parents import Identity
from .structured import Structured

__all__ = ["compressed"]


class Layout:
    """Where the coefficients of some terms, all unit vectors, stand in compressed sparse rows.

    The terms are first put in the order of their columns in most rows, so that few rows need sorting.
    """

    __slots__ = ("columns", "indptr", "mirror", "order", "source", "starts")

    def __init__(self, indices: list[NDArray], columns: int) -> None:
        rows, count = indices[0].size, len(indices)
        kind = np.int32 if max(columns, rows * count) < 2**31 else np.int64
        typical = [int(array.reshape(-1)[rows // 2]) for array in indices]
        #: For a symmetric matrix: the entries below the diagonal and their mirror images, once they are known.
        self.mirror: Any = None
        self.order = sorted(range(count), key=typical.__getitem__)
        table = np.empty((rows, count), kind)
        for place, term in enumerate(self.order):
            table[:, place] = indices[term].reshape(-1)
        unsorted = np.flatnonzero((table[:, 1:] <= table[:, :-1]).any(axis=1)) if count > 1 else np.zeros(0, np.intp)
        holes = bool((table[:, 0] == 0).any()) or (unsorted.size > 0 and bool((table[unsorted] == 0).any()))
        #: Positions, in the table of coefficients, of the stored entries; None if they are all, in order.
        self.source: NDArray | None = None
        #: Where the entries of one column start that add up; None if no column appears twice in a row.
        self.starts: NDArray | None = None
        if not unsorted.size and not holes:
            self.columns = (table - 1).reshape(-1)
            self.indptr = np.arange(0, rows * count + 1, count, dtype=kind)
            return
        source = np.arange(rows * count).reshape(rows, count)
        if unsorted.size:
            within = np.argsort(table[unsorted], axis=1, kind="stable")
            table[unsorted] = np.take_along_axis(table[unsorted], within, axis=1)
            source[unsorted] = np.take_along_axis(source[unsorted], within, axis=1)
        there = table > 0
        new = there.copy()
        new[:, 1:] &= table[:, 1:] != table[:, :-1]
        self.source = source[there]
        if np.count_nonzero(new) < self.source.size:
            self.starts = np.flatnonzero(new[there])
        self.columns = table[new] - 1
        self.indptr = np.concatenate([[0], np.cumsum(np.count_nonzero(new, axis=1))]).astype(kind)

    def data(self, coefficients: list[Array], rows: int) -> NDArray:
        """The stored entries for these coefficients."""
        table = np.empty((rows, len(self.order)), np.result_type(*coefficients))
        for place, term in enumerate(self.order):
            table[:, place] = np.reshape(coefficients[term], (-1,))
        entries = table.reshape(-1)
        if self.source is not None:
            entries = entries[self.source]
        return entries if self.starts is None else np.add.reduceat(entries, self.starts)


def compressed(tangent: Structured) -> tuple[NDArray, NDArray, NDArray, Any]:
    """Data, column indices and row pointers, columns in order and each once, and the key of this pattern (or None)."""
    terms = tangent.terms
    if terms and tangent.size and all(isinstance(t.parent, Identity) for t in terms):
        space, rows = tangent.space, terms[0].index.array.size
        key = tuple(id(t.index) for t in terms)
        layout = space.layouts.get(key)
        if layout is None:
            layout = space.layouts[key] = Layout([t.index.array for t in terms], space.size)
        return layout.data([t.coefficient for t in terms], rows), layout.columns, layout.indptr, layout
    sparse = tangent.entries()
    kind = np.int32 if max(sparse.columns, len(sparse.indices)) < 2**31 else np.int64
    return sparse.data, sparse.indices.astype(kind), sparse.indptr.astype(kind), None
