"""SciPy's functions for one root, with its derivative: the root of f(x, *args) moves with args and what f closes over."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any

from ...transforms.escape import stop_gradient
from .evaluation import Bound, Once, as_args, spread_args
from .original import called_like, scipy_optimize
from .roots import solution

__all__ = ["SCALAR_ROOTS", "scalar_root"]

#: The functions. A root does not depend on where it was looked for, so the derivatives of that are dropped.
SCALAR_ROOTS = ("bisect", "brenth", "brentq", "newton", "ridder", "toms748")
_SLOPES = ("fprime", "fprime2")
_PLACES = ("a", "b", "x0", "x1")


def scalar_root(name: str) -> Callable[..., Any]:
    """SciPy's function of this name, whose root carries derivatives."""
    original = getattr(scipy_optimize(), name)

    @called_like(original)
    def function(bound: inspect.BoundArguments) -> Any:
        given = bound.arguments
        # newton calls its function func.
        f = next(iter(given))
        equation = Bound(given[f], (spread_args if name == "newton" else as_args)(given["args"]))
        wants_all, given["args"] = given["full_output"], ()
        given[f] = Once(equation.value)
        given |= {key: Bound(given[key], equation.args).value for key in _SLOPES if callable(given.get(key))}
        given |= {key: stop_gradient(given[key]) for key in _PLACES if given.get(key) is not None}
        given["full_output"] = True
        root, *rest = original(*bound.args, **bound.kwargs)
        if equation.moves:
            root = solution(equation.moving, equation, root, name, 1e-2)
            rest = [_with_root(r, root) for r in rest]
        return (root, *rest) if wants_all else root

    return function


def _with_root(report: Any, root: Any) -> Any:
    """SciPy's report, which holds the root too; for arrays it is an array of booleans."""
    if not hasattr(report, "root"):
        return report
    report = copy.copy(report)
    report.root = root
    return report
