"""Jacobian-vector products: the derivative along given directions, and the linear map at a point."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._typing import Tree
from ..arrays import Dual
from ..arrays.construction import as_tangent
from ..errors import ShapeError
from ..tangents import directions, ndim
from .arguments import Inputs, leaves_of_direction, owned, rebuild, split

__all__ = ["jvp"]


def jvp(f: Callable[..., Any], primals: Tree, tangents: Tree, *, has_aux: bool = False) -> Any:
    """The value of f and its derivative along a tangent.

    Parameters
    ----------
    f : callable
        A function of arrays.
    primals : array_like or tuple
        The point: a tuple of arguments, or one bare argument.
    tangents : array_like or tuple
        The direction, of the same form. A tangent of shape ``(k, *x.shape)`` holds k directions.
    has_aux : bool
        Whether f returns a pair (output, aux), of which only the output is differentiated.

    Returns
    -------
    value : array
        ``f(*primals)``.
    tangent : array
        The derivative, of the value's shape; ``(k, *value.shape)`` for k directions. For a complex function it is the
        real-linear differential.
    aux : object
        With ``has_aux`` only.

    Raises
    ------
    ShapeError
        If a tangent does not fit its primal.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.jvp(np.sin, 0.0, 2.0)
    (0.0, 2.0)
    """
    if not isinstance(primals, tuple):
        primals, tangents = (primals,), (tangents,)
    if not isinstance(tangents, tuple) or len(tangents) != len(primals):
        raise ShapeError(f"{len(primals)} primals need as many tangents, given as a tuple.")
    inputs = Inputs(f, primals, {}, range(len(primals)), has_aux)
    along = [leaf for p, t in zip(primals, tangents, strict=True) for leaf in leaves_of_direction(p, t)]
    if len(along) != len(inputs.leaves):
        raise ShapeError(f"{len(inputs.leaves)} arrays among the primals, {len(along)} among the tangents.")
    fits = []
    found: set[tuple[int, ...]] = set()
    for leaf, tangent in zip(inputs.leaves, along, strict=True):
        fitted = as_tangent(owned(tangent), leaf, "tangent")
        found.add(directions(fitted, ndim(leaf)))
        fits.append((fitted,))
    if len(found) > 1:
        raise ShapeError(f"tangents with different directions in front: {sorted(found)}. Give each the same number.")
    leading = found.pop() if found else ()
    result = inputs.evaluate(Dual, fits)
    values, slopes = split(result, leading)
    value = rebuild(result.form, map(inputs.scalar, values))
    tangent = rebuild(result.form, map(inputs.scalar, slopes))
    return (value, tangent, result.aux) if has_aux else (value, tangent)
