"""Functions to differentiate, each with the derivative that a person would write by hand.

They are the workloads W5 to W9 and W11 of the project's comparison with other libraries (its file ``workloads.py``), where
they have these names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_array, csr_array, diags_array, eye_array

import dualdiff as dd

__all__ = ["ALL", "Workload", "logistic_loss", "rosenbrock", "rosenbrock_gradient"]

Array = NDArray[np.float64]


@dataclass
class Workload:
    """A function f of x, its derivative by hand, and the calls of dualdiff that give the same.

    entries: the numbers of a result that are compared.
    """

    title: str
    f: Callable[[Any], Any]
    x: Array
    by_hand: Callable[[], Any]
    calls: dict[str, Callable[[], Any]]
    entries: Callable[[Any], Any] = np.asarray

    def check(self) -> None:
        """Each call gives what was derived by hand, to 1e-10 of its largest entry."""
        expected = self.entries(self.by_hand())
        for name, call in self.calls.items():
            found = self.entries(call())
            assert found.shape == expected.shape, name
            assert np.abs(found - expected).max() <= 1e-10 * np.abs(expected).max(), name


def two_layers(n: int = 200) -> Workload:
    """W5: a dense Jacobian of tanh(B tanh(A x))."""
    random = np.random.default_rng(7)
    A, B = random.standard_normal((2, n, n)) / np.sqrt(n)
    x = random.standard_normal(n)

    def f(x: Any) -> Any:
        return np.tanh(B @ np.tanh(A @ x))

    def by_hand() -> Array:
        h = np.tanh(A @ x)
        y = np.tanh(B @ h)
        J: Array = (1 - y * y)[:, None] * (B @ ((1 - h * h)[:, None] * A))
        return J

    return Workload(f"W5 Jacobian {n} x {n}, two layers", f, x, by_hand, {"dd.jacobian": lambda: dd.jacobian(f)(x)})


def logistic_loss(n: int = 100, m: int = 1000) -> tuple[Callable[[Any], Any], Array, Array]:
    """The loss of W6, its data and a point."""
    random = np.random.default_rng(7)
    X = random.standard_normal((m, n)) / np.sqrt(n)

    def f(w: Any) -> Any:
        z = X @ w
        return np.sum(np.log(1.0 + np.exp(z))) + 0.05 * (w @ w)

    return f, X, random.standard_normal(n)


def logistic() -> Workload:
    """W6: a dense Hessian of the logistic loss."""
    f, X, w = logistic_loss()

    def by_hand() -> Array:
        s = 1 / (1 + np.exp(-(X @ w)))
        H: Array = X.T @ ((s * (1 - s))[:, None] * X) + 0.1 * np.eye(w.size)
        return H

    return Workload("W6 Hessian, logistic loss 1000 x 100", f, w, by_hand, {"dd.hessian": lambda: dd.hessian(f)(w)})


def brusselator(N: int) -> Workload:
    """W7: the sparse Jacobian of the two-dimensional Brusselator; by hand assembled with scipy.sparse."""
    n = N * N
    y = np.random.default_rng(7).uniform(0.5, 2, 2 * n)

    def f(y: Any) -> Any:
        u, v = y.reshape((2, N, N))

        def laplacian(a: Any) -> Any:
            return np.roll(a, 1, axis=0) + np.roll(a, -1, axis=0) + np.roll(a, 1, axis=1) + np.roll(a, -1, axis=1) - 4.0 * a

        uuv = u * u * v
        du = 1.0 + uuv - 4.4 * u + 0.3 * laplacian(u)
        dv = 3.4 * u - uuv + 0.3 * laplacian(v)
        return np.concatenate([du.reshape(-1), dv.reshape(-1)])

    places, ones = np.arange(n), np.ones(n)

    def by_hand() -> csr_array:
        u, v = y[:n], y[n:]
        L = -4.0 * eye_array(n, format="csr")
        for shift in (1, -1):
            for axis in (0, 1):
                L = L + csr_array((ones, (places, np.roll(places.reshape(N, N), shift, axis).reshape(-1))), (n, n))
        top = [diags_array(2 * u * v - 4.4) + 0.3 * L, diags_array(u * u)]
        bottom = [diags_array(3.4 - 2 * u * v), diags_array(-u * u) + 0.3 * L]
        J = csr_array(block_array([top, bottom]))
        J.sum_duplicates()
        return J

    prepared = dd.prepare_jacobian(f, y)
    calls = {
        "dd.jacobian(sparse=True)": lambda: dd.jacobian(f, sparse=True)(y),
        "dd.prepare_jacobian": lambda: prepared(y),
    }
    title = f"W7 sparse Jacobian, Brusselator {N} x {N}"
    return Workload(title, f, y, by_hand, calls, lambda J: J.sorted_indices().data)


def rosenbrock(x: Any) -> Any:
    """The chained function of Rosenbrock."""
    a, b = x[:-1], x[1:]
    t = b - a * a
    s = 1.0 - a
    return np.sum(100.0 * (t * t) + s * s)


def rosenbrock_gradient(x: Array) -> Array:
    """Its gradient by hand."""
    g = np.zeros_like(x)
    a, b = x[:-1], x[1:]
    t = b - a * a
    g[:-1] = -400 * a * t - 2 * (1 - a)
    g[1:] += 200 * t
    return g


def chain(n: int = 100_000) -> Workload:
    """W8: the tridiagonal Hessian of Rosenbrock's chain; by hand as two diagonals."""
    x = np.random.default_rng(7).uniform(-1, 1, n)

    def by_hand() -> Array:
        d = np.zeros(n)
        d[:-1] += -400 * (x[1:] - 3 * x[:-1] ** 2) + 2
        d[1:] += 200
        return np.concatenate([d, -400 * x[:-1]])

    prepared = dd.prepare_hessian(rosenbrock, x)
    calls = {
        "dd.hessian(sparse=True)": lambda: dd.hessian(rosenbrock, sparse=True)(x),
        "dd.prepare_hessian": lambda: prepared(x),
    }

    def entries(H: Any) -> Array:
        return H if isinstance(H, np.ndarray) else np.concatenate([H.diagonal(), H.diagonal(1)])

    return Workload(f"W8 sparse Hessian, Rosenbrock n = {n}", rosenbrock, x, by_hand, calls, entries)


