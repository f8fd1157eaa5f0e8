"""The value of an argument, for what a rule decides by values: an exponent, a pivot, an order."""

from __future__ import annotations

from .._typing import Array

__all__ = ["is_complex", "value_of"]


def value_of(x: Array) -> Array:
    """The value of x below all levels."""
    while hasattr(x, "parts"):
        x = x.parts()[0]
    return x


def is_complex(x: Array) -> bool:
    """Whether x holds complex numbers."""
    return isinstance(x, complex) or getattr(getattr(x, "dtype", None), "kind", "") == "c"
