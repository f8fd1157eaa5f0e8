"""W13 and W14: loops in Python, over steps in time and over entries that are written in place."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import numpy as np

from .workload import Array, Workload, complex_step

__all__ = ["runge_kutta", "thomas"]


def _runge_kutta(p: Any, xp: Any, steps: int, y0: Array, sign: Array, rate: Array) -> Any:
    sp = sign * p
    y = y0
    h = 20.0 / 1000

    def slope(y: Any) -> Any:
        return y * (rate + sp * y[::-1])

    for _ in range(steps):
        k1 = slope(y)
        k2 = slope(y + (0.5 * h) * k1)
        k3 = slope(y + (0.5 * h) * k2)
        k4 = slope(y + h * k3)
        y = y + (h / 6.0) * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return y


def runge_kutta(steps: int = 1000) -> Workload:
    """W13: the state of predators and prey after many steps, by two parameters."""
    p = np.array([0.4, 0.1])
    data = {"y0": np.array([10.0, 5.0]), "sign": np.array([-1.0, 1.0]), "rate": np.array([1.1, -0.4]), "steps": steps}

    def reference() -> Array:
        return np.stack([complex_step(_runge_kutta, p, e, **data) for e in np.eye(2)], -1)

    return Workload("W13", f"Jacobian 2 x 2, {steps} Runge-Kutta steps", "jacobian", _runge_kutta, p, data, reference=reference)


def _thomas(x: Any, xp: Any, alloc: Callable[[Any], Any]) -> Any:
    n = x.shape[0]
    cp, dp, out = alloc(x), alloc(x), alloc(x)
    diag = 2.5 + 0.1 * x * x
    cp[0] = -1.0 / diag[0]
    dp[0] = x[0] / diag[0]
    for i in range(1, n):
        m = diag[i] + cp[i - 1]
        cp[i] = -1.0 / m
        dp[i] = (x[i] + dp[i - 1]) / m
    out[n - 1] = dp[n - 1]
    for i in range(n - 2, -1, -1):
        out[i] = dp[i] - cp[i] * out[i + 1]
    return out


def _zeros(x: Any) -> Any:
    return np.zeros(x.shape[0])


def thomas(alloc: Literal["empty_like", "zeros"], n: int = 1000) -> Workload:
    """W14: the Thomas algorithm in place, in buffers like x (a), or in plain arrays of zeros (b)."""
    random = np.random.default_rng(7)
    x, v = random.standard_normal((2, n))
    name, data = ("W14a", {"alloc": np.empty_like}) if alloc == "empty_like" else ("W14b", {"alloc": _zeros})
    reference = partial(complex_step, _thomas, x, v, alloc=np.empty_like)
    title = f"jvp, Thomas algorithm in np.{alloc}, {n} entries"
    return Workload(name, title, "jvp", _thomas, x, data, v=v, reference=reference)
