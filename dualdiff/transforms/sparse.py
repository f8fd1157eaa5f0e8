"""Sparse derivatives: structured tangents read off as compressed rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from warnings import warn

import numpy as np

from .._typing import NDArray, Tree
from ..arrays import Dual, is_number, plain
from ..errors import NotDifferentiableError, NotScalarError, PerformanceWarning, TooDenseError
from ..tangents import is_structured
from ..tangents.layout import compressed, symmetric
from ..tangents.space import Space
from .arguments import Inputs
from .batching import Division
from .curvature import bends_of, matrix_of, quadratic_result
from .representation import leaves_of, new_space, structured_result

__all__ = ["exact_space", "hessian_sparsity", "jacobian_sparsity", "refuse_combinations", "sparse_hessian", "sparse_jacobian"]


#: A block of more entries than this should not be stored in full without a word.
MANY_ENTRIES = 1 << 18

#: Bytes of a matrix that is stored in full though a sparse one was asked for.
LARGEST = 1 << 32


def exact_space(inputs: Inputs) -> Space:
    """A space in which no entry is stored that does not depend on its column."""
    if inputs.is_complex:
        raise NotDifferentiableError("a sparse derivative of complex inputs: differentiate by real and imaginary parts.")
    return new_space(inputs, automatic=False, exact=True)


def refuse_combinations(**others: Any) -> None:
    """Raise when a keyword is given that means nothing beside ``sparse=True``."""
    for name, value in others.items():
        if value is not None and value is not False:
            raise ValueError(f"sparse=True cannot be combined with {name}={value!r}.")


def sparse_jacobian(
    inputs: Inputs, space: Space | None = None, tangents: str = "structured"
) -> tuple[list[Any], Tree, Any, Any]:
    """The values of the output's leaves, their form, what came along, and all rows in one csr_array."""
    if tangents == "dense":
        return _by_chunks(inputs)
    result = structured_result(inputs, "structured", exact_space(inputs) if space is None else space)
    if result is None:
        return _by_chunks(inputs)
    pairs = leaves_of(result)
    blocks = [_block(inputs, value, tangent) for value, tangent in pairs]
    data, columns, indptr = blocks[0] if len(blocks) == 1 else _stacked(blocks)
    return [value for value, _ in pairs], result.form, result.aux, _csr(data, columns, indptr, inputs.size)


def _block(inputs: Inputs, value: Any, tangent: Any) -> tuple[NDArray, NDArray, NDArray]:
    """Data, columns and row pointers of one leaf of the output."""
    size, n = int(np.prod(np.shape(value))), inputs.size
    dtype = np.result_type(plain(value))
    if tangent is None:
        return np.zeros(0, dtype if dtype.kind in "fc" else float), np.zeros(0, np.int32), np.zeros(size + 1, np.int32)
    if is_structured(tangent):
        for coefficient, _, parent in tangent.terms:
            _refuse_nested(coefficient)
            _refuse_nested(getattr(parent, "array", getattr(parent, "data", None)))
        return compressed(tangent)[:3]
    _refuse_nested(tangent)
    _warn_of_zeros(tangent, size, n)
    kind: type[np.signedinteger[Any]] = np.int32 if size * n < 2**31 else np.int64
    rows = np.ascontiguousarray(np.moveaxis(np.reshape(tangent, (n, size)), 0, -1)).reshape(-1)
    return rows, np.tile(np.arange(n, dtype=kind), size), np.arange(size + 1, dtype=kind) * kind(n)


def _warn_of_zeros(tangent: NDArray, size: int, n: int) -> None:
    """Say so when a block that is mostly zeros is stored in full, because a step has no structured form."""
    if size * n > MANY_ENTRIES and 4 * np.count_nonzero(tangent) < size * n:
        warn(
            f"the derivative of a step has no structured form, so {size} x {n} entries are stored, most of them 0: "
            "print(dd.explain(f, x)) shows where structure is lost.",
            PerformanceWarning,
            stacklevel=5,
        )


def _refuse_nested(data: Any) -> None:
    if is_number(data) and not data.is_constant():
        raise NotDifferentiableError(
            "a sparse matrix of SciPy cannot hold the derivatives of an outer differentiation: write sparse=False inside it."
        )


def _stacked(blocks: list[tuple[NDArray, NDArray, NDArray]]) -> tuple[NDArray, NDArray, NDArray]:
    """The rows of several blocks below each other."""
    starts = np.cumsum([0, *(len(data) for data, _, _ in blocks)])
    kind = np.int32 if starts[-1] < 2**31 and all(c.dtype == np.int32 for _, c, _ in blocks) else np.int64
    pointers = [block[2][1:] + start for block, start in zip(blocks, starts, strict=False)]
    return (
        np.concatenate([data for data, _, _ in blocks]) if blocks else np.zeros(0),
        np.concatenate([columns for _, columns, _ in blocks]).astype(kind) if blocks else np.zeros(0, kind),
        np.concatenate([[0], *pointers]).astype(kind),
    )


def _csr(data: NDArray, columns: NDArray, indptr: NDArray, n: int) -> Any:
    """A csr_array of arrays of its own, known to be in canonical form."""
    from scipy.sparse import csr_array

    if data.dtype == np.float16:
        # SciPy's matrices have no half precision.
        data = data.astype(np.float32)
    matrix = csr_array((data, columns.copy(), indptr.copy()), shape=(len(indptr) - 1, n))
    matrix.has_sorted_indices = True
    matrix.has_canonical_format = True
    return matrix


