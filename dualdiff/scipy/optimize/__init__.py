"""`scipy.optimize` with exact derivatives, and with derivatives of its results.

The functions here take the arguments of SciPy's. They supply the derivatives that a method uses and the caller has not
given, and their results are differentiable with respect to ``args``, to data, and to whatever the functions close over.
Every other name is SciPy's own.
"""

from __future__ import annotations

from typing import Any

from .fits import curve_fit, least_squares
from .guarded import GUARDED, guarded
from .minimization import minimize, minimize_scalar
from .original import scipy_optimize
from .roots import fixed_point, fsolve, root, root_scalar
from .scalar_minima import SCALAR_MINIMA, scalar_minimum
from .scalar_roots import SCALAR_ROOTS, scalar_root

__all__ = ["curve_fit", "fixed_point", "fsolve", "least_squares", "minimize", "minimize_scalar", "root", "root_scalar"]


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    for names, made in ((SCALAR_ROOTS, scalar_root), (SCALAR_MINIMA, scalar_minimum), (GUARDED, guarded)):
        if name in names and hasattr(scipy_optimize(), name):
            # Made once: a name is one object.
            return globals().setdefault(name, made(name))
    return getattr(scipy_optimize(), name)


def __dir__() -> list[str]:
    return sorted({*__all__, *dir(scipy_optimize())})
