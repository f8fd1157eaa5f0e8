"""The value of an argument, for what a rule decides by values: an exponent, a pivot, an order."""

from __future__ import annotations

import numpy as np

from .._typing import Array

__all__ = ["as_array", "is_complex", "value_of"]


def value_of(x: Array) -> Array:
    """The value of x below all levels."""
    while hasattr(x, "parts"):
        x = x.parts()[0]
    return x


def as_array(x: Array) -> Array:
    """A scalar as the array of no axes that NumPy makes of it."""
    return np.reshape(np.stack([x]), ()) if hasattr(x, "parts") and x.ndim == 0 else x


def is_complex(x: Array) -> bool:
    """Whether x holds complex numbers."""
    return isinstance(x, complex) or getattr(getattr(x, "dtype", None), "kind", "") == "c"
