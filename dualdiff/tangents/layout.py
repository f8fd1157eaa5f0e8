"""The place of every coefficient in a sparse matrix of compressed rows, found once for each set of indices."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from .._typing import Array, NDArray
from .parents import Identity, Sparse, scattered
from .space import Index
from .structured import Structured

__all__ = ["Layout", "SymmetricLayout", "compressed", "symmetric"]

#: Where in a run of rows to look for the typical one.
SAMPLES = (0.1234, 0.3819, 0.5517, 0.7071, 0.9042)

#: Rows that are put into order together.
CHUNK = 8192


class Layout:
    """Where the coefficients of some terms, all unit vectors, stand in compressed sparse rows.

    In each run of rows the terms are put in the order of their columns in a typical row, so few rows need sorting.
    """

    __slots__ = ("columns", "groups", "indptr", "moved", "runs", "source", "starts")

    def __init__(self, indices: list[Index], columns: int) -> None:
        #: The terms that share a column in every row where both have one.
        self.groups, arrays = _grouped([index.array.reshape(-1) for index in indices])
        rows, count = arrays[0].size, len(arrays)
        kind = np.int32 if max(columns, rows * count) < 2**31 else np.int64
        #: First row, last row and order of the terms.
        self.runs = _runs(arrays, rows)
        #: Positions in the table of coefficients, and those of the entries that belong there; the others stand right.
        self.moved: tuple[NDArray, NDArray] | None = None
        #: Where some coefficients are no entries: the positions of those that are, in order.
        self.source: NDArray | None = None
        #: Where a column appears twice in a row: the positions at which each entry's coefficients begin.
        self.starts: NDArray | None = None
        table, unsorted = np.empty((rows, count), kind), np.zeros(rows, bool)
        for start, stop, order in self.runs:
            before: Any = None
            for place, term in enumerate(order):
                column = arrays[term][start:stop]
                np.subtract(column, 1, out=table[start:stop, place], casting="unsafe")
                if before is not None:
                    unsorted[start:stop] |= column <= before
                before = column
        twice = np.zeros((0, count), bool)
        mixed = np.flatnonzero(unsorted)
        if mixed.size:
            within = np.argsort(table[mixed], axis=1, kind="stable")
            table[mixed] = np.take_along_axis(table[mixed], within, axis=1)
            first = mixed[:, None] * count
            self.moved = (first + np.arange(count)).reshape(-1), (first + within).reshape(-1)
            twice = np.zeros(table[mixed].shape, bool)
            twice[:, 1:] = (table[mixed, 1:] == table[mixed, :-1]) & (table[mixed, 1:] >= 0)
        if not twice.any() and all(array.all() for array in arrays):
            self.columns = table.reshape(-1)
            self.indptr = np.arange(0, rows * count + 1, count, dtype=kind)
            return
        there = table >= 0
        new = there.copy()
        new[mixed] &= ~twice
        self.source = np.flatnonzero(there)
        if twice.any():
            self.starts = np.flatnonzero(new.reshape(-1)[self.source])
        self.columns = table[new]
        self.indptr = np.concatenate([[0], np.cumsum(np.count_nonzero(new, axis=1))]).astype(kind)

    def data(self, coefficients: list[Array], rows: int) -> NDArray:
        """The stored entries for these coefficients."""
        flat = [self._sum(group, coefficients) for group in self.groups]
        table = np.empty((rows, len(flat)), np.result_type(*coefficients))
        for start, stop, order in self.runs:
            for place, term in enumerate(order):
                coefficient = flat[term]
                table[start:stop, place] = coefficient[start:stop] if np.ndim(coefficient) else coefficient
        entries = table.reshape(-1)
        if self.moved is not None:
            places, sources = self.moved
            entries[places] = entries[sources]
        if self.source is not None:
            entries = entries[self.source]
        return entries if self.starts is None else np.add.reduceat(entries, self.starts)

    @staticmethod
    def _sum(group: list[tuple[int, NDArray | None]], coefficients: list[Array]) -> Array:
        """The coefficients of the terms of a group together."""
        total: Array = None
        for term, there in group:
            coefficient = coefficients[term]
            if there is not None:
                coefficient = np.where(there, np.reshape(coefficient, (-1,)) if np.ndim(coefficient) else coefficient, 0)
            elif np.ndim(coefficient):
                coefficient = np.reshape(coefficient, (-1,))
            total = coefficient if total is None else total + coefficient
        return total


def _grouped(arrays: list[NDArray]) -> tuple[list[list[tuple[int, NDArray | None]]], list[NDArray]]:
    """Terms whose indices agree wherever both have one, with where they have one if not everywhere; their indices together."""
    groups: list[list[tuple[int, NDArray | None]]] = []
    joined: list[NDArray] = []
    for term, array in enumerate(arrays):
        for place, other in enumerate(joined):
            if _agree(array[:: max(1, array.size // 16)], other[:: max(1, array.size // 16)]) and _agree(array, other):
                groups[place].append((term, array > 0))
                joined[place] = np.maximum(array, other)
                break
        else:
            groups.append([(term, None)])
            joined.append(array)
    for group in groups:
        if len(group) > 1:
            group[0] = (group[0][0], arrays[group[0][0]] > 0)
    return groups, joined


def _agree(first: NDArray, second: NDArray) -> bool:
    return bool(((first == second) | (first == 0) | (second == 0)).all())


def _runs(arrays: list[NDArray], rows: int) -> list[tuple[int, int, tuple[int, ...]]]:
    """Runs of rows in which the columns of the terms mostly have one order."""
    runs: list[tuple[int, int, tuple[int, ...]]] = []
    for start in range(0, rows, CHUNK):
        stop = min(start + CHUNK, rows)
        orders = Counter(_order(arrays, start + int(part * (stop - start))) for part in SAMPLES)
        order = orders.most_common(1)[0][0]
        first = runs.pop()[0] if runs and runs[-1][2] == order else start
        runs.append((first, stop, order))
    return runs


def _order(arrays: list[NDArray], row: int) -> tuple[int, ...]:
    """The terms in the order of their columns in this row."""
    columns = [array[row] for array in arrays]
    return tuple(sorted(range(len(arrays)), key=columns.__getitem__))


def compressed(tangent: Structured) -> tuple[NDArray, NDArray, NDArray, Layout | None]:
    """Data, column indices and row pointers, columns in order and each once; and the layout where it is kept."""
    terms = tangent.terms
    if terms and tangent.size and all(isinstance(t.parent, Identity) for t in terms):
        space, rows = tangent.space, terms[0].index.array.size
        key = tuple(id(t.index) for t in terms)
        layout = space.layouts.get(key)
        if layout is None:
            layout = space.layouts[key] = Layout([t.index for t in terms], space.size)
        return layout.data([t.coefficient for t in terms], rows), layout.columns, layout.indptr, layout
    sparse = tangent.entries()
    kind = np.int32 if max(sparse.columns, len(sparse.indices)) < 2**31 else np.int64
    return sparse.data, sparse.indices.astype(kind), sparse.indptr.astype(kind), None


class SymmetricLayout:
    """Where the entries of a sum of n * n directions stand in the compressed rows of its symmetric part."""

    __slots__ = ("columns", "indptr", "place", "share", "size", "target")

    def __init__(self, keys: NDArray, n: int) -> None:
        first, second = np.divmod(keys, max(n, 1))
        upper = np.minimum(first, second) * n + np.maximum(first, second)
        order = np.argsort(upper, kind="stable")
        upper = upper[order]
        new = np.concatenate([[True], upper[1:] != upper[:-1]])[: upper.size]
        #: Which entry of the upper triangle each value belongs to.
        self.target = np.empty(upper.size, np.intp)
        self.target[order] = np.cumsum(new) - 1
        low, high = np.divmod(upper[new], max(n, 1))
        self.size = low.size
        #: An entry off the diagonal stands in two places, and each gets half.
        self.share = np.where(low != high, 0.5, 1.0)
        off = np.flatnonzero(low != high)
        rows, columns = np.concatenate([low, high[off]]), np.concatenate([high, low[off]])
        order = np.argsort(rows * n + columns, kind="stable")
        kind = np.int32 if max(n, rows.size) < 2**31 else np.int64
        self.columns, self.place = columns[order].astype(kind), np.concatenate([np.arange(low.size), off])[order]
        self.indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n))]).astype(kind)

    def data(self, values: NDArray) -> NDArray:
        """The stored entries for these values."""
        shares: NDArray = scattered(values, self.target, self.size) * self.share.astype(values.dtype)
        chosen: NDArray = shares[self.place]
        return chosen


def symmetric(bend: Structured, n: int) -> tuple[NDArray, NDArray, NDArray]:
    """Data, column indices and row pointers of the symmetric part of a tangent of n * n directions of a scalar."""
    terms = bend.terms
    if terms and all(isinstance(t.parent, Sparse) and t.parent.rows == 1 and t.index.full for t in terms):
        key = tuple(id(t.parent.indices) for t in terms)  # type: ignore[attr-defined]
        layout = bend.space.layouts.get(key)
        if layout is None:
            layout = SymmetricLayout(np.concatenate([t.parent.indices for t in terms]), n)  # type: ignore[attr-defined]
            if all(id(t.parent.indices) in bend.space.lasting for t in terms):  # type: ignore[attr-defined]
                bend.space.layouts[key] = layout
        values = np.concatenate([np.reshape(t.coefficient, ()) * t.parent.data for t in terms])  # type: ignore[attr-defined]
    else:
        entries = bend.entries()
        layout, values = SymmetricLayout(entries.indices, n), entries.data
    return layout.data(values), layout.columns, layout.indptr
