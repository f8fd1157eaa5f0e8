"""Elliptic integrals and functions, in the symmetric integrals of Carlson, which have no removable singularities.

Source: B. C. Carlson, Numerical computation of real or complex elliptic integrals, Numerical Algorithms 10, 1995.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._typing import Array
from ...errors import NotDifferentiableError
from ..kinds import Composite, Elementwise, Several, Table
from ..values import is_complex, order_of, value_of
from .branches import branch
from .ufuncs import sp

__all__ = ["ELLIPTIC"]


def _rd(x: Array, y: Array, z: Array) -> Array:
    """By duplication: the partial derivatives have no closed form in which nearly equal arguments would not cancel."""
    total, scale = 0.0, 1.0
    with np.errstate(all="ignore"):
        for rounds in range(100):
            mean = (x + y + 3 * z) / 5
            if _close(rounds, mean, x, y, z):
                break
            lam = np.sqrt(x) * np.sqrt(y) + np.sqrt(z) * (np.sqrt(x) + np.sqrt(y))
            total = total + scale / (np.sqrt(z) * (z + lam))
            x, y, z, scale = (x + lam) / 4, (y + lam) / 4, (z + lam) / 4, scale / 4
        X, Y = 1 - x / mean, 1 - y / mean
        Z = -(X + Y) / 3
        E2, E3 = X * Y - 6 * Z * Z, (3 * X * Y - 8 * Z * Z) * Z
        E4, E5 = 3 * (X * Y - Z * Z) * Z * Z, X * Y * Z * Z * Z
        return 3 * total + scale * _series(E2, E3, E4, E5) / (mean * np.sqrt(mean))


def _rj(x: Array, y: Array, z: Array, p: Array) -> Array:
    """By duplication, as RD."""
    if not any(map(is_complex, (x, y, z, p))) and np.any(value_of(p) < 0):
        raise NotDifferentiableError(
            "scipy.special.elliprj has no derivative for p < 0 (a principal value): write it with positive arguments by "
            "https://dlmf.nist.gov/19.20.E14"
        )
    delta, total, scale = (p - x) * (p - y) * (p - z), 0.0, 1.0
    with np.errstate(all="ignore"):
        for rounds in range(100):
            mean = (x + y + z + 2 * p) / 5
            if _close(rounds, mean, x, y, z, p):
                break
            rx, ry, rz, rp = np.sqrt(x), np.sqrt(y), np.sqrt(z), np.sqrt(p)
            lam, d = rx * ry + rx * rz + ry * rz, (rp + rx) * (rp + ry) * (rp + rz)
            total = total + scale / d * sp.elliprc(1, 1 + scale**3 * delta / d / d)
            x, y, z, p, scale = (x + lam) / 4, (y + lam) / 4, (z + lam) / 4, (p + lam) / 4, scale / 4
        X, Y, Z = 1 - x / mean, 1 - y / mean, 1 - z / mean
        P = -(X + Y + Z) / 2
        E2, E3 = X * Y + X * Z + Y * Z - 3 * P * P, X * Y * Z
        E3, E4, E5 = E3 + 2 * E2 * P + 4 * P * P * P, (2 * E3 + E2 * P + 3 * P * P * P) * P, E3 * P * P
        return 6 * total + scale * _series(E2, E3, E4, E5) / (mean * np.sqrt(mean))


def _series(E2: Array, E3: Array, E4: Array, E5: Array) -> Array:
    return 1 - 3 * E2 / 14 + E3 / 6 + 9 * E2 * E2 / 88 - 3 * E4 / 22 - 9 * E2 * E3 / 52 + 3 * E5 / 26


def _close(rounds: int, mean: Array, *x: Array) -> bool:
    """Whether the arguments are so close to each other that the series and its derivatives are exact; nan is.

    Each round takes the derivatives of the arguments to a quarter: after seven, those of equal arguments are small as well.
    """
    if rounds < 7 and any(map(order_of, x)):
        return False
    mean = value_of(mean)
    return not any(np.any(np.abs(value_of(v) - mean) > 1e-4 * np.abs(mean)) for v in x)


def _rc_slope(x: Array, y: Array) -> Array:
    # For y < 0, a principal value, RD is not defined, but then nothing cancels.
    negative = np.less(value_of(y), 0) if not is_complex(x) and not is_complex(y) else False
    return branch(
        negative,
        lambda x, y: (sp.elliprc(x, y) - 1 / np.sqrt(x)) / (2 * (y - x)),
        lambda x, y: -sp.elliprd(y, y, x) / 6,
        x,
        y,
    )


def _rc_slope_by_y(x: Array, y: Array) -> Array:
    negative = np.less(value_of(y), 0) if not is_complex(x) and not is_complex(y) else False
    return branch(
        negative,
        lambda x, y: -(0.5 * sp.elliprc(x, y) + x * _rc_slope(x, y)) / y,
        lambda x, y: -sp.elliprd(x, y, y) / 3,
        x,
        y,
    )


def _rg_slope(x: Array, y: Array, z: Array) -> Array:
    # (RF - x RD(y, z, x) / 3) / 4, integrated by parts, has positive terms only.
    return (_y_rd(x, z, y) + _y_rd(x, y, z)) / 12


def _y_rd(x: Array, z: Array, y: Array) -> Array:
    """y RD(x, z, y), which goes to 0 with y."""
    return branch(value_of(y) == 0, lambda x, z, y: 0 * y, lambda x, z, y: y * sp.elliprd(x, z, y), x, z, y)


def _agm_slope(y: Array, a: Array, b: Array) -> Array:
    return branch(value_of(y) == 0, _agm_slope_at_zero, _agm_slope_inside, y, a, b)


def _agm_slope_at_zero(y: Array, a: Array, b: Array) -> Array:
    # Along its zeros agm is 0; across them its slope is infinite.
    a, b = value_of(a), value_of(b)
    return np.where(a == 0, np.where(b == 0, np.nan, np.inf), 0.0)


def _agm_slope_inside(y: Array, a: Array, b: Array) -> Array:
    quotient = b / a
    return 2 / (3 * math.pi) * np.square(y / a) * sp.elliprd(0, quotient * quotient, 1)


def _delta_squared(phi: Array, m: Array) -> Array:
    # 1 - m sin(phi)^2 cancels near 0.
    return np.square(np.cos(phi)) + (1 - m) * np.square(np.sin(phi))


def _turns(phi: Array) -> tuple[Any, Any]:
    """The integer n with phi - n pi in [-pi/2, pi/2], and (-1)^n."""
    n = np.rint(value_of(phi) / math.pi)
    return n, 1 - 2 * np.remainder(n, 2)


def _times(n: Any, function: Any, m: Array) -> Array:
    """n function(m), 0 for n = 0 where the complete integral is infinite."""
    return branch(n == 0, lambda n, m: 0 * m, lambda n, m: n * function(m), n, m)


def _f_by_m(phi: Array, m: Array) -> Array:
    n, sign = _turns(phi)
    complete = _times(n, lambda m: sp.elliprd(0, 1, 1 - m) / 3, m)
    return complete + _cubed(sign * np.sin(phi)) * sp.elliprd(np.square(np.cos(phi)), 1, _delta_squared(phi, m)) / 6


def _e_by_m(phi: Array, m: Array) -> Array:
    n, sign = _turns(phi)
    complete = _times(n, lambda m: sp.elliprd(0, 1 - m, 1) / 3, m)
    return -complete - _cubed(sign * np.sin(phi)) * sp.elliprd(np.square(np.cos(phi)), _delta_squared(phi, m), 1) / 6


def _cubed(s: Array) -> Array:
    return s * s * s


def _am_by_m(m: Array, sn: Array, cn: Array, dn: Array, ph: Array) -> Array:
    """The derivative of the amplitude: - dn d/dm F(ph, m)."""
    n, sign = _turns(ph)
    complete = _times(n, lambda m: sp.elliprd(0, 1, 1 - m) / 3, m)
    return -dn * (complete + _cubed(sign * sn) * sp.elliprd(cn * cn, 1, dn * dn) / 6)


# fmt: off
ELLIPTIC: Table = {
    sp.ellipk:    Elementwise((lambda y, m: sp.elliprd(0, 1, 1 - m) / 6,)),
    sp.ellipkm1:  Elementwise((lambda y, p: -sp.elliprd(0, 1, p) / 6,)),
    sp.ellipe:    Elementwise((lambda y, m: -sp.elliprd(0, 1 - m, 1) / 6,), singular=lambda y, m: 1 - m),
    sp.ellipkinc: Elementwise((lambda y, phi, m: 1 / np.sqrt(_delta_squared(phi, m)), lambda y, phi, m: _f_by_m(phi, m)),
                              singular=lambda y, phi, m: _delta_squared(phi, m)),
    sp.ellipeinc: Elementwise((lambda y, phi, m: np.sqrt(_delta_squared(phi, m)), lambda y, phi, m: _e_by_m(phi, m)),
                              singular=lambda y, phi, m: _delta_squared(phi, m)),
    sp.ellipj:    Several((
        (lambda y, u, m, sn, cn, dn, ph: cn * dn,  lambda y, u, m, sn, cn, dn, ph: cn * _am_by_m(m, sn, cn, dn, ph)),
        (lambda y, u, m, sn, cn, dn, ph: -sn * dn, lambda y, u, m, sn, cn, dn, ph: -sn * _am_by_m(m, sn, cn, dn, ph)),
        (lambda y, u, m, sn, cn, dn, ph: -m * sn * cn,
         lambda y, u, m, sn, cn, dn, ph: -sn * (sn + 2 * m * cn * _am_by_m(m, sn, cn, dn, ph)) / (2 * dn)),
        (lambda y, u, m, sn, cn, dn, ph: dn,       lambda y, u, m, sn, cn, dn, ph: _am_by_m(m, sn, cn, dn, ph)))),
    sp.agm:       Elementwise((lambda y, a, b: _agm_slope(y, a, b), lambda y, a, b: _agm_slope(y, b, a)),
                              singular=lambda y, a, b: y),
    # Carlson's symmetric integrals
    sp.elliprc:   Elementwise((lambda y, x1, x2: _rc_slope(x1, x2), lambda y, x1, x2: _rc_slope_by_y(x1, x2)),
                              singular=lambda y, x1, x2: x1),
    sp.elliprf:   Elementwise((lambda y, x1, x2, x3: -sp.elliprd(x2, x3, x1) / 6,
                               lambda y, x1, x2, x3: -sp.elliprd(x1, x3, x2) / 6,
                               lambda y, x1, x2, x3: -sp.elliprd(x1, x2, x3) / 6), singular=lambda y, x1, x2, x3: x1 * x2 * x3),
    sp.elliprg:   Elementwise((lambda y, x1, x2, x3: _rg_slope(x1, x2, x3),
                               lambda y, x1, x2, x3: _rg_slope(x2, x3, x1),
                               lambda y, x1, x2, x3: _rg_slope(x3, x1, x2)), singular=lambda y, x1, x2, x3: x1 * x2 * x3),
    sp.elliprd:   Composite(_rd),
    sp.elliprj:   Composite(_rj),
}
# fmt: on
