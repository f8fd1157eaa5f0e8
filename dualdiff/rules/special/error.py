"""The error function and its relatives: Faddeeva, Dawson, Voigt, Fresnel, Owen, the normal distribution."""

from __future__ import annotations

import math

import numpy as np

from ..._typing import Array
from ..kinds import Elementwise, Several, Table
from ..values import is_complex, value_of
from .branches import branch
from .ufuncs import sp

__all__ = ["ERROR", "exp_of_square", "ndtri_slope"]

ROOT2, ROOT_PI, ROOT_2PI = math.sqrt(2), math.sqrt(math.pi), math.sqrt(2 * math.pi)


def _head(x: Array) -> Array:
    """The leading 24 bits of x, whose square is exact."""
    v = np.asarray(value_of(x), float)
    return np.where(np.abs(v) < 1e4, v, 0).astype(np.float32).astype(float)


def exp_of_square(factor: complex, x: Array) -> Array:
    """exp(factor x^2); rounding the square of a real x would lose as many digits as the exponent has."""
    if is_complex(x):
        return np.exp(factor * x * x)
    head = _head(x)
    with np.errstate(over="ignore"):
        return np.exp(factor * head * head) * np.exp(factor * ((x - head) * (x + head)))


def _quarter_turns(x: Array) -> Array:
    """pi x^2 / 2, less whole turns."""
    if is_complex(x):
        return 0.5 * math.pi * x * x
    head = _head(x)
    return 0.5 * math.pi * (np.remainder(head * head, 4) + (x - head) * (x + head))


def _erfcx_slope(y: Array, x: Array) -> Array:
    # 2 x y - 2 / sqrt(pi) cancels for large x; the continued fraction of i1erfc / erfc has positive terms only.
    return branch(np.real(value_of(x)) > 3, lambda y, x: -y / _fraction(x), lambda y, x: 2 * x * y - 2 / ROOT_PI, y, x)


def _fraction(x: Array) -> Array:
    fraction = x
    for k in range(80, 1, -1):
        fraction = x + 0.5 * k / fraction
    return fraction


def _tail(s: Array, *, bend: bool = False) -> Array:
    """The sum of (2k+1)!! s^k, s = 1 / (2 z^2), of the asymptotic series of w'(z); of w''(z), with a factor k + 1."""
    total = 1.0
    for k in range(24, 0, -1):
        total = 1 + (2 * k + 1) * ((k + 1) / k if bend else 1) * s * total
    return total


def _dawson_slope(y: Array, x: Array) -> Array:
    # 1 - 2 x y cancels for large x.
    far = np.abs(value_of(x)) > 7 if not is_complex(x) else False
    return branch(far, lambda y, x: -0.5 / x / x * _tail(0.5 / x / x), lambda y, x: 1 - 2 * x * y, y, x)


def _faddeeva_slope(w: Array, z: Array) -> Array:
    # -2 z w + 2i / sqrt(pi) cancels for large z.
    v = value_of(z)
    far = (np.abs(v) > 7) & (np.imag(v) >= 0)
    return branch(far, lambda w, z: _faddeeva_slope_far(z), lambda w, z: -2 * z * w + 2j / ROOT_PI, w, z)


def _faddeeva_slope_far(z: Array) -> Array:
    # Close to the real axis, exp(-z^2) is the real part of w.
    gauss = branch(np.imag(value_of(z)) < 1, lambda z: -2 * z * np.exp(-z * z), lambda z: 0 * z, z)
    return gauss - 1j / ROOT_PI / z / z * _tail(0.5 / z / z)


def _voigt_slope(x: Array, sigma: Array, gamma: Array) -> Array:
    """The derivative of the complex Voigt function by x + i gamma."""
    return _voigt(_voigt_slope_near, _voigt_slope_far, x, sigma, gamma)


def _voigt_bend(x: Array, sigma: Array, gamma: Array) -> Array:
    """The second one; the profile satisfies the heat equation V_sigma = sigma V_xx."""
    return _voigt(_voigt_bend_near, _voigt_bend_far, x, sigma, gamma)


def _voigt(near: object, far: object, x: Array, sigma: Array, gamma: Array) -> Array:
    distant = np.hypot(value_of(x), value_of(gamma)) > 7 * ROOT2 * np.abs(value_of(sigma))
    return branch(distant, far, near, x + 1j * gamma, sigma)  # type: ignore[arg-type]


def _voigt_slope_near(zeta: Array, sigma: Array) -> Array:
    z = zeta / (sigma * ROOT2)
    return (-2 * z * sp.wofz(z) + 2j / ROOT_PI) / (2 * ROOT_PI * sigma * sigma)


def _voigt_slope_far(zeta: Array, sigma: Array) -> Array:
    # The same without the quotient by sigma, which may be 0 (a Lorentz profile).
    s = sigma / zeta
    return -1j / math.pi / zeta / zeta * _tail(s * s) + _gauss(lambda u, g: -u * g, zeta, sigma, 2)


def _voigt_bend_near(zeta: Array, sigma: Array) -> Array:
    z = zeta / (sigma * ROOT2)
    w = sp.wofz(z)
    return (-2 * w - 2 * z * (-2 * z * w + 2j / ROOT_PI)) / (2 * ROOT_2PI * sigma * sigma * sigma)


def _voigt_bend_far(zeta: Array, sigma: Array) -> Array:
    s = sigma / zeta
    return 2j / math.pi / zeta / zeta / zeta * _tail(s * s, bend=True) + _gauss(lambda u, g: (u * u - 1) * g, zeta, sigma, 3)


