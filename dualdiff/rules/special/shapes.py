"""Distribution functions by their shape parameters, in which they have no closed form.

Where a distribution function is close to 1, its complement is differentiated, which does not lose the digits of the tail.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..._typing import Array
from ...errors import NotDifferentiableError
from ..values import value_of
from .branches import branch
from .interpolation import ACCURACY, by_parameter
from .ufuncs import sp

__all__ = [
    "beta_by_a",
    "beta_by_b",
    "chi2_by_df",
    "f_by_dfd",
    "f_by_dfn",
    "gamma_by_shape",
    "noncentral_chi2_by_df",
    "noncentral_f_by_dfd",
    "noncentral_f_by_dfn",
    "noncentral_t_by_df",
]


def _positive(p: Array) -> Array:
    return p


def _distribution(lower: Callable[..., Array], upper: Callable[..., Array], i: int) -> Callable[..., Array]:
    """The derivative of a distribution function by its parameter i, from the smaller of it and its complement."""
    below, above = by_parameter(lower, i, _positive), by_parameter(upper, i, _positive)

    def derivative(*x: Array) -> Array:
        return branch(lower(*map(value_of, x)) > 0.5, lambda *x: -above(*x), below, *x)

    return derivative


def gamma_by_shape(a: Array, x: Array) -> Array:
    """The derivative of gammainc by a."""
    _confirm_gamma(value_of(a), value_of(x))
    return _gamma_by_shape(a, x)


def _confirm_gamma(a: Array, x: Array) -> None:
    # For a above 2e5 SciPy's values are smooth, and wrong in the seventh digit: they violate the recurrence.
    with np.errstate(all="ignore"):
        here, next_one = (np.where(sp.gammainc(a, x) < 0.5, sp.gammainc(b, x), -sp.gammaincc(b, x)) for b in (a, a + 1))
        step = sp._igam_fac(a, x) / a
        wrong = np.abs(here - next_one - step) > ACCURACY * step
    if np.any(wrong & (step > 1e-250)):
        raise NotDifferentiableError(
            "scipy.special.gammainc has no derivative with respect to a here: SciPy's own values are not accurate. If only the "
            "value matters, write dd.value_of(a)."
        )


def chi2_by_df(df: Array, x: Array) -> Array:
    """By that of the gamma distribution."""
    return 0.5 * gamma_by_shape(df / 2, x / 2)


_gamma_by_shape = _distribution(sp.gammainc, sp.gammaincc, 0)
beta_by_a, beta_by_b = _distribution(sp.betainc, sp.betaincc, 0), _distribution(sp.betainc, sp.betaincc, 1)
f_by_dfn, f_by_dfd = _distribution(sp.fdtr, sp.fdtrc, 0), _distribution(sp.fdtr, sp.fdtrc, 1)
noncentral_chi2_by_df = by_parameter(sp.chndtr, 1, _positive)
noncentral_f_by_dfn, noncentral_f_by_dfd = by_parameter(sp.ncfdtr, 0, _positive), by_parameter(sp.ncfdtr, 1, _positive)
noncentral_t_by_df = by_parameter(sp.nctdtr, 0, _positive)
