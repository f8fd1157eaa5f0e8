"""Solutions of second-order equations, each with its derivative: Mathieu, spheroidal and parabolic cylinder functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._typing import Array
from ..kinds import Several, Table
from ..values import value_of
from .arguments import refused
from .ufuncs import sp

__all__ = ["WAVE"]

DEGREE = math.pi / 180


def _refusals(function: str, names: str) -> tuple[Any, ...]:
    return tuple(refused(function, name) for name in names.split())


def _characteristic(function: Any, *parameters: Array) -> Array:
    """A characteristic value; its parameters do not move, or the derivative would have been refused."""
    return function(*map(value_of, parameters))


def _angular_mathieu(function: Any, a: Any) -> Several:
    """y'' = (2 q cos(2x) - a) y, where x is in degrees and y' by radians."""
    refusals = _refusals(function.__name__, "m q")
    return Several((
        (*refusals, lambda y, m, q, x, ce, dce: DEGREE * dce),
        (*refusals, lambda y, m, q, x, ce, dce: DEGREE * (2 * q * np.cos(2 * DEGREE * x) - _characteristic(a, m, q)) * ce),
    ))  # fmt: skip


def _modified_mathieu(function: Any, a: Any) -> Several:
    """y'' = (a - 2 q cosh(2x)) y."""
    refusals = _refusals(function.__name__, "m q")
    return Several((
        (*refusals, lambda y, m, q, x, mc, dmc: dmc),
        (*refusals, lambda y, m, q, x, mc, dmc: (_characteristic(a, m, q) - 2 * q * np.cosh(2 * x)) * mc),
    ))  # fmt: skip


def _oblate_angular_bend(m: Array, c: Array, cv: Array, x: Array, s: Array, ds: Array) -> Array:
    square = (1 - x) * (1 + x)
    return (2 * x * ds - (cv + c * c * x * x - m * m / square) * s) / square


def _oblate_radial_bend(m: Array, c: Array, cv: Array, x: Array, s: Array, ds: Array) -> Array:
    square = 1 + x * x
    return (-2 * x * ds + (cv - c * c * x * x - m * m / square) * s) / square


def _prolate_bend(m: Array, c: Array, cv: Array, x: Array, s: Array, ds: Array) -> Array:
    square = (1 - x) * (1 + x)
    return (2 * x * ds - (cv - c * c * x * x - m * m / square) * s) / square


def _spheroidal(function: Any, bend: Any, cv: Any) -> Several:
    """A spheroidal function of (m, n, c, x)."""
    refusals = _refusals(function.__name__, "m n c")
    return Several((
        (*refusals, lambda y, m, n, c, x, s, ds: ds),
        (*refusals, lambda y, m, n, c, x, s, ds: bend(m, c, _characteristic(cv, m, n, c), x, s, ds)),
    ))  # fmt: skip


def _spheroidal_cv(function: Any, bend: Any) -> Several:
    """A spheroidal function of (m, n, c, cv, x)."""
    refusals = _refusals(function.__name__, "m n c cv")
    return Several((
        (*refusals, lambda y, m, n, c, cv, x, s, ds: ds),
        (*refusals, lambda y, m, n, c, cv, x, s, ds: bend(m, c, cv, x, s, ds)),
    ))  # fmt: skip


def _cylinder(function: Any, order: str, bend: Any) -> Several:
    """A parabolic cylinder function, y'' = bend(v, x) y."""
    return Several((
        (refused(function.__name__, order), lambda y, v, x, d, dd: dd),
        (refused(function.__name__, order), lambda y, v, x, d, dd: bend(v, x) * d),
    ))  # fmt: skip


# fmt: off
WAVE: Table = {
    sp.mathieu_cem:     _angular_mathieu(sp.mathieu_cem, sp.mathieu_a),
    sp.mathieu_sem:     _angular_mathieu(sp.mathieu_sem, sp.mathieu_b),
    sp.mathieu_modcem1: _modified_mathieu(sp.mathieu_modcem1, sp.mathieu_a),
    sp.mathieu_modcem2: _modified_mathieu(sp.mathieu_modcem2, sp.mathieu_a),
    sp.mathieu_modsem1: _modified_mathieu(sp.mathieu_modsem1, sp.mathieu_b),
    sp.mathieu_modsem2: _modified_mathieu(sp.mathieu_modsem2, sp.mathieu_b),
    sp.pro_ang1:    _spheroidal(sp.pro_ang1, _prolate_bend, sp.pro_cv),
    sp.pro_rad1:    _spheroidal(sp.pro_rad1, _prolate_bend, sp.pro_cv),
    sp.obl_ang1:    _spheroidal(sp.obl_ang1, _oblate_angular_bend, sp.obl_cv),
    sp.obl_rad1:    _spheroidal(sp.obl_rad1, _oblate_radial_bend, sp.obl_cv),
    sp.pro_ang1_cv: _spheroidal_cv(sp.pro_ang1_cv, _prolate_bend),
    sp.pro_rad1_cv: _spheroidal_cv(sp.pro_rad1_cv, _prolate_bend),
    sp.obl_ang1_cv: _spheroidal_cv(sp.obl_ang1_cv, _oblate_angular_bend),
    sp.obl_rad1_cv: _spheroidal_cv(sp.obl_rad1_cv, _oblate_radial_bend),
    sp.pbdv: _cylinder(sp.pbdv, "v", lambda v, x: x * x / 4 - v - 0.5),
    sp.pbvv: _cylinder(sp.pbvv, "v", lambda v, x: x * x / 4 - v - 0.5),
    sp.pbwa: _cylinder(sp.pbwa, "a", lambda a, x: a - x * x / 4),
}
# fmt: on
