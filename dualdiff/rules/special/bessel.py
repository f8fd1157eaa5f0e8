"""Bessel, Hankel, Kelvin and Struve functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._typing import Array, Partial
from ..kinds import Elementwise, Several, Table
from ..values import order_of, value_of
from .arguments import order, parameter, real_only, refused
from .branches import branch
from .interpolation import by_parameter
from .ufuncs import sp

__all__ = ["BESSEL", "decay"]


def decay(v: Array, z: Array) -> Array:
    """The logarithmic derivative of kve(v, z) by z, for large z: that of sqrt(pi / 2z) sum a_k(v) / z^k."""
    term, total, moment = 1.0, 1.0, 0.0
    for k in range(1, 37):
        term = term * (4 * v * v - (2 * k - 1) ** 2) / (8 * k * z)
        total, moment = total + term, moment + k * term
    return -(0.5 + moment / total) / z


def _by_order(function: Any) -> Partial:
    """The derivative by the order, which the function is analytic in."""
    slope = by_parameter(function)
    return parameter(function.__name__, "v", lambda y, v, z: slope(v, z))


_besselpoly_by_lmb, _besselpoly_by_nu = by_parameter(sp.besselpoly, 1), by_parameter(sp.besselpoly, 2)


def _far(v: Array, z: Array) -> Any:
    """Where the asymptotic series is exact to rounding error."""
    v = order(value_of(v))
    return np.abs(value_of(z)) > 20 + 2 * v * v


def _difference(function: Any, v: Array, z: Array) -> Array:
    v = order(v)
    return 0.5 * (function(v - 1, z) - function(v + 1, z))


def _sum(function: Any, v: Array, z: Array) -> Array:
    v = order(v)
    return 0.5 * (function(v - 1, z) + function(v + 1, z))


# The factors exp(x), exp(-|x|) and exp(-ix) of the scaled functions cancel the leading terms for large x.


def _ive_slope(y: Array, v: Array, z: Array) -> Array:
    sign = np.sign(value_of(z))
    return branch(
        _far(v, z),
        lambda y, v, z, sign: -sign * y * decay(v, -sign * z),
        lambda y, v, z, sign: _sum(sp.ive, v, z) - sign * y,
        *(y, v, z, sign),
    )


def _kve_slope(y: Array, v: Array, z: Array) -> Array:
    return branch(_far(v, z), lambda y, v, z: y * decay(v, z), lambda y, v, z: y - _sum(sp.kve, v, z), y, v, z)


def _hankel1e_slope(y: Array, v: Array, z: Array) -> Array:
    return branch(
        _far(v, z),
        lambda y, v, z: -1j * y * decay(v, -1j * z),
        lambda y, v, z: _difference(sp.hankel1e, v, z) - 1j * y,
        y,
        v,
        z,
    )


def _hankel2e_slope(y: Array, v: Array, z: Array) -> Array:
    return branch(
        _far(v, z), lambda y, v, z: 1j * y * decay(v, 1j * z), lambda y, v, z: _difference(sp.hankel2e, v, z) + 1j * y, y, v, z
    )


def _struve_slope(y: Array, v: Array, x: Array) -> Array:
    return _by_size(
        lambda y, v, x: v / x * y - sp.struve(v + 1, x) + _struve_power(v, x),
        lambda y, v, x: _difference(sp.struve, v, x) + 0.5 * _struve_power(v, x),
        *(-1, y, v, x),
    )


def _modstruve_slope(y: Array, v: Array, x: Array) -> Array:
    return _by_size(
        lambda y, v, x: v / x * y + sp.modstruve(v + 1, x) + _struve_power(v, x),
        lambda y, v, x: _sum(sp.modstruve, v, x) + 0.5 * _struve_power(v, x),
        *(1, y, v, x),
    )


def _by_size(small: Any, large: Any, sign: int, y: Array, v: Array, x: Array) -> Array:
    """Either formula cancels where the other does not, and both are undefined at 0."""

    def series(y: Array, v: Array, x: Array) -> Array:
        half, total = x / 2, 0.0
        for k in range(2 + order_of(x)):
            factor = (v + 2 * k + 1) * sp.rgamma(k + 1.5) * sp.rgamma(v + k + 1.5)
            # A power that has no coefficient may be negative.
            exponent = np.where(value_of(factor) == 0, 0.0, v + 2 * k)
            total = total + sign**k * factor * np.power(half, exponent)
        return 0.5 * total

    def away(y: Array, v: Array, x: Array) -> Array:
        return branch(np.abs(value_of(x)) < 1, small, large, y, v, x)

    return branch(np.equal(value_of(x), 0), series, away, y, v, x)


def _struve_power(v: Array, x: Array) -> Array:
    return np.power(x / 2, v) * sp.rgamma(v + 1.5) / math.sqrt(math.pi)


def _bep_over(x: Array, derivative: Array) -> Array:
    """(ber'(x) + i bei'(x)) / x: near 0 its own derivative would cancel."""
    return branch(np.abs(value_of(x)) < 1, lambda x, d: 0.5j * sp.hyp0f1(2, 0.25j * x * x), lambda x, d: d / x, x, derivative)


def _bep_over_alone(x: Array) -> Array:
    return _bep_over(x, sp.berp(x) + 1j * sp.beip(x))


# fmt: off
BESSEL: Table = {
    sp.jv:  Elementwise((_by_order(sp.jv),  lambda y, v, z: _difference(sp.jv, v, z)), singular=lambda y, v, z: z),
    sp.yv:  Elementwise((_by_order(sp.yv),  lambda y, v, z: _difference(sp.yv, v, z))),
    sp.yn:  Elementwise((refused("yn", "n"),  lambda y, n, x: _difference(sp.yv, np.trunc(n), x))),
    sp.iv:  Elementwise((_by_order(sp.iv),  lambda y, v, z: _sum(sp.iv, v, z)), singular=lambda y, v, z: z),
    sp.kv:  Elementwise((_by_order(sp.kv),  lambda y, v, z: -_sum(sp.kv, v, z))),
    sp.kn:  Elementwise((refused("kn", "n"),  lambda y, n, x: -_sum(sp.kv, np.trunc(n), x))),
    sp.jve: Elementwise((_by_order(sp.jve), real_only("jve", "jv(v, z) * np.exp(-np.abs(np.imag(z)))",
                                                        lambda y, v, z: _difference(sp.jve, v, z))),
                        singular=lambda y, v, z: z),
    sp.yve: Elementwise((_by_order(sp.yve), real_only("yve", "yv(v, z) * np.exp(-np.abs(np.imag(z)))",
                                                        lambda y, v, z: _difference(sp.yve, v, z)))),
    sp.ive: Elementwise((_by_order(sp.ive), real_only("ive", "iv(v, z) * np.exp(-np.abs(np.real(z)))", _ive_slope)),
                        singular=lambda y, v, z: z),
    sp.kve: Elementwise((_by_order(sp.kve), _kve_slope)),
    sp.hankel1:  Elementwise((_by_order(sp.hankel1),  lambda y, v, z: _difference(sp.hankel1, v, z))),
    sp.hankel2:  Elementwise((_by_order(sp.hankel2),  lambda y, v, z: _difference(sp.hankel2, v, z))),
    sp.hankel1e: Elementwise((_by_order(sp.hankel1e), _hankel1e_slope)),
    sp.hankel2e: Elementwise((_by_order(sp.hankel2e), _hankel2e_slope)),
    # orders 0 and 1; j0 - j1 / x would be 0 / 0 at 0
    sp.j0:  Elementwise((lambda y, x: -sp.j1(x),), (lambda y, x: -_difference(sp.jv, 1.0, x),)),
    sp.j1:  Elementwise((lambda y, x: 0.5 * (sp.j0(x) - sp.jv(2, x)),), (lambda y, x: 0.25 * (sp.jv(3, x) - 3 * y),)),
    sp.y0:  Elementwise((lambda y, x: -sp.y1(x),), (lambda y, x: -_difference(sp.yv, 1.0, x),)),
    sp.y1:  Elementwise((lambda y, x: 0.5 * (sp.y0(x) - sp.yv(2, x)),), (lambda y, x: 0.25 * (sp.yv(3, x) - 3 * y),)),
    sp.i0:  Elementwise((lambda y, x: sp.i1(x),),  (lambda y, x: _sum(sp.iv, 1.0, x),)),
    sp.i1:  Elementwise((lambda y, x: 0.5 * (sp.i0(x) + sp.iv(2, x)),), (lambda y, x: 0.25 * (sp.iv(3, x) + 3 * y),)),
    sp.k0:  Elementwise((lambda y, x: -sp.k1(x),), (lambda y, x: _sum(sp.kv, 1.0, x),)),
    sp.k1:  Elementwise((lambda y, x: -0.5 * (sp.k0(x) + sp.kv(2, x)),), (lambda y, x: 0.25 * (sp.kv(3, x) + 3 * y),)),
    sp.i0e: Elementwise((lambda y, x: _ive_slope(y, 0.0, x),)),
    sp.i1e: Elementwise((lambda y, x: _ive_slope(y, 1.0, x),)),
    sp.k0e: Elementwise((lambda y, x: _kve_slope(y, 0.0, x),)),
    sp.k1e: Elementwise((lambda y, x: _kve_slope(y, 1.0, x),)),
    # the integral of t^m J_v(2 a t) from 0 to 1; (jv(v, 2 a) - (m + 1) y) / a would cancel for small a
    sp.besselpoly: Elementwise((lambda y, a, m, v: sp.besselpoly(a, m + 1, v - 1) - sp.besselpoly(a, m + 1, v + 1),
                                parameter("besselpoly", "lmb", lambda y, *x: _besselpoly_by_lmb(*x)),
                                parameter("besselpoly", "nu", lambda y, *x: _besselpoly_by_nu(*x)))),
    # Kelvin functions
    sp.ber:  Elementwise((lambda y, x: sp.berp(x),)),
    sp.bei:  Elementwise((lambda y, x: sp.beip(x),)),
    sp.ker:  Elementwise((lambda y, x: sp.kerp(x),)),
    sp.kei:  Elementwise((lambda y, x: sp.keip(x),)),
    sp.berp: Elementwise((lambda y, x: -sp.bei(x) - np.real(_bep_over_alone(x)),)),
    sp.beip: Elementwise((lambda y, x: sp.ber(x) - np.imag(_bep_over_alone(x)),)),
    sp.kerp: Elementwise((lambda y, x: -sp.kei(x) - y / x,)),
    sp.keip: Elementwise((lambda y, x: sp.ker(x) - y / x,)),
    sp.kelvin: Several(((lambda y, x, be, ke, bep, kep: bep,),
                        (lambda y, x, be, ke, bep, kep: kep,),
                        (lambda y, x, be, ke, bep, kep: 1j * be - _bep_over(x, bep),),
                        (lambda y, x, be, ke, bep, kep: 1j * ke - kep / x,))),
    # Struve functions
    sp.struve:    Elementwise((_by_order(sp.struve), _struve_slope), singular=lambda y, v, x: x),
    sp.modstruve: Elementwise((_by_order(sp.modstruve), _modstruve_slope), singular=lambda y, v, x: x),
}
# fmt: on
