"""The value of an argument, for what a rule decides by values: an exponent, a pivot, an order."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array, is_ndarray

__all__ = ["as_array", "is_complex", "joined", "order_of", "value_of"]


def value_of(x: Array) -> Array:
    """The value of x below all levels."""
    while hasattr(x, "parts"):
        x = x.parts()[0]
    return x


def order_of(x: Array) -> int:
    """The order of the derivatives that a number carries, or a little more; 0 for a plain array.

    A series that is cut off where its values are exact must have terms for these too.
    """
    if not hasattr(x, "parts"):
        return 0
    return getattr(x, "order", len(x.PARTS)) + max(map(order_of, x.parts()))


def as_array(x: Array) -> Array:
    """A scalar as the array of no axes that NumPy makes of it."""
    return np.reshape(np.stack([x]), ()) if hasattr(x, "parts") and x.ndim == 0 else x


def joined(entries: Any) -> Any:
    """Nested lists and tuples, or an object array, of numbers as the one array that they mean."""
    if hasattr(entries, "parts"):
        return entries
    if is_ndarray(entries) and entries.dtype.hasobject:
        flat = entries.ravel().tolist()
        return np.reshape(np.stack(flat), entries.shape + np.shape(flat[0])) if flat else np.zeros(entries.shape)
    if not isinstance(entries, (list, tuple)):
        return entries
    branches = [joined(entry) for entry in entries]
    if len({np.shape(branch) for branch in branches}) > 1:
        raise ValueError("setting an array element with a sequence. The requested array has an inhomogeneous shape.")
    return np.stack(branches) if branches else np.zeros(0)


def is_complex(x: Array) -> bool:
    """Whether x holds complex numbers."""
    return isinstance(x, complex) or getattr(getattr(x, "dtype", None), "kind", "") == "c"
