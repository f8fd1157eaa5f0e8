"""Sparse arrays made of numbers: SciPy's own constructors and stackers, given positions in the place of entries."""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import numpy as np

from ..._typing import Array
from ...arrays import is_number
from ...arrays.number import absorb, holds_numbers
from ...arrays.sparse_operands import is_sparse
from ...errors import NoRuleError
from ._array import SparseArray, assembled, sp, sparse_numbers

__all__ = ["CLASSES", "find", "has_numbers", "issparse", "kron", "kronsum", "maker", "mover", "sp", "tril", "triu"]

#: The constructors: of a dense array, of entries with their places, or of another sparse array.
CLASSES = [f"{form}_{kind}" for form in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil") for kind in ("array", "matrix")]


class _Positions:
    """Counts the entries of all arrays that it is given, and collects them."""

    def __init__(self) -> None:
        self.entries: list[Array] = []
        self.count = 1

    def __call__(self, x: Any) -> Any:
        """The same array, sparse or dense, or nested lists of them, with the numbers of the entries in their place."""
        if x is None or isinstance(x, str):
            return x
        if isinstance(x, SparseArray) or is_sparse(x):
            matrix = sparse_numbers(x)
            pattern = matrix.pattern.copy()
            pattern.data = self._counted(matrix.data)
            return pattern
        if isinstance(x, (list, tuple)) and not _is_array(x):
            return [self(branch) for branch in x]
        return self._counted(absorb(x) if holds_numbers(x) else np.asarray(x))

    def _counted(self, array: Array) -> Any:
        size = int(np.size(array))
        positions = np.arange(self.count, self.count + size).reshape(np.shape(array))
        self.entries.append(np.reshape(array, (size,)))
        self.count += size
        return positions

    def array(self, result: Any) -> SparseArray:
        """The sparse array that an array of positions means, in its format."""
        if len(result.shape) != 2:
            raise NoRuleError("a sparse array of duals has two axes: write the vector as a dense one, or as one row.")
        places = result.tocoo()
        entries = np.concatenate(self.entries)
        matrix = isinstance(result, sp.spmatrix)
        return assembled(places.row, places.col, entries[places.data - 1], places.shape, matrix=matrix).asformat(result.format)


def _is_array(x: Any) -> bool:
    """Whether a list is of scalars, or of rows of them."""
    if all(is_number(entry) and entry.ndim == 0 for entry in x):
        return True
    return not any(has_numbers(entry) for entry in x) and all(np.ndim(entry) == 0 and not is_sparse(entry) for entry in x)


def has_numbers(x: Any) -> bool:
    """Whether anything in nested lists is a number, or a sparse array of numbers."""
    if isinstance(x, (list, tuple)):
        return any(map(has_numbers, x))
    return isinstance(x, SparseArray) or holds_numbers(x)


class Constructor(type):
    """What stands for a class of SciPy's: makes its objects of plain entries, and a `SparseArray` of numbers.

    Objects of either kind are its instances, in their formats; a subclass of it is one of SciPy's class.
    """

    __wrapped__: Any

    def __new__(mcs, name: str, bases: tuple[Any, ...], namespace: dict[str, Any], **keywords: Any) -> Any:
        """The constructor itself, or what a subclass of one is."""
        if not bases:
            return super().__new__(mcs, name, bases, namespace)
        real = tuple(base.__wrapped__ if isinstance(base, Constructor) else base for base in bases)
        return types.new_class(name, real, keywords, lambda made: made.update(namespace))

    def __call__(cls, arg1: Any, *args: Any, **kwargs: Any) -> Any:
        """The sparse array of these entries."""
        return _made(cls.__wrapped__, cls.__name__, arg1, *args, **kwargs)

    def __instancecheck__(cls, x: Any) -> bool:
        form, _, kind = cls.__name__.partition("_")
        if isinstance(x, SparseArray):
            return x.format == form and x.is_matrix == (kind == "matrix")
        return isinstance(x, cls.__wrapped__)

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other.__wrapped__ if isinstance(other, Constructor) else other, cls.__wrapped__)

    def __getattr__(cls, name: str) -> Any:
        if name == "__wrapped__":
            raise AttributeError(name)
        return getattr(cls.__wrapped__, name)


