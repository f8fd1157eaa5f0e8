"""How the time and the memory of a sparse Jacobian grow with the number of unknowns: linearly.

A five-point stencil, u - 4 u + neighbours - u^3 with zero boundary values, from 1 to 10^6 unknowns, beside libraries that
are given a colouring by hand. Run ``python -m benchmarks.sparse_jacobian_scaling``; results go to
``results/sparse_jacobian_scaling.json``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy.sparse import csc_array, csr_array, diags_array, eye_array, kron

import dualdiff as dd

from .growth import Build, Growth
from .timing import peak
from .workloads import Colouring

__all__ = ["by_hand", "jacobians", "measure"]

MEASURED = ("dualdiff", "dualdiff, prepared")
SIDES = (1, 3, 10, 32, 100, 316, 1000)


def stencil(x: Any, xp: Any = np) -> Any:
    """The discrete Laplacian of a square grid, zero outside, and a reaction."""
    side = round(x.shape[0] ** 0.5)
    u = xp.pad(x.reshape(side, side), 1, "constant")
    inside = u[1:-1, 1:-1]
    return (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * inside - inside * inside * inside).reshape(-1)


def by_hand(x: Any) -> csr_array:
    """Its Jacobian as a sum of Kronecker products."""
    side = round(x.size**0.5)
    E = eye_array(side)
    D = eye_array(side, k=1) + eye_array(side, k=-1) - 2 * E if side > 1 else csr_array([[-2.0]])
    return csr_array(kron(D, E) + kron(E, D) - diags_array(3 * x**2))


def colouring(J: csr_array) -> Colouring:
    """Five colours, (i + 2 j) mod 5: no point has two neighbours of one colour."""
    i, j = np.divmod(np.arange(J.shape[0]), round(J.shape[0] ** 0.5))
    colour = (i + 2 * j) % 5
    seeds = np.zeros((5, colour.size))
    seeds[colour, np.arange(colour.size)] = 1.0
    return Colouring(seeds, np.repeat(np.arange(colour.size), np.diff(J.indptr)), colour[J.indices])


def jacobians(x: Any, J: csr_array) -> dict[str, Build]:
    """How each library is asked for the Jacobian; those with a colouring give its stored entries, row by row."""
    coloured = colouring(J)

    def prepared() -> Callable[[], Any]:
        return partial(dd.prepare_jacobian(stencil, x), x)

    def by_differences() -> Callable[[], Any]:
        def call() -> Any:
            f = stencil(x)
            return coloured.entries(np.stack([(stencil(x + 1e-7 * s) - f) / 1e-7 for s in coloured.seeds]))

        return call

    def by_complex_step() -> Callable[[], Any]:
        return lambda: coloured.entries(np.stack([np.imag(stencil(x + 1e-30j * s)) / 1e-30 for s in coloured.seeds]))

    def by_jax() -> Callable[[], Any]:
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        seeds, row, group, point = map(jnp.asarray, (coloured.seeds, coloured.entry_row, coloured.entry_group, x))

        def along(x: Any, s: Any) -> Any:
            return jax.jvp(lambda x: stencil(x, jnp), (x,), (s,))[1]

        compiled = jax.jit(lambda x, S: jax.vmap(lambda s: along(x, s))(S)[group, row])
        return lambda: jax.block_until_ready(compiled(point, seeds))

    def by_casadi() -> Callable[[], Any]:
        import casadi

        s = casadi.SX.sym("x", x.size)
        y = casadi.vertcat(*stencil(np.array(s.elements(), dtype=object)))
        answer = casadi.Function("answer", [s], [casadi.jacobian(y, s)])
        buffer, evaluate = answer.buffer()
        out, pattern = np.zeros(answer.nnz_out(0)), answer.sparsity_out(0)
        buffer.set_arg(0, x.data)
        buffer.set_res(0, out.data)
        column, row = np.array(pattern.colind()), np.array(pattern.row())

        def call(_alive: tuple[Any, ...] = (answer, buffer)) -> Any:
            evaluate()
            return csc_array((out, row, column), shape=pattern.shape)

        return call

    return {
        "dualdiff": lambda: partial(dd.jacobian(stencil, sparse=True), x),
        "dualdiff, prepared": prepared,
        "by hand": lambda: partial(by_hand, x),
        "complex step, coloured": by_complex_step,
        "differences, coloured": by_differences,
        "JAX jit, coloured": by_jax,
        "CasADi": by_casadi,
    }


def measure(sides: tuple[int, ...] = SIDES) -> None:
    """All sizes, and the powers of n with which time and memory grow."""
    growth = Growth("sparse_jacobian_scaling")
    for side in sides:
        x = np.random.default_rng(side).uniform(-1, 1, side * side)
        expected = by_hand(x).sorted_indices()

        def right(found: Any, expected: Any = expected) -> bool:
            data = found.tocsr().sorted_indices().data if hasattr(found, "tocsr") else np.asarray(found)
            return data.shape == expected.data.shape and bool(np.abs(data - expected.data).max() <= 1e-5)

        most = peak(partial(dd.jacobian(stencil, sparse=True), x))
        growth.measure("stencil", x.size, partial(stencil, x), jacobians(x, expected), right, peak=most)
    growth.store()
    first, last = growth.rows[-3], growth.rows[-1]
    times, again = (_power(first, last, lambda row, peer=peer: row["f"] * row["ratios"][peer]) for peer in MEASURED)  # type: ignore[misc]
    memory = _power(first, last, lambda row: row["peak"])
    print(f"growth over the last sizes: jacobian n^{times:.2f}, prepared n^{again:.2f}, memory n^{memory:.2f}")
    print(f"peak of the last: {last['peak'] / (8 * last['n']):.1f} doubles an unknown")


def _power(first: dict[str, Any], last: dict[str, Any], amount: Callable[[dict[str, Any]], float]) -> float:
    """The power of n with which an amount grows from one row to another."""
    return math.log(amount(last) / amount(first)) / math.log(last["n"] / first["n"])


if __name__ == "__main__":
    measure()
