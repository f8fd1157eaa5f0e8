"""The module of SciPy's, imported on first use."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

__all__ = ["called_like", "scipy_optimize"]


def scipy_optimize() -> Any:
    """`scipy.optimize`, without the types of its stubs: what is handed on has been checked there."""
    import scipy.optimize

    return scipy.optimize


def called_like(original: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator: what takes SciPy's arguments, bound by name, becomes a function that is called as SciPy's own is."""
    signature = inspect.signature(original)

    def decorated(call: Callable[[inspect.BoundArguments], Any]) -> Callable[..., Any]:
        @wraps(original)
        def function(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            return call(bound)

        return function

    return decorated
