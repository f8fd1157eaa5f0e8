"""Taylor coefficients along a direction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._typing import Tree
from ..arrays.taylor import Taylor
from ..tangents import is_zero
from .arguments import Inputs, flatten, parts_at, rebuild, tangent_or_zero

__all__ = ["coefficients", "taylor"]


def taylor(f: Callable[..., Any], x: Tree, v: Tree, order: int) -> Any:
    """The Taylor coefficients of t -> f(x + t v) at t = 0.

    Parameters
    ----------
    f : callable
        A function of one argument.
    x : array_like
        The point.
    v : array_like
        The direction, of the shape of x; ``(k, *x.shape)`` for k directions at once.
    order : int
        The highest power of t.

    Returns
    -------
    array
        The coefficients, of shape ``(order + 1, *out.shape)``: entry j is the j-th derivative over j!. For k directions
        ``(order + 1, k, *out.shape)``.

    Raises
    ------
    ValueError
        If ``order`` is negative, or no integer.
    ShapeError
        If the direction does not fit the point.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> dd.taylor(np.tan, 0.0, 1.0, 5)
    array([0.        , 1.        , 0.        , 0.33333333, 0.        ,
           0.13333333])
    """
    if isinstance(order, (int, np.integer)) and order == 0:
        output = f(x)
        return rebuild(output, (np.asarray(leaf)[None] for leaf in flatten(output)))
    values, tails, form = coefficients(f, x, v, order)
    rows = (
        np.concatenate([np.broadcast_to(value, np.shape(tail)[1:])[None], tail])
        for value, tail in zip(values, tails, strict=True)
    )
    return rebuild(form, rows)


def coefficients(f: Callable[..., Any], x: Tree, v: Tree, order: int) -> tuple[list[Any], list[Any], Tree]:
    """The values of the output's leaves, their further coefficients, and their form."""
    if not isinstance(order, (int, np.integer)) or isinstance(order, bool) or order < 1:
        raise ValueError(f"order must be a positive integer, not {order!r}.")
    inputs = Inputs(f, (x,), {}, 0, False)
    fitted = inputs.directions(v, "v")
    leading = inputs.leading(fitted)
    result = inputs.evaluate(Taylor, [(None if is_zero(t) else _only_first(t, order),) for t in fitted])
    parts = [parts_at(leaf, result.level, 1) for leaf in result.leaves]
    values = [value for value, _ in parts]
    return values, [tangent_or_zero(t, value, (order, *leading)) for value, (t,) in parts], result.form


def _only_first(direction: Any, order: int) -> Any:
    """The coefficients of x + t v after x: v, and zeros."""
    rest = np.zeros((order - 1, *np.shape(direction)), getattr(direction, "dtype", type(direction)))
    return np.concatenate([np.reshape(direction, (1, *np.shape(direction))), rest])
