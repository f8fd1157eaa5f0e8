"""Gamma, beta and zeta functions, binomial coefficients."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._typing import Array
from ..kinds import Elementwise, Table, ZeroSlope
from ..values import is_complex, value_of
from .arguments import order, parameter
from .branches import branch
from .interpolation import by_parameter
from .shapes import beta_by_a, beta_by_b, gamma_by_shape
from .ufuncs import sp

__all__ = ["DIGAMMA_SERIES", "GAMMA", "beta_density", "gamma_density", "gamma_quantile_by_shape"]

#: B_2k / 2k for k = 1, 2, ...: psi(x) is log(x) - 1 / (2 x) - the sum of these over x^2k, for large x.
DIGAMMA_SERIES = [1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132, -691 / 32760, 1 / 12, -3617 / 8160, 43867 / 14364]


def _trigamma(x: Array) -> Array:
    """psi'(x)."""
    if not is_complex(x):
        return sp._zeta(2, x)
    left = np.real(value_of(x)) < 0.5
    return branch(left, lambda x: np.square(math.pi * _cosecant(x)) - _trigamma_right(1 - x), _trigamma_right, x)


def _cosecant(x: Array) -> Array:
    """1 / sin(pi x), 0 where the sine would overflow."""
    far = np.abs(np.imag(value_of(x))) > 200
    return branch(far, lambda x: 0 * x, lambda x: 1 / np.sin(math.pi * (x - np.rint(np.real(value_of(x))))), x)


def _trigamma_right(x: Array) -> Array:
    """By recurrence and the asymptotic series; SciPy has it for real numbers only."""
    total: Array = 0.0
    for k in range(15):
        total = total + 1 / np.square(x + k)
    w = 1 / (x + 15)
    square, series = w * w, 0.0
    for k in range(len(DIGAMMA_SERIES), 0, -1):
        series = series * square + 2 * k * DIGAMMA_SERIES[k - 1]
    return total + w * (1 + w * (0.5 + w * series))


def _psi_gap(x: Array, h: Array) -> Array:
    """psi(x + h) - psi(x), which cancels where h is small or x large."""
    regular = (value_of(x) > 0) & (value_of(x) + value_of(h) > 0)
    return branch(regular, _psi_gap_right, lambda x, h: sp.psi(x + h) - sp.psi(x), x, h)


def _psi_gap_right(x: Array, h: Array) -> Array:
    total: Array = 0.0
    for k in range(10):
        total = total + 1 / (x + k) / (x + h + k)
    # The divided difference, by Horner's rule, of the series in u = 1 / a^2 and v = 1 / b^2.
    a, b = x + 10, x + h + 10
    u, v = 1 / a / a, 1 / b / b
    value, quotient = DIGAMMA_SERIES[-1], 0.0
    for c in DIGAMMA_SERIES[-2::-1]:
        quotient, value = quotient * v + value, value * u + c
    # The series is u times a polynomial.
    quotient = quotient * v + value
    return h * (total + 0.5 / a / b + quotient * (a + b) / (a * a) / (b * b)) + np.log1p(h / a)


def _beta_by_a(y: Array, a: Array, b: Array) -> Array:
    # psi(a + b) is infinite where beta is 0.
    va, vb = value_of(a), value_of(b)
    total = va + vb
    pole = (total < 0.5) & (np.abs(total - np.rint(total)) < 0.25) & (np.abs(va) < 170) & (np.abs(vb) < 170)
    pole = pole & ~_is_pole(va) & ~_is_pole(vb) & ~_is_falling(va, vb)
    return branch(pole, _beta_by_a_at_pole, lambda y, a, b: -y * _beta_gap(a, b), y, a, b)


def _beta_by_a_at_pole(y: Array, a: Array, b: Array) -> Array:
    s = a + b
    return sp.gamma(a) * sp.gamma(b) * (sp.psi(a) * sp.rgamma(s) + _rgamma_slope_at(s))


def _beta_gap(a: Array, b: Array) -> Array:
    """psi(a + b) - psi(a), where both are infinite too."""
    return branch(_is_falling(value_of(a), value_of(b)), _psi_gap_falling, _psi_gap, a, b)


