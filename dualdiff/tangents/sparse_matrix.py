"""The product of a constant sparse matrix of SciPy's with an axis of an array, of numbers, or of a structured tangent."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._typing import Array
from .forms import scattered_into
from .parents import Dense
from .structured import Structured, is_structured

__all__ = ["contracted"]


def contracted(matrix: Any, array: Array, axis: int) -> Array:
    """The array with an axis, counted from the end, replaced by the product of the matrix with it."""
    if is_structured(array):
        return _of_tangent(matrix, array, axis)
    if hasattr(array, "partwise_front"):
        return array.partwise_front(lambda part, leading: contracted(matrix, part, axis))
    if array.ndim == 1:
        return matrix @ array
    columns = np.moveaxis(array, axis, 0)
    product = np.asarray(matrix @ columns.reshape(columns.shape[0], -1))
    return np.moveaxis(product.reshape(product.shape[:1] + columns.shape[1:]), 0, axis)


def _of_tangent(matrix: Any, tangent: Structured, axis: int) -> Any:
    """Each stored entry times a row of the Jacobian, added up in rows; dense rows as a product of matrices."""
    inner = list(tangent.inner)
    inner[axis] = matrix.shape[0]
    shape = tuple(inner)
    if tangent.terms and all(isinstance(term.parent, Dense) for term in tangent.terms):
        rows = np.reshape(tangent.matrix(), (*tangent.inner, tangent.space.size))
        rows = np.reshape(contracted(matrix, rows, axis - 1), (math.prod(shape), tangent.space.size))
        return Structured.rows_of(tangent.space, Dense(rows), shape).settled()
    entries = matrix.tocoo()
    chosen = tangent.over_directions(lambda array: np.take(array, entries.col, axis=axis))
    weighted = chosen * np.reshape(entries.data, (-1,) + (1,) * (-1 - axis))
    places = np.take(np.arange(math.prod(shape)).reshape(shape), entries.row, axis=axis)
    return scattered_into(None, places, weighted, shape)
