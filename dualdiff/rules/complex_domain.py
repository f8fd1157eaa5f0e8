"""np.emath: functions that answer in complex numbers where a real argument leaves their real domain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib import scimath

from .._typing import Array
from .kinds import Composite, Table
from .values import is_complex, value_of

__all__ = ["COMPLEX_DOMAIN"]


def _widened(x: Array, outside: Callable[[Array], Array]) -> Array:
    """The argument, complex if any entry lies outside the real domain."""
    if is_complex(value_of(x)) or not np.any(outside(np.asarray(value_of(x)))):
        return x
    if not hasattr(x, "parts"):
        return np.asarray(x) + 0j
    return x.astype(np.result_type(x.dtype, np.complex64))


def _negative(x: Array) -> Array:
    return x < 0


def _large(x: Array) -> Array:
    return np.abs(x) > 1


def _on(outside: Callable[[Array], Array], function: Callable[[Array], Array]) -> Composite:
    return Composite(lambda x: function(_widened(x, outside)))


def _power(x: Array, p: Any) -> Array:
    p = p if hasattr(p, "parts") else np.asarray(p)
    return np.power(_widened(x, _negative), p * 1.0 if p.dtype.kind in "iu" and np.any(p < 0) else p)


# fmt: off
COMPLEX_DOMAIN: Table = {
    scimath.sqrt:    _on(_negative, np.sqrt),
    scimath.log:     _on(_negative, np.log),
    scimath.log2:    _on(_negative, np.log2),
    scimath.log10:   _on(_negative, np.log10),
    scimath.logn:    Composite(lambda n, x: np.log(_widened(x, _negative)) / np.log(_widened(n, _negative))),
    scimath.power:   Composite(_power),
    scimath.arccos:  _on(_large, np.arccos),
    scimath.arcsin:  _on(_large, np.arcsin),
    scimath.arctanh: _on(_large, np.arctanh),
}
# fmt: on
