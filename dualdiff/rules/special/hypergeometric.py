"""Hypergeometric functions, Lambert's and Wright's functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._typing import Array, Partial
from ..kinds import Elementwise, Table
from ..values import value_of
from .arguments import order, parameter, refused
from .branches import branch
from .interpolation import by_parameter
from .series import hypergeometric_by
from .tricomi import tricomi_by_a, tricomi_by_b
from .ufuncs import sp

__all__ = ["HYPERGEOMETRIC"]


def _shifted(function: Any, z: Array, *parameters: Array) -> Array:
    """A hypergeometric function with all parameters raised by 1."""
    return function(*(order(p) + 1 for p in parameters), z)


def _by(function: Any, name: str, i: int, p: int) -> Partial:
    """The derivative by a parameter, p of which are upper ones."""
    slope = hypergeometric_by(function, i, p)
    return parameter(function.__name__, name, lambda y, *x: slope(*x))


_wright_by_a = by_parameter(sp.wright_bessel, 0, lambda a: a)
_wright_by_b = by_parameter(sp.wright_bessel, 1, lambda b: b)


def _omega_slope(y: Array) -> Array:
    # y / (1 + y) is inf / inf at infinity.
    return branch(np.abs(value_of(y)) > 1, lambda y: 1 / (1 + 1 / y), lambda y: y / (1 + y), y)


# fmt: off
HYPERGEOMETRIC: Table = {
    sp.hyp0f1: Elementwise((_by(sp.hyp0f1, "v", 0, 0), lambda y, b, z: _shifted(sp.hyp0f1, z, b) / b)),
    sp.hyp1f1: Elementwise((_by(sp.hyp1f1, "a", 0, 1), _by(sp.hyp1f1, "b", 1, 1),
                            lambda y, a, b, z: a / b * _shifted(sp.hyp1f1, z, a, b))),
    sp.hyp2f1: Elementwise((_by(sp.hyp2f1, "a", 0, 2), _by(sp.hyp2f1, "b", 1, 2), _by(sp.hyp2f1, "c", 2, 2),
                            lambda y, a, b, c, z: a * b / c * _shifted(sp.hyp2f1, z, a, b, c)),
                           singular=lambda y, a, b, c, z: 1 - z),
    sp.hyperu: Elementwise((parameter("hyperu", "a", lambda y, a, b, x: tricomi_by_a(a, b, x)),
                            parameter("hyperu", "b", lambda y, a, b, x: tricomi_by_b(a, b, x)),
                            lambda y, a, b, x: -a * _shifted(sp.hyperu, x, a, b)),
                           singular=lambda y, a, b, x: x),
    sp.wright_bessel: Elementwise((parameter("wright_bessel", "a", lambda y, a, b, x: _wright_by_a(a, b, x)),
                                   parameter("wright_bessel", "b", lambda y, a, b, x: _wright_by_b(a, b, x)),
                                   lambda y, a, b, x: sp.wright_bessel(a, a + b, x))),
    sp.wrightomega:   Elementwise((lambda y, z: _omega_slope(y),), singular=lambda y, z: 1 + y),
    # scipy.special.lambertw
    sp._lambertw:     Elementwise((lambda y, z, k, tol: np.exp(-y) / (1 + y), refused("lambertw", "k"),
                                   refused("lambertw", "tol")),
                                  singular=lambda y, z, k, tol: 1 + y),
}
# fmt: on
if hasattr(sp, "log_wright_bessel"):  # new in SciPy 1.14
    HYPERGEOMETRIC[sp.log_wright_bessel] = Elementwise(
        (
            refused("log_wright_bessel", "a"),
            refused("log_wright_bessel", "b"),
            lambda y, a, b, x: np.exp(sp.log_wright_bessel(a, a + b, x) - y),
        )
    )
