"""A sparse array whose entries carry derivatives: a pattern of SciPy's, and the entries beside it.

The pattern is a sparse array of SciPy's that holds the number of each entry, counted from one. What moves entries
(transposing, slicing, stacking, another format) SciPy does to the pattern, and the entries follow. Products and sums are
written with products of constant sparse matrices, which know what to do with every kind of number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse

from ..._typing import Array, NDArray
from ...arrays import is_number, plain
from ...arrays.number import absorb
from ...arrays.sparse_operands import aside, is_sparse
from ...errors import NoRuleError
from ...transforms.arguments import HOLDERS

__all__ = ["SparseArray", "assembled", "gathered", "plain_matrix", "sp", "sparse_numbers"]

sp: Any = scipy.sparse

#: The formats that entries are kept in; others are converted to the first.
_FORMATS = ("csr", "csc", "coo")


class SparseArray:
    """A two-dimensional sparse array whose entries are a number of ours: duals, or any other kind.

    Made by the constructors of `dualdiff.scipy.sparse`; entries that were given twice are added up. What stands for one of
    SciPy's old matrices (`csr_matrix`, `diags`) multiplies matrices with ``*``, too.

    Attributes
    ----------
    data : number
        The stored entries, in the order of the pattern.
    pattern : scipy.sparse.sparray
        The number of each entry, counted from one.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import sparse
    >>> def f(x):
    ...     A = sparse.csr_array((x, ([0, 1, 1], [0, 0, 1])))
    ...     return A @ (A @ np.ones(2))
    >>> dd.jacobian(f)(np.array([1.0, 2.0, 3.0]))
    array([[2., 0., 0.],
           [2., 4., 8.]])
    """

    __slots__ = ("data", "pattern")
    __array_ufunc__ = None
    __array_priority__ = 1001.0
    ndim = 2

    def __init__(self, pattern: Any, data: Array) -> None:
        self.pattern, self.data = pattern, data

    # ---------------------------------------------------------------------------------------------- what it tells

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of rows and columns."""
        rows, columns = self.pattern.shape
        return rows, columns

    @property
    def format(self) -> str:
        """``"csr"``, ``"csc"`` or ``"coo"``."""
        return str(self.pattern.format)

    @property
    def dtype(self) -> Any:
        """That of the entries."""
        return self.data.dtype

    @property
    def nnz(self) -> int:
        """The number of stored entries."""
        return int(self.pattern.nnz)

    size = nnz

    @property
    def indices(self) -> NDArray:
        """The columns of the entries for csr, the rows for csc."""
        return np.asarray(self.pattern.indices)

    @property
    def indptr(self) -> NDArray:
        """Where each row, or column, begins."""
        return np.asarray(self.pattern.indptr)

    @property
    def coords(self) -> tuple[NDArray, NDArray]:
        """The rows and the columns of the entries."""
        entries = self.pattern.tocoo()
        return entries.row, entries.col

    row = property(lambda self: self.coords[0])
    col = property(lambda self: self.coords[1])

    @property
    def is_matrix(self) -> bool:
        """Whether ``*`` is the product of matrices, as for SciPy's ``spmatrix``."""
        return isinstance(self.pattern, sp.spmatrix)

    def _refuse_matrix(self, what: str, instead: str) -> None:
        """Raise where SciPy's old matrices would give an np.matrix, whose ``*`` is another one."""
        if self.is_matrix:
            raise NoRuleError(f"{what} of a scipy.sparse.spmatrix with duals would be an np.matrix: write {instead}.")

    @property
    def value(self) -> Any:
        """The sparse array of SciPy's with the plain entries."""
        matrix = self.pattern.copy().astype(self.dtype)
        matrix.data = np.array(plain(self.data))
        return matrix

    def __repr__(self) -> str:
        return f"SparseArray(shape={self.shape}, nnz={self.nnz}, format={self.format!r}, data={type(self.data).__name__})"

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return NotImplemented

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        lone = aside(self)
        if lone is None:
            raise NoRuleError("a sparse array of duals is no dense one: write A.toarray().")
        return lone

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> Any:
        return self.value == _values(other)

    def __ne__(self, other: object) -> Any:
        return self.value != _values(other)

    def __lt__(self, other: Any) -> Any:
        return self.value < _values(other)

    def __le__(self, other: Any) -> Any:
        return self.value <= _values(other)

    def __gt__(self, other: Any) -> Any:
        return self.value > _values(other)

    def __ge__(self, other: Any) -> Any:
        return self.value >= _values(other)

    def __bool__(self) -> bool:
        raise ValueError("The truth value of an array with more than one element is ambiguous.")

    def __len__(self) -> int:
        raise TypeError("sparse array length is ambiguous; use getnnz() or shape[0]")

    def getnnz(self) -> int:
        """The number of stored entries."""
        return self.nnz

    def nonzero(self) -> tuple[NDArray, NDArray]:
        """The rows and the columns of the entries that are not zero."""
        rows, columns = self.value.nonzero()
        return rows, columns

    def eliminate_zeros(self) -> None:
        """Nothing: an entry that is zero may have a derivative that is not, so each stays."""

    def setdiag(self, values: Any, k: int = 0) -> None:
        """Write a diagonal: a scalar everywhere, or as many entries from its top as there are values."""
        (m, n), values = self.shape, _dense(values)
        if k >= n or -k >= m:
            raise ValueError("k exceeds array dimensions")
        length = min(m + min(k, 0), n - max(k, 0))
        values = values[:length] if np.ndim(values) else np.broadcast_to(values, (length,))
        places = np.arange(np.size(values))
        rows, columns = places - min(k, 0), places + max(k, 0)
        kept = ~np.isin(_keys(self.coords, self.shape), _keys((rows, columns), self.shape))
        rows, columns = (np.concatenate([a[kept], b]) for a, b in zip(self.coords, (rows, columns), strict=True))
        data = np.concatenate([self.data[kept], values])
        made = assembled(rows, columns, data, self.shape, matrix=self.is_matrix).asformat(self.format)
        self.pattern, self.data = made.pattern, made.data

    # ---------------------------------------------------------------------------------------------- moves

    def moved(self, function: Callable[[Any], Any]) -> Any:
        """What a function that moves entries gives: of the pattern, and then of the entries."""
        return gathered(function(self.pattern), self.data)

    def asformat(self, format: str | None, copy: bool = False) -> SparseArray:
        """The same in csr, csc or coo; any other format becomes csr."""
        kept = self.format if format is None else format if format in _FORMATS else "csr"
        if kept == self.format:
            return self
        same: SparseArray = self.moved(lambda pattern: pattern.asformat(kept))
        return same

    def tocsr(self, copy: bool = False) -> SparseArray:
        """The same by rows."""
        return self.asformat("csr")

    def tocsc(self, copy: bool = False) -> SparseArray:
        """The same by columns."""
        return self.asformat("csc")

    def tocoo(self, copy: bool = False) -> SparseArray:
        """The same by coordinates."""
        return self.asformat("coo")

    @property
    def T(self) -> SparseArray:
        """The transposed array."""
        return self.transpose()

    def transpose(self, axes: Any = None, copy: bool = False) -> SparseArray:
        """The transposed array."""
        turned: SparseArray = self.moved(lambda pattern: pattern.T)
        return turned

    def reshape(self, *shape: Any) -> SparseArray:
        """The same entries in another shape of two axes."""
        same: SparseArray = self.moved(lambda pattern: pattern.reshape(*shape))
        return same

    def __getitem__(self, index: Any) -> Any:
        return self.tocsr().moved(lambda pattern: pattern[index])

    def diagonal(self, k: int = 0) -> Array:
        """A diagonal, dense."""
        return self.moved(lambda pattern: pattern.diagonal(k))

    def trace(self, offset: int = 0) -> Array:
        """The sum of a diagonal."""
        return np.sum(self.diagonal(offset))

    def toarray(self) -> Array:
        """The dense array."""
        return self.moved(lambda pattern: pattern.toarray())

    def todense(self) -> Array:
        """The dense array."""
        self._refuse_matrix("todense()", "A.toarray()")
        return self.toarray()

    def copy(self) -> SparseArray:
        """The same with entries of its own."""
        return SparseArray(self.pattern, self.data.copy())

    # ---------------------------------------------------------------------------------------------- entry by entry

    def with_data(self, data: Array) -> Any:
        """The same with other entries: SciPy's own array of plain ones; entries that do not fit, as they are."""
        if np.shape(data) != (self.nnz,):
            return data
        matrix = self._with_data(data)
        return matrix if is_number(data) else matrix.value

    def _with_data(self, data: Array) -> SparseArray:
        return SparseArray(self.pattern, data)

    def __neg__(self) -> SparseArray:
        return self._with_data(-self.data)

    def __abs__(self) -> SparseArray:
        return self._with_data(np.abs(self.data))

    def power(self, n: Any) -> SparseArray:
        """The power of each entry, for an exponent above 0."""
        if np.ndim(n):
            raise NotImplementedError("input is not scalar")
        if not plain(n) > 0:
            raise ValueError("a power of a sparse array needs an exponent above 0: elsewhere its zeros do not stay zero.")
        return self._with_data(self.data**n)

    def __pow__(self, n: Any) -> SparseArray:
        if self.is_matrix:
            raise NoRuleError("** of a scipy.sparse.spmatrix is a power of matrices: write sparse.linalg.matrix_power(A, n).")
        return self.power(n)

    def conjugate(self, copy: bool = True) -> SparseArray:
        """The complex conjugate."""
        return self._with_data(np.conjugate(self.data))

    conj = conjugate

    @property
    def real(self) -> SparseArray:
        """The real part."""
        return self._with_data(np.real(self.data))

    @property
    def imag(self) -> SparseArray:
        """The imaginary part."""
        return self._with_data(np.imag(self.data))

    def multiply(self, other: Any) -> SparseArray:
        """The product entry by entry, with a scalar, a dense array, or a sparse one."""
        if _sparse(other):
            return self._common(other)
        if np.ndim(other) == 0:
            return self._with_data(self.data * other)
        if np.broadcast_shapes(np.shape(other), self.shape) != self.shape:
            raise ValueError(f"inconsistent shapes {self.shape} and {np.shape(other)}")
        return self._with_data(self.data * np.broadcast_to(_dense(other), self.shape)[self.coords])

    def __mul__(self, other: Any) -> Any:
        return self @ other if self.is_matrix and np.ndim(other) else self.multiply(other)

    def __rmul__(self, other: Any) -> Any:
        return other @ self if self.is_matrix and np.ndim(other) else self.multiply(other)

    def _common(self, other: Any) -> SparseArray:
        """The product of two sparse arrays: the entries that both have."""
        other = sparse_numbers(other)
        if self.shape != other.shape:
            raise ValueError(f"inconsistent shapes {self.shape} and {other.shape}")
        mine, theirs = _keys(self.coords, self.shape), _keys(other.coords, self.shape)
        both, i, j = np.intersect1d(mine, theirs, assume_unique=True, return_indices=True)
        rows, columns = np.divmod(both, max(self.shape[1], 1))
        return assembled(rows, columns, self.data[i] * other.data[j], self.shape, matrix=self.is_matrix)

    def __truediv__(self, other: Any) -> SparseArray:
        if _sparse(other):
            return NotImplemented
        return self.multiply(1 / _dense(other))

    def __add__(self, other: Any) -> Any:
        if not _sparse(other):
            if np.ndim(other) == 0:
                raise NotImplementedError("adding a scalar to a sparse array is not supported")
            self._refuse_matrix("the sum with a dense array", "A.toarray() + x")
            return self.toarray() + _dense(other)
        other = sparse_numbers(other)
        if self.shape != other.shape:
            raise ValueError(f"inconsistent shapes {self.shape} and {other.shape}")
        rows, columns = (np.concatenate(pair) for pair in zip(self.coords, other.coords, strict=True))
        data = np.concatenate([self.data, other.data])
        return assembled(rows, columns, data, self.shape, matrix=self.is_matrix).asformat(self.format)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return (-self) + other

    # ---------------------------------------------------------------------------------------------- sums and products

    def sum(self, axis: Any = None) -> Array:
        """The sum of all entries, or along an axis."""
        if axis is None:
            return np.sum(self.data)
        self._refuse_matrix("the sum along an axis", "A @ np.ones(n), or np.ones(m) @ A")
        return (self if axis % 2 == 1 else self.T) @ np.ones(self.shape[axis % 2])

    def mean(self, axis: Any = None) -> Array:
        """The mean over all places, or along an axis."""
        rows, columns = self.shape
        return self.sum(axis) / (rows * columns if axis is None else self.shape[axis % 2])

    def __matmul__(self, other: Any) -> Any:
        if _sparse(other):
            return _product(self, sparse_numbers(other))
        x = _dense(other)
        if x.ndim not in (1, 2):
            raise ValueError("Scalar operands are not allowed, use '*' instead")
        if x.shape[0] != self.shape[1]:
            raise ValueError(f"a sparse array of shape {self.shape} cannot be multiplied with one of shape {x.shape}.")
        rows, columns = self.coords
        data = self.data if x.ndim == 1 else self.data[:, None]
        return _sums(rows, self.shape[0]) @ (data * x[columns])

    dot = __matmul__

    def __rmatmul__(self, other: Any) -> Any:
        if _sparse(other):
            return _product(sparse_numbers(other), self)
        return (self.T @ _dense(other).T).T


