"""The derivative of a function with respect to a parameter, from a polynomial that interpolates it there.

A special function is analytic in its parameters. On an interval around the parameter it is interpolated by a polynomial of
degree 15 at Chebyshev points, whose derivatives are those of the function up to an error that the last Chebyshev
coefficients measure: truncation, rounding, and whatever SciPy's own values lack show there alike. The interval shrinks until
the error is small; where it does not become small, the derivative is refused. (L. N. Trefethen, Approximation Theory and
Approximation Practice, 2013.)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.polynomial import chebyshev

from ..._typing import Array
from ...errors import NotDifferentiableError
from ..values import is_complex, order_of, value_of
from .arguments import order

__all__ = ["ACCURACY", "by_parameter"]

#: The relative error above which a derivative is refused, and that at which the interval stops shrinking.
ACCURACY, _GOAL = 1e-10, 1e-13
#: How often, and by what, the interval shrinks, and the number of entries computed at a time.
_ROUNDS, _SHRINK, _CHUNK = 14, 0.4, 1 << 13

_SIZE = 16
_POINTS = chebyshev.chebpts1(_SIZE)
_NODES = (_POINTS - _POINTS[::-1]) / 2
_INNER = slice(_SIZE // 2 - 2, _SIZE // 2 + 2)
#: From values at the nodes to Chebyshev coefficients.
_TO_COEFFICIENTS = np.linalg.inv(chebyshev.chebvander(_NODES, _SIZE - 1))


def _weights(m: int) -> Array:
    """The weights of the values at the nodes in the m-th derivative at 0, even or odd as it is."""
    at_zero = [chebyshev.chebval(0.0, chebyshev.chebder(row, m)) for row in np.eye(_SIZE)]
    weights = np.array(at_zero) @ _TO_COEFFICIENTS
    return (weights + (-1) ** m * weights[::-1]) / 2


_WEIGHTS = [(m, _weights(m)) for m in range(1, _SIZE)]


def by_parameter(
    function: Callable[..., Array], i: int = 0, room: Callable[[Array], Array] | None = None
) -> Callable[..., Array]:
    """The derivative of ``function(*x)`` by its argument i.

    room: the distance of a parameter from the nearest one at which the function is singular or not defined.
    """

    def derivative(*x: Array) -> Array:
        dtypes = [value_of(v).dtype for v in x if hasattr(value_of(v), "dtype")]
        x = tuple(_in_double(order(v) if k == i and len(x) > 1 else v) for k, v in enumerate(x))
        center, count = np.asarray(value_of(x[i])), 1 + order_of(x[i])
        width = _widths(function, i, room, [np.asarray(value_of(v)) for v in x], count)
        with np.errstate(all="ignore"):
            samples = [function(*x[:i], center + width * node, *x[i + 1 :]) for node in _NODES]
        # The Taylor polynomial in the parameter, since it may be differentiated again.
        slopes = [sum(w * f for w, f in zip(row, samples, strict=True)) / width**m for m, row in _WEIGHTS[:count]]
        step, total = x[i] - center, slopes.pop()
        for m in range(len(slopes), 0, -1):
            total = total * step / m + slopes[m - 1]
        # Python's numbers are weak.
        single = dtypes and np.result_type(*dtypes).char in "efF"
        return total.astype("F" if is_complex(total) else "f") if single else total

    return derivative


def _widths(function: Any, i: int, room: Any, x: list[Any], count: int) -> Array:
    """Half the length of the interval around each parameter."""
    shape = np.broadcast_shapes(*map(np.shape, x))
    flat = [np.broadcast_to(v, shape).ravel() for v in x]
    pieces = [slice(start, start + _CHUNK) for start in range(0, flat[i].size, _CHUNK)]
    found = [_search(function, i, room, [v[piece] for v in flat], count) for piece in pieces]
    return np.concatenate(found).reshape(shape) if found else np.ones(shape)


def _search(function: Any, i: int, room: Any, x: list[Any], count: int) -> Array:
    with np.errstate(all="ignore"):
        undefined = np.isnan(function(*x))
        width = 1 + 0.5 * np.abs(x[i])
        if room is not None:
            width = np.minimum(width, 0.9 * room(x[i]))
        best, smallest = np.where(undefined, np.nan, width), np.where(undefined, 0.0, np.inf)
        for _ in range(_ROUNDS):
            (todo,) = np.nonzero((smallest > _GOAL) & (width > 0))
            if not todo.size:
                break
            error = _error(function, i, [v[todo] for v in x], width[todo], count)
            better = todo[error < smallest[todo]]
            smallest[todo] = np.minimum(smallest[todo], error)
            best[better] = width[better]
            width[todo] *= _SHRINK
    if np.any(smallest > ACCURACY):
        at = int(np.argmax(smallest))
        raise NotDifferentiableError(
            f"a derivative of order {count} with respect to argument {i + 1} at ({', '.join(str(v[at]) for v in x)}) is not "
            f"known to {ACCURACY:.0e}: the estimated error is {smallest[at]:.0e}. The point is close to the end of the domain, "
            "to a pole, or to where the function does not depend on the parameter to the accuracy of SciPy's values. If only "
            "the parameter's value matters, write dd.value_of(...) of it; or give the function a rule with dd.custom_jvp."
        )
    return best


def _error(function: Any, i: int, x: list[Any], width: Array, count: int) -> Array:
    """The error of the derivatives on this interval, relative to how much the function varies in its middle."""
    values = function(*x[:i], x[i] + width * _NODES[:, None], *x[i + 1 :])
    last = np.abs(_TO_COEFFICIENTS[-4:] @ values).max(axis=0)
    inner = values[_INNER]
    variation = np.abs(inner - inner[0]).max(axis=0) / (2 * _NODES[_INNER][-1])
    error = float(_SIZE) ** count * last / variation
    # Where it is 0 all over, or has underflown, so is its derivative.
    zero = ~values.any(axis=0)
    return np.where(zero, 0.0, np.where(np.isfinite(error), error, np.inf))


def _in_double(x: Any) -> Any:
    if not hasattr(x, "dtype"):
        return x if isinstance(x, (float, complex)) else float(x)
    wide = np.dtype(complex if is_complex(x) else float)
    return x if x.dtype == wide else x.astype(wide)
