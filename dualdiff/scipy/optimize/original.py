"""The module of SciPy's, imported on first use."""

from __future__ import annotations

from typing import Any

__all__ = ["scipy_optimize"]


def scipy_optimize() -> Any:
    """`scipy.optimize`, without the types of its stubs: what is handed on has been checked there."""
    import scipy.optimize

    return scipy.optimize
