"""Functions of SciPy's that would lose the derivative of their answer, or differentiate their steps.

Most of them only compare the values of the user's function, so nothing that they do shows that a derivative is lost.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ...errors import NotDifferentiableError
from .evaluation import as_args, moves
from .original import scipy_optimize

__all__ = ["GUARDED", "guarded"]

_PLACE = "dualdiff.scipy.optimize."
_GLOBAL = (
    "find the place with values, x0 = {name}(lambda x: dd.value_of(f(x)), ...), and its derivative by "
    f"{_PLACE}minimize(f, x0).x from there (x0.x where the result is an object)"
)
_LOCAL = f"write {_PLACE}minimize(..., method={{method!r}}).x"
_ROOT = f"write {_PLACE}root(..., method={{method!r}}).x"

#: The functions, each with what to write instead.
GUARDED = {
    **{
        name: _GLOBAL.format(name=name)
        for name in ("basinhopping", "brute", "differential_evolution", "direct", "dual_annealing", "shgo")
    },
    **{
        name: _LOCAL.format(method=method)
        for name, method in {
            "fmin": "Nelder-Mead", "fmin_bfgs": "BFGS", "fmin_cg": "CG", "fmin_cobyla": "COBYLA", "fmin_l_bfgs_b": "L-BFGS-B",
            "fmin_ncg": "Newton-CG", "fmin_powell": "Powell", "fmin_slsqp": "SLSQP", "fmin_tnc": "TNC",
        }.items()
    },
    **{
        name: _ROOT.format(method=method)
        for name, method in {
            "anderson": "anderson", "broyden1": "broyden1", "broyden2": "broyden2", "diagbroyden": "diagbroyden",
            "excitingmixing": "excitingmixing", "linearmixing": "linearmixing", "newton_krylov": "krylov",
        }.items()
    },
    "bracket": f"write {_PLACE}minimize_scalar(...).x, which brackets by itself, or bracket the function's dd.value_of(...)",
    "leastsq": f"write {_PLACE}least_squares(..., method='lm').x",
}  # fmt: skip

#: Those whose compiled code prints an exception that it meets in the function, and raises another.
_COMPILED = ("leastsq",)


class _Guard:
    """The user's function, whose values must not carry derivatives; a class, for it may be sent to other processes."""

    def __init__(self, name: str, function: Callable[..., Any]) -> None:
        self.name, self.function, self.refused = name, function, False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        value = self.function(*args, **kwargs)
        if moves(value):
            self.refused = True
            raise refusal(self.name)
        return value


def refusal(name: str) -> NotDifferentiableError:
    """What is raised in the place of a result without its derivative."""
    return NotDifferentiableError(f"scipy.optimize.{name} would drop the derivative of its result: {GUARDED[name]}.")


def guarded(name: str) -> Callable[..., Any]:
    """SciPy's function, which refuses a function whose values carry derivatives, and arguments that do."""
    original = getattr(scipy_optimize(), name)
    signature = inspect.signature(original)
    first = next(iter(signature.parameters))

    @wraps(original)
    def function(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        given = bound.arguments
        if moves([value for key, value in given.items() if key != first]):
            raise refusal(name)
        if not callable(given[first]):
            return original(*args, **kwargs)
        guard = given[first] = _Guard(name, given[first])
        if name in _COMPILED:
            guard(np.ravel(given["x0"]), *as_args(given.get("args", ())))
        try:
            return original(*bound.args, **bound.kwargs)
        except Exception:
            # Some of SciPy's functions make another exception of it.
            if guard.refused:
                raise refusal(name) from None
            raise

    return function
