"""Legendre polynomials and spherical harmonics, by Jacobi polynomials: P_n^m is a multiple of (1 - z^2)^(m/2) P_(n-m)^(m,m)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..._typing import Array
from ...arrays import plain
from ...errors import NotDifferentiableError
from ...rules.special.branches import branch
from ...rules.values import is_complex
from ...transforms.jvp import jvp
from ._border import differentiated
from ._original import original, ufuncs

__all__ = [
    "assoc_legendre_p",
    "assoc_legendre_p_all",
    "legendre_p",
    "legendre_p_all",
    "sph_harm_y",
    "sph_harm_y_all",
    "sph_legendre_p",
    "sph_legendre_p_all",
]

Function = Callable[..., Any]


# ------------------------------------------------------------------------------------------------ formulas


def _legendre(n: Any, z: Array) -> Array:
    return ufuncs.eval_legendre(n, z)


def _associated(n: Any, m: Any, z: Array, branch_cut: Any, norm: bool) -> Array:
    k = np.abs(m)
    first_cut = np.equal(branch_cut, 2)
    # The phase (-1)^m belongs to the cut outside of the interval.
    factor = (np.sqrt(np.maximum(n, 0) + 0.5) if norm else 1.0) * _factor(n, m, norm) * np.where(first_cut, _phase(m), 1.0)
    with np.errstate(invalid="ignore"):
        if is_complex(plain(z)):
            root = branch(
                first_cut,
                lambda z: np.sqrt(1 - z) * np.sqrt(1 + z),
                lambda z: np.sqrt(z - 1) * np.sqrt(z + 1),
                z,
            )
            power = np.power(root, k)
        else:
            square = np.where(first_cut, 1.0, -1.0) * (1 - z) * (1 + z)
            power = np.power(square, k / 2)
        formula = factor * power * _jacobi(n - k, k, z)
    if is_complex(plain(z)):
        # On a cut SciPy may be on the other side.
        value = original.assoc_legendre_p(n, m, plain(z), branch_cut=branch_cut, norm=norm)[0]
        formula = np.where(np.real(plain(formula) * np.conj(value)) < 0, -1.0, 1.0) * formula
    return formula


def _spherical(n: Any, m: Any, theta: Array) -> Array:
    sine = np.sin(theta)
    # SciPy's is even in theta; at 0 the derivative is that of theta > 0.
    size = np.where(plain(sine) < 0, -sine, sine)
    factor = np.sqrt((2 * np.maximum(n, 0) + 1) / (4 * np.pi)) * _factor(n, m, norm=True) * _phase(m)
    return factor * np.power(size, np.abs(m)) * _jacobi(n - np.abs(m), np.abs(m), np.cos(theta))


def _jacobi(n: Any, a: Any, z: Array) -> Array:
    # Beyond the degree the function is 0.
    return branch(n < 0, lambda n, a, z: 0 * n * z, lambda n, a, z: ufuncs.eval_jacobi(n, a, a, z), n, a, z)


def _phase(m: Any) -> Any:
    return np.where((m > 0) & (np.remainder(m, 2) == 1), -1.0, 1.0)


def _factor(n: Any, m: Any, norm: bool) -> Any:
    """(n + 1)_k / 2^k, for -m times (n - m)! / (n + m)!, factor by factor: factorials would overflow; half of it if norm."""
    k = np.abs(m)
    n = np.maximum(n, k)
    total: Any = 1.0
    for j in range(1, int(np.max(k, initial=0)) + 1):
        above, below = (n + j) / 2, 2.0 * (n - k + j)
        ratio = np.sqrt(above / below) if norm else np.where(m < 0, 1 / np.where(j <= k, below, 1), above)
        total = total * np.where(j <= k, ratio, 1.0)
    return total


def _with_derivatives(f: Function, z: Array, count: int) -> list[Array]:
    """An elementwise function and its derivatives up to an order."""
    found = [f(z)]
    for _ in range(count):
        f = _derivative_of(f)
        found.append(f(z))
    return found


def _derivative_of(f: Function) -> Function:
    return lambda z: jvp(f, (z,), (np.ones(np.shape(z)),))[1]


def _degrees(n: int, m: int, *x: Array) -> tuple[Any, Any]:
    """All degrees up to n and all orders up to m, negative ones last, in front of the axes of the arguments."""
    behind = (1,) * len(np.broadcast_shapes(*map(np.shape, x)))
    orders = np.concatenate([np.arange(m + 1), np.arange(-m, 0)])
    return np.arange(n + 1).reshape(-1, 1, *behind), orders.reshape(-1, *behind)


def _whole(n: Any) -> Any:
    return np.asarray(n)[()]


# ----------------------------------------------------------------------------------------------- functions


@differentiated("z")
def legendre_p(n: Any, z: Array, *, diff_n: int = 0) -> Array:
    """The Legendre polynomial of degree n, and its derivatives up to an order.

    Parameters
    ----------
    n : int, array_like
        The degree.
    z : array_like
        The argument, real.
    diff_n : {0, 1, 2}, default 0
        How many derivatives to give.

    Returns
    -------
    array
        The function and its derivatives along a first axis of length ``diff_n + 1``.

    Raises
    ------
    NotDifferentiableError
        For a negative degree, of which SciPy's values are no Legendre functions.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda z: special.legendre_p(2, z, diff_n=1))(0.5)
    array([1.5, 3. ])
    """
    n = _whole(n)
    if np.any(n < 0):
        raise NotDifferentiableError(
            "scipy.special.legendre_p of a negative degree has no derivative: SciPy's value there is no Legendre function. "
            "Write eval_legendre(n, z), or the degree -n - 1."
        )
    return np.stack(_with_derivatives(lambda z: _legendre(n, z), z, diff_n))


@differentiated("z")
def legendre_p_all(n: int, z: Array, *, diff_n: int = 0) -> Array:
    """The Legendre polynomials of degrees 0 to n, and their derivatives up to an order.

    Parameters
    ----------
    n : int
        The highest degree.
    z : array_like
        The argument, real.
    diff_n : {0, 1, 2}, default 0
        How many derivatives to give.

    Returns
    -------
    array
        Of shape ``(diff_n + 1, n + 1, *z.shape)``.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda z: special.legendre_p_all(2, z))(0.5)
    array([[0. , 1. , 1.5]])
    """
    degrees = np.arange(n + 1).reshape(-1, *(1,) * np.ndim(z))
    return np.stack(_with_derivatives(lambda z: _legendre(degrees, z), z, diff_n))


@differentiated("z")
def assoc_legendre_p(n: Any, m: Any, z: Array, *, branch_cut: Any = 2, norm: bool = False, diff_n: int = 0) -> Array:
    """The associated Legendre function of degree n and order m, and its derivatives up to an order.

    Parameters
    ----------
    n, m : int, array_like
        The degree and order.
    z : array_like
        The argument, real or complex.
    branch_cut : {2, 3}, default 2
        The cut is outside the interval from -1 to 1, or inside.
    norm : bool, default False
        Give the functions that are orthonormal on the interval.
    diff_n : {0, 1, 2}, default 0
        How many derivatives to give.

    Returns
    -------
    array
        The function and its derivatives along a first axis of length ``diff_n + 1``.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda z: special.assoc_legendre_p(2, 2, z))(0.5)  # of 3 (1 - z^2)
    array([-3.])
    """
    n, m = _whole(n), _whole(m)
    return np.stack(_with_derivatives(lambda z: _associated(n, m, z, branch_cut, norm), z, diff_n))


@differentiated("z")
def assoc_legendre_p_all(n: int, m: int, z: Array, *, branch_cut: Any = 2, norm: bool = False, diff_n: int = 0) -> Array:
    """The associated Legendre functions of degrees 0 to n and orders 0 to m and -m to -1, and their derivatives.

    Parameters
    ----------
    n, m : int
        The highest degree and order.
    z : array_like
        The argument, real or complex.
    branch_cut : {2, 3}, default 2
        The cut is outside the interval from -1 to 1, or inside.
    norm : bool, default False
        Give the functions that are orthonormal on the interval.
    diff_n : {0, 1, 2}, default 0
        How many derivatives to give.

    Returns
    -------
    array
        Of shape ``(diff_n + 1, n + 1, 2 m + 1, *z.shape)``.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda z: special.assoc_legendre_p_all(2, 2, z))(0.5)[0, 2]
    array([ 1.5       , -1.73205081, -3.        , -0.125     ,  0.28867513])
    """
    degrees, orders = _degrees(n, m, z, branch_cut)
    return np.stack(_with_derivatives(lambda z: _associated(degrees, orders, z, branch_cut, norm), z, diff_n))


@differentiated("theta")
def sph_legendre_p(n: Any, m: Any, theta: Array, *, diff_n: int = 0) -> Array:
    """The spherical Legendre function of degree n and order m, and its derivatives up to an order.

    Parameters
    ----------
    n, m : int, array_like
        The degree and order.
    theta : array_like
        The polar angle.
    diff_n : {0, 1, 2}, default 0
        How many derivatives to give.

    Returns
    -------
    array
        The function and its derivatives along a first axis of length ``diff_n + 1``.

    Notes
    -----
    SciPy's function is even in theta, so for odd m it has a kink at 0; its derivative there is that of positive angles.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda t: special.sph_legendre_p(1, 1, t))(0.0)  # of -sqrt(3 / 8 pi) sin t
    array([-0.34549415])
    """
    n, m = _whole(n), _whole(m)
    return np.stack(_with_derivatives(lambda theta: _spherical(n, m, theta), theta, diff_n))


@differentiated("theta")
def sph_legendre_p_all(n: int, m: int, theta: Array, *, diff_n: int = 0) -> Array:
    """The spherical Legendre functions of degrees 0 to n and orders 0 to m and -m to -1, and their derivatives.

    Parameters
    ----------
    n, m : int
        The highest degree and order.
    theta : array_like
        The polar angle.
    diff_n : {0, 1, 2}, default 0
        How many derivatives to give.

    Returns
    -------
    array
        Of shape ``(diff_n + 1, n + 1, 2 m + 1, *theta.shape)``.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda t: special.sph_legendre_p_all(1, 1, t))(0.0)[0, 1]
    array([ 0. , -0.34549415,  0.34549415])
    """
    degrees, orders = _degrees(n, m, theta)
    return np.stack(_with_derivatives(lambda theta: _spherical(degrees, orders, theta), theta, diff_n))


@differentiated("theta", "phi")
def sph_harm_y(n: Any, m: Any, theta: Array, phi: Array, *, diff_n: int = 0) -> Any:
    """The spherical harmonic of degree n and order m, and its derivatives up to an order.

    Parameters
    ----------
    n, m : int, array_like
        The degree and order.
    theta, phi : array_like
        The polar and the azimuthal angle.
    diff_n : {0, 1, 2}, default 0
        How many derivatives to give.

    Returns
    -------
    array, or tuple of arrays
        The function, with `diff_n` its gradient ``(..., 2)`` and Hessian ``(..., 2, 2)``.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda phi: special.sph_harm_y(1, 1, 0.5, phi))(0.0)
    (-0-0.1656387186949j)
    """
    return _harmonics(_whole(n), _whole(m), theta, phi, diff_n)


@differentiated("theta", "phi")
def sph_harm_y_all(n: int, m: int, theta: Array, phi: Array, *, diff_n: int = 0) -> Any:
    """The spherical harmonics of degrees 0 to n and orders 0 to m and -m to -1, and their derivatives.

    Parameters
    ----------
    n, m : int
        The highest degree and order.
    theta, phi : array_like
        The polar and the azimuthal angle.
    diff_n : {0, 1, 2}, default 0
        How many derivatives to give.

    Returns
    -------
    array, or tuple of arrays
        Of shape ``(n + 1, 2 m + 1, ...)``; with `diff_n` also gradients and Hessians, whose axes are the last.

    Examples
    --------
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.derivative(lambda phi: special.sph_harm_y_all(1, 1, 0.5, phi))(0.0)[1].imag
    array([ 0.        , -0.16563872, -0.16563872])
    """
    return _harmonics(*_degrees(n, m, theta, phi), theta, phi, diff_n)


def _harmonics(n: Any, m: Any, theta: Array, phi: Array, count: int) -> Any:
    by_theta = _with_derivatives(lambda theta: _spherical(n, m, theta), theta, count)
    wave = np.exp(1j * m * phi)

    def partial(i: int, j: int) -> Array:
        return by_theta[i] * ((1j * m) ** j * wave)

    found = [partial(0, 0)]
    if count > 0:
        found.append(np.stack([partial(1, 0), partial(0, 1)], axis=-1))
    if count > 1:
        mixed = partial(1, 1)
        rows = [[partial(2, 0), mixed], [mixed, partial(0, 2)]]
        found.append(np.stack([np.stack(row, axis=-1) for row in rows], axis=-2))
    return tuple(found) if count else found[0]
