"""Which representation the tangents of a differentiation have: dense, or structured."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from ..arrays import Dual, plain
from ..errors import TooDenseError
from ..tangents import is_structured
from ..tangents.space import Space
from .arguments import Inputs, Result, parts_at

__all__ = ["Tangents", "checked", "leaves_of", "new_space", "rows_in_front", "space_for", "structured_result"]

Tangents = Literal["auto", "dense", "structured"]

#: Up to so many inputs, dense tangents cost less than the bookkeeping of structured ones.
DENSE_INPUTS = 64


def checked(tangents: str) -> str:
    """The keyword ``tangents``, if it is one of its values."""
    if tangents not in ("auto", "dense", "structured"):
        raise ValueError(f"tangents must be 'auto', 'dense' or 'structured', not {tangents!r}.")
    return tangents


def space_for(inputs: Inputs, tangents: str) -> Space | None:
    """The space of structured tangents at these inputs; None where dense ones are asked for, or cheaper."""
    if tangents == "dense" or inputs.size == 0:
        return None
    if tangents == "auto" and (inputs.size <= DENSE_INPUTS or inputs.is_complex):
        return None
    return new_space(inputs, automatic=tangents == "auto")


def new_space(inputs: Inputs, *, automatic: bool, exact: bool = False) -> Space:
    """A space of the directions of these inputs."""
    dtype = np.result_type(*(np.result_type(plain(leaf)) for leaf in inputs.leaves))
    return Space(inputs.size, dtype, automatic=automatic, exact=exact)


def structured_result(inputs: Inputs, tangents: str, space: Space | None = None) -> Result | None:
    """The function evaluated with structured tangents; None where they do not pay, or would not fit into memory."""
    space = space_for(inputs, tangents) if space is None else space
    if space is None:
        return None
    try:
        return inputs.evaluate(Dual, [(seed,) for seed in inputs.structured_seeds(space)])
    except TooDenseError:
        return None


def rows_in_front(tangent: Any, shape: tuple[int, ...]) -> Any:
    """A tangent as an array with the directions in front; a structured one as a view of its matrix."""
    if not is_structured(tangent):
        return tangent
    return np.moveaxis(np.reshape(tangent.matrix(), (*shape, tangent.space.size)), -1, 0)


def leaves_of(result: Result) -> list[tuple[Any, Any]]:
    """The value and the tangent of each leaf of the output."""
    return [(value, tangent) for value, (tangent,) in (parts_at(leaf, result.level, 1) for leaf in result.leaves)]
