"""W1, W2 and W4: scalars and short arrays, where the price of an operation is the interpreter's."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np

from .workload import Array, Workload, complex_step

__all__ = ["helmholtz_and_wood", "many_steps", "option"]

LOG_MONEYNESS, ROOT_TIME = math.log(105.0 / 100.0), math.sqrt(1.5)
STRIKE, GELU = 100.0 * math.exp(-0.045), math.sqrt(2 / math.pi)


def _option(s: Any, xp: Any) -> Any:
    st = s * ROOT_TIME
    d1 = ((0.03 + 0.5 * (s * s)) * 1.5 + LOG_MONEYNESS) / st
    d2 = d1 - st
    p1 = 0.5 * (1.0 + xp.tanh(GELU * (d1 + 0.044715 * (d1 * d1 * d1))))
    p2 = 0.5 * (1.0 + xp.tanh(GELU * (d2 + 0.044715 * (d2 * d2 * d2))))
    price = 105.0 * p1 - STRIKE * p2
    return xp.log(1.0 + price) * xp.exp(-xp.sqrt(s))


def option() -> Workload:
    """W1: an option's price by volatility, 33 operations on a scalar."""
    x = 0.25
    reference = partial(complex_step, _option, x, 1.0)
    return Workload("W1", "derivative, 33 scalar operations", "derivative", _option, x, v=1.0, reference=reference)


ROOT8, PLUS, MINUS = math.sqrt(8), 1 + math.sqrt(2), 1 - math.sqrt(2)


def _helmholtz_and_wood(x: Any, xp: Any, A: Array, b: Array) -> Any:
    bx = b @ x
    ax = x @ (A @ x)
    e = xp.sum(x * xp.log(x / (1.0 - bx)))
    h = ax / (ROOT8 * bx) * xp.log((1.0 + PLUS * bx) / (1.0 + MINUS * bx))
    w = (
        100.0 * (x[1] - x[0] ** 2) ** 2
        + (1.0 - x[0]) ** 2
        + 90.0 * (x[3] - x[2] ** 2) ** 2
        + (1.0 - x[2]) ** 2
        + 10.1 * ((x[1] - 1.0) ** 2 + (x[3] - 1.0) ** 2)
        + 19.8 * (x[1] - 1.0) * (x[3] - 1.0)
    )
    return e - h + w


def helmholtz_and_wood(n: int = 10) -> Workload:
    """W2: Helmholtz' energy of a mixture plus the function of Wood."""
    random = np.random.default_rng(7)
    A = random.uniform(0.1, 1, (n, n))
    data = {"A": A + A.T, "b": random.uniform(0.01, 0.05, n)}
    x = random.uniform(0.5, 1.5, n)

    def reference() -> Array:
        return np.array([complex_step(_helmholtz_and_wood, x, e, **data) for e in np.eye(n)])

    return Workload("W2", f"gradient, {n} inputs", "gradient", _helmholtz_and_wood, x, data, reference=reference)


def _many_steps(x: Any, xp: Any) -> Any:
    y = x
    for _ in range(20):
        a = y * 0.9
        b = xp.sin(a)
        c = b + x
        d = c * a
        e = d * d
        f = e + 1.0
        g = xp.sqrt(f)
        h = d / g
        i = h - b
        y = i * 0.5 + x
    return y


def many_steps(n: int = 10) -> Workload:
    """W4: 220 operations on a short array."""
    random = np.random.default_rng(7)
    x, v = random.uniform(0.2, 1, n), random.standard_normal(n)
    reference = partial(complex_step, _many_steps, x, v)
    return Workload("W4", f"jvp, 220 operations on {n} entries", "jvp", _many_steps, x, v=v, reference=reference)
