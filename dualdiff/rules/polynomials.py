"""Polynomials by their coefficients, the highest power first, as np.polyval and its family hold them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._typing import Array
from ..errors import NotDifferentiableError
from .kinds import Composite, Table
from .values import value_of

__all__ = ["POLYNOMIALS"]


def _polyval(p: Array, x: Array) -> Array:
    total: Array = np.zeros_like(x) if np.ndim(x) else 0.0
    for k in range(len(p)):
        total = total * x + p[k]
    return total


def _sum(sign: int) -> Any:
    def rule(a1: Array, a2: Array) -> Array:
        a1, a2 = np.atleast_1d(a1), np.atleast_1d(a2)
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


def _roots(p: Array) -> Array:
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


def _polyfit(x: Array, y: Array, deg: int, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False) -> Array:
    if full or cov:
        raise NotDifferentiableError("np.polyfit with full or cov has no rule: use np.vander and np.linalg.lstsq.")
    lhs = np.vander(x, deg + 1) if hasattr(x, "parts") else np.vander(np.asarray(x, float), deg + 1)
    rhs = y
    if w is not None:
        w = w if hasattr(w, "parts") else np.asarray(w, float)
        lhs, rhs = lhs * w[:, None], rhs * (w[:, None] if np.ndim(y) == 2 else w)
    scale = np.sqrt(np.sum(value_of(lhs) ** 2, axis=0))
    solution = np.linalg.lstsq(lhs / scale, rhs, rcond)[0]
    return (solution.T / scale).T


POLYNOMIALS: Table = {
    np.polyval: Composite(_polyval),
    np.polyadd: Composite(_sum(1)),
    np.polysub: Composite(_sum(-1)),
    np.polymul: Composite(lambda a1, a2: np.convolve(np.atleast_1d(a1), np.atleast_1d(a2))),
    np.polyder: Composite(_polyder),
    np.polyint: Composite(_polyint),
    np.poly: Composite(_poly),
    np.roots: Composite(_roots),
    np.vander: Composite(_vander),
    np.polyfit: Composite(_polyfit),
}
