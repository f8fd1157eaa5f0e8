"""W7 and W8: derivatives that are mostly zeros, a stencil on a grid and a chain."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_array, csr_array, diags_array, eye_array

from .workload import Array, Colouring, Workload

__all__ = ["brusselator", "rosenbrock", "rosenbrock_chain", "rosenbrock_gradient"]

DIFFUSION = 0.3


def _brusselator(y: Any, xp: Any, N: int) -> Any:
    Y = y.reshape((2, N, N))
    u, v = Y[0], Y[1]

    def laplacian(a: Any) -> Any:
        return xp.roll(a, 1, axis=0) + xp.roll(a, -1, axis=0) + xp.roll(a, 1, axis=1) + xp.roll(a, -1, axis=1) - 4.0 * a

    uuv = u * u * v
    du = 1.0 + uuv - 4.4 * u + DIFFUSION * laplacian(u)
    dv = 3.4 * u - uuv + DIFFUSION * laplacian(v)
    return xp.concatenate([du.reshape(-1), dv.reshape(-1)])


def _brusselator_colouring(N: int, J: csr_array) -> Colouring:
    """Eight colours, (i + 3 j) mod 8 for u and four further for v; N is a multiple of 8."""
    i, j = np.divmod(np.arange(N * N), N)
    of_u = (i + 3 * j) % 8
    colour = np.concatenate([of_u, (of_u + 4) % 8])
    seeds = np.zeros((8, colour.size))
    seeds[colour, np.arange(colour.size)] = 1.0
    rows = np.repeat(np.arange(colour.size), np.diff(J.indptr))
    return Colouring(seeds, rows, colour[J.indices])


def brusselator(N: int) -> Workload:
    """W7: the sparse Jacobian of the two-dimensional Brusselator; by hand assembled with scipy.sparse."""
    n = N * N
    y = np.random.default_rng(7).uniform(0.5, 2, 2 * n)
    places, ones = np.arange(n), np.ones(n)

    def by_hand() -> csr_array:
        u, v = y[:n], y[n:]
        L = -4.0 * eye_array(n, format="csr")
        for shift in (1, -1):
            for axis in (0, 1):
                L = L + csr_array((ones, (places, np.roll(places.reshape(N, N), shift, axis).reshape(-1))), (n, n))
        top = [diags_array(2 * u * v - 4.4) + DIFFUSION * L, diags_array(u * u)]
        bottom = [diags_array(3.4 - 2 * u * v), diags_array(-u * u) + DIFFUSION * L]
        J = csr_array(block_array([top, bottom]))
        J.sum_duplicates()
        return J

    def entries(J: Any) -> Array:
        data: Array = csr_array(J).sorted_indices().data
        return data

    title = f"sparse Jacobian, Brusselator {N} x {N}"
    return Workload(
        f"W7_{N}",
        title,
        "sparse jacobian",
        _brusselator,
        y,
        {"N": N},
        by_hand=by_hand,
        sparse_entries=entries,
        colouring=_brusselator_colouring(N, by_hand().sorted_indices()),
    )


def rosenbrock(x: Any, xp: Any = np) -> Any:
    """The chained function of Rosenbrock."""
    a, b = x[:-1], x[1:]
    t = b - a * a
    s = 1.0 - a
    return xp.sum(100.0 * (t * t) + s * s)


def rosenbrock_gradient(x: NDArray[Any]) -> NDArray[Any]:
    """Its gradient by hand."""
    g = np.zeros_like(x)
    a, b = x[:-1], x[1:]
    t = b - a * a
    g[:-1] = -400 * a * t - 2 * (1 - a)
    g[1:] += 200 * t
    return g


def rosenbrock_chain(n: int = 100_000) -> Workload:
    """W8: the tridiagonal Hessian of Rosenbrock's chain; by hand as two diagonals."""
    x = np.random.default_rng(7).uniform(-1, 1, n)

    def by_hand() -> Array:
        d = np.zeros(n)
        d[:-1] += -400 * (x[1:] - 3 * x[:-1] ** 2) + 2
        d[1:] += 200
        return np.concatenate([d, -400 * x[:-1]])

    def entries(H: Any) -> Array:
        return np.concatenate([H.diagonal(), H.diagonal(1)])

    places = np.arange(n)
    seeds = np.zeros((3, n))
    seeds[places % 3, places] = 1.0
    colouring = Colouring(seeds, np.concatenate([places, places[1:]]), np.concatenate([places % 3, places[:-1] % 3]))
    title = f"sparse Hessian, Rosenbrock, {n} inputs"
    return Workload(
        "W8",
        title,
        "sparse hessian",
        rosenbrock,
        x,
        by_hand=by_hand,
        sparse_entries=entries,
        colouring=colouring,
    )
