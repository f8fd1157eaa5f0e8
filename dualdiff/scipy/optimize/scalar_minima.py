"""SciPy's functions for one minimum of a function of a number, with its derivative, which is not that of their steps."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from ...transforms.escape import stop_gradient
from .constraints import limited_bounds
from .evaluation import Bound, moves, spread_args
from .original import called_like, scipy_optimize
from .stationary import minimum

__all__ = ["SCALAR_MINIMA", "scalar_minimum", "vectorised"]

#: The functions, which minimize_scalar has as methods.
SCALAR_MINIMA = ("brent", "fminbound", "golden")


def scalar_minimum(name: str) -> Callable[..., Any]:
    """SciPy's function of this name, whose minimum carries derivatives."""
    original = getattr(scipy_optimize(), name)

    @called_like(original)
    def function(bound: inspect.BoundArguments) -> Any:
        given = bound.arguments
        objective = Bound(given["func"], spread_args(given["args"]))
        bounds = (given["x1"], given["x2"]) if name == "fminbound" else None
        wants_all = given["full_output"]
        # The minimum does not depend on where it was looked for, but on the bounds.
        given |= {key: stop_gradient(given[key]) for key in ("brack", "x1", "x2") if given.get(key) is not None}
        given |= {"func": objective.value, "args": ()}
        found = original(*bound.args, **bound.kwargs)
        if not (objective.moves or moves(bounds)):
            return found
        x, _, *rest = found if wants_all else (found, None)
        limits = limited_bounds(bounds, pairs=False)
        x = minimum(vectorised(objective), np.atleast_1d(np.asarray(x, float)), limits, 1e-2, name)[0]
        return (x, objective.moving(x), *rest) if wants_all else x

    return function


def vectorised(objective: Bound) -> Bound:
    """The function of a number as one of an array of one entry."""
    return Bound(lambda x, *args: objective.function(x[0], *args), objective.args)
