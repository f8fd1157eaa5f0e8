"""Polynomials by their coefficients, the highest power first, as np.polyval and its family hold them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array
from .kinds import Composite, Table
from .values import is_complex, joined, value_of

__all__ = ["POLYNOMIALS", "series"]


def _coefficients(p: Any) -> Array:
    """The coefficients of a poly1d, whose own indices count the powers; any others as they are."""
    return p.coeffs if isinstance(p, np.poly1d) else p


def _polyval(p: Array, x: Array) -> Array:
    if isinstance(x, np.poly1d):
        composed = np.poly1d([0.0])
        for coefficient in _coefficients(p):
            composed = composed * x + np.poly1d(np.atleast_1d(coefficient))
        return composed
    p = _coefficients(p)
    total: Array = np.zeros_like(x) if np.ndim(x) else 0.0
    for k in range(len(p)):
        total = total * x + p[k]
    return total


def _of_polynomials(rule: Any) -> Any:
    """The rule for two polynomials: of poly1d objects it makes a poly1d."""

    def either(a1: Any, a2: Any) -> Any:
        result = rule(np.atleast_1d(_coefficients(a1)), np.atleast_1d(_coefficients(a2)))
        return np.poly1d(result) if isinstance(a1, np.poly1d) or isinstance(a2, np.poly1d) else result

    return either


def _polymul(a1: Array, a2: Array) -> Array:
    # NumPy drops leading zeros first.
    a1, a2 = (np.trim_zeros(a, "f") if np.any(value_of(a)) else a[:1] for a in (a1, a2))
    return np.convolve(a1, a2)


def _sum(sign: int) -> Any:
    def rule(a1: Array, a2: Array) -> Array:
        n = max(len(a1), len(a2))
        a1, a2 = (np.concatenate([np.zeros(n - len(a)), a]) for a in (a1, a2))
        return a1 + sign * a2

    return rule


def _polyder(p: Array, m: int = 1) -> Array:
    for _ in range(m):
        p = p[:-1] * np.arange(len(p) - 1, 0, -1)
    return np.positive(p)


def _polyint(p: Array, m: int = 1, k: Any = None) -> Array:
    constants = np.zeros(m) if k is None else np.atleast_1d(k) * np.ones(m)
    for i in range(m):
        p = np.concatenate([p / np.arange(len(p), 0, -1), constants[i : i + 1]])
    return np.positive(p)


def _poly(seq_of_zeros: Array) -> Array:
    if np.ndim(seq_of_zeros) == 2:
        seq_of_zeros = np.linalg.eigvals(seq_of_zeros)
    a: Array = np.ones(1)
    for k in range(len(seq_of_zeros)):
        a = np.convolve(a, np.stack([1.0, -seq_of_zeros[k]]))
    return a


def _roots(p: Any) -> Array:
    p = _coefficients(p)
    found = np.nonzero(np.ravel(value_of(p)))[0]
    if not len(found):
        return np.zeros(0)
    trailing = len(p) - 1 - found[-1]
    p = p[int(found[0]) : int(found[-1]) + 1]
    if len(p) < 2:
        return np.zeros(trailing)
    companion = np.concatenate([(-p[1:] / p[0])[None], np.eye(len(p) - 1)[:-1]])
    return np.concatenate([np.linalg.eigvals(companion), np.zeros(trailing)])


def _vander(x: Array, N: int | None = None, increasing: bool = False) -> Array:
    powers = np.arange(len(x) if N is None else N)
    return x[:, None] ** (powers if increasing else powers[::-1])


def _polyfit(x: Array, y: Array, deg: Any, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False) -> Any:
    x, y = (v if hasattr(v, "parts") else np.asarray(v) + 0.0 for v in (x, y))
    order = int(deg) + 1
    lhs, rhs = np.vander(x, order), y
    if w is not None:
        w = w if hasattr(w, "parts") else np.asarray(w) + 0.0
        lhs, rhs = lhs * w[:, None], rhs * (w[:, None] if np.ndim(y) == 2 else w)
    # The scale cancels in the solution, not in the singular values.
    scale = np.sqrt(np.sum((lhs if full else value_of(lhs)) ** 2, axis=0))
    rcond = len(x) * np.finfo(value_of(x).dtype).eps if rcond is None else rcond
    scaled = lhs / scale
    solution, residuals, rank, singular = np.linalg.lstsq(scaled, rhs, rcond)
    solution = (solution.T / scale).T
    if full:
        return solution, residuals, rank, singular, rcond
    if not cov:
        return solution
    covariance = np.linalg.inv(scaled.T @ scaled) / np.outer(scale, scale)
    if isinstance(cov, str) and cov == "unscaled":
        factor = 1.0
    else:
        rest = rhs - lhs @ solution
        squares = np.real(rest * np.conjugate(rest)) if is_complex(value_of(rest)) else rest * rest
        factor = np.sum(squares, axis=0) / (len(x) - order)
    return solution, covariance * factor if np.ndim(y) == 1 else covariance[:, :, None] * factor


def _polydiv(u: Any, v: Any) -> Any:
    u, v = (np.atleast_1d(_coefficients(p)) + 0.0 for p in (u, v))
    m, n = len(u) - 1, len(v) - 1
    inverse = 1.0 / v[0]
    rest: list[Any] = [u[i] for i in np.arange(m + 1)]
    quotient: list[Any] = []
    for k in np.arange(m - n + 1):
        quotient.append(inverse * rest[k])
        for i in np.arange(n + 1):
            rest[k + i] = rest[k + i] - quotient[-1] * v[i]
    while len(rest) > 1 and np.allclose(value_of(rest[0]), 0, rtol=1e-14):
        rest = rest[1:]
    return np.stack(quotient or [0.0 * u[0]]), np.stack(rest)


def _horner(x: Array, c: Array) -> Array:
    """The polynomials with coefficients along the first axis of c, the lowest first."""
    x = joined(x)
    total = c[-1] + 0.0 * x
    for k in np.arange(len(c) - 2, -1, -1):
        total = c[int(k)] + total * x
    return total


def _with_axes(c: Array, count: int) -> Array:
    return np.reshape(c, np.shape(c) + (1,) * count)


def _polyval2d(x: Array, y: Array, c: Array) -> Array:
    return _horner(y, _horner(x, _with_axes(c, np.ndim(x))))


def _polygrid2d(x: Array, y: Array, c: Array) -> Array:
    for point in (x, y):
        c = _horner(point, _with_axes(c, np.ndim(point)))
    return c


POLYNOMIALS: Table = {
    np.polyval: Composite(_polyval),
    np.polyadd: Composite(_of_polynomials(_sum(1))),
    np.polysub: Composite(_of_polynomials(_sum(-1))),
    np.polymul: Composite(_of_polynomials(_polymul)),
    np.polydiv: Composite(_polydiv),
    np.polyder: Composite(_polyder),
    np.polyint: Composite(_polyint),
    np.poly: Composite(_poly),
    np.roots: Composite(_roots),
    np.vander: Composite(_vander),
    np.polyfit: Composite(_polyfit),
}


def series() -> Table:
    """The functions of numpy.polynomial that NumPy's protocol reaches; the others work on object arrays by themselves."""
    from numpy.polynomial import polynomial

    return {polynomial.polyval2d: Composite(_polyval2d), polynomial.polygrid2d: Composite(_polygrid2d)}
