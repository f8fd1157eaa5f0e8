"""Two formulas for two regions, each computed in its own region only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._typing import Array
from ..values import value_of

__all__ = ["branch"]


def branch(condition: Any, inside: Callable[..., Array], outside: Callable[..., Array], *x: Array) -> Array:
    """``inside(*x)`` where the condition on values holds, ``outside(*x)`` elsewhere."""
    condition = np.asarray(condition)
    if condition.all():
        return inside(*x)
    if not condition.any():
        return outside(*x)
    shape = np.broadcast_shapes(condition.shape, *map(np.shape, x))
    condition = np.broadcast_to(condition, shape)

    def at(side: Any) -> list[Array]:
        # Entries of the other region are replaced by one of this region.
        first = np.unravel_index(int(np.argmax(side)), shape)
        return [np.where(side, v, np.broadcast_to(value_of(v), shape)[first]) for v in x]

    return np.where(condition, inside(*at(condition)), outside(*at(~condition)))