def _by_chunks(inputs: Inputs) -> tuple[list[Any], Tree, Any, Any]:
    """Where a step of the function is too large to be held for all columns: some columns at a time."""
    from .jacobian import dense_columns

    leaves = inputs.evaluate(Dual, [(None,) for _ in inputs.leaves]).leaves
    size = sum(int(np.size(plain(leaf))) for leaf in leaves)
    if 8 * size * inputs.size > LARGEST:
        raise TooDenseError(
            f"the derivative of a step has no structured form, and all {size} x {inputs.size} entries would take "
            f"{8 * size * inputs.size / 2**30:.0f} GiB: print(dd.explain(f, x)) of a smaller x shows which step it is; "
            "products with vectors need no matrix: dd.jvp, dd.linearize."
        )
    values, form, rows, aux = dense_columns(inputs, Division(), False, "jacobian", False)
    blocks = [_block(inputs, value, row) for value, row in zip(values, rows, strict=True)]
    return values, form, aux, _csr(*_stacked(blocks), inputs.size)


def sparse_hessian(inputs: Inputs, space: Space | None = None, tangents: str = "structured") -> tuple[Any, Tree, Any, Any, Any]:
    """The value, its form, what came along, the gradient and the Hessian of a scalar function as a csr_array."""
    if tangents == "dense":
        return _hessian_by_chunks(inputs)
    space = exact_space(inputs) if space is None else space
    result = quadratic_result(inputs, "structured", space)
    if result is None:
        return _hessian_by_chunks(inputs)
    rows = bends_of(result, inputs.size)
    _refuse_vector(result.form, [value for value, _, _ in rows])
    ((value, gradient, bend),) = rows
    _refuse_nested(gradient)
    if bend is None:
        data, columns, indptr = _block(inputs, gradient, None)
    elif is_structured(bend):
        data, columns, indptr = symmetric(bend, inputs.size)
    else:
        data, columns, indptr = _block(inputs, gradient, np.moveaxis(matrix_of(bend, value, inputs.size), -1, 0))
    return value, result.form, result.aux, gradient, _csr(data, columns, indptr, inputs.size)


def _hessian_by_chunks(inputs: Inputs) -> tuple[Any, Tree, Any, Any, Any]:
    """The same where a step of the function is too large, or dense tangents are asked for."""
    from .hessian import dense_second_order

    values, form, slopes, matrices, aux = dense_second_order(inputs, Division(), False)
    _refuse_vector(form, values)
    data, columns, indptr = _block(inputs, slopes[0], matrices[0])
    return values[0], form, aux, slopes[0], _csr(data, columns, indptr, inputs.size)


def _refuse_vector(form: Tree, values: list[Any]) -> None:
    if isinstance(form, (list, tuple, dict)) or np.shape(values[0]):
        raise NotScalarError(
            "hessian(sparse=True) needs a scalar function, but this one returned shape "
            f"{[np.shape(v) for v in values]}: use jacobian(sparse=True), or sum the output."
        )


def jacobian_sparsity(f: Callable[..., Any], *args: Any, argnums: int | tuple[int, ...] = 0) -> Any:
    """Which outputs of f depend on which inputs.

    Parameters
    ----------
    f : callable
        A function of arrays.
    *args : array_like
        The arguments of f. The pattern does not depend on their values, unless f itself branches on them (``if``,
        ``np.where``, ``np.maximum``, sorting).
    argnums : int or tuple of int
        The positional arguments whose entries are the columns.

    Returns
    -------
    scipy.sparse.csr_array
        Boolean, of shape (number of outputs, number of inputs), in C order. An entry that is missing is zero for certain;
        one that is there may be zero.

    Raises
    ------
    NotDifferentiableError
        If an input is complex.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.jacobian_sparsity(lambda x: x[1:] * x[:-1], np.zeros(3)).toarray()
    array([[ True,  True, False],
           [False,  True,  True]])
    """
    return _pattern(sparse_jacobian(Inputs(f, args, {}, argnums, False))[3])


def hessian_sparsity(f: Callable[..., Any], *args: Any, argnums: int | tuple[int, ...] = 0) -> Any:
    """Which pairs of inputs of a scalar function f interact.

    Parameters
    ----------
    f : callable
        A scalar function of arrays.
    *args : array_like
        The arguments of f, see `jacobian_sparsity`.
    argnums : int or tuple of int
        The positional arguments whose entries are the rows and columns.

    Returns
    -------
    scipy.sparse.csr_array
        Boolean, symmetric, of shape (number of inputs, number of inputs).

    Raises
    ------
    NotScalarError
        If f returns an array.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.hessian_sparsity(lambda x: x[0] ** 2 + x[1] * x[2], np.zeros(3)).toarray()
    array([[ True, False, False],
           [False, False,  True],
           [False,  True, False]])
    """
    return _pattern(sparse_hessian(Inputs(f, args, {}, argnums, False))[4])


def _pattern(matrix: Any) -> Any:
    """The stored entries as True."""
    matrix.data = np.ones(len(matrix.data), bool)
    return matrix