def _is_pole(x: Array) -> Array:
    return np.less_equal(x, 0) & np.equal(x, np.rint(x))


def _is_falling(a: Array, b: Array) -> Array:
    """Whether gamma(a + b) / gamma(a) is a product of b negative numbers."""
    return np.greater_equal(b, 1) & np.equal(b, np.rint(b)) & np.less(a + b, 1)


def _psi_gap_falling(a: Array, b: Array) -> Array:
    """By reflection, whose cosecants cancel for whole b, but not their derivative by b: at whole a it is infinite."""
    n, gap = np.rint(value_of(b)), -_psi_gap(1 - a - b, b)
    return branch(
        np.equal(value_of(a), np.rint(value_of(a))),
        lambda a, h, gap: gap + np.sqrt(h),
        lambda a, h, gap: gap + math.pi * np.sin(math.pi * h) * _cosecant(a) * _cosecant(a + h),
        *(a, b - n, gap),
    )


def _rgamma_slope(y: Array, x: Array) -> Array:
    # psi is infinite where rgamma is 0; the reflection formula is regular there.
    v = np.where(np.real(value_of(x)) < 0.5, value_of(x), 0.5)
    pole = (np.real(v) < 0.5) & (np.abs(v - np.rint(np.real(v))) < 0.25)
    return branch(pole, lambda y, x: _reflected(x), _rgamma_slope_regular, y, x)


def _rgamma_slope_regular(y: Array, x: Array) -> Array:
    return branch(value_of(y) == 0, lambda y, x: 0 * y, lambda y, x: -sp.psi(x) * y, y, x)


def _reflected(x: Array) -> Array:
    """The derivative of sin(pi x) gamma(1 - x) / pi."""
    n = np.rint(np.real(value_of(x)))
    sign, r = 1 - 2 * np.remainder(n, 2), math.pi * (x - n)
    return sign * sp.gamma(1 - x) * (np.cos(r) - np.sin(r) * sp.psi(1 - x) / math.pi)


def _binom_by_k(y: Array, n: Array, k: Array) -> Array:
    # Where binom is 0, psi is infinite.
    return branch(
        value_of(y) == 0,
        lambda y, n, k: sp.gamma(n + 1) * (_rgamma_slope_at(k + 1) * sp.rgamma(n - k + 1)
                                           - sp.rgamma(k + 1) * _rgamma_slope_at(n - k + 1)),
        lambda y, n, k: y * _psi_gap(k + 1, n - k - k),
        *(y, n, k),
    )  # fmt: skip


def _binom_by_n(y: Array, n: Array, k: Array) -> Array:
    return branch(
        value_of(y) == 0,
        lambda y, n, k: (
            sp.gamma(n + 1) * sp.rgamma(k + 1) * (sp.psi(n + 1) * sp.rgamma(n - k + 1) + _rgamma_slope_at(n - k + 1))
        ),
        lambda y, n, k: y * _psi_gap(n - k + 1, k),
        *(y, n, k),
    )


def _rgamma_slope_at(x: Array) -> Array:
    return _rgamma_slope(sp.rgamma(x), x)


def _poch_by_start(y: Array, a: Array, m: Array) -> Array:
    # Gamma(a + m) / Gamma(a) at a pole of Gamma(a) only, and at poles of both.
    va, vb = value_of(a), value_of(a) + value_of(m)
    pole = (va <= 0) & (va == np.rint(va))
    both = pole & (vb <= 0) & (vb == np.rint(vb))
    return branch(
        both,
        lambda y, a, m: -y * _psi_gap(1 - a - m, m),
        lambda y, a, m: _poch_by_start_simple(y, a, m),
        *(y, a, m),
    )


def _poch_by_start_simple(y: Array, a: Array, m: Array) -> Array:
    va = value_of(a)
    return branch(
        (va <= 0) & (va == np.rint(va)),
        lambda y, a, m: sp.gamma(a + m) * (sp.psi(a + m) * sp.rgamma(a) + _rgamma_slope_at(a)),
        lambda y, a, m: y * _psi_gap(a, m),
        *(y, a, m),
    )


