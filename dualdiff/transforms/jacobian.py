"""Gradients and Jacobians: the derivatives along all unit vectors at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np

from .._typing import Array, Tree
from ..arrays import Dual
from ..errors import NotDifferentiableError, NotScalarError
from .arguments import (
    Inputs,
    directions_last,
    flatten,
    named_after,
    parts_at,
    rebuild,
    refuse_complex,
    split,
    tangent_or_zero,
)
from .batching import Division, MapLike, Span
from .points import per_point_jacobian
from .representation import Tangents, checked, leaves_of, rows_in_front, structured_result
from .sparse import refuse_combinations, sparse_jacobian

__all__ = ["grad", "jacobian", "value_and_grad", "value_and_jacobian"]

Layout = Literal["numerator", "denominator"]


def jacobian(
    f: Callable[..., Any], *, argnums: int | tuple[int, ...] = 0, has_aux: bool = False, holomorphic: bool = False,
    layout: Layout = "numerator", axis: int | None = None, chunk_size: int | None = None, tangents: Tangents = "auto",
    sparse: bool = False, workers: int | MapLike | None = None, progress: bool = False,
) -> Callable[..., Any]:  # fmt: skip
    """The Jacobian of f as a function.

    Parameters
    ----------
    f : callable
        A function of arrays that returns an array (or a tuple, list, named tuple or dict of them).
    argnums : int or tuple of int
        The positional arguments to differentiate with respect to.
    has_aux : bool
        Whether f returns a pair (output, aux); then the result is a pair (Jacobian, aux).
    holomorphic : bool
        Says that a complex function of complex numbers is holomorphic.
    layout : {"numerator", "denominator"}
        Whether the axes of the output come first, ``f(x).shape + x.shape``, or last, ``x.shape + f(x).shape``.
    axis : int, optional
        The axis of x along which f acts on each of many points by itself; the result is one small Jacobian a point,
        ``(..., out, in)``, in one vectorised pass.
    chunk_size : int, optional
        How many directions run at once; by default as many as a memory budget allows.
    tangents : {"auto", "dense", "structured"}
        How derivatives are stored while f runs: one number for each input (dense), as a short sum of terms whose cost does
        not grow with the number of inputs (structured), or whichever costs less. The result is the same.
    sparse : bool
        Whether the result is a `scipy.sparse.csr_array` of shape (number of outputs, number of inputs), in C order. Entries
        that can only be found zero by their value stay in the pattern; behind a step without a structured form (see
        `explain`) these are all entries, with a PerformanceWarning if they are many and mostly zero.
    workers : int or map-like callable, optional
        Spreads chunks of directions over so many processes (-1 for one per core), or by what is called like ``map``: the
        ``map`` of a `multiprocessing.Pool`, of an `Executor`, of a Dask client with its results gathered. f and its
        arguments are pickled; f is evaluated once for each chunk. The result is that of the same chunks without workers.
    progress : bool
        Whether a bar grows on stderr as chunks of directions are done (tqdm's, if it is installed); structured tangents
        take all directions at once, and show none.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.jacobian(lambda x: x**2)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """
    division = Division(chunk_size, workers, progress)
    return _jacobian(f, argnums, has_aux, holomorphic, layout, axis, division, tangents, sparse, valued=False)


def value_and_jacobian(
    f: Callable[..., Any], *, argnums: int | tuple[int, ...] = 0, has_aux: bool = False, holomorphic: bool = False,
    layout: Layout = "numerator", axis: int | None = None, chunk_size: int | None = None, tangents: Tangents = "auto",
    sparse: bool = False, workers: int | MapLike | None = None, progress: bool = False,
) -> Callable[..., Any]:  # fmt: skip
    """The value and the Jacobian of f, in one evaluation; the parameters are those of `jacobian`.

    Returns
    -------
    callable
        Takes the arguments of f, returns ``(value, Jacobian)``; with ``has_aux``, ``((value, aux), Jacobian)``.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.value_and_jacobian(lambda x: 3 * x)(np.array([1.0, 2.0]))
    (array([3., 6.]), array([[3., 0.],
           [0., 3.]]))
    """
    division = Division(chunk_size, workers, progress)
    return _jacobian(f, argnums, has_aux, holomorphic, layout, axis, division, tangents, sparse, valued=True)


def _jacobian(
    f: Callable[..., Any], argnums: int | tuple[int, ...], has_aux: bool, holomorphic: bool, layout: str, axis: int | None,
    division: Division, tangents: str, sparse: bool, *, valued: bool,
) -> Callable[..., Any]:  # fmt: skip
    if layout not in ("numerator", "denominator"):
        raise ValueError(f"layout must be 'numerator' or 'denominator', not {layout!r}.")
    if sparse:
        refuse_combinations(axis=axis, chunk_size=division.chunk_size, holomorphic=holomorphic, workers=division.workers)
        return _sparsely(f, argnums, has_aux, layout, checked(tangents), valued)
    return _differentiated(f, argnums, has_aux, holomorphic, layout, axis, division, tangents, scalar=False, valued=valued)


def grad(
    f: Callable[..., Any], *, argnums: int | tuple[int, ...] = 0, has_aux: bool = False, holomorphic: bool = False,
    axis: int | None = None, chunk_size: int | None = None, tangents: Tangents = "auto",
    workers: int | MapLike | None = None, progress: bool = False,
) -> Callable[..., Any]:  # fmt: skip
    """The gradient of a scalar function as a function; it has the shape of its argument.

    Parameters
    ----------
    f : callable
        A function of arrays that returns a scalar (with ``axis``, one scalar a point).
    argnums, has_aux, holomorphic, axis, chunk_size, tangents, workers, progress
        As for `jacobian`.

    Returns
    -------
    callable
        Takes the arguments of f, returns the gradient.

    Raises
    ------
    NotScalarError
        If f returns an array.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    array([2., 4.])
    """
    division = Division(chunk_size, workers, progress)
    return _differentiated(f, argnums, has_aux, holomorphic, "numerator", axis, division, tangents, scalar=True, valued=False)


def value_and_grad(
    f: Callable[..., Any], *, argnums: int | tuple[int, ...] = 0, has_aux: bool = False, holomorphic: bool = False,
    axis: int | None = None, chunk_size: int | None = None, tangents: Tangents = "auto",
    workers: int | MapLike | None = None, progress: bool = False,
) -> Callable[..., Any]:  # fmt: skip
    """The value and the gradient of a scalar function, in one evaluation; the parameters are those of `grad`.

    Returns
    -------
    callable
        Takes the arguments of f, returns ``(value, gradient)``; with ``has_aux``, ``((value, aux), gradient)``.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    (np.float64(5.0), array([2., 4.]))
    """
    division = Division(chunk_size, workers, progress)
    return _differentiated(f, argnums, has_aux, holomorphic, "numerator", axis, division, tangents, scalar=True, valued=True)


def _differentiated(
    f: Callable[..., Any], argnums: int | tuple[int, ...], has_aux: bool, holomorphic: bool, layout: str, axis: int | None,
    division: Division, tangents: str, *, scalar: bool, valued: bool,
) -> Callable[..., Any]:  # fmt: skip
    checked(tangents)
    verb = "grad" if scalar else "jacobian"

    @named_after(f)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        inputs = Inputs(f, args, kwargs, argnums, has_aux)
        if axis is not None:
            values, form, matrices, aux = per_point_jacobian(inputs, axis, scalar)
            if layout == "denominator":
                # A scalar at each point has no axis to turn.
                matrices = [
                    np.swapaxes(m, -1, -2) if m.ndim > np.ndim(v) and np.ndim(v) == np.ndim(inputs.leaves[0]) else m
                    for m, v in zip(matrices, values, strict=True)
                ]
            tree: Tree = rebuild(form, iter(matrices))
        else:
            values, form, rows, aux = _columns(inputs, division, tangents, holomorphic, verb, scalar)
            tree = rebuild(form, iter([_arranged(inputs, row, layout) for row in rows]))
        if not valued:
            return (tree, aux) if has_aux else tree
        value = rebuild(form, map(inputs.scalar, values))
        return ((value, aux), tree) if has_aux else (value, tree)

    return differentiated


def _sparsely(
    f: Callable[..., Any], argnums: int | tuple[int, ...], has_aux: bool, layout: str, tangents: str, valued: bool
) -> Callable[..., Any]:
    @named_after(f)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        inputs = Inputs(f, args, kwargs, argnums, has_aux)
        values, form, aux, matrix = sparse_jacobian(inputs, tangents=tangents)
        if layout == "denominator":
            matrix = matrix.T.tocsr()
        if not valued:
            return (matrix, aux) if has_aux else matrix
        value = rebuild(form, map(inputs.scalar, values))
        return ((value, aux), matrix) if has_aux else (value, matrix)

    return differentiated


def _columns(
    inputs: Inputs, division: Division, tangents: str, holomorphic: bool, verb: str, scalar: bool
) -> tuple[list[Any], Tree, list[Array], Any]:
    """The values of the output's leaves and, for each, the derivatives along all unit vectors in front."""
    structured = None if holomorphic or division.is_asked_for else structured_result(inputs, tangents)
    if structured is None:
        return dense_columns(inputs, division, holomorphic, verb, scalar)
    pairs = leaves_of(structured)
    values = [v for v, _ in pairs]
    if scalar:
        _refuse_vectors(structured.form, values)
    refuse_complex(inputs, values, holomorphic, verb)
    rows = [tangent_or_zero(rows_in_front(t, np.shape(v)), v, (inputs.size,)) for v, t in pairs]
    return values, structured.form, rows, structured.aux


def dense_columns(
    inputs: Inputs, division: Division, holomorphic: bool, verb: str, scalar: bool
) -> tuple[list[Any], Tree, list[Array], Any]:
    """The same by dense tangents, as many directions at once as fit."""
    first: tuple[list[Any], Tree, Any] | None = None
    blocks: list[list[Array]] = []
    for values, form, aux, block in division.over(partial(_block, inputs), inputs.size, 8 * inputs.size):
        if first is None:
            first = values, form, aux
            if scalar:
                _refuse_vectors(form, values)
            refuse_complex(inputs, values, holomorphic, verb)
        blocks.append(block)
    assert first is not None
    values, form, aux = first
    rows = blocks[0] if len(blocks) == 1 else [np.concatenate(columns) for columns in zip(*blocks, strict=True)]
    if holomorphic and inputs.is_complex:
        _check_holomorphic(inputs, rows)
    return values, form, rows, aux


def _block(inputs: Inputs, span: Span) -> tuple[list[Any], Tree, Any, list[Array]]:
    """The values of the output's leaves, its form, what came along, and the derivatives along some unit vectors in front."""
    start, stop = span
    result = inputs.evaluate(Dual, zip(inputs.seeds(start, stop), strict=True))
    values, rows = split(result, (stop - start,))
    return values, rebuild(result.form, iter(values)), result.aux, rows


def _arranged(inputs: Inputs, rows: Array, layout: str) -> Tree:
    """Rows of derivatives, directions in front, as the Jacobian of one leaf of the output."""
    tree = inputs.cut(directions_last(rows))
    if layout == "numerator":
        return tree
    count = rows.ndim - 1

    def turned(piece: Array) -> Array:
        return np.moveaxis(piece, range(count), range(-count, 0)) if count else piece

    return rebuild(tree, (turned(piece) for piece in flatten(tree)))


def _refuse_vectors(form: Tree, values: list[Any]) -> None:
    if len(values) != 1 or isinstance(form, (list, tuple, dict)) or getattr(values[0], "shape", ()) != ():
        kind = f"a {type(form).__name__} of shapes " if isinstance(form, (list, tuple, dict)) else "shape "
        shape = kind + str([np.shape(v) for v in values] if len(values) != 1 else np.shape(values[0]))
        raise NotScalarError(
            f"grad needs a scalar function, but this one returned {shape}: use dd.jacobian, or sum the output."
        )


def _check_holomorphic(inputs: Inputs, rows: list[Array]) -> None:
    """Compare the derivative along i v with i times that along v, for one v: equal for a holomorphic function only."""
    weights = np.linspace(1.0, 2.0, inputs.size)
    cuts = np.cumsum([0, *inputs.sizes])
    seeds = [
        np.reshape(1j * weights[a:b], shape)[()] if np.iscomplexobj(leaf) else np.zeros(shape)[()]
        for a, b, shape, leaf in zip(cuts, cuts[1:], inputs.shapes, inputs.leaves, strict=False)
    ]
    result = inputs.evaluate(Dual, [(seed,) for seed in seeds])
    mask = np.concatenate([np.full(n, np.iscomplexobj(x)) for n, x in zip(inputs.sizes, inputs.leaves, strict=True)])
    for leaf, row in zip(result.leaves, rows, strict=True):
        value, (tangent,) = parts_at(leaf, result.level, 1)
        expected = 1j * np.tensordot(weights * mask, row, 1)
        found = tangent_or_zero(tangent, value, ())
        scale = np.max(np.abs(expected), initial=1e-300)
        if not np.allclose(found, expected, rtol=1e-6, atol=1e-6 * scale, equal_nan=True):
            raise NotDifferentiableError("the function is not holomorphic: use dd.jvp for its real-linear differential.")
