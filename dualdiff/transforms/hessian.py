"""Second derivatives: Hessians, Hessian-vector products and the derivative along two directions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import repeat
from typing import Any

import numpy as np

from .._typing import Array, Tree, is_ndarray
from ..arrays import HyperDual
from ..errors import NotScalarError
from .arguments import Inputs, directions_last, named_after, parts_at, rebuild, refuse_complex, tangent_or_zero
from .batching import Division, MapLike, Span
from .curvature import bends_of, differentiated_slopes, directed_slopes, matrix_of, quadratic_result
from .points import per_point_hessian
from .representation import Tangents, checked, rows_in_front
from .sparse import refuse_combinations, sparse_hessian

__all__ = ["hessian", "hvp", "second_directional_derivative", "value_grad_and_hessian"]


def hessian(
    f: Callable[..., Any], *, argnums: int | tuple[int, ...] = 0, has_aux: bool = False, holomorphic: bool = False,
    axis: int | None = None, chunk_size: int | None = None, tangents: Tangents = "auto",
    sparse: bool = False, workers: int | MapLike | None = None, progress: bool = False,
) -> Callable[..., Any]:  # fmt: skip
    """The second derivatives of f as a function.

    Parameters
    ----------
    f : callable
        A function of arrays.
    argnums : int or tuple of int
        The positional arguments to differentiate with respect to; a tuple gives a tuple of tuples of blocks.
    has_aux : bool
        Whether f returns a pair (output, aux); then the result is a pair (Hessian, aux).
    holomorphic : bool
        Says that a complex function of complex numbers is holomorphic.
    axis : int, optional
        As for `jacobian`: one Hessian for each of many points, ``(..., out, in, in)``.
    chunk_size : int, optional
        How many rows are computed at once; by default as many as a memory budget allows.
    tangents : {"auto", "dense", "structured"}
        How derivatives are stored while f runs, as for `jacobian`; the result is the same.
    sparse : bool
        Whether the Hessian of a scalar function is a `scipy.sparse.csr_array` of shape (number of inputs, number of inputs).
    workers, progress
        As for `jacobian`.

    Returns
    -------
    callable
        Takes the arguments of f, returns ``f(x).shape + x.shape + x.shape``, exactly symmetric.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    _check_keywords(sparse, tangents, axis=axis, chunk_size=chunk_size, holomorphic=holomorphic, workers=workers)
    division = Division(chunk_size, workers, progress)

    @named_after(f)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        inputs = Inputs(f, args, kwargs, argnums, has_aux)
        if sparse:
            _, _, aux, _, matrix = sparse_hessian(inputs, tangents=tangents)
            return (matrix, aux) if has_aux else matrix
        _, form, _, bends, aux = _second_order(inputs, axis, division, tangents, holomorphic)
        tree = rebuild(form, iter(bends))
        return (tree, aux) if has_aux else tree

    return differentiated


def value_grad_and_hessian(
    f: Callable[..., Any], *, argnums: int | tuple[int, ...] = 0, has_aux: bool = False, holomorphic: bool = False,
    axis: int | None = None, chunk_size: int | None = None, tangents: Tangents = "auto",
    sparse: bool = False, workers: int | MapLike | None = None, progress: bool = False,
) -> Callable[..., Any]:  # fmt: skip
    """The value, the gradient and the Hessian of a scalar function, in one evaluation.

    The parameters are those of `hessian`.

    Returns
    -------
    callable
        Takes the arguments of f, returns ``(value, gradient, Hessian)``; with ``has_aux``, ``((value, aux), ...)``.

    Raises
    ------
    NotScalarError
        If f returns an array.

    Examples
    --------
    >>> import dualdiff as dd
    >>> dd.value_grad_and_hessian(lambda x: x**3)(2.0)
    (8.0, 12.0, 12.0)
    """
    _check_keywords(sparse, tangents, axis=axis, chunk_size=chunk_size, holomorphic=holomorphic, workers=workers)
    division = Division(chunk_size, workers, progress)

    @named_after(f)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        inputs = Inputs(f, args, kwargs, argnums, has_aux)
        if sparse:
            value, _, aux, gradient, matrix = sparse_hessian(inputs, tangents=tangents)
            value = inputs.scalar(value)
            return ((value, aux) if has_aux else value), inputs.cut(gradient), matrix
        values, form, slopes, bends, aux = _second_order(inputs, axis, division, tangents, holomorphic)
        if axis is None and (isinstance(form, (list, tuple, dict)) or np.shape(values[0])):
            raise NotScalarError(
                "value_grad_and_hessian needs a scalar function, but this one returned shape "
                f"{[np.shape(v) for v in values]}: use dd.jacobian and dd.hessian."
            )
        value, gradient, matrix = inputs.scalar(values[0]), slopes[0], bends[0]
        return ((value, aux) if has_aux else value), gradient, matrix

    return differentiated