def _gauss(slope: object, zeta: Array, sigma: Array, power: int) -> Array:
    """The Gaussian's share close to the real axis, where the asymptotic series has none."""
    v, width = value_of(zeta), np.abs(value_of(sigma))
    inside = (np.imag(v) < width) & (np.abs(v) < 40 * width)

    def share(zeta: Array, sigma: Array) -> Array:
        u = zeta / sigma
        return slope(u, np.exp(-0.5 * u * u)) / (ROOT_2PI * sigma**power)  # type: ignore[operator]

    return branch(inside, share, lambda zeta, sigma: 0 * zeta, zeta, sigma)


def _erfcinv_slope(y: Array, x: Array) -> Array:
    # exp(y*y) magnifies the rounding of y in the tail, where erfc(y) = x is known better.
    return branch(
        (value_of(y) > 0.5) & (value_of(x) != 0),
        lambda y, x: -0.5 * ROOT_PI * sp.erfcx(y) / x,
        lambda y, x: -0.5 * ROOT_PI * exp_of_square(1, y),
        y,
        x,
    )


def ndtri_slope(y: Array, x: Array) -> Array:
    """The slope of y = ndtri(x)."""
    # As for erfcinv.
    return branch(
        (value_of(y) < -0.5) & (value_of(x) != 0),
        lambda y, x: 0.5 * ROOT_2PI * sp.erfcx(-y / ROOT2) / x,
        lambda y, x: ROOT_2PI * exp_of_square(0.5, y),
        y,
        x,
    )


def _log_ndtr_slope(y: Array, x: Array) -> Array:
    # The quotient of density and ndtr is 0 / 0 in the left tail; erfcx overflows in the right one.
    right = np.greater(value_of(x), 0) if not is_complex(x) else False
    return branch(
        right,
        lambda x: exp_of_square(-0.5, x) / (ROOT_2PI * sp.ndtr(x)),
        lambda x: math.sqrt(2 / math.pi) / sp.erfcx(-x / ROOT2),
        x,
    )


def _owens_slope(h: Array, a: Array) -> Array:
    return -exp_of_square(-0.5, h) * sp.erf(a * h / ROOT2) / (2 * ROOT_2PI)


def _owens_slope_by_a(h: Array, a: Array) -> Array:
    return exp_of_square(-0.5, h) * exp_of_square(-0.5, h * a) / (2 * math.pi * (1 + a * a))


#: exp(i pi / 4) and exp(3i pi / 4): modfresnelp(x)[1] is w(U x) / 2, modfresnelm(x)[1] is w(V x) / 2.
U, V = (1 + 1j) / ROOT2, (-1 + 1j) / ROOT2

# fmt: off
ERROR: Table = {
    sp.erf:     Elementwise((lambda y, x: 2 / ROOT_PI * exp_of_square(-1, x),),
                            (lambda y, x: -4 / ROOT_PI * x * exp_of_square(-1, x),)),
    sp.erfc:    Elementwise((lambda y, x: -2 / ROOT_PI * exp_of_square(-1, x),),
                            (lambda y, x: 4 / ROOT_PI * x * exp_of_square(-1, x),)),
    sp.erfi:    Elementwise((lambda y, x: 2 / ROOT_PI * exp_of_square(1, x),),
                            (lambda y, x: 4 / ROOT_PI * x * exp_of_square(1, x),)),
    sp.erfcx:   Elementwise((_erfcx_slope,)),
    sp.erfinv:  Elementwise((lambda y, x: 0.5 * ROOT_PI * exp_of_square(1, y),),
                            (lambda y, x: 0.5 * math.pi * y * exp_of_square(2, y),)),
    sp.erfcinv: Elementwise((_erfcinv_slope,), (lambda y, x: 2 * y * np.square(_erfcinv_slope(y, x)),)),
    sp.dawsn:   Elementwise((_dawson_slope,)),
    sp.wofz:    Elementwise((_faddeeva_slope,)),
    sp.voigt_profile: Elementwise((lambda y, x, s, g: np.real(_voigt_slope(x, s, g)),
                                   lambda y, x, s, g: s * np.real(_voigt_bend(x, s, g)),
                                   lambda y, x, s, g: -np.imag(_voigt_slope(x, s, g)))),
    # the normal distribution
    sp.ndtr:      Elementwise((lambda y, x: exp_of_square(-0.5, x) / ROOT_2PI,),
                              (lambda y, x: -x * exp_of_square(-0.5, x) / ROOT_2PI,)),
    sp.log_ndtr:  Elementwise((_log_ndtr_slope,)),
    sp.ndtri:     Elementwise((ndtri_slope,), (lambda y, x: y * np.square(ndtri_slope(y, x)),)),
    # exp(x + y*y/2) cancels in the left tail
    sp.ndtri_exp: Elementwise((lambda y, x: math.sqrt(math.pi / 2) * sp.erfcx(-y / ROOT2),)),
    sp.owens_t:   Elementwise((lambda y, h, a: _owens_slope(h, a), lambda y, h, a: _owens_slope_by_a(h, a))),
    # Fresnel integrals
    sp.fresnel:     Several(((lambda y, x, s, c: np.sin(_quarter_turns(x)),), (lambda y, x, s, c: np.cos(_quarter_turns(x)),))),
    sp.modfresnelp: Several(((lambda y, x, f, k: -exp_of_square(1j, x),),
                             (lambda y, x, f, k: 0.5 * U * _faddeeva_slope(2 * k, U * x),))),
    sp.modfresnelm: Several(((lambda y, x, f, k: -exp_of_square(-1j, x),),
                             (lambda y, x, f, k: 0.5 * V * _faddeeva_slope(2 * k, V * x),))),
}
# fmt: on
