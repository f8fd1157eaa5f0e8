"""Distribution functions and their inverses: the slope of a distribution function is the density."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._typing import Array
from ..kinds import Elementwise, Table
from ..values import value_of
from .arguments import refused
from .branches import branch
from .error import exp_of_square, ndtri_slope
from .gamma import beta_density, gamma_density
from .ufuncs import sp

__all__ = ["DISTRIBUTIONS"]

ROOT_2PI = math.sqrt(2 * math.pi)


def _binomial(k: Array, n: Array, p: Array) -> Array:
    """- d bdtr / dp."""
    k = np.floor(k)
    return beta_density(n - k, k + 1, 1 - p, p)


def _negative_binomial(k: Array, n: Array, p: Array) -> Array:
    return beta_density(n, np.floor(k) + 1, p, 1 - p)


def _poisson(k: Array, m: Array) -> Array:
    """- d pdtr / dm."""
    return gamma_density(np.floor(k) + 1, m)


def _chi2(df: Array, x: Array) -> Array:
    return 0.5 * gamma_density(df / 2, x / 2)


def _student(df: Array, t: Array) -> Array:
    """(1 + t^2/df)^(-(df+1)/2) / (sqrt(df) B(df/2, 1/2)); the normal density for df = inf."""
    return branch(np.isinf(value_of(df)), lambda df, t: exp_of_square(-0.5, t) / ROOT_2PI, _student_finite, df, t)


def _student_finite(df: Array, t: Array) -> Array:
    # poch(df / 2, 1 / 2) is 1 / B(df / 2, 1 / 2) up to a constant; SciPy's beta loses digits for large df.
    return np.exp(-0.5 * (df + 1) * np.log1p(t * t / df)) * sp.poch(df / 2, 0.5) / np.sqrt(math.pi * df)


def _student_bend(df: Array, t: Array) -> Array:
    return -t * (df + 1) / (df + t * t) * _student(df, t)


def _f(n: Array, d: Array, x: Array) -> Array:
    """By the beta density of w = n x / (n x + d)."""
    w, c = n * x / (n * x + d), d / (n * x + d)
    return beta_density(n / 2, d / 2, w, c) * n / d * c * c


def _noncentral_f(n: Array, d: Array, nc: Array, x: Array) -> Array:
    w = n * x / (n * x + d)
    return _f(n, d, x) * np.exp(-nc / 2) * sp.hyp1f1((n + d) / 2, n / 2, nc * w / 2)


def _noncentral_f_by_nc(n: Array, d: Array, nc: Array, x: Array) -> Array:
    """- d ncfdtr / dnc."""
    w, c = n * x / (n * x + d), d / (n * x + d)
    return beta_density(n / 2, d / 2, w, c) * w * c / n * np.exp(-nc / 2) * sp.hyp1f1((n + d) / 2, n / 2 + 1, nc * w / 2)


def _noncentral_chi2(df: Array, nc: Array, x: Array) -> Array:
    """The density by 0F1, which is regular at nc = 0 and overflows for large x nc; by a scaled Bessel function there."""
    return branch(value_of(nc) * value_of(x) < 1e4, _noncentral_chi2_near, _noncentral_chi2_far, df, nc, x)


def _noncentral_chi2_near(df: Array, nc: Array, x: Array) -> Array:
    return _chi2(df, x) * np.exp(-nc / 2) * sp.hyp0f1(df / 2, nc * x / 4)


def _noncentral_chi2_far(df: Array, nc: Array, x: Array) -> Array:
    root_x, root_nc = np.sqrt(x), np.sqrt(nc)
    bessel = sp.ive(df / 2 - 1, root_x * root_nc)
    return 0.5 * exp_of_square(-0.5, root_x - root_nc) * np.power(x / nc, df / 4 - 0.5) * bessel


def _noncentral_t(df: Array, nc: Array, t: Array, k: int) -> Array:
    """For k = 1 the density times sqrt(df), for k = 0 minus the derivative by nc, with a parabolic cylinder function."""
    u = -nc * t / np.sqrt(df + t * t)
    log = sp.gammaln(df + k) - sp.gammaln(df / 2) - (df / 2 - 1) * math.log(2) - nc * nc / 2 + u * u / 4
    return np.exp(log - 0.5 * (df + k) * np.log1p(t * t / df)) * sp.pbdv(-(df + k), u)[0] / ROOT_2PI


def _kolmogorov_slope(x: Array) -> Array:
    """By the theta series, and by its Poisson sum for small x."""
    return branch(value_of(x) > 0.8, _kolmogorov_slope_large, _kolmogorov_slope_small, x)


def _kolmogorov_slope_large(x: Array) -> Array:
    # Above 20 the slope is 0 in double precision.
    return branch(value_of(x) < 20, _theta_slope, lambda x: 0 / x, x)


def _theta_slope(x: Array) -> Array:
    total: Array = 0.0
    for k in range(7, 0, -1):
        total = total - (-1) ** k * k * k * exp_of_square(-2 * k * k, x)
    return -8 * x * total


def _kolmogorov_slope_small(x: Array) -> Array:
    # Below 0.03 the slope is 0 in double precision.
    return branch(value_of(x) > 0.03, _poisson_slope, lambda x: 0 * x, x)


def _poisson_slope(x: Array) -> Array:
    total: Array = 0.0
    for k in (9, 7, 5, 3, 1):
        q = (k * math.pi / x) ** 2 / 8
        total = total + np.exp(-q) * (2 * q - 1)
    return -ROOT_2PI * total / (x * x)


def _smirnov_bend(n: Array, d: Array) -> Array:
    """The second derivative of d times the sum over j <= n (1 - d) of binom(n, j) (d + j/n)^(j-1) (1 - d - j/n)^(n-j)."""
    n, total = np.floor(value_of(n)), 0 * d
    # The term of j = 0 is (1 - d)^n.
    total = total + n * (n - 1) * np.power(1 - d, np.maximum(n - 2, 0))
    for j in np.arange(1, np.max(n, initial=0) + 1):
        total = total + branch((1 - value_of(d)) * n - j > 0, _smirnov_term, lambda n, j, d: 0 * d, n, j, d)
    return total


def _smirnov_term(n: Array, j: Array, d: Array) -> Array:
    a, b = d + j / n, 1 - d - j / n
    g = sp.binom(n, j) * np.power(a, j - 1) * np.power(b, n - j)
    first, second = (j - 1) / a - (n - j) / b, (j - 1) / (a * a) + (n - j) / (b * b)
    return g * (2 * first + d * (first * first - second))


def _tukey_slope(y: Array, x: Array, p: Array) -> Array:
    return _tukey(y, x, p, lambda y, c, p: 1 / (np.power(y, p - 1) + np.power(c, p - 1)))


def _tukey_slope_by_lambda(y: Array, x: Array, p: Array) -> Array:
    # By the derivative of the quantile function, in which lambda = 0 is no removable singularity.
    def slope(y: Array, c: Array, p: Array) -> Array:
        a, b = np.log(y), np.log(c)
        bend = 0.5 * (a * a * sp.hyp1f1(2, 3, p * a) - b * b * sp.hyp1f1(2, 3, p * b))
        return -bend / (np.power(y, p - 1) + np.power(c, p - 1))

    return _tukey(y, x, p, slope)


def _tukey(y: Array, x: Array, p: Array, slope: Any) -> Array:
    """A slope in terms of y and of c = 1 - y to full precision; 0 outside the support."""
    c = sp.tklmbda(-x, p)
    return branch((value_of(y) > 0) & (value_of(c) > 0), slope, lambda y, c, p: 0 * y, y, c, p)


def _refusals(function: str, names: str) -> tuple[Any, ...]:
    return tuple(refused(function, name) for name in names.split())


def _end(y: Array, *x: Array) -> Array:
    """Zero where the last argument, a probability, is 0 or 1."""
    return x[-1] * (1 - x[-1])


def _end_of_result(y: Array, *x: Array) -> Array:
    return y * (1 - y)


# fmt: off
DISTRIBUTIONS: Table = {
    # binomial, negative binomial, Poisson
    sp.bdtr:   Elementwise((*_refusals("bdtr", "k n"),   lambda y, k, n, p: -_binomial(k, n, p)), singular=_end),
    sp.bdtrc:  Elementwise((*_refusals("bdtrc", "k n"),  lambda y, k, n, p: _binomial(k, n, p)), singular=_end),
    sp.bdtri:  Elementwise((*_refusals("bdtri", "k n"),  lambda y, k, n, p: -1 / _binomial(k, n, y)), singular=_end_of_result),
    sp.nbdtr:  Elementwise((*_refusals("nbdtr", "k n"),  lambda y, k, n, p: _negative_binomial(k, n, p)),
                           singular=_end),
    sp.nbdtrc: Elementwise((*_refusals("nbdtrc", "k n"), lambda y, k, n, p: -_negative_binomial(k, n, p)),
                           singular=_end),
    sp.nbdtri: Elementwise((*_refusals("nbdtri", "k n"), lambda y, k, n, p: 1 / _negative_binomial(k, n, y)),
                           singular=_end_of_result),
    sp.pdtr:   Elementwise((*_refusals("pdtr", "k"),  lambda y, k, m: -_poisson(k, m))),
    sp.pdtrc:  Elementwise((*_refusals("pdtrc", "k"), lambda y, k, m: _poisson(k, m))),
    sp.pdtri:  Elementwise((*_refusals("pdtri", "k"), lambda y, k, p: -1 / _poisson(k, y)), singular=lambda y, k, p: y),
    # gamma, chi-square
    sp.gdtr:   Elementwise((lambda y, a, b, x: x * gamma_density(b, a * x), refused("gdtr", "b"),
                            lambda y, a, b, x: a * gamma_density(b, a * x)), singular=lambda y, a, b, x: a * x),
    sp.gdtrc:  Elementwise((lambda y, a, b, x: -x * gamma_density(b, a * x), refused("gdtrc", "b"),
                            lambda y, a, b, x: -a * gamma_density(b, a * x)), singular=lambda y, a, b, x: a * x),
    sp.gdtria: Elementwise((lambda y, p, b, x: 1 / (x * gamma_density(b, x * y)), refused("gdtria", "b"),
                            lambda y, p, b, x: -y / x), singular=lambda y, p, b, x: y),
    sp.gdtrix: Elementwise((lambda y, a, b, p: -y / a, refused("gdtrix", "b"),
                            lambda y, a, b, p: 1 / (a * gamma_density(b, a * y))), singular=lambda y, a, b, p: y),
    sp.chdtr:  Elementwise((refused("chdtr", "v"),  lambda y, v, x: _chi2(v, x)), singular=lambda y, v, x: x),
    sp.chdtrc: Elementwise((refused("chdtrc", "v"), lambda y, v, x: -_chi2(v, x)), singular=lambda y, v, x: x),
    sp.chdtri: Elementwise((refused("chdtri", "v"), lambda y, v, p: -1 / _chi2(v, y)), singular=lambda y, v, p: y),
    sp.chndtr:    Elementwise((lambda y, x, df, nc: _noncentral_chi2(df, nc, x), refused("chndtr", "df"),
                               lambda y, x, df, nc: -_noncentral_chi2(df + 2, nc, x)), singular=lambda y, x, df, nc: x),
    sp.chndtrix:  Elementwise((lambda y, p, df, nc: 1 / _noncentral_chi2(df, nc, y), refused("chndtrix", "df"),
                               lambda y, p, df, nc: _noncentral_chi2(df + 2, nc, y) / _noncentral_chi2(df, nc, y)),
                              singular=lambda y, p, df, nc: y),
    sp.chndtrinc: Elementwise((lambda y, x, df, p: _noncentral_chi2(df, y, x) / _noncentral_chi2(df + 2, y, x),
                               refused("chndtrinc", "df"), lambda y, x, df, p: -1 / _noncentral_chi2(df + 2, y, x)),
                              singular=lambda y, x, df, p: y),
    # F and Student's t
    sp.fdtr:   Elementwise((*_refusals("fdtr", "dfn dfd"),  lambda y, n, d, x: _f(n, d, x)), singular=lambda y, n, d, x: x),
    sp.fdtrc:  Elementwise((*_refusals("fdtrc", "dfn dfd"), lambda y, n, d, x: -_f(n, d, x)), singular=lambda y, n, d, x: x),
    sp.fdtri:  Elementwise((*_refusals("fdtri", "dfn dfd"), lambda y, n, d, p: 1 / _f(n, d, y)), singular=lambda y, n, d, p: y),
    sp.ncfdtr:    Elementwise((*_refusals("ncfdtr", "dfn dfd"), lambda y, n, d, nc, x: -_noncentral_f_by_nc(n, d, nc, x),
                               lambda y, n, d, nc, x: _noncentral_f(n, d, nc, x)), singular=lambda y, n, d, nc, x: x),
    sp.ncfdtri:   Elementwise((*_refusals("ncfdtri", "dfn dfd"),
                               lambda y, n, d, nc, p: _noncentral_f_by_nc(n, d, nc, y) / _noncentral_f(n, d, nc, y),
                               lambda y, n, d, nc, p: 1 / _noncentral_f(n, d, nc, y)), singular=lambda y, n, d, nc, p: y),
    sp.ncfdtrinc: Elementwise((*_refusals("ncfdtrinc", "dfn dfd"), lambda y, n, d, p, x: -1 / _noncentral_f_by_nc(n, d, y, x),
                               lambda y, n, d, p, x: _noncentral_f(n, d, y, x) / _noncentral_f_by_nc(n, d, y, x)),
                              singular=lambda y, n, d, p, x: y),
    sp.stdtr:     Elementwise((refused("stdtr", "df"), lambda y, df, t: _student(df, t)),
                              (None, None, lambda y, df, t: _student_bend(df, t))),
    sp.stdtrit:   Elementwise((refused("stdtrit", "df"), lambda y, df, p: 1 / _student(df, y))),
    sp.nctdtr:    Elementwise((refused("nctdtr", "df"), lambda y, df, nc, t: -_noncentral_t(df, nc, t, 0),
                               lambda y, df, nc, t: _noncentral_t(df, nc, t, 1) / np.sqrt(df))),
    sp.nctdtrit:  Elementwise((refused("nctdtrit", "df"),
                               lambda y, df, nc, p: np.sqrt(df) * _noncentral_t(df, nc, y, 0) / _noncentral_t(df, nc, y, 1),
                               lambda y, df, nc, p: np.sqrt(df) / _noncentral_t(df, nc, y, 1))),
    sp.nctdtrinc: Elementwise((refused("nctdtrinc", "df"), lambda y, df, p, t: -1 / _noncentral_t(df, y, t, 0),
                               lambda y, df, p, t: _noncentral_t(df, y, t, 1) / (np.sqrt(df) * _noncentral_t(df, y, t, 0)))),
    # the normal distribution's parameters: x - std ndtri(p) and (x - mn) / ndtri(p)
    sp.nrdtrimn:  Elementwise((lambda y, p, std, x: -std * ndtri_slope(sp.ndtri(p), p), lambda y, p, std, x: -sp.ndtri(p),
                               lambda y, p, std, x: 1.0)),
    sp.nrdtrisd:  Elementwise((lambda y, mn, p, x: -1 / sp.ndtri(p),
                               lambda y, mn, p, x: -y / sp.ndtri(p) * ndtri_slope(sp.ndtri(p), p),
                               lambda y, mn, p, x: 1 / sp.ndtri(p))),
    # Kolmogorov, Smirnov, Tukey
    sp.kolmogorov: Elementwise((lambda y, x: _kolmogorov_slope(x),)),
    sp.kolmogi:    Elementwise((lambda y, p: -1 / np.abs(_kolmogorov_slope(y)),), singular=lambda y, p: y),
    sp.smirnov:    Elementwise((refused("smirnov", "n"), lambda y, n, d: sp._smirnovp(n, d))),
    sp.smirnovi:   Elementwise((refused("smirnovi", "n"), lambda y, n, p: 1 / sp._smirnovp(n, y)), singular=_end_of_result),
    sp._smirnovp:  Elementwise((refused("smirnov", "n"), lambda y, n, d: _smirnov_bend(n, d))),
    sp.tklmbda:    Elementwise((_tukey_slope, _tukey_slope_by_lambda)),
}
# fmt: on
