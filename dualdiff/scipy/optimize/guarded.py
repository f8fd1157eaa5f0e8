"""Functions of SciPy's that would return a plain answer where it depends on something that is being differentiated.

They only compare the values of the user's function, so nothing that they do shows that a derivative is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ...errors import NotDifferentiableError
from .evaluation import moves
from .original import scipy_optimize

__all__ = ["GUARDED", "guarded"]

#: The functions, each with what to write instead.
GUARDED = {"golden": "minimize_scalar(..., method='golden').x"}


def guarded(name: str) -> Callable[..., Any]:
    """SciPy's function, which refuses a function whose values carry derivatives."""
    original = getattr(scipy_optimize(), name)

    @wraps(original)
    def function(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        def checked(*points: Any) -> Any:
            value = func(*points)
            if moves(value):
                raise NotDifferentiableError(
                    f"scipy.optimize.{name} would drop the derivative of its result: write "
                    f"dualdiff.scipy.optimize.{GUARDED[name]}."
                )
            return value

        return original(checked, *args, **kwargs)

    return function
