"""Logarithms of sums of exponentials, and what they normalise."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._typing import Array
from ...arrays import is_number, plain
from ._border import differentiated

__all__ = ["log_softmax", "logsumexp", "softmax"]


@differentiated("a", "b")
def logsumexp(a: Array, axis: Any = None, b: Array = None, keepdims: bool = False, return_sign: bool = False) -> Any:
    """The logarithm of a sum of exponentials, ``log(sum(b * exp(a)))``.

    Parameters
    ----------
    a : array_like
        The exponents, real or complex.
    axis : int or tuple of int, optional
        The axes to sum over; all by default.
    b : array_like, optional
        Weights, which broadcast with `a`.
    keepdims : bool, default False
        Keep the summed axes with length 1.
    return_sign : bool, default False
        Give the logarithm of the sum's absolute value, and its sign.

    Returns
    -------
    array, or pair of arrays
        The logarithm; with `return_sign` also the sign, or for complex `a` the phase.

    Notes
    -----
    The largest term is taken out of the sum, also of its derivatives, so second derivatives keep their digits where one term
    dominates. Where all exponents are -inf, they share equally, as in ``np.logaddexp``.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.grad(special.logsumexp)(np.array([0.0, 1000.0, 1000.0]))
    array([0. , 0.5, 0.5])
    """
    rest, largest, weight, axes, shape = _parted(a, axis, b)
    if rest is None:
        # The sum of nothing is a constant.
        empty = np.zeros(shape if keepdims else _squeezed(shape, axes))
        return (empty, empty) if return_sign else empty
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = np.sum(rest, axis=axes, keepdims=True) / weight
        complex_valued = plain(ratio).dtype.kind == "c" or plain(largest).dtype.kind == "c"
        total = _log1p(ratio, complex_valued) + np.log(weight if complex_valued else np.abs(weight)) + largest
        if not complex_valued and not return_sign:
            negative = (plain(ratio) < -1) != (plain(weight) < 0)
            total = np.where(negative, np.nan * total, total)
    if not keepdims:
        total = np.reshape(total, _squeezed(shape, axes))
    if not return_sign:
        return total
    return (np.real(total), np.exp(1j * np.imag(total))) if complex_valued else (total, np.zeros(np.shape(total)))


@differentiated("x")
def log_softmax(x: Array, axis: Any = None) -> Array:
    """The logarithm of `softmax`, ``x - logsumexp(x)``.

    Parameters
    ----------
    x : array_like
        The exponents.
    axis : int or tuple of int, optional
        The axes to normalise along; all by default.

    Returns
    -------
    array
        The logarithms, of the shape of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.jacobian(special.log_softmax)(np.array([0.0, 50.0]))
    array([[ 1.00000000e+00, -1.00000000e+00],
           [-1.92874985e-22,  1.92874985e-22]])
    """
    return _log_share(x, axis)


@differentiated("x")
def softmax(x: Array, axis: Any = None) -> Array:
    """The shares of exponentials in their sum, ``exp(x) / sum(exp(x))``.

    Parameters
    ----------
    x : array_like
        The exponents.
    axis : int or tuple of int, optional
        The axes to normalise along; all by default.

    Returns
    -------
    array
        The shares, of the shape of `x`.

    Examples
    --------
    >>> import numpy as np
    >>> import dualdiff as dd
    >>> from dualdiff.scipy import special
    >>> dd.jacobian(special.softmax)(np.array([0.0, 0.0]))
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    return np.exp(_log_share(x, axis))


def _log_share(x: Array, axis: Any) -> Array:
    rest, largest, _, axes, _ = _parted(x, axis, None)
    if rest is None:
        return x
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.reshape(
            _made_finite(np.atleast_1d(x), axes) - largest - np.log1p(np.sum(rest, axis=axes, keepdims=True)), np.shape(x)
        )


def _parted(a: Array, axis: Any, b: Array) -> Any:
    """The terms but the largest over the largest exponential, that exponent, its weight, the axes, and the shape of the sums.

    The first of the largest terms is taken out, so that its own derivative cancels exactly; ties stay in the sum.
    """
    shape = np.broadcast_shapes((1,), np.shape(a), np.shape(b))
    axes = tuple(range(len(shape))) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = tuple(i % len(shape) for i in axes)
    sums = tuple(1 if i in axes else n for i, n in enumerate(shape))
    if not np.prod(shape):
        return None, None, None, axes, sums
    a = np.broadcast_to(a, shape)
    if b is not None:
        b = np.broadcast_to(b, shape)
        # Of weight zero an exponent does not count, even if it is infinite or nan; but the weight may have a derivative.
        idle = plain(b) == 0
        a = np.where(idle & ~np.isfinite(plain(a)) if is_number(b) else idle, -np.inf, a)
    else:
        idle = np.zeros(shape, bool)
    a = _made_finite(a, axes, idle)
    first = _first_largest(np.where(idle, -np.inf, np.real(plain(a))), axes)
    largest = np.sum(np.where(first, a, 0), axis=axes, keepdims=True)
    with np.errstate(invalid="ignore", over="ignore"):
        rest = np.exp(np.where(first, -np.inf, a - largest))
    weight: Array = np.ones((), plain(rest).real.dtype)
    if b is not None:
        rest, weight = np.where(first, 0, b) * rest, np.sum(np.where(first, b, 0), axis=axes, keepdims=True)
    return rest, largest, weight, axes, sums


def _first_largest(values: Any, axes: tuple[int, ...]) -> Any:
    """Where the first of the largest entries along the axes stands."""
    back = tuple(range(-len(axes), 0))
    moved = np.moveaxis(values, axes, back)
    flat = moved.reshape(*moved.shape[: moved.ndim - len(axes)], -1)
    first = np.arange(flat.shape[-1]) == np.argmax(flat, axis=-1, keepdims=True)
    return np.moveaxis(first.reshape(moved.shape), back, axes)


def _made_finite(a: Array, axes: tuple[int, ...], idle: Any = False) -> Array:
    """Where the largest exponent is infinite: those that are share equally, as zeros do, and the others have no share."""
    values = np.real(plain(a))
    highest = np.max(np.where(idle, -np.inf, values), axis=axes, keepdims=True)
    if not np.isinf(highest).any():
        return a
    return np.where(np.isinf(highest), np.where(values == highest, _zeroed(a), -np.inf), a)


def _zeroed(a: Array) -> Array:
    """The array with 0 for infinite values, its tangents kept."""
    return a.with_value(a, _zeroed(a.value)) if is_number(a) else np.where(np.isfinite(a), a, 0)


def _log1p(ratio: Array, complex_valued: bool) -> Array:
    """The logarithm of 1 + ratio, of its absolute value if that is real."""
    if complex_valued:
        return np.log1p(ratio)
    return np.log1p(np.where(plain(ratio) < -1, -2 - ratio, ratio))


def _squeezed(shape: tuple[int, ...], axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for i, n in enumerate(shape) if i not in axes)
