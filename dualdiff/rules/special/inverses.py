"""Inverses of distribution functions in a parameter: where F(y, x) = p, the derivative by x is that of F by x over that by y.

A line holds F - p and its derivatives, first by y and then by the arguments. All of them need a derivative by a parameter.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._typing import Array, Partial
from ...errors import NotDifferentiableError
from ..kinds import Elementwise, Table
from ..values import value_of
from .arguments import parameter
from .densities import (
    chi2_density,
    f_density,
    noncentral_chi2_density,
    noncentral_f_by_nc,
    noncentral_f_density,
    noncentral_t_by_nc,
    noncentral_t_density,
    student_density,
)
from .gamma import beta_density, gamma_density
from .interpolation import ACCURACY
from .shapes import (
    beta_by_a,
    beta_by_b,
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

__all__ = ["INVERSES"]


def _solved(function: Any, names: str, equation: Partial, by_result: Partial, *by_arguments: Partial) -> Elementwise:
    """The rule of y with equation(y, x) = 0."""

    def partial(slope: Partial) -> Partial:
        def by_argument(y: Array, *x: Array) -> Array:
            y = _improved(function, equation, by_result, y, *x)
            return -slope(y, *x) / by_result(y, *x)

        return by_argument

    named = zip(names.split(), by_arguments, strict=True)
    return Elementwise(tuple(parameter(function.__name__, name, partial(slope)) for name, slope in named))


def _improved(function: Any, equation: Partial, by_result: Partial, y: Array, *x: Array) -> Array:
    """The result by Newton's method: SciPy stops its search early."""
    values, others = value_of(y), [value_of(v) for v in x]
    solution = np.asarray(values, float)
    with np.errstate(all="ignore"):
        for _ in range(4):
            step = equation(solution, *others) / by_result(solution, *others)
            solution = solution - np.where(np.abs(step) < 0.1 * np.abs(solution), step, 0.0)
        known = np.isnan(values) | (np.abs(step) <= ACCURACY * np.abs(solution))
    if not np.all(known):
        raise NotDifferentiableError(
            f"scipy.special.{function.__name__} hardly depends on its arguments here, or has no value: the equation that it "
            "solves does not determine it to ten digits. If only its value matters, write dd.value_of(...) of the arguments."
        )
    return y + (solution - values)


def _probability(y: Array, *x: Array) -> Array:
    return -1.0


def _binomial(k: Array, n: Array, p: Array) -> Array:
    """bdtr, for real k."""
    return sp.betainc(n - k, k + 1, 1 - p)


def _binomial_by_k(k: Array, n: Array, p: Array) -> Array:
    return beta_by_b(n - k, k + 1, 1 - p) - beta_by_a(n - k, k + 1, 1 - p)


