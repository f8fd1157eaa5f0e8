"""Derivatives of the digamma function, the multivariate gamma function, and the Dirichlet function."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._typing import Array
from ...rules.special.arguments import degree
from ...rules.special.branches import branch
from ._border import differentiated
from ._original import ufuncs

__all__ = ["diric", "multigammaln", "polygamma"]


@differentiated("x")
def polygamma(n: Any, x: Array) -> Array:
    """The n-th derivative of the digamma function psi, ``(-1)**(n + 1) * n! * zeta(n + 1, x)``.

    Parameters
    ----------
    n : int, array_like
        The order, which has no derivative.
    x : array_like
        The argument.

    Returns
    -------
    array or float
        Of the broadcast shape.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda x: special.polygamma(1, x))(1.0), special.polygamma(2, 1.0)
    (-2.404113806319188, array(-2.40411381))
    """
    return branch(np.equal(n, 0), lambda n, x: ufuncs.psi(x) + 0 * n, _polygamma, np.asarray(n, float)[()], x)


def _polygamma(n: Array, x: Array) -> Array:
    return (-1.0) ** (n + 1) * ufuncs.gamma(n + 1) * ufuncs._zeta(n + 1, x)


@differentiated("a")
def multigammaln(a: Array, d: int) -> Array:
    """The logarithm of the multivariate gamma function of dimension d.

    Parameters
    ----------
    a : array_like
        The argument, above ``(d - 1) / 2``.
    d : int
        The dimension.

    Returns
    -------
    array or float
        Of the shape of `a`.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda a: special.multigammaln(a, 2))(3.0)  # psi(3) + psi(2.5)
    1.625941...
    """
    total: Array = 0.0
    for j in range(int(d)):
        total = total + ufuncs.gammaln(a - j / 2)
    return total


@differentiated("x")
def diric(x: Array, n: Any) -> Array:
    """The periodic sinc function ``sin(n x / 2) / (n sin(x / 2))``, or Dirichlet function.

    Parameters
    ----------
    x : array_like
        The argument.
    n : int, array_like
        The number of terms, which has no derivative.

    Returns
    -------
    array
        Of the broadcast shape.

    Notes
    -----
    It is ``eval_chebyu(n - 1, cos(x / 2)) / n``, of which no derivative is singular at the multiples of 2 pi.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.taylor(lambda x: special.diric(x, 3), 0.0, 1.0, 2)  # (1 + 2 cos x) / 3
    array([ 1.        ,  0.        , -0.33333333])
    """
    n = np.asarray(n)
    terms = degree(np.where((n > 0) & (n == np.floor(n)), n, 1))
    return ufuncs.eval_chebyu(terms - 1, np.cos(x / 2)) / terms
