"""Blocks of Jacobian rows that many entries of a tangent share: unit vectors, a dense matrix, or sparse rows.

An entry names its row by an index counted from one; index 0 stands for no row at all, so a function that moves entries
and fills with zeros moves indices rightly too.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from .._typing import Array, NDArray

__all__ = ["Dense", "Identity", "Pair", "Parent", "Sparse", "flat", "scattered"]


_serial = itertools.count()


def scattered(weights: Array, places: NDArray, size: int) -> Array:
    """An array of this size into which each weight is added at its place."""
    if type(weights) is np.ndarray and weights.dtype == float:
        return np.bincount(places, weights, size) if places.size else np.zeros(size)
    total = np.zeros_like(weights, shape=(size,))
    np.add.at(total, places, weights)
    return total


def flat(coefficient: Array, index: NDArray) -> Array:
    """A coefficient, perhaps one number for all, as one entry for each entry of the index."""
    shape = np.shape(coefficient)
    if shape != index.shape:
        coefficient = np.broadcast_to(coefficient, index.shape)
    return np.reshape(coefficient, (-1,))


class Parent:
    """Rows of a Jacobian with ``columns`` columns."""

    __slots__ = ("columns", "rows", "serial")

    rows: int
    columns: int
    #: Counts the parents as they are made: an order that does not change from run to run.
    serial: int

    def __init__(self, rows: int, columns: int) -> None:
        self.rows, self.columns = rows, columns
        self.serial = next(_serial)

    @property
    def dense(self) -> bool:
        """Whether each row depends on all columns."""
        return False

    @property
    def dtype(self) -> Any:
        """The dtype of the entries; None where they are exact zeros and ones."""
        return None

    @property
    def nbytes(self) -> int:
        """The memory that the rows take."""
        return 0

    def width(self) -> float:
        """The entries of a row that are stored, on average."""
        raise NotImplementedError

    def expanded(self, coefficient: Array, index: NDArray) -> tuple[NDArray, NDArray, Array]:
        """For flat coefficients and indices: how many entries each row has, their columns and their values."""
        raise NotImplementedError

    def matrix(self, coefficient: Array, index: NDArray) -> Array:
        """The chosen rows times their coefficients, dense: one row for each entry of a flat index."""
        counts, columns, data = self.expanded(coefficient, index)
        rows = np.repeat(np.arange(index.size), counts)
        size = index.size * self.columns
        return np.reshape(scattered(data, rows * self.columns + columns, size), (index.size, self.columns))

    def times(self, vectors: Array) -> Array:
        """The product of all rows with vectors of shape (columns, ...)."""
        raise NotImplementedError

    def transposed_times(self, vectors: Array) -> Array:
        """The product of the transposed rows with vectors of shape (rows, ...)."""
        raise NotImplementedError


class Identity(Parent):
    """The unit vectors: row j is e_j, what the seeds are made of."""

    __slots__ = ()

    def __init__(self, size: int) -> None:
        super().__init__(size, size)

    def width(self) -> float:
        """One."""
        return 1.0

    def expanded(self, coefficient: Array, index: NDArray) -> tuple[NDArray, NDArray, Array]:
        """One entry a row, none where the index is 0."""
        counts = (index > 0).astype(np.intp)
        if counts.all():
            return counts, index - 1, coefficient
        there = np.flatnonzero(counts)
        return counts, index[there] - 1, coefficient[there]

    def times(self, vectors: Array) -> Array:
        """The vectors themselves."""
        return vectors

    def transposed_times(self, vectors: Array) -> Array:
        """The vectors themselves."""
        return vectors


class Dense(Parent):
    """The rows of a matrix, which may be a dual of a lower level."""

    __slots__ = ("array",)

    def __init__(self, array: Array) -> None:
        self.array = array
        super().__init__(*array.shape)

    @property
    def dtype(self) -> Any:
        """That of the matrix."""
        return self.array.dtype

    @property
    def dense(self) -> bool:
        """It does."""
        return True

    @property
    def nbytes(self) -> int:
        """That of the matrix."""
        return int(self.array.nbytes)

    def width(self) -> float:
        """All of them."""
        return float(self.columns)

    def expanded(self, coefficient: Array, index: NDArray) -> tuple[NDArray, NDArray, Array]:
        """All entries of each row, none where the index is 0."""
        counts = np.where(index > 0, self.columns, 0)
        there = np.flatnonzero(counts)
        data = np.reshape(self.matrix(coefficient[there], index[there]), (-1,))
        return counts, np.tile(np.arange(self.columns), there.size), data

    def chosen(self, index: NDArray) -> Array:
        """The rows of a flat index, without a copy when they are all rows in order."""
        if index.size == self.rows and (
            index.size == 0 or (index[0] == 1 and np.array_equal(index, np.arange(1, self.rows + 1)))
        ):
            return self.array
        if not index.all():
            rows = self.array[np.maximum(index - 1, 0)] if self.rows else np.zeros((index.size, self.columns))
            return rows * (index > 0)[:, None]
        return self.array[index - 1]

    def matrix(self, coefficient: Array, index: NDArray) -> Array:
        """The chosen rows times their coefficients."""
        return np.reshape(coefficient, (-1, 1)) * self.chosen(index)

    def times(self, vectors: Array) -> Array:
        """A product of matrices."""
        return self.array @ vectors

    def transposed_times(self, vectors: Array) -> Array:
        """A product of matrices."""
        return self.array.T @ vectors


class Sparse(Parent):
    """Compressed sparse rows; a column may appear twice in a row, the entries then add up."""

    __slots__ = ("data", "indices", "indptr")

    def __init__(self, data: Array, indices: NDArray, indptr: NDArray, columns: int) -> None:
        self.data, self.indices, self.indptr = data, indices, indptr
        super().__init__(len(indptr) - 1, columns)

    @property
    def dtype(self) -> Any:
        """That of the entries."""
        return self.data.dtype

    @property
    def nbytes(self) -> int:
        """That of the three arrays."""
        return int(self.data.nbytes + self.indices.nbytes + self.indptr.nbytes)

    def width(self) -> float:
        """The mean over the rows."""
        return len(self.indices) / max(self.rows, 1)

    def expanded(self, coefficient: Array, index: NDArray) -> tuple[NDArray, NDArray, Array]:
        """The stored entries of each row, none where the index is 0."""
        lengths = np.diff(self.indptr)
        row = np.maximum(index - 1, 0)
        counts = np.where(index > 0, lengths[row], 0) if self.rows else np.zeros_like(index)
        offsets = np.cumsum(counts) - counts
        places = np.arange(int(counts.sum())) + np.repeat(self.indptr[row] - offsets, counts)
        return counts, self.indices[places], np.repeat(coefficient, counts) * self.data[places]

    def times(self, vectors: Array) -> Array:
        """The sum over the entries of each row."""
        products = np.reshape(self.data, (-1,) + (1,) * (np.ndim(vectors) - 1)) * vectors[self.indices]
        rows = np.repeat(np.arange(self.rows), np.diff(self.indptr))
        total = np.zeros_like(products, shape=(self.rows, *np.shape(vectors)[1:]))
        np.add.at(total, rows, products)
        return total

    def transposed_times(self, vectors: Array) -> Array:
        """The entries added into their columns."""
        rows = np.repeat(np.arange(self.rows), np.diff(self.indptr))
        products = np.reshape(self.data, (-1,) + (1,) * (np.ndim(vectors) - 1)) * vectors[rows]
        total = np.zeros_like(products, shape=(self.columns, *np.shape(vectors)[1:]))
        np.add.at(total, self.indices, products)
        return total


class Pair(Parent):
    """All products of a row of one parent and a row of another, as rows of ``columns * columns`` entries."""

    __slots__ = ("first", "second")

    def __init__(self, first: Parent, second: Parent) -> None:
        self.first, self.second = first, second
        super().__init__(first.rows * (second.rows + 1) + second.rows, first.columns * second.columns)

    @property
    def dense(self) -> bool:
        """Whether both are."""
        return self.first.dense and self.second.dense

    @property
    def dtype(self) -> Any:
        """That of the products."""
        dtypes = [p.dtype for p in (self.first, self.second) if p.dtype is not None]
        return np.result_type(*dtypes) if dtypes else None

    def width(self) -> float:
        """The product of both."""
        return self.first.width() * self.second.width()

    def split(self, index: NDArray) -> tuple[NDArray, NDArray]:
        """The rows of both parents that make a row of this one."""
        first, second = np.divmod(index, self.second.rows + 1)
        return first, second

    def expanded(self, coefficient: Array, index: NDArray) -> tuple[NDArray, NDArray, Array]:
        """Every stored entry of one row with every one of the other."""
        first, second = self.split(index)
        counts_a, columns_a, data_a = self.first.expanded(coefficient, first)
        ones = np.ones(index.size, self.second.dtype or self.first.dtype or float)
        counts_b, columns_b, data_b = self.second.expanded(ones, second)
        owner = np.repeat(np.arange(index.size), counts_a)
        times = counts_b[owner]
        starts = (np.cumsum(counts_b) - counts_b)[owner]
        within = np.arange(int(times.sum())) - np.repeat(np.cumsum(times) - times, times)
        partner = np.repeat(starts, times) + within
        columns = np.repeat(columns_a, times) * self.second.columns + columns_b[partner]
        return counts_a * counts_b, columns, np.repeat(data_a, times) * data_b[partner]

    def matrix(self, coefficient: Array, index: NDArray) -> Array:
        """The products of dense rows."""
        first, second = self.split(index)
        ones = np.ones(index.size, self.second.dtype or self.first.dtype or float)
        left, right = self.first.matrix(coefficient, first), self.second.matrix(ones, second)
        return np.reshape(left[:, :, None] * right[:, None, :], (index.size, self.columns))

    def summed(self, coefficient: Array, index: NDArray) -> Array:
        """The sum of the chosen rows times their coefficients, as one row."""
        first, second = self.split(index)
        shape = (self.first.columns, self.second.columns)
        if isinstance(self.first, Dense) and isinstance(self.second, Dense):
            weighted = self.first.chosen(first) * np.reshape(coefficient, (-1, 1))
            return np.reshape(weighted.T @ self.second.chosen(second), (-1,))
        if isinstance(self.first, Identity) and isinstance(self.second, Dense):
            products = self.second.matrix(coefficient, second)
            total = np.zeros_like(products, shape=(shape[0] + 1, shape[1]))
            np.add.at(total, first, products)
            return np.reshape(total[1:], (-1,))
        _, columns, data = self.expanded(coefficient, index)
        return scattered(data, columns, self.columns)