def _log_gap(a: Array) -> Array:
    """log(a) - psi(a), which cancels for large a."""
    square, series = 1 / np.square(a + 10), 0.0
    for c in DIGAMMA_SERIES[::-1]:
        series = (series + c) * square
    recurrence: Array = 0.0
    for k in range(10):
        recurrence = recurrence + 1 / (a + k)
    return recurrence - np.log1p(10 / a) + 0.5 / (a + 10) + series


def _zeta_slope(s: Array) -> Array:
    if is_complex(s):
        return _complex_zeta_slope(s)
    return _zetac_slope(s)


# zeta is 1 + 2^-s for large s: SciPy's zetac leaves out the 1, and for zeta(s, q) the first term is differentiated itself.
_zetac_slope = by_parameter(sp.zetac, 0, lambda s: np.abs(s - 1))
_complex_zeta_slope = by_parameter(sp._riemann_zeta, 0, lambda s: np.abs(s - 1))
_hurwitz_rest = by_parameter(lambda s, q: sp._zeta(s, q + 1), 0, lambda s: s - 1)


def _hurwitz_slope(s: Array, q: Array) -> Array:
    return _hurwitz_rest(s, q) - np.power(q, -s) * np.log(q)


def gamma_density(a: Array, x: Array) -> Array:
    """x^(a - 1) exp(-x) / gamma(a)."""
    # The logarithms of the factors would cancel for large a; x^a / x is 0 / 0 at 0.
    near = (value_of(x) < 1) & (value_of(a) < 100)
    return branch(
        near,
        lambda a, x: np.power(x, a - 1) * np.exp(-x) * sp.rgamma(a),
        lambda a, x: branch(np.isinf(value_of(x)), lambda a, x: 0 / x, lambda a, x: sp._igam_fac(a, x) / x, a, x),
        a,
        x,
    )


def gamma_quantile_by_shape(a: Array, y: Array) -> Array:
    """The derivative of the quantile y by a, whatever its probability."""
    return -gamma_by_shape(a, y) / gamma_density(a, y)


def beta_density(a: Array, b: Array, x: Array, c: Array) -> Array:
    """x^(a - 1) c^(b - 1) / beta(a, b) for c = 1 - x."""
    small = value_of(a) + value_of(b) < 100
    return branch(small, _beta_density_small, _beta_density_large, a, b, x, c)


def _beta_density_small(a: Array, b: Array, x: Array, c: Array) -> Array:
    return np.power(x, a - 1) * np.power(c, b - 1) / sp.beta(a, b)


def _beta_density_large(a: Array, b: Array, x: Array, c: Array) -> Array:
    if not hasattr(sp, "_beta_pdf"):
        return np.exp(sp.xlogy(a - 1, x) + sp.xlogy(b - 1, c) - sp.betaln(a, b))
    # Powers overflow, and the logarithms of the factors cancel.
    return branch(
        value_of(x) < 0.5, lambda a, b, x, c: sp._beta_pdf(x, a, b), lambda a, b, x, c: sp._beta_pdf(c, b, a), a, b, x, c
    )


