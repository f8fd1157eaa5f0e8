"""Densities of distributions, and what else their distribution functions are differentiated with."""

from __future__ import annotations

import math

import numpy as np

from ..._typing import Array
from ..values import value_of
from .arguments import truncated
from .branches import branch
from .error import exp_of_square
from .gamma import beta_density, gamma_density
from .ufuncs import sp

__all__ = [
    "binomial_density",
    "chi2_density",
    "f_density",
    "negative_binomial_density",
    "noncentral_chi2_density",
    "noncentral_f_by_nc",
    "noncentral_f_density",
    "noncentral_t_by_nc",
    "noncentral_t_density",
    "poisson_density",
    "reciprocal_beta",
    "student_density",
]

ROOT_2PI = math.sqrt(2 * math.pi)


def binomial_density(k: Array, n: Array, p: Array) -> Array:
    """- d bdtr / dp."""
    k, n = np.floor(k), truncated(n)
    return beta_density(n - k, k + 1, 1 - p, p)


def negative_binomial_density(k: Array, n: Array, p: Array) -> Array:
    """The derivative of nbdtr by p."""
    return beta_density(truncated(n), truncated(k) + 1, p, 1 - p)


def poisson_density(k: Array, m: Array) -> Array:
    """- d pdtr / dm."""
    return gamma_density(np.floor(k) + 1, m)


def chi2_density(df: Array, x: Array) -> Array:
    """x^(df/2 - 1) exp(-x/2) / (2^(df/2) gamma(df/2))."""
    return 0.5 * gamma_density(df / 2, x / 2)


def student_density(df: Array, t: Array) -> Array:
    """(1 + t^2/df)^(-(df+1)/2) / (sqrt(df) B(df/2, 1/2)); the normal density for df = inf."""
    return branch(np.isinf(value_of(df)), lambda df, t: exp_of_square(-0.5, t) / ROOT_2PI, _student_finite, df, t)


def _student_finite(df: Array, t: Array) -> Array:
    return np.exp(-0.5 * (df + 1) * np.log1p(t * t / df)) * reciprocal_beta(df / 2) / np.sqrt(df)


def reciprocal_beta(x: Array) -> Array:
    """1 / B(x, 1/2): SciPy's beta loses digits for large x."""
    return branch(value_of(x) > 30, _reciprocal_beta_far, lambda x: 1 / sp.beta(x, 0.5), x)


def _reciprocal_beta_far(x: Array) -> Array:
    square = 1 / np.square(x)
    series = (-1 / 8 + square * (1 / 192 + square * (-1 / 640 + square * (17 / 14336 - square * 31 / 18432)))) / x
    return np.sqrt(x / math.pi) * np.exp(series)


def f_density(n: Array, d: Array, x: Array) -> Array:
    """By the beta density of w = n x / (n x + d)."""
    w, c = n * x / (n * x + d), d / (n * x + d)
    return beta_density(n / 2, d / 2, w, c) * n / d * c * c


def noncentral_f_density(n: Array, d: Array, nc: Array, x: Array) -> Array:
    """The central density times a confluent hypergeometric function."""
    w = n * x / (n * x + d)
    return f_density(n, d, x) * np.exp(-nc / 2) * sp.hyp1f1((n + d) / 2, n / 2, nc * w / 2)


def noncentral_f_by_nc(n: Array, d: Array, nc: Array, x: Array) -> Array:
    """- d ncfdtr / dnc."""
    w, c = n * x / (n * x + d), d / (n * x + d)
    return beta_density(n / 2, d / 2, w, c) * w * c / n * np.exp(-nc / 2) * sp.hyp1f1((n + d) / 2, n / 2 + 1, nc * w / 2)


def noncentral_chi2_density(df: Array, nc: Array, x: Array) -> Array:
    """The density by 0F1, which is regular at nc = 0 and overflows for large x nc; by a scaled Bessel function there."""
    return branch(value_of(nc) * value_of(x) < 1e4, _noncentral_chi2_near, _noncentral_chi2_far, df, nc, x)


def _noncentral_chi2_near(df: Array, nc: Array, x: Array) -> Array:
    return chi2_density(df, x) * np.exp(-nc / 2) * sp.hyp0f1(df / 2, nc * x / 4)


def _noncentral_chi2_far(df: Array, nc: Array, x: Array) -> Array:
    root_x, root_nc = np.sqrt(x), np.sqrt(nc)
    bessel = sp.ive(df / 2 - 1, root_x * root_nc)
    return 0.5 * exp_of_square(-0.5, root_x - root_nc) * np.power(x / nc, df / 4 - 0.5) * bessel


def noncentral_t_density(df: Array, nc: Array, t: Array) -> Array:
    """With a parabolic cylinder function."""
    return _noncentral_t(df, nc, t, 1) / np.sqrt(df)


def noncentral_t_by_nc(df: Array, nc: Array, t: Array) -> Array:
    """- d nctdtr / dnc."""
    return _noncentral_t(df, nc, t, 0)


def _noncentral_t(df: Array, nc: Array, t: Array, k: int) -> Array:
    u = -nc * t / np.sqrt(df + t * t)
    log = sp.gammaln(df + k) - sp.gammaln(df / 2) - (df / 2 - 1) * math.log(2) - nc * nc / 2 + u * u / 4
    return np.exp(log - 0.5 * (df + k) * np.log1p(t * t / df)) * sp.pbdv(-(df + k), u)[0] / ROOT_2PI
