"""W5, W6 and W10: functions with matrices in them, where the price is that of products and decompositions."""

from __future__ import annotations

from typing import Any

import numpy as np

from .workload import Array, Workload

__all__ = ["decompositions", "logistic", "two_layers"]


def _two_layers(x: Any, xp: Any, A: Array, B: Array) -> Any:
    return xp.tanh(B @ xp.tanh(A @ x))


def two_layers(n: int = 200) -> Workload:
    """W5: a dense Jacobian of tanh(B tanh(A x))."""
    random = np.random.default_rng(7)
    A, B = random.standard_normal((2, n, n)) / np.sqrt(n)
    x = random.standard_normal(n)

    def by_hand() -> Array:
        h = np.tanh(A @ x)
        y = np.tanh(B @ h)
        J: Array = (1 - y * y)[:, None] * (B @ ((1 - h * h)[:, None] * A))
        return J

    title = f"Jacobian, two layers, {n} x {n}"
    return Workload("W5", title, "jacobian", _two_layers, x, {"A": A, "B": B}, by_hand=by_hand)


def _logistic(w: Any, xp: Any, X: Array) -> Any:
    z = X @ w
    return xp.sum(xp.log(1.0 + xp.exp(z))) + 0.05 * (w @ w)


def logistic(n: int = 100, m: int = 1000) -> Workload:
    """W6: a dense Hessian of the logistic loss."""
    random = np.random.default_rng(7)
    X = random.standard_normal((m, n)) / np.sqrt(n)
    w = random.standard_normal(n)

    def by_hand() -> Array:
        s = 1 / (1 + np.exp(-(X @ w)))
        H: Array = X.T @ ((s * (1 - s))[:, None] * X) + 0.1 * np.eye(n)
        return H

    return Workload("W6", f"Hessian, logistic loss {m} x {n}", "hessian", _logistic, w, {"X": X}, by_hand=by_hand)


def _decompositions(x: Any, xp: Any, A0: Array, S0: Array, b: Array, c: Array) -> Any:
    n = x.shape[0]
    R = xp.sin(x)[:, None] * x[None, :] * (1.0 / n)
    A = A0 + R
    s = xp.linalg.solve(A, b)
    _, ld = xp.linalg.slogdet(A)
    w, V = xp.linalg.eigh(S0 + R + R.T)
    q = (V * V) @ c
    return xp.concatenate([s, xp.reshape(ld, (1,)), w, q])


def decompositions(n: int = 300) -> Workload:
    """W10: solve, slogdet, and eigh with its eigenvectors."""
    random = np.random.default_rng(7)
    A0 = random.standard_normal((n, n)) / np.sqrt(n) + 3 * np.eye(n)
    S0 = random.standard_normal((n, n)) * 0.01
    S0 = S0 + S0.T + np.diag(np.arange(n) * 0.3)
    b, c, x, v = random.standard_normal((4, n))

    def by_hand() -> Array:
        R = np.sin(x)[:, None] * x[None, :] / n
        dR = ((np.cos(x) * v)[:, None] * x[None, :] + np.sin(x)[:, None] * v[None, :]) / n
        A = A0 + R
        s = np.linalg.solve(A, b)
        ds = -np.linalg.solve(A, dR @ s)
        dld = np.trace(np.linalg.solve(A, dR))
        w, V = np.linalg.eigh(S0 + R + R.T)
        M = V.T @ (dR + dR.T) @ V
        F = w[None, :] - w[:, None]
        np.fill_diagonal(F, np.inf)
        dV = V @ (M / F)
        return np.concatenate([ds, [dld], np.diag(M), (2 * V * dV) @ c])

    data = {"A0": A0, "S0": S0, "b": b, "c": c}
    title = f"jvp, solve + slogdet + eigh, {n} x {n}"
    return Workload("W10", title, "jvp", _decompositions, x, data, v=v, by_hand=by_hand)