# fmt: off
INVERSES: Table = {
    sp.btdtria: _solved(sp.btdtria, "p b x", lambda a, p, b, x: sp.betainc(a, b, x) - p,
                        lambda a, p, b, x: beta_by_a(a, b, x), _probability,
                        lambda a, p, b, x: beta_by_b(a, b, x), lambda a, p, b, x: beta_density(a, b, x, 1 - x)),
    sp.btdtrib: _solved(sp.btdtrib, "a p x", lambda b, a, p, x: sp.betainc(a, b, x) - p,
                        lambda b, a, p, x: beta_by_b(a, b, x), lambda b, a, p, x: beta_by_a(a, b, x),
                        _probability, lambda b, a, p, x: beta_density(a, b, x, 1 - x)),
    sp.bdtrik:  _solved(sp.bdtrik, "y n p", lambda k, y, n, p: _binomial(k, n, p) - y,
                        lambda k, y, n, p: _binomial_by_k(k, n, p), _probability,
                        lambda k, y, n, p: beta_by_a(n - k, k + 1, 1 - p),
                        lambda k, y, n, p: -beta_density(n - k, k + 1, 1 - p, p)),
    sp.bdtrin:  _solved(sp.bdtrin, "k y p", lambda n, k, y, p: _binomial(k, n, p) - y,
                        lambda n, k, y, p: beta_by_a(n - k, k + 1, 1 - p),
                        lambda n, k, y, p: _binomial_by_k(k, n, p), _probability,
                        lambda n, k, y, p: -beta_density(n - k, k + 1, 1 - p, p)),
    sp.nbdtrik: _solved(sp.nbdtrik, "y n p", lambda k, y, n, p: sp.betainc(n, k + 1, p) - y,
                        lambda k, y, n, p: beta_by_b(n, k + 1, p), _probability,
                        lambda k, y, n, p: beta_by_a(n, k + 1, p), lambda k, y, n, p: beta_density(n, k + 1, p, 1 - p)),
    sp.nbdtrin: _solved(sp.nbdtrin, "k y p", lambda n, k, y, p: sp.betainc(n, k + 1, p) - y,
                        lambda n, k, y, p: beta_by_a(n, k + 1, p),
                        lambda n, k, y, p: beta_by_b(n, k + 1, p), _probability,
                        lambda n, k, y, p: beta_density(n, k + 1, p, 1 - p)),
    sp.pdtrik:  _solved(sp.pdtrik, "p m", lambda k, p, m: sp.gammaincc(k + 1, m) - p,
                        lambda k, p, m: -gamma_by_shape(k + 1, m), _probability,
                        lambda k, p, m: -gamma_density(k + 1, m)),
    sp.gdtrib:  _solved(sp.gdtrib, "a p x", lambda b, a, p, x: sp.gdtr(a, b, x) - p,
                        lambda b, a, p, x: gamma_by_shape(b, a * x),
                        lambda b, a, p, x: x * gamma_density(b, a * x), _probability,
                        lambda b, a, p, x: a * gamma_density(b, a * x)),
    sp.chdtriv: _solved(sp.chdtriv, "p x", lambda v, p, x: sp.chdtr(v, x) - p,
                        lambda v, p, x: chi2_by_df(v, x), _probability, lambda v, p, x: chi2_density(v, x)),
    sp.chndtridf: _solved(sp.chndtridf, "x p nc", lambda df, x, p, nc: sp.chndtr(x, df, nc) - p,
                        lambda df, x, p, nc: noncentral_chi2_by_df(x, df, nc),
                          lambda df, x, p, nc: noncentral_chi2_density(df, nc, x), _probability,
                          lambda df, x, p, nc: -noncentral_chi2_density(df + 2, nc, x)),
    sp.fdtridfd:  _solved(sp.fdtridfd, "dfn p x", lambda d, n, p, x: sp.fdtr(n, d, x) - p,
                        lambda d, n, p, x: f_by_dfd(n, d, x), lambda d, n, p, x: f_by_dfn(n, d, x),
                          _probability, lambda d, n, p, x: f_density(n, d, x)),
    sp.ncfdtridfn: _solved(sp.ncfdtridfn, "p dfd nc f", lambda n, p, d, nc, x: sp.ncfdtr(n, d, nc, x) - p,
                        lambda n, p, d, nc, x: noncentral_f_by_dfn(n, d, nc, x), _probability,
                           lambda n, p, d, nc, x: noncentral_f_by_dfd(n, d, nc, x),
                           lambda n, p, d, nc, x: -noncentral_f_by_nc(n, d, nc, x),
                           lambda n, p, d, nc, x: noncentral_f_density(n, d, nc, x)),
    sp.ncfdtridfd: _solved(sp.ncfdtridfd, "dfn p nc f", lambda d, n, p, nc, x: sp.ncfdtr(n, d, nc, x) - p,
                        lambda d, n, p, nc, x: noncentral_f_by_dfd(n, d, nc, x),
                           lambda d, n, p, nc, x: noncentral_f_by_dfn(n, d, nc, x), _probability,
                           lambda d, n, p, nc, x: -noncentral_f_by_nc(n, d, nc, x),
                           lambda d, n, p, nc, x: noncentral_f_density(n, d, nc, x)),
    sp.stdtridf:  _solved(sp.stdtridf, "p t", lambda df, p, t: sp.stdtr(df, t) - p,
                        lambda df, p, t: student_by_df(df, t), _probability,
                          lambda df, p, t: student_density(df, t)),
    sp.nctdtridf: _solved(sp.nctdtridf, "p nc t", lambda df, p, nc, t: sp.nctdtr(df, nc, t) - p,
                        lambda df, p, nc, t: noncentral_t_by_df(df, nc, t), _probability,
                          lambda df, p, nc, t: -noncentral_t_by_nc(df, nc, t),
                          lambda df, p, nc, t: noncentral_t_density(df, nc, t)),
}
# fmt: on
