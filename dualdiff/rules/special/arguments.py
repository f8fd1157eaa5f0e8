"""Arguments in which a function has no derivative that could be written down, and arguments that are integers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._typing import Array, Partial
from ...errors import NotDifferentiableError
from ..values import is_complex, value_of

__all__ = ["degree", "order", "real_only", "refused"]


def refused(function: str, argument: str) -> Partial:
    """The partial derivative with respect to an argument in which none is known."""

    def partial(*values: Array) -> Array:
        raise NotDifferentiableError(
            f"scipy.special.{function} has no derivative with respect to {argument}: no formula for it is known here. "
            f"If only its value matters, write dd.value_of({argument}) there; otherwise give the function a rule of your "
            "own with dd.custom_jvp."
        )

    return partial


def real_only(function: str, instead: str, partial: Partial) -> Partial:
    """A partial derivative for real arguments, of a function that is not analytic."""

    def checked(*values: Array) -> Array:
        if any(is_complex(x) for x in values[1:]):
            raise NotDifferentiableError(
                f"scipy.special.{function} has no complex derivative at complex arguments: it is not analytic. Write {instead}."
            )
        return partial(*values)

    return checked


def order(v: Array) -> Array:
    """An order or parameter, which is real; beside a complex argument it comes in the precision of the result."""
    return np.real(v) if is_complex(v) else v


def degree(n: Any) -> Any:
    """A degree as integers, where it is one: SciPy's recurrences are for integers only."""
    n = np.asarray(order(value_of(n)))
    whole = n.dtype.kind == "f" and bool(np.all((n == np.rint(n)) & (np.abs(n) < 2.0**31)))
    return n.astype(np.intp)[()] if whole else n[()]