HOLDERS.add(SparseArray)


# -------------------------------------------------------------------------------------------------------- made of entries


def _sums(rows: NDArray, count: int) -> Any:
    """The constant matrix that adds entries up in their rows."""
    return sp.csr_array((np.ones(rows.size, np.int8), (rows, np.arange(rows.size))), shape=(count, rows.size))


def _keys(coords: tuple[NDArray, NDArray], shape: tuple[int, int]) -> NDArray:
    rows, columns = coords
    return rows.astype(np.int64) * shape[1] + columns


def assembled(rows: NDArray, columns: NDArray, data: Array, shape: tuple[int, int], *, matrix: bool = False) -> SparseArray:
    """The sparse array by rows with these entries; those of one place are added up."""
    places, owner = np.unique(_keys((rows, columns), shape), return_inverse=True)
    if places.size < rows.size:
        data = _sums(owner, places.size) @ data
    elif rows.size:
        data = data[np.argsort(owner)]
    rows, columns = np.divmod(places, max(shape[1], 1))
    indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
    make = sp.csr_matrix if matrix else sp.csr_array
    return SparseArray(make((np.arange(1, places.size + 1), columns, indptr), shape=shape), data)


def gathered(positions: Any, entries: Array) -> Any:
    """The entries that an array of positions names, sparse or dense or a scalar; position 0 is a zero."""
    if is_sparse(positions):
        pattern = positions if positions.format in _FORMATS else positions.tocsr()
        if len(pattern.shape) == 1:
            return gathered(pattern.toarray(), entries)
        pattern = pattern.copy()
        data = entries[pattern.data - 1]
        pattern.data = np.arange(1, pattern.nnz + 1)
        return SparseArray(pattern, data)
    filled = np.concatenate([np.zeros_like(entries, shape=(1,)), entries])
    return filled[np.asarray(positions) if np.ndim(positions) else int(positions)]