def spherical(n: int = 100_000) -> Workload:
    """W9: a 3 x 3 Jacobian at each of many points, a shifted change of spherical coordinates."""
    random = np.random.default_rng(7)
    p = np.stack([random.uniform(1, 2, n), random.uniform(0.4, 2.6, n), random.uniform(-2.5, 2.5, n)], -1)

    def f(p: Any) -> Any:
        r, th, ph = p[..., 0], p[..., 1], p[..., 2]
        rs = r * np.sin(th)
        x = rs * np.cos(ph) + 0.5
        y = rs * np.sin(ph) - 0.3
        z = r * np.cos(th) + 0.2
        R = np.sqrt(x * x + y * y + z * z)
        return np.stack([R, np.arccos(z / R), np.arctan2(y, x)], axis=-1)

    def by_hand() -> Array:
        r, th, ph = p.T
        st, ct, sp, cp = np.sin(th), np.cos(th), np.sin(ph), np.cos(ph)
        x, y, z = r * st * cp + 0.5, r * st * sp - 0.3, r * ct + 0.2
        D = np.array([[st * cp, r * ct * cp, -r * st * sp], [st * sp, r * ct * sp, r * st * cp], [ct, -r * st, 0 * r]])
        R, q, o = np.sqrt(x * x + y * y + z * z), np.sqrt(x * x + y * y), 0 * x
        G = np.array([[x / R, y / R, z / R], [x * z / (R**2 * q), y * z / (R**2 * q), -q / R**2], [-y / q**2, x / q**2, o]])
        J: Array = np.einsum("ijn,jkn->nik", G, D)
        return J

    calls = {"dd.jacobian(axis=-1)": lambda: dd.jacobian(f, axis=-1)(p)}
    return Workload(f"W9 {n} Jacobians 3 x 3", f, p, by_hand, calls)


def elementwise(n: int = 1_000_000) -> Workload:
    """W11: a Hessian-vector product of a sum of elementwise terms."""
    random = np.random.default_rng(7)
    x, v = random.uniform(-2, 2, n), random.standard_normal(n)

    def f(x: Any) -> Any:
        y = np.sin(x) * np.exp(x * x * -0.1)
        return np.sum(y + np.sqrt(x * x + 1.0) * np.tanh(x))

    def by_hand() -> Array:
        s, c, e = np.sin(x), np.cos(x), np.exp(-0.1 * x * x)
        e1, e2 = -0.2 * x * e, (-0.2 + 0.04 * x * x) * e
        r, t = np.sqrt(x * x + 1), np.tanh(x)
        q = 1 - t * t
        Hv: Array = (-s * e + 2 * c * e1 + s * e2 + t / r**3 + 2 * (x / r) * q + r * (-2 * t * q)) * v
        return Hv

    return Workload(f"W11 Hessian-vector product, n = {n}", f, x, by_hand, {"dd.hvp": lambda: dd.hvp(f, x, v)})


ALL: dict[str, Callable[[], Workload]] = {
    "W5": two_layers,
    "W6": logistic,
    "W7_32": lambda: brusselator(32),
    "W7_256": lambda: brusselator(256),
    "W8": chain,
    "W9": spherical,
    "W11": elementwise,
}
