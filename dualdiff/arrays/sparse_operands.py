"""Constant sparse matrices of SciPy's beside numbers of ours, on either side of an operator.

SciPy asks its other operand whether it is an array, and lets an operand that is none, and that ``np.asarray`` makes no array
of, compute the result by its reflected operator. So to an operator of SciPy's sparse matrices a number is no array.
"""

from __future__ import annotations

import importlib
import sys
from types import FrameType
from typing import Any

import numpy as np

from .._typing import Array
from ..errors import NoRuleError
from ..tangents.sparse_matrix import contracted

__all__ = ["aside", "is_sparse", "operated", "sparse_asks"]

#: The functions of a sparse matrix that leave an unknown operand to its own operators.
_OPERATORS = {
    *("__matmul__", "__rmatmul__", "__mul__", "__rmul__", "__add__", "__radd__", "__sub__", "__rsub__", "__truediv__"),
    *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "dot"),
}


def is_sparse(x: Any) -> bool:
    """Whether x is a sparse matrix or array of SciPy's."""
    if type(x).__module__.startswith("scipy.sparse._"):
        return hasattr(x, "tocsr")
    # A subclass of the user's.
    return hasattr(type(x), "tocsr") and any(base.__module__.startswith("scipy.sparse._") for base in type(x).__mro__)


def _asking() -> FrameType | None:
    """The function of scipy.sparse that the user called and that now asks a number what it is; None if none does."""
    # np.isscalar asks on behalf of its caller.
    frame, found = _behind(sys._getframe(1), ("dualdiff.", "numpy.", "abc")), None
    while frame is not None and _module(frame).startswith("scipy.sparse"):
        found, frame = frame, frame.f_back
    return found


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__"))


def _behind(frame: FrameType | None, packages: tuple[str, ...]) -> FrameType | None:
    """The innermost frame outside of these packages."""
    while frame is not None and _module(frame).startswith(packages):
        frame = frame.f_back
    return frame


def sparse_asks() -> bool:
    """Whether scipy.sparse asks."""
    if "scipy.sparse" not in sys.modules:
        return False
    # Nearly always somebody else does.
    asker = sys._getframe(2).f_globals.get("__name__", "")
    return asker.startswith(("scipy.sparse", "numpy.", "abc")) and _asking() is not None


def aside(number: Any) -> Any:
    """The number as an object that is no array, where an operator of scipy.sparse asks; None where nothing of it does.

    Its other functions are refused.
    """
    frame = _asking() if "scipy.sparse" in sys.modules else None
    if frame is None:
        return None
    name, module = frame.f_code.co_name, _module(frame)
    place = "sparse.linalg" if module.startswith("scipy.sparse.linalg") else "sparse"
    if module.startswith("scipy.sparse.csgraph"):
        raise NoRuleError(f"scipy.sparse.csgraph.{name} takes plain arrays, and dualdiff has no derivative for it.")
    if name == "multiply":
        raise NoRuleError(
            "A.multiply(<dual>): write A * x, or of an spmatrix dualdiff.scipy.sparse.sparse_numbers(A).multiply(x)."
        )
    if name not in _OPERATORS or place != "sparse":
        raise NoRuleError(
            f"scipy.{place} ({name.strip('_')}) takes plain arrays: dualdiff.scipy.{place} has its functions for duals. For "
            "the value alone write dd.value_of(x)."
        )
    # coo_array.dot only asks whether there are axes, and goes on to the operator.
    lone = np.empty(1, object)
    lone[0] = number
    return lone if name == "dot" and _is_innermost(frame) else lone.reshape(())


def _is_innermost(frame: FrameType) -> bool:
    """Whether the function asks by itself."""
    return _behind(sys._getframe(1), ("dualdiff.",)) is frame


def operated(ufunc: np.ufunc, left: Any, right: Any) -> Any:
    """An operator between a sparse matrix and a number; one of them is the matrix."""
    reflected = is_sparse(right)
    matrix, x = (right, left) if reflected else (left, right)
    if len(matrix.shape) == 1 and (np.ndim(x) or ufunc in (np.multiply, np.divide)) and not (reflected and ufunc is np.divide):
        # A vector: of duals it is dense, as a row of a sparse array of duals is.
        dense = matrix.toarray()
        return ufunc(x, dense) if reflected else ufunc(dense, x)
    if ufunc is np.multiply and np.ndim(x) and _is_spmatrix(matrix):
        ufunc = np.matmul
    if ufunc is np.matmul:
        return _product(matrix, x, reflected)
    if ufunc in (np.add, np.subtract) and np.ndim(x):
        if _is_spmatrix(matrix):
            raise NoRuleError(f"the sum of a {type(matrix).__name__} and a dual would be an np.matrix: write A.toarray() + x.")
        return ufunc(left.toarray() if left is matrix else x, right.toarray() if right is matrix else x)
    if ufunc is np.multiply or (ufunc is np.divide and not reflected):
        # By name: the namespace lies above the arrays.
        entries = importlib.import_module("dualdiff.scipy.sparse").sparse_numbers(matrix)
        return entries.multiply(x if ufunc is np.multiply else 1 / x)
    raise NoRuleError(
        f"np.{ufunc.__name__} of a sparse matrix and a dual of shape {np.shape(x)} is no operation of scipy.sparse; of dense "
        "arrays it is: A.toarray()."
    )


def _is_spmatrix(matrix: Any) -> bool:
    """Whether * is the product of matrices."""
    return any(base.__name__ == "spmatrix" for base in type(matrix).__mro__)


def _product(matrix: Any, x: Array, reflected: bool) -> Array:
    if np.ndim(x) not in (1, 2) or len(matrix.shape) != 2:
        raise ValueError(
            f"a product of a sparse matrix of shape {matrix.shape} and a dual of shape {np.shape(x)}: the matrix has two "
            "axes, the dual one or two (use * with a scalar)."
        )
    matrix, axis = (matrix.T, -1) if reflected else (matrix, -x.ndim)
    if x.shape[axis] != matrix.shape[1]:
        raise ValueError(
            f"a sparse matrix of shape {matrix.shape} cannot be multiplied with an axis of length {x.shape[axis]}."
        )
    if matrix.format not in ("csr", "csc"):
        matrix = matrix.tocsr()
    return contracted(matrix, x, axis)
