"""Numbers that belong to a matrix, by the rules of `numpy.linalg`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._typing import Array
from ._original import differentiated

__all__ = ["det", "norm"]


@differentiated("a")
def det(a: Array, overwrite_a: bool = False, check_finite: bool = True) -> Array:
    """The determinant, also of a singular matrix."""
    return np.linalg.det(a)


@differentiated("a")
def norm(a: Array, ord: Any = None, axis: Any = None, keepdims: bool = False, check_finite: bool = True) -> Array:
    """The norm of a vector or a matrix, of every order that ``np.linalg.norm`` has."""
    return np.linalg.norm(a, ord, axis, keepdims)
