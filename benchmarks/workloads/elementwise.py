"""W3, W9 and W11: elementwise operations on long arrays, where the price is the memory's."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from .workload import Array, Workload, complex_step

__all__ = ["chain", "elementwise_sum", "spherical"]


def _chain(x: Any, xp: Any) -> Any:
    a = xp.sin(x)
    b = xp.exp(a)
    c = b * x
    d = c * c
    e = d + 1.0
    g = xp.sqrt(e)
    h = xp.tanh(g * 0.5)
    i = h - a
    j = xp.cos(i)
    k = j * b
    u = k / g
    m = u + x
    n = xp.log(e)
    o = n * m
    p = o - k
    q = xp.exp(p * -0.1)
    r = q + h
    return r * u


def chain(n: int = 1_000_000) -> Workload:
    """W3: a chain of elementwise operations."""
    random = np.random.default_rng(7)
    x, v = random.uniform(-2, 2, n), random.standard_normal(n)
    reference = partial(complex_step, _chain, x, v)
    return Workload("W3", f"jvp, 20 operations on {n} entries", "jvp", _chain, x, v=v, reference=reference)


def _spherical(p: Any, xp: Any) -> Any:
    r, th, ph = p[..., 0], p[..., 1], p[..., 2]
    rs = r * xp.sin(th)
    x = rs * xp.cos(ph) + 0.5
    y = rs * xp.sin(ph) - 0.3
    z = r * xp.cos(th) + 0.2
    R = xp.sqrt(x * x + y * y + z * z)
    return xp.stack([R, xp.arccos(z / R), xp.arctan2(y, x)], axis=-1)


def spherical(n: int = 100_000) -> Workload:
    """W9: a 3 x 3 Jacobian at each of many points, a shifted change of spherical coordinates."""
    random = np.random.default_rng(7)
    p = np.stack([random.uniform(1, 2, n), random.uniform(0.4, 2.6, n), random.uniform(-2.5, 2.5, n)], -1)

    def by_hand() -> Array:
        r, th, ph = p.T
        st, ct, sp, cp = np.sin(th), np.cos(th), np.sin(ph), np.cos(ph)
        x, y, z = r * st * cp + 0.5, r * st * sp - 0.3, r * ct + 0.2
        D = np.array([[st * cp, r * ct * cp, -r * st * sp], [st * sp, r * ct * sp, r * st * cp], [ct, -r * st, 0 * r]])
        R, q, o = np.sqrt(x * x + y * y + z * z), np.sqrt(x * x + y * y), 0 * x
        G = np.array([[x / R, y / R, z / R], [x * z / (R**2 * q), y * z / (R**2 * q), -q / R**2], [-y / q**2, x / q**2, o]])
        J: Array = np.einsum("ijn,jkn->nik", G, D)
        return J

    return Workload("W9", f"{n} Jacobians, 3 x 3", "jacobians", _spherical, p, by_hand=by_hand)


def _elementwise_sum(x: Any, xp: Any) -> Any:
    y = xp.sin(x) * xp.exp(x * x * -0.1)
    return xp.sum(y + xp.sqrt(x * x + 1.0) * xp.tanh(x))


def elementwise_sum(n: int = 1_000_000) -> Workload:
    """W11: a Hessian-vector product of a sum of elementwise terms."""
    random = np.random.default_rng(7)
    x, v = random.uniform(-2, 2, n), random.standard_normal(n)

    def by_hand() -> Array:
        s, c, e = np.sin(x), np.cos(x), np.exp(-0.1 * x * x)
        e1, e2 = -0.2 * x * e, (-0.2 + 0.04 * x * x) * e
        r, t = np.sqrt(x * x + 1), np.tanh(x)
        q = 1 - t * t
        Hv: Array = (-s * e + 2 * c * e1 + s * e2 + t / r**3 + 2 * (x / r) * q + r * (-2 * t * q)) * v
        return Hv

    return Workload("W11", f"Hessian-vector product, {n} inputs", "hvp", _elementwise_sum, x, v=v, by_hand=by_hand)
