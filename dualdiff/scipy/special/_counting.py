"""Binomial coefficients, permutations and factorials, continued by the gamma function."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._typing import Array
from ...arrays import plain
from ...errors import NotDifferentiableError
from ...rules.kinds import Elementwise
from ...rules.special.gamma import _psi_gap
from ._border import by_partials, differentiated
from ._original import ufuncs

__all__ = ["comb", "factorial", "factorial2", "factorialk", "perm"]


@differentiated("N", "k")
def comb(N: Array, k: Array, *, exact: bool = False, repetition: bool = False) -> Array:
    """The number of combinations of N things taken k at a time, ``binom(N, k)`` where 0 <= k <= N, else 0.

    Parameters
    ----------
    N, k : array_like
        The numbers of things and of those taken.
    exact : bool, default False
        Compute with integers: for plain arguments only.
    repetition : bool, default False
        Each thing may be taken several times: ``binom(N + k - 1, k)``.

    Returns
    -------
    array or float
        The number of combinations.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda n: special.comb(n, 2))(5.0)  # of n (n - 1) / 2
    4.5
    """
    _refuse_exact("comb", exact, "special.comb(N, k)")
    if repetition:
        return ufuncs.binom(N + k - 1, k)
    outside = (plain(k) > plain(N)) | (plain(N) < 0) | (plain(k) < 0)
    return np.where(outside, 0.0, ufuncs.binom(N, k))


_PERM = Elementwise((lambda y, N, k: y * _psi_gap(N - k + 1, k), lambda y, N, k: y * ufuncs.psi(N - k + 1)))


@differentiated("N", "k")
def perm(N: Array, k: Array, exact: bool = False) -> Array:
    """The number of permutations of k of N things, ``poch(N - k + 1, k)`` where 0 <= k <= N, else 0.

    Parameters
    ----------
    N, k : array_like
        The numbers of things and of those taken.
    exact : bool, default False
        Compute with integers: for plain arguments only.

    Returns
    -------
    array or float
        The number of permutations.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda n: special.perm(n, 2))(5.0)  # of n (n - 1)
    9.0
    """
    _refuse_exact("perm", exact, "special.perm(N, k)")
    outside = (plain(k) > plain(N)) | (plain(N) < 0) | (plain(k) < 0)
    inside = by_partials(_PERM, lambda N, k: ufuncs.poch(N - k + 1, k), np.where(outside, 1.0, N), np.where(outside, 0.0, k))
    return np.where(outside, 0.0, inside)


@differentiated("n")
def factorial(n: Array, exact: bool = False, extend: str = "zero") -> Array:
    """The factorial ``gamma(n + 1)``; for negative n it is 0 unless ``extend="complex"``.

    Parameters
    ----------
    n : array_like
        The argument; complex with ``extend="complex"`` only.
    exact : bool, default False
        Compute with integers: for plain arguments only.
    extend : {"zero", "complex"}, default "zero"
        How the function continues to negative arguments.

    Returns
    -------
    array or float
        The factorial.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(special.factorial)(3.0)
    7.53670601059
    """
    _refuse_exact("factorial", exact, "special.factorial(n)")
    if extend == "complex":
        return ufuncs.gamma(n + 1)
    negative = plain(n) < 0
    return np.where(negative, 0.0, ufuncs.gamma(np.where(negative, 1.0, n) + 1))


@differentiated("n")
def factorial2(n: Array, exact: bool = False, extend: str = "zero") -> Array:
    """The double factorial; with ``extend="complex"`` it is ``2**((n - 1) / 2) * gamma(n / 2 + 1) / gamma(3 / 2)``.

    Parameters
    ----------
    n : array_like
        The argument.
    exact : bool, default False
        Compute with integers: for plain arguments only.
    extend : {"zero", "complex"}, default "zero"
        For integers only, or analytic.

    Returns
    -------
    array or float
        The double factorial.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda n: special.factorial2(n, extend="complex"))(1.0)
    0.36481...
    """
    return _multiple("factorial2", n, 2, exact, extend)


@differentiated("n")
def factorialk(n: Array, k: int, exact: bool = False, extend: str = "zero") -> Array:
    """The factorial of every k-th number; with ``extend="complex"`` by the gamma function.

    Parameters
    ----------
    n : array_like
        The argument.
    k : int or float
        The distance of the factors, which has no derivative here.
    exact : bool, default False
        Compute with integers: for plain arguments only.
    extend : {"zero", "complex"}, default "zero"
        For integers only, or analytic: ``k**((n - 1) / k) * gamma(n / k + 1) / gamma(1 / k + 1)``.

    Returns
    -------
    array or float
        The multifactorial.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda n: special.factorialk(n, 1, extend="complex"))(3.0)
    7.53670601059
    """
    return _multiple("factorialk", n, k, exact, extend)


def _multiple(name: str, n: Array, k: Any, exact: bool, extend: str) -> Array:
    how = f'special.{name}({"n, k" if name == "factorialk" else "n"}, extend="complex")'
    _refuse_exact(name, exact, how)
    if extend != "complex":
        raise NotDifferentiableError(
            f"scipy.special.{name} of a dual: with extend={extend!r} it is a function of integers. Write {how}."
        )
    return np.power(k, (n - 1) / k) * ufuncs.gamma(n / k + 1) * ufuncs.rgamma(1 / k + 1)


def _refuse_exact(name: str, exact: bool, instead: str) -> None:
    if exact:
        raise NotDifferentiableError(
            f"scipy.special.{name}(exact=True) of a dual: exact integers have no derivative. Write {instead}."
        )
