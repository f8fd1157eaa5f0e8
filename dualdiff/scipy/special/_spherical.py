"""Spherical Bessel functions. Derivatives by neighbours in the order (DLMF 10.51), which is regular at 0."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._typing import Array
from ._border import by_slope, differentiated, spread
from ._original import original

__all__ = ["bessel", "spherical_in", "spherical_jn", "spherical_kn", "spherical_yn"]

#: f_n' = (below n f_(n-1) + above (n + 1) f_(n+1)) / (2 n + 1)
_SIGNS = {"spherical_jn": (1, -1), "spherical_yn": (1, -1), "spherical_in": (1, 1), "spherical_kn": (-1, -1)}


def bessel(name: str, n: Any, z: Array) -> Array:
    """The function of this name and of orders n."""
    return by_slope(lambda z: getattr(original, name)(n, z), lambda z: _derivative(name, n, z), z)


def _derivative(name: str, n: Any, z: Array) -> Array:
    return by_slope(lambda z: getattr(original, name)(n, z, derivative=True), lambda z: _neighbours(name, n, z), z)


def _neighbours(name: str, n: Any, z: Array) -> Array:
    below, above = _SIGNS[name]
    lower = below * n / (2 * n + 1) * _derivative(name, np.maximum(n - 1, 0), z)
    with np.errstate(invalid="ignore"):
        return lower + above * (n + 1) / (2 * n + 1) * _derivative(name, n + 1, z)


def _function(name: str, symbol: str, kind: str) -> Any:
    def formula(n: Any, z: Array, derivative: bool = False) -> Array:
        n = np.asarray(n, int)[()]
        z = spread(z, n)
        return _derivative(name, n, z) if derivative else bessel(name, n, z)

    formula.__name__ = formula.__qualname__ = name
    formula.__doc__ = f"""The {kind}, {symbol}, or its derivative.

    Parameters
    ----------
    n : int, array_like
        The order, which has no derivative.
    z : array_like
        The argument, real or complex.
    derivative : bool, default False
        Give the derivative by `z`, which can be differentiated too.

    Returns
    -------
    array or scalar
        Of the broadcast shape.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> first = dd.derivative(lambda z: special.{name}(2, z))(1.5)
    >>> bool(abs(first - special.{name}(2, 1.5, derivative=True)) < 1e-12)
    True
    """
    return differentiated("z")(formula)


spherical_jn = _function("spherical_jn", "j_n(z)", "spherical Bessel function of the first kind")
spherical_yn = _function("spherical_yn", "y_n(z)", "spherical Bessel function of the second kind")
spherical_in = _function("spherical_in", "i_n(z)", "modified spherical Bessel function of the first kind")
spherical_kn = _function("spherical_kn", "k_n(z)", "modified spherical Bessel function of the second kind")