def _check_keywords(sparse: bool, tangents: str, **others: Any) -> None:
    checked(tangents)
    if sparse:
        refuse_combinations(**others)


def _second_order(
    inputs: Inputs, axis: int | None, division: Division, tangents: str, holomorphic: bool
) -> tuple[list[Any], Tree, list[Any], list[Any], Any]:
    if axis is not None:
        return per_point_hessian(inputs, axis)
    n = inputs.size
    asked = not holomorphic and not division.is_asked_for
    result = quadratic_result(inputs, tangents) if asked else None
    if result is not None:
        rows = bends_of(result, n)
        values = [value for value, _, _ in rows]
        bends = [_cut_twice(inputs, matrix_of(bend, value, n)) for value, _, bend in rows]
        return values, result.form, [inputs.cut(s) for _, s, _ in rows], bends, result.aux
    found = differentiated_slopes(inputs, tangents) if asked else None
    if found is not None:
        slopes_of, with_values, with_slopes = found
        values = [value for value, _ in with_values]
        refuse_complex(inputs, values, holomorphic, "hessian")
        matrices = [directions_last(tangent_or_zero(rows_in_front(t, np.shape(s)), s, (n,))) for s, t in with_slopes]
        cut = [inputs.cut(s) for s, _ in with_slopes]
        return values, slopes_of.form, cut, [_cut_twice(inputs, _symmetric(m, n)) for m in matrices], slopes_of.aux
    values, form, slopes, matrices, aux = dense_second_order(inputs, division, holomorphic)
    return values, form, [inputs.cut(s) for s in slopes], [_cut_twice(inputs, m) for m in matrices], aux


def dense_second_order(
    inputs: Inputs, division: Division, holomorphic: bool
) -> tuple[list[Any], Tree, list[Any], list[Any], Any]:
    """Values, form, slopes and second derivatives (n in the last axes) by dense tangents; what came along."""
    n = inputs.size
    first: tuple[list[Any], Tree, Any, list[Array]] | None = None
    matrices: list[Array] = []
    start = 0
    for values, form, aux, slopes, blocks in division.over(partial(_block, inputs), n, 8 * n * n):
        if first is None:
            first = values, form, aux, slopes
            refuse_complex(inputs, values, holomorphic, "hessian")
            matrices = [np.zeros(s.shape + (n,), s.dtype) if is_ndarray(s) else None for s in slopes]
            if any(m is None for m in matrices) or not all(is_ndarray(block) for block in blocks):
                matrices = [_nested_zeros(s, n) for s in slopes]
        for matrix, block in zip(matrices, blocks, strict=True):
            stop = start + block.shape[0]
            matrix[..., start:stop, start:] = np.moveaxis(block, (0, 1), (-2, -1))
        start = stop if blocks else n
    assert first is not None
    values, form, aux, slopes = first
    return values, form, slopes, [_symmetric(matrix, n) for matrix in matrices], aux


def _block(inputs: Inputs, span: Span) -> tuple[list[Any], Tree, Any, list[Array], list[Array]]:
    """Values, form, what came along, slopes if these are the first rows, and some rows of the upper triangle in front."""
    (start, stop), n = span, inputs.size
    rows, columns = inputs.seeds(start, stop), inputs.seeds(start, n)
    result = inputs.evaluate(HyperDual, zip(rows, columns, repeat(None)))
    parts = [parts_at(leaf, result.level, 3) for leaf in result.leaves]
    values = [value for value, _ in parts]
    slopes = [] if start else [directions_last(tangent_or_zero(t[1], v, (n,))) for v, t in parts]
    blocks = [tangent_or_zero(t[2], v, (stop - start, n - start)) for v, t in parts]
    return values, rebuild(result.form, iter(values)), result.aux, slopes, blocks


def _nested_zeros(slopes: Any, n: int) -> Any:
    """Zeros that can take the derivatives of the levels below."""
    return np.zeros_like(slopes, shape=(*np.shape(slopes), n))


