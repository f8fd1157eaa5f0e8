"""Second derivatives by structured tangents: a gradient, with its own derivatives in its coefficients."""

from __future__ import annotations

from itertools import repeat
from typing import Any

import numpy as np

from .._typing import Tree
from ..arrays import Dual, HyperDual, Quadratic
from ..errors import TooDenseError
from ..tangents.space import Space
from .arguments import Inputs, Result, directions_last, flatten, parts_at, tangent_or_zero
from .representation import leaves_of, new_space, rows_in_front, space_for

__all__ = ["Slopes", "bends_of", "differentiated_slopes", "directed_slopes", "matrix_of", "quadratic_result"]

#: Up to so many inputs, a Hessian by dense tangents costs less, or not much more; above, it may cost a thousand times as much.
DENSE_INPUTS = 20


class Slopes:
    """The values of a function's outputs and their derivatives, n in the last axis, as a function to differentiate."""

    def __init__(self, inputs: Inputs, space: Space) -> None:
        self.inputs, self.space = inputs, space
        self.form: Tree = None
        self.aux: Any = None

    def __call__(self, *args: Any, **kwargs: Any) -> list[Any]:
        """The values, and behind them the derivatives."""
        inner = self.inputs.at(args, kwargs)
        result = inner.evaluate(Dual, [(seed,) for seed in inner.structured_seeds(self.space)])
        self.form, self.aux = result.form, result.aux
        pairs = leaves_of(result)
        rows = (tangent_or_zero(rows_in_front(t, np.shape(v)), v, (inner.size,)) for v, t in pairs)
        return [*(v for v, _ in pairs), *map(directions_last, rows)]


def differentiated_slopes(
    inputs: Inputs, tangents: str, along: list[Any] | None = None, space: Space | None = None
) -> tuple[Slopes, list[tuple[Any, Any]], list[tuple[Any, Any]]] | None:
    """Values and slopes of f, each with its derivative: along these directions, or along all inputs.

    None where structured tangents do not pay, or would not fit into memory.
    """
    space = space_for(inputs, tangents) if space is None else space
    if space is None:
        return None
    slopes = Slopes(inputs, space)
    outer = Inputs(slopes, inputs.args, inputs.kwargs, inputs.argnums, False)
    seeds = outer.structured_seeds(space) if along is None else along
    try:
        result = outer.evaluate(Dual, [(seed,) for seed in seeds])
    except TooDenseError:
        return None
    pairs = leaves_of(result)
    count = len(flatten(slopes.form))
    return slopes, pairs[:count], pairs[count:]


def directed_slopes(inputs: Inputs, tangents: str, along: list[Any]) -> Result | None:
    """The function evaluated with its gradient, one direction, and the derivative of the gradient along it.

    None where structured tangents do not pay, or would not fit into memory.
    """
    space = space_for(inputs, tangents)
    if space is None:
        return None
    seeds = inputs.structured_seeds(space)
    try:
        return inputs.evaluate(HyperDual, zip(seeds, along, repeat(None)))
    except TooDenseError:
        return None


def quadratic_result(inputs: Inputs, tangents: str, space: Space | None = None) -> Result | None:
    """The function evaluated with its gradient and Hessian at once; None where that does not pay, or fit into memory."""
    if tangents == "dense" or inputs.size == 0 or inputs.is_complex:
        return None
    if space is None and tangents == "auto" and inputs.size <= DENSE_INPUTS:
        seeds = inputs.seeds(0, inputs.size)
    else:
        space = new_space(inputs, automatic=tangents == "auto") if space is None else space
        space.parents.clear()
        seeds = inputs.structured_seeds(space)
    try:
        return inputs.evaluate(Quadratic, zip(seeds, repeat(None)))
    except TooDenseError:
        return None


def bends_of(result: Result, n: int) -> list[tuple[Any, Any, Any]]:
    """The value of each leaf of the output, its slopes (n in the last axis) and its bends, of n * n directions."""
    rows = []
    for leaf in result.leaves:
        value, (slope, bend) = parts_at(leaf, result.level, 2)
        front = tangent_or_zero(rows_in_front(slope, np.shape(value)), value, (n,))
        rows.append((value, directions_last(front), bend))
    return rows


def matrix_of(bend: Any, value: Any, n: int) -> Any:
    """The second derivatives with n in both last axes, exactly symmetric."""
    front = tangent_or_zero(rows_in_front(bend, np.shape(value)), value, (n * n,))
    matrix = directions_last(front).reshape((*front.shape[1:], n, n))
    return (matrix + matrix.swapaxes(-1, -2)) * matrix.dtype.type(0.5)
