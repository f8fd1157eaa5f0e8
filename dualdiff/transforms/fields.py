"""Vector calculus: divergence, curl, Laplacian, and the diagonal of the Hessian."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import Array
from ..arrays import is_number
from ..arrays.taylor import Taylor
from ..errors import ShapeError
from ..tangents import is_structured
from .arguments import Inputs, named_after, parts_at, tangent_or_zero
from .batching import Division
from .curvature import quadratic_result
from .jacobian import jacobian

__all__ = ["curl", "divergence", "hessian_diagonal", "laplacian"]

#: From so many inputs on, one structured evaluation costs less than a series along each.
MANY_INPUTS = 512


def divergence(f: Callable[..., Any]) -> Callable[..., Any]:
    """The divergence of a vector field, as a function: the trace of its Jacobian.

    Parameters
    ----------
    f : callable
        A function of an array (its first argument) that returns an array of the same shape.

    Returns
    -------
    callable
        Takes the arguments of f, returns a scalar.

    Raises
    ------
    ShapeError
        If the field does not have the shape of the point.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.divergence(lambda r: r * (r @ r))(np.array([1.0, 2.0]))
    np.float64(20.0)
    """

    @named_after(f)
    def differentiated(x: Array, *args: Any, **kwargs: Any) -> Any:
        matrix = _square_jacobian(f, x, args, kwargs, "divergence")
        return np.trace(matrix)

    return differentiated


def curl(f: Callable[..., Any]) -> Callable[..., Any]:
    """The curl of a vector field in three dimensions, as a function; the scalar curl in two.

    Parameters
    ----------
    f : callable
        A function of a vector of 3 entries (or 2) that returns one.

    Returns
    -------
    callable
        Takes the arguments of f, returns a vector of 3 entries, or a scalar.

    Raises
    ------
    ShapeError
        In other dimensions.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.curl(lambda r: np.stack([-r[1], r[0], 0.0 * r[2]]))(np.array([1.0, 2.0, 3.0]))
    array([0., 0., 2.])
    """

    @named_after(f)
    def differentiated(x: Array, *args: Any, **kwargs: Any) -> Any:
        if np.shape(x) not in ((2,), (3,)):
            raise ShapeError(f"curl is of a vector of 2 or 3 entries, but the point has shape {np.shape(x)}.")
        J = _square_jacobian(f, x, args, kwargs, "curl")
        if len(J) == 2:
            return J[1, 0] - J[0, 1]
        # Without the sign of a zero.
        return np.stack([J[2, 1] - J[1, 2], J[0, 2] - J[2, 0], J[1, 0] - J[0, 1]]) + 0.0

    return differentiated


def _square_jacobian(f: Callable[..., Any], x: Array, args: tuple[Any, ...], kwargs: dict[str, Any], verb: str) -> Array:
    matrix = jacobian(f)(x, *args, **kwargs)
    shape = np.shape(x)
    if np.shape(matrix) != shape + shape:
        raise ShapeError(
            f"{verb} is of a field of the shape of its point, but at a point of shape {shape} this one has shape "
            f"{np.shape(matrix)[: np.ndim(matrix) - len(shape)]}."
        )
    size = int(np.prod(shape))
    return np.reshape(matrix, (size, size))


def _structured_diagonal(inputs: Inputs) -> Array | None:
    """The diagonal of the Hessian of a scalar function with structured tangents; None where they have no sparse form."""
    result = quadratic_result(inputs, "auto")
    if result is None or len(result.leaves) != 1:
        return None
    value, (_, bend) = parts_at(result.leaves[0], result.level, 2)
    n = inputs.size
    if np.shape(value) or is_number(value) or is_number(bend):
        return None
    dtype = np.result_type(value)
    if bend is None:
        return np.zeros(n, dtype)
    if not is_structured(bend):
        return np.reshape(bend, (n, n)).diagonal().copy()
    entries = bend.entries()
    first, second = np.divmod(entries.indices, n)
    on = first == second
    return np.bincount(first[on], entries.data[on], n).astype(dtype)


def hessian_diagonal(f: Callable[..., Any], *, chunk_size: int | None = None) -> Callable[..., Any]:
    """The second derivatives of f by each entry of its argument, as a function: the diagonal of the Hessian alone.

    Parameters
    ----------
    f : callable
        A function of an array (its first argument).
    chunk_size : int, optional
        How many entries are differentiated at once; by default as many as a memory budget allows.

    Returns
    -------
    callable
        Takes the arguments of f, returns ``f(x).shape + x.shape``.

    Notes
    -----
    By Taylor series of second order along each unit vector; of a scalar function of many variables by structured tangents.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.hessian_diagonal(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
    array([ 6., 12.])
    """

    @named_after(f)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        inputs = Inputs(f, args, kwargs, 0, False)
        if chunk_size is None and inputs.size > MANY_INPUTS:
            diagonal = _structured_diagonal(inputs)
            if diagonal is not None:
                return inputs.cut(diagonal)
        pieces = []
        for start, stop in Division(chunk_size).spans(inputs.size, 16 * inputs.size):
            seeds = [(None if s is None else np.stack([s, np.zeros_like(s)]),) for s in inputs.seeds(start, stop)]
            result = inputs.evaluate(Taylor, seeds)
            if len(result.leaves) != 1:
                raise ShapeError("hessian_diagonal is of a function with one output.")
            value, (tail,) = parts_at(result.leaves[0], result.level, 1)
            tail = tangent_or_zero(tail, value, (2, stop - start))
            pieces.append(2 * tail[1])
        rows = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        return inputs.cut(np.moveaxis(rows, 0, -1))

    return differentiated


def laplacian(f: Callable[..., Any], *, chunk_size: int | None = None) -> Callable[..., Any]:
    """The Laplacian of f as a function: the sum of its second derivatives.

    Parameters
    ----------
    f : callable
        A function of an array (its first argument); of a vector field it gives the Laplacian of each entry.
    chunk_size : int, optional
        As for `hessian_diagonal`.

    Returns
    -------
    callable
        Takes the arguments of f, returns ``f(x).shape``.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.laplacian(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
    np.float64(18.0)
    """

    @named_after(f)
    def differentiated(x: Array, *args: Any, **kwargs: Any) -> Any:
        diagonal = hessian_diagonal(f, chunk_size=chunk_size)(x, *args, **kwargs)
        count = np.ndim(x)
        return np.sum(diagonal, axis=tuple(range(np.ndim(diagonal) - count, np.ndim(diagonal)))) if count else diagonal

    return differentiated