def _symmetric(matrix: Array, n: int) -> Array:
    """The upper triangle, mirrored."""
    return np.where(np.triu(np.ones((n, n), bool)), matrix, np.swapaxes(matrix, -1, -2))


def _cut_twice(inputs: Inputs, matrix: Array) -> Tree:
    """The two last axes, which run over all inputs, in the form of the differentiated arguments."""
    shape, blocks, offset = matrix.shape, [], 0
    for size, inner in zip(inputs.sizes, inputs.shapes, strict=True):
        rows = matrix[..., offset : offset + size, :]
        blocks.append(inputs.cut(rows.reshape((*shape[:-2], *inner, shape[-1]))))
        offset += size
    return inputs.formed(iter(blocks))


def second_directional_derivative(f: Callable[..., Any], x: Tree, u: Tree, v: Tree) -> Any:
    """The derivative of f along u and then along v: u' H v for a scalar function with the Hessian H.

    Parameters
    ----------
    f : callable
        A function of one argument.
    x : array_like
        The point.
    u, v : array_like
        Directions of the shape of x, or ``(p, *x.shape)`` and ``(q, *x.shape)`` for several.

    Returns
    -------
    array
        Of the output's shape, the directions of u and then of v in front.

    Raises
    ------
    ShapeError
        If a direction does not fit the point.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> x = np.array([1.0, 2.0])
    >>> dd.second_directional_derivative(lambda x: x[0] * x[1], x, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    np.float64(1.0)
    """
    inputs = Inputs(f, (x,), {}, 0, False)
    first, second = inputs.directions(u, "u"), inputs.directions(v, "v")
    result = inputs.evaluate(HyperDual, zip(first, second, repeat(None)))
    leading = inputs.leading(first) + inputs.leading(second)
    parts = [parts_at(leaf, result.level, 3) for leaf in result.leaves]
    return rebuild(result.form, iter([inputs.scalar(tangent_or_zero(t[2], value, leading)) for value, t in parts]))


def _refuse_vector(outputs: list[Any]) -> None:
    if len(outputs) != 1 or np.shape(outputs[0]):
        raise NotScalarError(
            f"hvp needs a scalar function, but this one returned shape {[np.shape(r) for r in outputs]}: "
            "use dd.jvp of dd.jacobian(f)."
        )


def hvp(f: Callable[..., Any], x: Tree, v: Tree, *, chunk_size: int | None = None, tangents: Tangents = "auto") -> Any:
    """The product of the Hessian of a scalar function with a vector.

    Parameters
    ----------
    f : callable
        A scalar function of one argument.
    x : array_like
        The point.
    v : array_like
        The vector, of the shape of x; ``(k, *x.shape)`` for several.
    chunk_size : int, optional
        How many entries of the result are computed at once.

    Returns
    -------
    array
        ``H v``, of the shape of v.

    Raises
    ------
    ShapeError
        If the vector does not fit the point.
    NotScalarError
        If f returns an array.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.hvp(lambda x: np.sum(x**3), np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    inputs = Inputs(f, (x,), {}, 0, False)
    along = inputs.directions(v, "v")
    leading = inputs.leading(along)
    checked(tangents)
    if chunk_size is None and not leading:
        result = directed_slopes(inputs, tangents, along)
        if result is not None:
            _refuse_vector(result.leaves)
            value, parts = parts_at(result.leaves[0], result.level, 3)
            return inputs.cut(tangent_or_zero(rows_in_front(parts[2], np.shape(value)), value, (inputs.size,)))
    found = differentiated_slopes(inputs, tangents, along) if chunk_size is None and leading else None
    if found is not None:
        _refuse_vector([value for value, _ in found[1]])
        ((slope, tangent),) = found[2]
        return inputs.cut(tangent_or_zero(tangent, slope, leading))
    rows = []
    for start, stop in Division(chunk_size).spans(inputs.size, 8 * inputs.size * (1 + sum(leading))):
        seeds = inputs.seeds(start, stop)
        result = inputs.evaluate(HyperDual, zip(seeds, along, repeat(None)))
        _refuse_vector(result.leaves)
        value, parts = parts_at(result.leaves[0], result.level, 3)
        rows.append(tangent_or_zero(parts[2], value, (stop - start, *leading)))
    product = np.moveaxis(np.concatenate(rows) if len(rows) > 1 else rows[0], 0, -1)
    return inputs.cut(product)