def _product(A: SparseArray, B: SparseArray) -> SparseArray:
    """The product of sparse arrays: each entry of A with each entry of the row of B that its column names."""
    if A.shape[1] != B.shape[0]:
        raise ValueError(f"sparse arrays of shapes {A.shape} and {B.shape} cannot be multiplied.")
    B = B.tocsr()
    rows, middle = A.coords
    lengths = np.diff(B.indptr)[middle]
    first = np.repeat(np.arange(A.nnz), lengths)
    offsets = np.repeat(np.cumsum(lengths) - lengths, lengths)
    second = np.arange(first.size) - offsets + np.repeat(B.indptr[middle], lengths)
    data, shape = A.data[first] * B.data[second], (A.shape[0], B.shape[1])
    return assembled(rows[first], B.indices[second], data, shape, matrix=A.is_matrix)


def _sparse(x: Any) -> bool:
    return isinstance(x, SparseArray) or is_sparse(x)


def _dense(x: Any) -> Any:
    return x if is_number(x) else absorb(np.asarray(x))


def _values(x: Any) -> Any:
    return plain(plain_matrix(x))


def sparse_numbers(matrix: Any) -> SparseArray:
    """A sparse matrix of SciPy's in the form of this file, with its entries as they are; one of this file as it is."""
    if isinstance(matrix, SparseArray):
        return matrix
    if len(matrix.shape) != 2:
        raise ValueError(f"a sparse array of shape {matrix.shape} beside a dual: two axes are needed.")
    entries = matrix.tocoo()
    return assembled(entries.row, entries.col, entries.data, matrix.shape, matrix=isinstance(matrix, sp.spmatrix))


def plain_matrix(matrix: Any) -> Any:
    """The same with plain entries, as SciPy holds it."""
    return matrix.value if isinstance(matrix, SparseArray) else matrix