@cache
def maker(name: str) -> Any:
    """The constructor of this name."""
    original = getattr(sp, name)
    told = {key: getattr(original, key) for key in ("__doc__", "__module__")}
    return Constructor(name, (), {**told, "__wrapped__": original, "__signature__": inspect.signature(original)})


def _made(original: Any, name: str, arg1: Any, *args: Any, **kwargs: Any) -> Any:
    """SciPy's own for plain entries, a `SparseArray` for numbers.

    The entries of a dense array are all stored, since a derivative of an entry that is zero is not.
    """
    if not has_numbers(arg1):
        return original(arg1, *args, **kwargs)
    if isinstance(arg1, SparseArray):
        return arg1.asformat(name.partition("_")[0])
    kwargs.pop("dtype", None)
    positions = _Positions()
    if isinstance(arg1, tuple):
        entries, *places = arg1
        # Of entries given by coordinates, only coo keeps each where there are two in one place.
        form, _, kind = name.partition("_")
        placed = getattr(sp, f"coo_{kind}") if len(places) == 1 and form != "dia" else original
        array = positions.array(placed((positions(entries), *places), *args[:1], **kwargs))
        return array.asformat(form)
    return positions.array(original(positions(arg1), *args[:1], **kwargs))


def mover(name: str) -> Callable[..., Any]:
    """SciPy's function of this name, which places the entries of its first argument and does nothing else."""
    original = getattr(sp, name)
    keyword = next(iter(inspect.signature(original).parameters))

    @wraps(original)
    def move(*args: Any, **kwargs: Any) -> Any:
        first, *args = args or (kwargs.pop(keyword),)  # type: ignore[assignment]
        if not has_numbers(first):
            return original(first, *args, **kwargs)
        kwargs.pop("dtype", None)
        positions = _Positions()
        if name in ("diags", "diags_array"):
            kwargs["dtype"] = np.int64
        return positions.array(original(positions(first), *args, **kwargs))

    return move


def kron(A: Any, B: Any, format: str | None = None) -> Any:
    """The Kronecker product of sparse arrays."""
    if not has_numbers([A, B]):
        return sp.kron(A, B, format)
    A, B = (sparse_numbers(x) if is_sparse(x) else x if isinstance(x, SparseArray) else maker("csr_array")(x) for x in (A, B))
    A, B = sparse_numbers(A), sparse_numbers(B)
    (rows_a, columns_a), (rows_b, columns_b) = A.coords, B.coords
    rows = (rows_a[:, None] * B.shape[0] + rows_b).ravel()
    columns = (columns_a[:, None] * B.shape[1] + columns_b).ravel()
    data, shape = np.reshape(A.data[:, None] * B.data, (-1,)), (A.shape[0] * B.shape[0], A.shape[1] * B.shape[1])
    return assembled(rows, columns, data, shape, matrix=A.is_matrix and B.is_matrix).asformat(format)


def kronsum(A: Any, B: Any, format: str | None = None) -> Any:
    """The Kronecker sum of square sparse arrays."""
    if not has_numbers([A, B]):
        return sp.kronsum(A, B, format)
    left, right = kron(sp.eye_array(B.shape[0]), A), kron(B, sp.eye_array(A.shape[0]))
    total = left + right if isinstance(left, SparseArray) else right + left
    return total.asformat(format)


def find(A: Any) -> Any:
    """The rows, the columns and the values of the stored entries."""
    if not isinstance(A, SparseArray):
        return sp.find(A)
    return (*A.coords, A.data)


def issparse(x: Any) -> bool:
    """Whether x is a sparse array, of SciPy's or of numbers."""
    return isinstance(x, SparseArray) or bool(sp.issparse(x))


tril, triu = mover("tril"), mover("triu")
