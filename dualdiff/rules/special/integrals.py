"""Functions defined as integrals: exponential, sine and cosine integrals, the dilogarithm, integrals of Bessel functions."""

from __future__ import annotations

import math

import numpy as np

from ..._typing import Array
from ..kinds import Elementwise, Several, Table
from ..values import value_of
from .arguments import degree, refused, truncated
from .branches import branch
from .ufuncs import sp

__all__ = ["INTEGRALS"]


def _sinc(x: Array) -> Array:
    """sin(x) / x."""
    return _near(x, lambda x: sp.hyp0f1(1.5, -0.25 * x * x), lambda x: np.sin(x) / x)


def _sinhc(x: Array) -> Array:
    """sinh(x) / x."""
    return _near(x, lambda x: sp.hyp0f1(1.5, 0.25 * x * x), lambda x: np.sinh(x) / x)


def _near(x: Array, series: object, quotient: object) -> Array:
    # Near 0 the quotient is 0 / 0, and its derivatives cancel.
    return branch(np.abs(value_of(x)) < 1, series, quotient, x)  # type: ignore[arg-type]


def _bessel_quotient(x: Array, sign: int) -> Array:
    """The sum of sign^k (x/2)^(2k) / k!^2 / x for k > 0: (I0(x) - 1) / x, or (J0(x) - 1) / x."""
    square, total = sign * 0.25 * x * x, 1.0
    for k in range(14, 1, -1):
        total = 1 + total * square / (k * k)
    return sign * 0.25 * x * total


def _struve_quotient(x: Array) -> Array:
    """H0(x) / x."""
    square, total = -x * x, 1.0
    for k in range(12, 0, -1):
        total = 1 + total * square / (2 * k + 1) ** 2
    return 2 / math.pi * total


def _spence_slope(z: Array) -> Array:
    # log(z) / (z - 1) is 0 / 0 at 1, and its derivatives cancel near it.
    near = np.abs(value_of(z) - 1) < 0.5
    return branch(near, lambda z: -sp.hyp2f1(1, 1, 2, 1 - z), lambda z: -np.log(z) / (z - 1), z)


def _expn_slope(n: Array, x: Array) -> Array:
    n = degree(truncated(n))
    return branch(
        np.equal(n, 0),
        lambda n, x: -np.exp(-x) * (1 / x + 1 / x / x),
        lambda n, x: -sp.expn(degree(n) - 1, x),
        n,
        x,
    )


# fmt: off
INTEGRALS: Table = {
    sp.exp1:   Elementwise((lambda y, x: -np.exp(-x) / x,), (lambda y, x: np.exp(-x) / x * (1 + 1 / x),)),
    sp.expi:   Elementwise((lambda y, x: np.exp(x) / x,),   (lambda y, x: np.exp(x) / x * (1 - 1 / x),)),
    sp.expn:   Elementwise((refused("expn", "n"), lambda y, n, x: _expn_slope(n, x)), singular=lambda y, n, x: x),
    sp.spence: Elementwise((lambda y, x: _spence_slope(x),), singular=lambda y, x: x),
    sp.sici:   Several(((lambda y, x, si, ci: _sinc(x),),   (lambda y, x, si, ci: np.cos(x) / x,))),
    sp.shichi: Several(((lambda y, x, shi, chi: _sinhc(x),), (lambda y, x, shi, chi: np.cosh(x) / x,))),
    # integrals of Bessel, Airy and Struve functions
    sp.itairy:  Several(((lambda y, x, *_: sp.airy(x)[0],),  (lambda y, x, *_: sp.airy(x)[2],),
                         (lambda y, x, *_: sp.airy(-x)[0],), (lambda y, x, *_: sp.airy(-x)[2],))),
    sp.itj0y0:  Several(((lambda y, x, *_: sp.j0(x),),       (lambda y, x, *_: sp.y0(x),))),
    sp.iti0k0:  Several(((lambda y, x, *_: sp.i0(x),),       (lambda y, x, *_: sp.k0(x),))),
    # 1 - J0 and I0 - 1 cancel for small x
    sp.it2j0y0: Several(((lambda y, x, *_: _near(x, lambda x: -_bessel_quotient(x, -1), lambda x: (1 - sp.j0(x)) / x),),
                         (lambda y, x, *_: -sp.y0(x) / x,))),
    sp.it2i0k0: Several(((lambda y, x, *_: _near(x, lambda x: _bessel_quotient(x, 1), lambda x: (sp.i0(x) - 1) / x),),
                         (lambda y, x, *_: -sp.k0(x) / x,))),
    sp.itstruve0:    Elementwise((lambda y, x: sp.struve(0, x),)),
    sp.itmodstruve0: Elementwise((lambda y, x: sp.modstruve(0, x),)),
    sp.it2struve0:   Elementwise((lambda y, x: -_near(x, _struve_quotient, lambda x: sp.struve(0, x) / x),)),
}
# fmt: on
