"""Names for the types that appear in many signatures, and the questions which of them something is."""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeGuard

import numpy as np

#: Anything NumPy computes with: an ndarray, a Python or NumPy scalar, or a dual.
Array: TypeAlias = Any
#: A tangent: an ndarray of the value's shape, one with directions in front, a symbolic zero, or a dual.
Tangent: TypeAlias = Any
#: A tuple, list, named tuple or dict of arrays, nested to any depth.
Tree: TypeAlias = Any
#: An overridable NumPy function or ufunc.
NumPyFunction: TypeAlias = Callable[..., Any]
#: A partial derivative of an elementwise function: of the result and the arguments.
Partial: TypeAlias = Callable[..., Any]

NDArray: TypeAlias = np.ndarray[Any, np.dtype[Any]]


def is_ndarray(x: object) -> TypeGuard[NDArray]:
    """Whether x is an array of NumPy's by its type: ``isinstance`` also takes our arrays for one."""
    return issubclass(type(x), np.ndarray)


def is_numpy(x: object) -> TypeGuard[Any]:
    """Whether x is an array or a scalar of NumPy's."""
    return issubclass(type(x), (np.ndarray, np.generic))
