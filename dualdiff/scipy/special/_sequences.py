"""Functions of all orders up to one, each with its derivative: their second derivatives are given by differential equations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._typing import Array
from ...errors import NotDifferentiableError
from ._border import by_slope, differentiated, spread
from ._original import original, ufuncs
from ._spherical import bessel

__all__ = ["lmbda", "lqmn", "lqn", "pbdn_seq", "pbdv_seq", "pbvv_seq", "riccati_jn", "riccati_yn"]

Pair = tuple[Array, Array]


def _solution(pair: Callable[[Any], Any], bend: Callable[..., Array], z: Array, *orders: Any) -> Pair:
    """Functions of these orders and their derivatives, as ``pair`` gives both; the second ones are ``bend(z, y, dy)``."""
    shape = np.broadcast_shapes(*map(np.shape, orders))
    first = (0,) * (len(shape) - np.ndim(z))

    # The argument is repeated for every order.
    def value(z: Array) -> Array:
        return by_slope(lambda z: pair(z[first])[0], slope, z)

    def slope(z: Array) -> Array:
        return by_slope(lambda z: pair(z[first])[1], lambda z: bend(z, value(z), slope(z)), z)

    z = spread(z, *orders)
    return value(z), slope(z)


@differentiated("z")
def lqn(n: int, z: Array) -> Pair:
    """The Legendre functions of the second kind of degrees 0 to n, and their derivatives.

    Parameters
    ----------
    n : int
        The highest degree.
    z : array_like
        The argument, real or complex.

    Returns
    -------
    pair of arrays
        Of shape ``(n + 1, *z.shape)``.

    Notes
    -----
    Second derivatives come from ``(1 - z^2) Q'' = 2 z Q' - n (n + 1) Q`` (DLMF 14.2.1).

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda z: special.lqn(1, z)[0])(0.5)  # the first is atanh(z)
    array([1.33333333, 1.21597281])
    """
    k = np.arange(int(n) + 1).reshape(-1, *(1,) * np.ndim(z))
    return _solution(lambda z: original.lqn(n, z), lambda z, y, dy: (2 * z * dy - k * (k + 1) * y) / ((1 - z) * (1 + z)), z, k)


@differentiated("z")
def lqmn(m: int, n: int, z: Array) -> Pair:
    """The associated Legendre functions of the second kind of orders 0 to m and degrees 0 to n, and their derivatives.

    Parameters
    ----------
    m, n : int
        The highest order and degree.
    z : array_like
        The argument, real or complex.

    Returns
    -------
    pair of arrays
        Of shape ``(m + 1, n + 1, *z.shape)``.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda z: special.lqmn(0, 1, z)[0])(0.5)
    array([[1.33333333, 1.21597281]])
    """
    ones = (1,) * np.ndim(z)
    orders, k = np.arange(int(m) + 1).reshape(-1, 1, *ones), np.arange(int(n) + 1).reshape(-1, *ones)

    def bend(z: Array, y: Array, dy: Array) -> Array:
        square = (1 - z) * (1 + z)
        return (2 * z * dy - (k * (k + 1) - orders * orders / square) * y) / square

    return _solution(lambda z: original.lqmn(m, n, z), bend, z, orders, k)


@differentiated("x")
def pbdv_seq(v: float, x: Array) -> Pair:
    """The parabolic cylinder functions D of orders v - int(v) to v, and their derivatives.

    Parameters
    ----------
    v : float
        The highest order, not negative where x is a dual.
    x : float
        The argument.

    Returns
    -------
    pair of arrays
        Of shape ``(int(v) + 1,)``, at least 2.

    Notes
    -----
    Second derivatives come from ``D'' = (x^2 / 4 - v - 1 / 2) D`` (DLMF 12.2.4).

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda x: special.pbdv_seq(1, x)[0])(0.0)  # exp(-x^2 / 4) and x exp(-x^2 / 4)
    array([-0.,  1.])
    """
    return _parabolic("pbdv_seq", v, x)


@differentiated("x")
def pbvv_seq(v: float, x: Array) -> Pair:
    """The parabolic cylinder functions V of orders v - int(v) to v, and their derivatives.

    Parameters
    ----------
    v : float
        The highest order, not negative where x is a dual.
    x : float
        The argument.

    Returns
    -------
    pair of arrays
        Of shape ``(int(v) + 1,)``, at least 2.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> first = dd.derivative(lambda x: special.pbvv_seq(1, x)[0])(0.5)
    >>> bool((first == special.pbvv_seq(1, 0.5)[1]).all())
    True
    """
    return _parabolic("pbvv_seq", v, x)


@differentiated("z")
def pbdn_seq(n: int, z: Array) -> Pair:
    """The parabolic cylinder functions D of orders 0 to n at a complex argument, and their derivatives.

    Parameters
    ----------
    n : int
        The highest order, not negative where z is a dual.
    z : complex
        The argument.

    Returns
    -------
    pair of arrays
        Of shape ``(n + 1,)``, at least 2.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda z: special.pbdn_seq(1, z)[0], holomorphic=True)(0j).real
    array([0., 1.])
    """
    return _parabolic("pbdn_seq", n, z)


def _parabolic(name: str, v: Any, x: Array) -> Pair:
    if v < 0:
        raise NotDifferentiableError(
            f"scipy.special.{name} of a dual at the negative order {v}: SciPy leaves entries of its derivative unset. Write "
            f"special.pbdv(v, x), which has derivatives at every order."
        )
    pair = getattr(original, name)
    orders = v - int(v) + np.arange(max(int(v), 1) + 1)
    return _solution(lambda x: pair(v, x), lambda x, y, dy: (x * x / 4 - orders - 0.5) * y, x, orders)


@differentiated("x")
def lmbda(v: float, x: Array) -> Pair:
    """The functions ``gamma(v + 1) (2 / x)^v J_v(x)`` of orders v - int(v) to v, and their derivatives.

    Parameters
    ----------
    v : float
        The highest order.
    x : float
        The argument.

    Returns
    -------
    pair of arrays
        Of shape ``(int(v) + 1,)``.

    Notes
    -----
    The function is ``hyp0f1(v + 1, -x^2 / 4)``, which is regular at 0. For negative x the derivatives that SciPy 1.17 gives
    have the wrong sign; those of duals are right.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.taylor(lambda x: special.lmbda(1, x)[0], 0.0, 1.0, 2)[2]
    array([-0.25 , -0.125])
    """
    orders = v - int(v) + np.arange(int(v) + 1)
    w = -x * x / 4
    return ufuncs.hyp0f1(orders + 1, w), -x / (2 * (orders + 1)) * ufuncs.hyp0f1(orders + 2, w)


@differentiated("x")
def riccati_jn(n: int, x: Array) -> Pair:
    """The Riccati-Bessel functions ``x j_k(x)`` of orders 0 to n, and their derivatives.

    Parameters
    ----------
    n : int
        The highest order.
    x : float
        The argument.

    Returns
    -------
    pair of arrays
        Of shape ``(n + 1,)``.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda x: special.riccati_jn(1, x)[0])(0.0)
    array([1., 0.])
    """
    return _riccati("spherical_jn", n, x)


@differentiated("x")
def riccati_yn(n: int, x: Array) -> Pair:
    """The Riccati-Bessel functions ``x y_k(x)`` of orders 0 to n, and their derivatives.

    Parameters
    ----------
    n : int
        The highest order.
    x : float
        The argument.

    Returns
    -------
    pair of arrays
        Of shape ``(n + 1,)``.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda x: special.riccati_yn(1, x)[0])(2.0)  # the first is -cos(x)
    array([0.90929743, 0.76675884])
    """
    return _riccati("spherical_yn", n, x)


def _riccati(name: str, n: Any, x: Array) -> Pair:
    k = np.arange(int(n) + 1)

    x = spread(x, k)
    # (x f)' = (n + 1) f - x f_(n+1)
    return x * bessel(name, k, x), (k + 1) * bessel(name, k, x) - x * bessel(name, k + 1, x)
