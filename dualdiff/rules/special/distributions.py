"""Distribution functions and their inverses: the slope of a distribution function is the density."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._typing import Array
from ..kinds import Elementwise, Table
from ..values import value_of
from .arguments import parameter, refused
from .branches import branch
from .densities import (
    binomial_density,
    chi2_density,
    f_density,
    negative_binomial_density,
    noncentral_chi2_density,
    noncentral_f_by_nc,
    noncentral_f_density,
    noncentral_t_by_nc,
    noncentral_t_density,
    poisson_density,
    student_density,
)
from .error import exp_of_square, ndtri_slope
from .gamma import gamma_density, gamma_quantile_by_shape
from .shapes import (
    chi2_by_df,
    f_by_dfd,
    f_by_dfn,
    gamma_by_shape,
    noncentral_chi2_by_df,
    noncentral_f_by_dfd,
    noncentral_f_by_dfn,
    noncentral_t_by_df,
)
from .student import student_by_df
from .ufuncs import sp

__all__ = ["DISTRIBUTIONS"]

ROOT_2PI = math.sqrt(2 * math.pi)


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
    # binomial, negative binomial, Poisson: the counts are integers
    sp.bdtr:   Elementwise((*_refusals("bdtr", "k n"),   lambda y, k, n, p: -binomial_density(k, n, p)), singular=_end),
    sp.bdtrc:  Elementwise((*_refusals("bdtrc", "k n"),  lambda y, k, n, p: binomial_density(k, n, p)), singular=_end),
    sp.bdtri:  Elementwise((*_refusals("bdtri", "k n"),  lambda y, k, n, p: -1 / binomial_density(k, n, y)),
                           singular=_end_of_result),
    sp.nbdtr:  Elementwise((*_refusals("nbdtr", "k n"),  lambda y, k, n, p: negative_binomial_density(k, n, p)), singular=_end),
    sp.nbdtrc: Elementwise((*_refusals("nbdtrc", "k n"), lambda y, k, n, p: -negative_binomial_density(k, n, p)),
                           singular=_end),
    sp.nbdtri: Elementwise((*_refusals("nbdtri", "k n"), lambda y, k, n, p: 1 / negative_binomial_density(k, n, y)),
                           singular=_end_of_result),
    sp.pdtr:   Elementwise((*_refusals("pdtr", "k"),  lambda y, k, m: -poisson_density(k, m))),
    sp.pdtrc:  Elementwise((*_refusals("pdtrc", "k"), lambda y, k, m: poisson_density(k, m))),
    sp.pdtri:  Elementwise((*_refusals("pdtri", "k"), lambda y, k, p: -1 / poisson_density(k, y)), singular=lambda y, k, p: y),
    # gamma
    sp.gdtr:   Elementwise((lambda y, a, b, x: x * gamma_density(b, a * x),
                            parameter("gdtr", "b", lambda y, a, b, x: gamma_by_shape(b, a * x)),
                            lambda y, a, b, x: a * gamma_density(b, a * x)), singular=lambda y, a, b, x: a * x),
    sp.gdtrc:  Elementwise((lambda y, a, b, x: -x * gamma_density(b, a * x),
                            parameter("gdtrc", "b", lambda y, a, b, x: -gamma_by_shape(b, a * x)),
                            lambda y, a, b, x: -a * gamma_density(b, a * x)), singular=lambda y, a, b, x: a * x),
    sp.gdtria: Elementwise((lambda y, p, b, x: 1 / (x * gamma_density(b, x * y)),
                            parameter("gdtria", "b", lambda y, p, b, x: gamma_quantile_by_shape(b, x * y) / x),
                            lambda y, p, b, x: -y / x), singular=lambda y, p, b, x: y),
    sp.gdtrix: Elementwise((lambda y, a, b, p: -y / a,
                            parameter("gdtrix", "b", lambda y, a, b, p: gamma_quantile_by_shape(b, a * y) / a),
                            lambda y, a, b, p: 1 / (a * gamma_density(b, a * y))), singular=lambda y, a, b, p: y),
    # chi-square
    sp.chdtr:  Elementwise((parameter("chdtr", "v", lambda y, v, x: chi2_by_df(v, x)),
                            lambda y, v, x: chi2_density(v, x)), singular=lambda y, v, x: x),
    sp.chdtrc: Elementwise((parameter("chdtrc", "v", lambda y, v, x: -chi2_by_df(v, x)),
                            lambda y, v, x: -chi2_density(v, x)), singular=lambda y, v, x: x),
    sp.chdtri: Elementwise((parameter("chdtri", "v", lambda y, v, p: gamma_quantile_by_shape(v / 2, y / 2)),
                            lambda y, v, p: -1 / chi2_density(v, y)), singular=lambda y, v, p: y),
    sp.chndtr:    Elementwise((lambda y, x, df, nc: noncentral_chi2_density(df, nc, x),
                               parameter("chndtr", "df", lambda y, x, df, nc: noncentral_chi2_by_df(x, df, nc)),
                               lambda y, x, df, nc: -noncentral_chi2_density(df + 2, nc, x)), singular=lambda y, x, df, nc: x),
    sp.chndtrix:  Elementwise((
        lambda y, p, df, nc: 1 / noncentral_chi2_density(df, nc, y),
        parameter("chndtrix", "df",
                  lambda y, p, df, nc: -noncentral_chi2_by_df(y, df, nc) / noncentral_chi2_density(df, nc, y)),
        lambda y, p, df, nc: noncentral_chi2_density(df + 2, nc, y) / noncentral_chi2_density(df, nc, y)),
        singular=lambda y, p, df, nc: y),
    sp.chndtrinc: Elementwise((
        lambda y, x, df, p: noncentral_chi2_density(df, y, x) / noncentral_chi2_density(df + 2, y, x),
        parameter("chndtrinc", "df",
                  lambda y, x, df, p: noncentral_chi2_by_df(x, df, y) / noncentral_chi2_density(df + 2, y, x)),
        lambda y, x, df, p: -1 / noncentral_chi2_density(df + 2, y, x)), singular=lambda y, x, df, p: y),
    # F
    sp.fdtr:   Elementwise((parameter("fdtr", "dfn", lambda y, n, d, x: f_by_dfn(n, d, x)),
                            parameter("fdtr", "dfd", lambda y, n, d, x: f_by_dfd(n, d, x)),
                            lambda y, n, d, x: f_density(n, d, x)), singular=lambda y, n, d, x: x),
    sp.fdtrc:  Elementwise((parameter("fdtrc", "dfn", lambda y, n, d, x: -f_by_dfn(n, d, x)),
                            parameter("fdtrc", "dfd", lambda y, n, d, x: -f_by_dfd(n, d, x)),
                            lambda y, n, d, x: -f_density(n, d, x)), singular=lambda y, n, d, x: x),
    sp.fdtri:  Elementwise((parameter("fdtri", "dfn", lambda y, n, d, p: -f_by_dfn(n, d, y) / f_density(n, d, y)),
                            parameter("fdtri", "dfd", lambda y, n, d, p: -f_by_dfd(n, d, y) / f_density(n, d, y)),
                            lambda y, n, d, p: 1 / f_density(n, d, y)), singular=lambda y, n, d, p: y),
    sp.ncfdtr:    Elementwise((parameter("ncfdtr", "dfn", lambda y, *x: noncentral_f_by_dfn(*x)),
                               parameter("ncfdtr", "dfd", lambda y, *x: noncentral_f_by_dfd(*x)),
                               lambda y, n, d, nc, x: -noncentral_f_by_nc(n, d, nc, x),
                               lambda y, n, d, nc, x: noncentral_f_density(n, d, nc, x)), singular=lambda y, n, d, nc, x: x),
    sp.ncfdtri:   Elementwise((
        parameter("ncfdtri", "dfn",
                  lambda y, n, d, nc, p: -noncentral_f_by_dfn(n, d, nc, y) / noncentral_f_density(n, d, nc, y)),
        parameter("ncfdtri", "dfd",
                  lambda y, n, d, nc, p: -noncentral_f_by_dfd(n, d, nc, y) / noncentral_f_density(n, d, nc, y)),
        lambda y, n, d, nc, p: noncentral_f_by_nc(n, d, nc, y) / noncentral_f_density(n, d, nc, y),
        lambda y, n, d, nc, p: 1 / noncentral_f_density(n, d, nc, y)), singular=lambda y, n, d, nc, p: y),
    sp.ncfdtrinc: Elementwise((
        parameter("ncfdtrinc", "dfn", lambda y, n, d, p, x: noncentral_f_by_dfn(n, d, y, x) / noncentral_f_by_nc(n, d, y, x)),
        parameter("ncfdtrinc", "dfd", lambda y, n, d, p, x: noncentral_f_by_dfd(n, d, y, x) / noncentral_f_by_nc(n, d, y, x)),
        lambda y, n, d, p, x: -1 / noncentral_f_by_nc(n, d, y, x),
        lambda y, n, d, p, x: noncentral_f_density(n, d, y, x) / noncentral_f_by_nc(n, d, y, x)),
        singular=lambda y, n, d, p, x: y),
    # Student's t
    sp.stdtr:     Elementwise((parameter("stdtr", "df", lambda y, df, t: student_by_df(df, t)),
                               lambda y, df, t: student_density(df, t))),
    sp.stdtrit:   Elementwise((parameter("stdtrit", "df", lambda y, df, p: -student_by_df(df, y) / student_density(df, y)),
                               lambda y, df, p: 1 / student_density(df, y))),
    sp.nctdtr:    Elementwise((parameter("nctdtr", "df", lambda y, df, nc, t: noncentral_t_by_df(df, nc, t)),
                               lambda y, df, nc, t: -noncentral_t_by_nc(df, nc, t),
                               lambda y, df, nc, t: noncentral_t_density(df, nc, t))),
    sp.nctdtrit:  Elementwise((
        parameter("nctdtrit", "df", lambda y, df, nc, p: -noncentral_t_by_df(df, nc, y) / noncentral_t_density(df, nc, y)),
        lambda y, df, nc, p: noncentral_t_by_nc(df, nc, y) / noncentral_t_density(df, nc, y),
        lambda y, df, nc, p: 1 / noncentral_t_density(df, nc, y))),
    sp.nctdtrinc: Elementwise((
        parameter("nctdtrinc", "df", lambda y, df, p, t: noncentral_t_by_df(df, y, t) / noncentral_t_by_nc(df, y, t)),
        lambda y, df, p, t: -1 / noncentral_t_by_nc(df, y, t),
        lambda y, df, p, t: noncentral_t_density(df, y, t) / noncentral_t_by_nc(df, y, t))),
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
