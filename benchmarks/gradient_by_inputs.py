"""What a gradient costs as the number of inputs grows, for four kinds of function, beside reverse mode and others.

The ratio to the function's own time. Run ``python -m benchmarks.gradient_by_inputs``; results go to
``results/gradient_by_inputs.json``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import dualdiff as dd

from .growth import Build, Growth

__all__ = ["FUNCTIONS", "gradients", "measure"]

#: The function of its inputs and of NumPy or a namespace like it, and a point.
Problem = tuple[Callable[[Any, Any], Any], Any]


def stencil(n: int) -> Problem:
    """Each term knows one or two inputs."""

    def f(x: Any, xp: Any) -> Any:
        return xp.sum((1.0 - x) ** 2) + 100.0 * xp.sum((x[1:] - x[:-1] ** 2) ** 2)

    return f, np.linspace(-1.0, 0.5, n)


def regression(n: int) -> Problem:
    """All inputs come through one matrix, of 300 rows."""
    X = np.random.default_rng(0).standard_normal((300, n)) / np.sqrt(n)
    return lambda w, xp: xp.sum(xp.log(1.0 + xp.exp(X @ w))), np.ones(n)


def network(n: int) -> Problem:
    """The weights of two layers of sqrt(n / 2) neurons each, for 100 samples."""
    k = round((n / 2) ** 0.5)
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((100, k))

    def loss(w: Any, xp: Any) -> Any:
        A, B = w[: k * k].reshape(k, k), w[k * k :].reshape(k, k)
        return xp.sum(xp.tanh(xp.tanh(inputs @ A) @ B) ** 2)

    return loss, rng.standard_normal(2 * k * k) / np.sqrt(k)


def recurrence(n: int) -> Problem:
    """Every step of a loop knows all inputs: n steps of a scalar."""

    def last(x: Any, xp: Any) -> Any:
        s = 0.0
        for i in range(n):
            s = xp.sin(s + x[i])
        return s

    return last, np.linspace(0.0, 1.0, n)


FUNCTIONS = {"stencil": stencil, "regression": regression, "network": network, "recurrence": recurrence}


def gradients(f: Callable[[Any, Any], Any], x: Any) -> dict[str, Build]:
    """How each library is asked for the gradient."""

    def by_dualdiff() -> Callable[[], Any]:
        return partial(dd.grad(lambda x: f(x, np)), x)

    def by_complex_step() -> Callable[[], Any]:
        return lambda: np.array([f(x + 1e-30j * e, np).imag / 1e-30 for e in np.eye(x.size)])

    def by_autograd() -> Callable[[], Any]:
        import autograd
        import autograd.numpy as anp

        return partial(autograd.grad(lambda x: f(x, anp)), x)

    def by_jax() -> Callable[[], Any]:
        import jax
        import jax.numpy as jnp

        jax.config.update("jax_enable_x64", True)
        compiled, point = jax.jit(jax.grad(lambda x: f(x, jnp))), jnp.asarray(x)
        return lambda: jax.block_until_ready(compiled(point))

    def by_casadi() -> Callable[[], Any]:
        import casadi

        s = casadi.SX.sym("x", x.size)
        answer = casadi.Function("answer", [s], [casadi.gradient(f(np.array(s.elements(), dtype=object), np), s)])
        return lambda: answer(x).full()[:, 0]

    return {
        "dualdiff": by_dualdiff,
        "complex step": by_complex_step,
        "autograd": by_autograd,
        "JAX jit": by_jax,
        "CasADi": by_casadi,
    }


def _right(f: Callable[[Any, Any], Any], x: Any) -> Callable[[Any], bool]:
    """Whether a gradient agrees with the complex step along three directions."""
    directions = np.random.default_rng(1).standard_normal((3, x.size))
    expected = np.array([np.imag(f(x + 1e-30j * v, np)) / 1e-30 for v in directions])
    return lambda gradient: bool(np.allclose(directions @ np.asarray(gradient), expected, rtol=1e-8))


def measure(sizes: dict[str, tuple[int, ...]]) -> None:
    """All functions, all sizes."""
    growth = Growth("gradient_by_inputs")
    for name, make in FUNCTIONS.items():
        for n in sizes[name]:
            f, x = make(n)
            growth.measure(name, x.size, partial(f, x, np), gradients(f, x), _right(f, x))
    growth.store()


if __name__ == "__main__":
    each = (1, 10, 100, 1000, 10_000, 100_000)
    measure({"stencil": (*each, 1_000_000), "regression": each, "network": (2, 18, 200, 2048), "recurrence": each[:4]})
