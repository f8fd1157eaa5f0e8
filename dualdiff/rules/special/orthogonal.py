"""Orthogonal polynomials and Legendre functions, whose derivatives are such polynomials of other parameters."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._typing import Array, Partial
from ..kinds import Elementwise, Table
from ..values import value_of
from .arguments import degree, order, parameter, refused
from .branches import branch
from .interpolation import by_parameter
from .ufuncs import sp

__all__ = ["ORTHOGONAL"]


def _chebyu(n: Array, x: Array) -> Array:
    return sp.eval_chebyu(degree(n), x)


def _gegenbauer(n: Array, a: Array, x: Array) -> Array:
    return _polynomial(sp.eval_gegenbauer, n, order(a), x)


def _laguerre(n: Array, a: Array, x: Array) -> Array:
    return _polynomial(sp.eval_genlaguerre, n, order(a), x)


def _jacobi(n: Array, a: Array, b: Array, x: Array) -> Array:
    return _polynomial(sp.eval_jacobi, n, order(a), order(b), x)


def _polynomial(function: Any, n: Array, *x: Array) -> Array:
    # SciPy gives nan for some negative degrees, where the derivative is 0.
    n = degree(n)
    none = np.less(n, 0) & np.equal(n, np.rint(n))
    return branch(none, lambda n, *x: 0 * x[-1], lambda n, *x: function(degree(n), *x), n, *x)


def _hermite(function: Any, n: Array, x: Array) -> Array:
    return function(np.maximum(degree(n), 0).astype(np.intp), x)


def _shifted_jacobi(n: Array, p: Array, q: Array, x: Array) -> Array:
    n, p, q = degree(n), order(p), order(q)
    return (n + p) * sp.eval_jacobi(n - 1, p - q + 1, q, 2 * x - 1) / sp.binom(2 * n + p - 1, n)


def _lpmv_slope(y: Array, m: Array, v: Array, x: Array) -> Array:
    m, v = degree(m), degree(np.abs(np.add(value_of(v), 0.5)) - 0.5)
    whole = np.equal(v, np.rint(v)) & np.less_equal(np.abs(value_of(x)), 1)
    return branch(whole, _lpmv_slope_whole, _lpmv_slope_real, y, m, v, x)


def _lpmv_slope_real(y: Array, m: Array, v: Array, x: Array) -> Array:
    return (v * x * y - (v + m) * sp.lpmv(m, np.abs(v - 0.5) - 0.5, x)) / (x * x - 1)


def _lpmv_slope_whole(y: Array, m: Array, v: Array, x: Array) -> Array:
    # By Jacobi polynomials, which are regular at the ends of the interval.
    k = np.abs(m)
    below = np.less(v, k)
    v = np.where(below, k, v)
    square = (1 - x) * (1 + x)
    factor = np.where(below, 0, (1 - 2 * np.remainder(k, 2)) * sp.poch(v + 1, k) / np.exp2(k))
    # P_v^(-k) is a multiple of P_v^k.
    factor = factor * np.where(np.less(m, 0), (1 - 2 * np.remainder(k, 2)) / sp.poch(v - k + 1, 2 * k), 1)
    first = branch(np.equal(k, 0), lambda k, x, s: 0 * x, lambda k, x, s: k * x * np.power(s, 0.5 * k - 1), k, x, square)
    slope = 0.5 * (v + k + 1) * np.power(square, 0.5 * k) * _jacobi_of_equal(v - k - 1, k + 1, x)
    return factor * (slope - first * _jacobi_of_equal(v - k, k, x))


def _reflecting(function: Any, shift: int, sign: int, first: Partial, second: Partial) -> Elementwise:
    """The rule of a polynomial that SciPy continues to negative degrees: this sign times the one of degree -n - shift."""

    def at_reflection(partial: Partial) -> Partial:
        def reflected(y: Array, n: Array, x: Array) -> Array:
            n = degree(n)
            below = np.less(n, 0) & np.equal(n, np.rint(n))
            if not np.any(below):
                return partial(y, n, x)
            slope = partial(y, np.where(below, -n - shift, n), x)
            return slope if sign > 0 else np.where(below, -1.0, 1.0) * slope

        return reflected

    return Elementwise((refused(function.__name__, "n"), at_reflection(first)), (None, None, at_reflection(second)))


def _by(function: Any, name: str, i: int) -> Partial:
    """The derivative by a parameter, of which a polynomial of degree 0 is independent."""
    slope = by_parameter(lambda n, *x: function(degree(n), *x), i)

    def partial(y: Array, n: Array, *x: Array) -> Array:
        return branch(np.equal(degree(n), 0), lambda n, *x: 0 * x[-1], lambda n, *x: slope(n, *x), n, *x)

    return parameter(function.__name__, name, partial)


def _jacobi_of_equal(n: Array, a: Array, x: Array) -> Array:
    return branch(np.less(n, 0), lambda n, a, x: 0 * x, lambda n, a, x: sp.eval_jacobi(degree(n), a, a, x), n, a, x)


# fmt: off
ORTHOGONAL: Table = {
    sp.eval_chebyt: _reflecting(sp.eval_chebyt, 0, 1, lambda y, n, x: n * _chebyu(n - 1, x),
                             lambda y, n, x: 2 * n * _gegenbauer(n - 2, 2, x)),
    sp.eval_chebyu: _reflecting(sp.eval_chebyu, 2, -1, lambda y, n, x: 2 * _gegenbauer(n - 1, 2, x),
                             lambda y, n, x: 8 * _gegenbauer(n - 2, 3, x)),
    sp.eval_chebyc: _reflecting(sp.eval_chebyc, 0, 1, lambda y, n, x: n * _chebyu(n - 1, x / 2),
                             lambda y, n, x: n * _gegenbauer(n - 2, 2, x / 2)),
    sp.eval_chebys: _reflecting(sp.eval_chebys, 2, -1, lambda y, n, x: _gegenbauer(n - 1, 2, x / 2),
                             lambda y, n, x: 2 * _gegenbauer(n - 2, 3, x / 2)),
    sp.eval_sh_chebyt: _reflecting(sp.eval_sh_chebyt, 0, 1, lambda y, n, x: 2 * n * _chebyu(n - 1, 2 * x - 1),
                             lambda y, n, x: 8 * n * _gegenbauer(n - 2, 2, 2 * x - 1)),
    sp.eval_sh_chebyu: _reflecting(sp.eval_sh_chebyu, 2, -1, lambda y, n, x: 4 * _gegenbauer(n - 1, 2, 2 * x - 1),
                             lambda y, n, x: 32 * _gegenbauer(n - 2, 3, 2 * x - 1)),
    sp.eval_legendre: _reflecting(sp.eval_legendre, 1, 1, lambda y, n, x: (n + 1) / 2 * _jacobi(n - 1, 1, 1, x),
                             lambda y, n, x: (n + 1) * (n + 2) / 4 * _jacobi(n - 2, 2, 2, x)),
    sp.eval_sh_legendre: _reflecting(sp.eval_sh_legendre, 1, 1, lambda y, n, x: (n + 1) * _jacobi(n - 1, 1, 1, 2 * x - 1),
                             lambda y, n, x: (n + 1) * (n + 2) * _jacobi(n - 2, 2, 2, 2 * x - 1)),
    sp.eval_hermite:     Elementwise((refused("eval_hermite", "n"),
                                      lambda y, n, x: 2 * n * _hermite(sp.eval_hermite, n - 1, x)),
                                     (None, None, lambda y, n, x: 4 * n * (n - 1) * _hermite(sp.eval_hermite, n - 2, x))),
    sp.eval_hermitenorm: Elementwise((refused("eval_hermitenorm", "n"),
                                      lambda y, n, x: n * _hermite(sp.eval_hermitenorm, n - 1, x)),
                                     (None, None, lambda y, n, x: n * (n - 1) * _hermite(sp.eval_hermitenorm, n - 2, x))),
    sp.eval_laguerre:    Elementwise((refused("eval_laguerre", "n"), lambda y, n, x: -_laguerre(n - 1, 1, x)),
                                     (None, None, lambda y, n, x: _laguerre(n - 2, 2, x))),
    sp.eval_genlaguerre: Elementwise((refused("eval_genlaguerre", "n"), _by(sp.eval_genlaguerre, "alpha", 1),
                                      lambda y, n, a, x: -_laguerre(n - 1, a + 1, x))),
    sp.eval_gegenbauer:  Elementwise((refused("eval_gegenbauer", "n"), _by(sp.eval_gegenbauer, "alpha", 1),
                                      lambda y, n, a, x: 2 * a * _gegenbauer(n - 1, a + 1, x))),
    sp.eval_jacobi:      Elementwise((refused("eval_jacobi", "n"), _by(sp.eval_jacobi, "alpha", 1),
                                      _by(sp.eval_jacobi, "beta", 2),
                                      lambda y, n, a, b, x: (n + a + b + 1) / 2 * _jacobi(n - 1, a + 1, b + 1, x))),
    sp.eval_sh_jacobi:   Elementwise((refused("eval_sh_jacobi", "n"), _by(sp.eval_sh_jacobi, "p", 1),
                                      _by(sp.eval_sh_jacobi, "q", 2),
                                      lambda y, n, p, q, x: _shifted_jacobi(n, p, q, x))),
    sp.lpmv:             Elementwise((refused("lpmv", "m"), refused("lpmv", "v"), _lpmv_slope),
                                      singular=lambda y, m, v, x: 1 - x * x),
}
# fmt: on
