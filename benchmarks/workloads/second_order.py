"""W12: the curvature of a function along two directions."""

from __future__ import annotations

from typing import Any

import numpy as np

from .workload import Array, Workload

__all__ = ["curvature"]


def _curvature(x: Any, xp: Any) -> Any:
    return xp.log(xp.sum(xp.exp(x))) + xp.sum(xp.sin(x[1:] * x[:-1])) + xp.sqrt(1.0 + x @ x)


def curvature(n: int = 1000) -> Workload:
    """W12: u'Hv, one number of the Hessian of a function that couples all inputs."""
    x, u, v = np.random.default_rng(7).standard_normal((3, n))

    def by_hand() -> Array:
        p = np.exp(x)
        p /= p.sum()
        a, b, ua, ub, va, vb = x[1:], x[:-1], u[1:], u[:-1], v[1:], v[:-1]
        s = np.sqrt(1 + x @ x)
        pairs = np.cos(a * b) * (ua * vb + va * ub) - np.sin(a * b) * (b * ua + a * ub) * (b * va + a * vb)
        return np.array(
            u @ (p * v) - (p @ u) * (p @ v) + np.sum(pairs) + (u @ v) / s - (x @ u) * (x @ v) / s**3,
        )

    return Workload("W12", f"u'Hv, {n} inputs", "uhv", _curvature, x, u=u, v=v, by_hand=by_hand)
