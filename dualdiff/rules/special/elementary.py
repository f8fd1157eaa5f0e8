"""Elementary functions of scipy.special: exponentials, entropies, power transforms, loss functions."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._typing import Array
from ..elementwise import ELEMENTWISE
from ..kinds import Elementwise, Table, ZeroSlope
from ..values import value_of
from .branches import branch
from .ufuncs import sp

__all__ = ["ELEMENTARY"]

LN2, LN10, DEGREE = math.log(2), math.log(10), math.pi / 180

_power: Any = ELEMENTWISE[np.power]
_tanh: Any = ELEMENTWISE[np.tanh]


def _logistic_slope(x: Array) -> Array:
    # y * (1 - y) loses the digits of 1 - y; the derivative of y * expit(-x) cancels near 0.
    return 0.25 * _tanh.partials[0](np.tanh(x / 2), x / 2)


def _log_ratio(x1: Array, x2: Array) -> Array:
    """log(x1 / x2), of which rounding the quotient loses the digits near 1."""
    near = (value_of(x1) > 0.5 * value_of(x2)) & (value_of(x1) < 2 * value_of(x2))
    return branch(near, lambda x1, x2: np.log1p((x1 - x2) / x2), _log_of_quotient, x1, x2)


def _log_of_quotient(x1: Array, x2: Array) -> Array:
    # The quotient may overflow or underflow.
    v1, v2 = np.abs(value_of(x1)), np.abs(value_of(x2))
    far = (v1 > 0) & (v2 > 0) & ((v1 < 1e-150) | (v1 > 1e150) | (v2 < 1e-150) | (v2 > 1e150))
    return branch(far, lambda x1, x2: np.log(x1) - np.log(x2), lambda x1, x2: np.log(x1 / x2), x1, x2)


def _quotient(x1: Array, x2: Array) -> Array:
    """x1 / x2, and 0 / 0 as 0: at x1 = 0 the function is 0 whatever x2."""
    return branch((value_of(x1) == 0) & (value_of(x2) == 0), lambda x1, x2: x1, lambda x1, x2: x1 / x2, x1, x2)


def _one_minus_quotient(x1: Array, x2: Array) -> Array:
    both = (value_of(x1) == 0) & (value_of(x2) == 0)
    return branch(both, lambda x1, x2: 1 - x1, lambda x1, x2: (x2 - x1) / x2, x1, x2)


def _boxcox_by_lambda(log: Array, power: Array) -> Array:
    """d/dp of (exp(p log) - 1) / p without a removable singularity at p = 0; -1 / p for log = -inf."""
    return branch(
        np.isneginf(np.real(value_of(log))),
        lambda log, power: 1 / (power * power),
        lambda log, power: 0.5 * log * log * sp.hyp1f1(2, 3, power * log),
        log,
        power,
    )


def _inverse_boxcox_slope(x: Array, power: Array) -> Array:
    # inv_boxcox / (1 + power x) is 0 / 0 at the end of the domain.
    inner = 1 + power * x
    return branch(
        value_of(inner) == 0,
        lambda x, power, inner: np.power(inner, 1 / power - 1),
        lambda x, power, inner: sp.inv_boxcox(x, power) / inner,
        *(x, power, inner),
    )


def _inverse_boxcox_by_lambda(x: Array, power: Array) -> Array:
    return -0.5 * sp.inv_boxcox(x, power) * x * x * sp.hyp2f1(2, 2, 3, -power * x)


def _within(delta: Array, slope: Array) -> Array:
    """Nan for a negative delta, where the loss is infinite."""
    return slope * np.where(np.less(value_of(delta), 0), np.nan, 1.0)


def _pseudo_huber_by_r(delta: Array, r: Array, h: Array) -> Array:
    # r delta / h, in the quotient that is at most 1: d/d(delta) of delta / h would cancel.
    return branch(
        np.abs(value_of(r)) <= np.abs(value_of(delta)),
        lambda delta, r: r / np.hypot(1, r / delta),
        lambda delta, r: delta * np.sign(value_of(r)) / np.hypot(1, delta / r),
        *(delta, r),
    )


def _pseudo_huber_by_delta(delta: Array, r: Array) -> Array:
    # 2 delta (s - 1) - r (r / delta) / s, s = hypot(delta, r) / delta, cancels for small r and overflows for small delta.
    h = np.hypot(delta, r)
    return _at_origin(h, lambda delta, r, h: r * (r / h) * np.square(r / (h + delta)), delta, r)


def _at_origin(h: Array, slope: Any, delta: Array, r: Array) -> Array:
    return branch(value_of(h) == 0, lambda delta, r, h: 0 * h, slope, delta, r, h)


# fmt: off
ELEMENTARY: Table = {
    # exponentials, logarithms, angles in degrees
    sp.cbrt:     Elementwise((lambda y, x: 1 / (3 * y * y),), singular=lambda y, x: y),
    sp.exp2:     Elementwise((lambda y, x: LN2 * y,),     (lambda y, x: LN2 ** 2 * y,)),
    sp.exp10:    Elementwise((lambda y, x: LN10 * y,),    (lambda y, x: LN10 ** 2 * y,)),
    sp.expm1:    Elementwise((lambda y, x: np.exp(x),),   (lambda y, x: np.exp(x),)),
    sp.log1p:    Elementwise((lambda y, x: 1 / (1 + x),), (lambda y, x: -1 / (1 + x) / (1 + x),)),
    sp.exprel:   Elementwise((lambda y, x: 0.5 * sp.hyp1f1(2, 3, x),), (lambda y, x: sp.hyp1f1(3, 4, x) / 3,)),
    sp.cosm1:    Elementwise((lambda y, x: -np.sin(x),),  (lambda y, x: -np.cos(x),)),
    sp.sindg:    Elementwise((lambda y, x: DEGREE * sp.cosdg(x),),  (lambda y, x: -DEGREE ** 2 * y,)),
    sp.cosdg:    Elementwise((lambda y, x: -DEGREE * sp.sindg(x),), (lambda y, x: -DEGREE ** 2 * y,)),
    sp.tandg:    Elementwise((lambda y, x: DEGREE * (1 + y * y),),  (lambda y, x: 2 * DEGREE ** 2 * y * (1 + y * y),)),
    sp.cotdg:    Elementwise((lambda y, x: -DEGREE * (1 + y * y),), (lambda y, x: 2 * DEGREE ** 2 * y * (1 + y * y),)),
    sp.radian:   Elementwise((lambda y, d, m, s: DEGREE, lambda y, d, m, s: DEGREE / 60, lambda y, d, m, s: DEGREE / 3600),
                             tame=True),
    sp.round:    ZeroSlope(),
    # the logistic function
    sp.expit:     Elementwise((lambda y, x: _logistic_slope(x),),
                              (lambda y, x: -np.tanh(x / 2) * _logistic_slope(x),), tame=True),
    sp.log_expit: Elementwise((lambda y, x: sp.expit(-x),), (lambda y, x: -_logistic_slope(x),), tame=True),
    sp.logit:     Elementwise((lambda y, x: 1 / x / (1 - x),), (lambda y, x: (2 * x - 1) / np.square(x * (1 - x)),)),
    # entropies
    sp.entr:     Elementwise((lambda y, x: -np.log(x) - 1,), (lambda y, x: -1 / x,), singular=lambda y, x: x),
    sp.rel_entr: Elementwise((lambda y, x1, x2: _log_ratio(x1, x2) + 1, lambda y, x1, x2: -_quotient(x1, x2)),
                             (lambda y, x1, x2: 1 / x1, lambda y, x1, x2: -1 / x2, lambda y, x1, x2: x1 / x2 / x2),
                             singular=lambda y, x1, x2: x1 * x2),
    sp.kl_div:   Elementwise((lambda y, x1, x2: _log_ratio(x1, x2), lambda y, x1, x2: _one_minus_quotient(x1, x2)),
                             (lambda y, x1, x2: 1 / x1, lambda y, x1, x2: -1 / x2, lambda y, x1, x2: x1 / x2 / x2),
                             singular=lambda y, x1, x2: x1 * x2),
    sp.xlogy:    Elementwise((lambda y, x1, x2: np.log(x2), lambda y, x1, x2: _quotient(x1, x2)),
                             (None, lambda y, x1, x2: 1 / x2, lambda y, x1, x2: -x1 / x2 / x2),
                             singular=lambda y, x1, x2: np.maximum(x2, 0)),
    sp.xlog1py:  Elementwise((lambda y, x1, x2: np.log1p(x2), lambda y, x1, x2: _quotient(x1, 1 + x2)),
                             (None, lambda y, x1, x2: 1 / (1 + x2), lambda y, x1, x2: -x1 / (1 + x2) / (1 + x2)),
                             singular=lambda y, x1, x2: np.maximum(1 + x2, 0)),
    # powers
    sp.powm1:    Elementwise((lambda y, x1, x2: _power.partials[0](np.power(x1, x2), x1, x2),
                              lambda y, x1, x2: _power.partials[1](np.power(x1, x2), x1, x2)), singular=_power.singular),
    sp.boxcox:   Elementwise((lambda y, x, p: np.power(x, p - 1), lambda y, x, p: _boxcox_by_lambda(np.log(x), p)),
                             (lambda y, x, p: (p - 1) * np.power(x, p - 2), lambda y, x, p: np.power(x, p - 1) * np.log(x),
                              lambda y, x, p: np.log(x) ** 3 * sp.hyp1f1(3, 4, p * np.log(x)) / 3),
                             singular=lambda y, x, p: x),
    sp.boxcox1p: Elementwise((lambda y, x, p: np.exp((p - 1) * np.log1p(x)), lambda y, x, p: _boxcox_by_lambda(np.log1p(x), p)),
                             (lambda y, x, p: (p - 1) * np.exp((p - 2) * np.log1p(x)),
                              lambda y, x, p: np.exp((p - 1) * np.log1p(x)) * np.log1p(x),
                              lambda y, x, p: np.log1p(x) ** 3 * sp.hyp1f1(3, 4, p * np.log1p(x)) / 3),
                             singular=lambda y, x, p: 1 + x),
    sp.inv_boxcox:   Elementwise((lambda y, x, p: _inverse_boxcox_slope(x, p), lambda y, x, p: _inverse_boxcox_by_lambda(x, p)),
                                 singular=lambda y, x, p: 1 + p * x),
    sp.inv_boxcox1p: Elementwise((lambda y, x, p: _inverse_boxcox_slope(x, p), lambda y, x, p: _inverse_boxcox_by_lambda(x, p)),
                                 singular=lambda y, x, p: 1 + p * x),
    # loss functions: where two branches meet, the slope's own slope is the mean
    sp.huber:        Elementwise((lambda y, d, r: _within(d, np.maximum(np.abs(r) - d, 0)),
                                  lambda y, d, r: _within(d, np.minimum(np.maximum(r, -d), d)))),
    sp.pseudo_huber: Elementwise((lambda y, d, r: _within(d, _pseudo_huber_by_delta(d, r)),
                                  lambda y, d, r: _within(d, _at_origin(np.hypot(d, r), _pseudo_huber_by_r, d, r)))),
}
# fmt: on