# fmt: off
GAMMA: Table = {
    sp.gamma:    Elementwise((lambda y, x: y * sp.psi(x),), (lambda y, x: y * (np.square(sp.psi(x)) + _trigamma(x)),)),
    sp.gammaln:  Elementwise((lambda y, x: sp.psi(x),),  (lambda y, x: sp._zeta(2, x),)),
    sp.loggamma: Elementwise((lambda y, x: sp.psi(x),),  (lambda y, x: _trigamma(x),)),
    sp.rgamma:   Elementwise((_rgamma_slope,)),
    sp.gammasgn: ZeroSlope(),
    sp.psi:      Elementwise((lambda y, x: _trigamma(x),)),
    sp.poch:     Elementwise((lambda y, a, m: _poch_by_start(y, a, m), lambda y, a, m: y * sp.psi(a + m))),
    sp.beta:     Elementwise((lambda y, a, b: _beta_by_a(y, a, b), lambda y, a, b: _beta_by_a(y, b, a))),
    sp.betaln:   Elementwise((lambda y, a, b: -_beta_gap(a, b), lambda y, a, b: -_beta_gap(b, a))),
    sp.binom:    Elementwise((_binom_by_n, _binom_by_k)),
    # zeta functions; the first is scipy.special.zeta(x), the second zeta(x, q)
    sp._riemann_zeta: Elementwise((parameter("zeta", "x", lambda y, s: _zeta_slope(s)),)),
    sp.zetac:         Elementwise((parameter("zetac", "x", lambda y, s: _zeta_slope(s)),)),
    sp._zeta:         Elementwise((parameter("zeta", "x", lambda y, s, q: _hurwitz_slope(order(s), order(q))),
                                   lambda y, s, q: -s * sp._zeta(s + 1, order(q)))),
    # incomplete functions
    sp.gammainc:     Elementwise((parameter("gammainc", "a", lambda y, a, x: gamma_by_shape(a, x)),
                                  lambda y, a, x: gamma_density(a, x)), singular=lambda y, a, x: x),
    sp.gammaincc:    Elementwise((parameter("gammaincc", "a", lambda y, a, x: -gamma_by_shape(a, x)),
                                  lambda y, a, x: -gamma_density(a, x)), singular=lambda y, a, x: x),
    sp.gammaincinv:  Elementwise((parameter("gammaincinv", "a", lambda y, a, p: gamma_quantile_by_shape(a, y)),
                                  lambda y, a, p: 1 / gamma_density(a, y)), singular=lambda y, a, p: y),
    sp.gammainccinv: Elementwise((parameter("gammainccinv", "a", lambda y, a, p: gamma_quantile_by_shape(a, y)),
                                  lambda y, a, p: -1 / gamma_density(a, y)), singular=lambda y, a, p: y),
    sp.betainc:      Elementwise((parameter("betainc", "a", lambda y, a, b, x: beta_by_a(a, b, x)),
                                  parameter("betainc", "b", lambda y, a, b, x: beta_by_b(a, b, x)),
                                  lambda y, a, b, x: beta_density(a, b, x, 1 - x)), singular=lambda y, a, b, x: x * (1 - x)),
    sp.betaincc:     Elementwise((parameter("betaincc", "a", lambda y, a, b, x: -beta_by_a(a, b, x)),
                                  parameter("betaincc", "b", lambda y, a, b, x: -beta_by_b(a, b, x)),
                                  lambda y, a, b, x: -beta_density(a, b, x, 1 - x)), singular=lambda y, a, b, x: x * (1 - x)),
    sp.betaincinv:   Elementwise((
        parameter("betaincinv", "a", lambda y, a, b, p: -beta_by_a(a, b, y) / beta_density(a, b, y, 1 - y)),
        parameter("betaincinv", "b", lambda y, a, b, p: -beta_by_b(a, b, y) / beta_density(a, b, y, 1 - y)),
        lambda y, a, b, p: 1 / beta_density(a, b, y, 1 - y)), singular=lambda y, a, b, p: y * (1 - y)),
    sp.betainccinv:  Elementwise((
        parameter("betainccinv", "a", lambda y, a, b, p: -beta_by_a(a, b, y) / beta_density(a, b, y, 1 - y)),
        parameter("betainccinv", "b", lambda y, a, b, p: -beta_by_b(a, b, y) / beta_density(a, b, y, 1 - y)),
        lambda y, a, b, p: -1 / beta_density(a, b, y, 1 - y)), singular=lambda y, a, b, p: y * (1 - y)),
    # x^a exp(-x) / gamma(a), for the densities above
    sp._igam_fac:    Elementwise((lambda y, a, x: y * (np.log(x / a) + _log_gap(a)), lambda y, a, x: y * (a - x) / x)),
}

_PRIVATE: Any = {
    # The beta density.
    "_beta_pdf": Elementwise((lambda y, x, a, b: y * ((a - 1) / x - (b - 1) / (1 - x)),
                              lambda y, x, a, b: y * (np.log(x) + _psi_gap(a, b)),
                              lambda y, x, a, b: y * (np.log1p(-x) + _psi_gap(b, a))), singular=lambda y, x, a, b: x * (1 - x)),
}
# fmt: on
# SciPy 1.13 has no _beta_pdf.
GAMMA |= {getattr(sp, name): rule for name, rule in _PRIVATE.items() if hasattr(sp, name)}
