"""What a gradient costs as the number of inputs grows, for four kinds of function, beside reverse mode.

The ratio to the function's own time; autograd's where it is installed. Run ``python -m benchmarks.gradient_by_inputs``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any

import numpy as np

import dualdiff as dd

from .timing import interleaved

__all__ = ["FUNCTIONS", "measure"]

Function = Callable[[Any], Any]


def stencil(n: int, xp: Any = np) -> tuple[Function, Any]:
    """Each term knows a few inputs."""
    return lambda x: xp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2), np.linspace(-1.0, 1.0, n)


def regression(n: int, xp: Any = np) -> tuple[Function, Any]:
    """All inputs come through one matrix, of 300 rows."""
    X = np.random.default_rng(0).standard_normal((300, n)) / np.sqrt(n)
    return lambda w: xp.sum(xp.logaddexp(0.0, X @ w)), np.ones(n)


def network(n: int, xp: Any = np) -> tuple[Function, Any]:
    """The weights of two layers of sqrt(n / 2) neurons each, for 100 samples."""
    k = round((n / 2) ** 0.5)
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((100, k))

    def loss(w: Any) -> Any:
        A, B = w[: k * k].reshape(k, k), w[k * k :].reshape(k, k)
        return xp.sum(xp.tanh(xp.tanh(inputs @ A) @ B) ** 2)

    return loss, rng.standard_normal(2 * k * k) / np.sqrt(k)


def recurrence(n: int, xp: Any = np) -> tuple[Function, Any]:
    """Every step of a loop knows all inputs: n steps of a scalar."""

    def last(x: Any) -> Any:
        s = 0.0
        for i in range(n):
            s = xp.sin(s + x[i])
        return s

    return last, np.linspace(0.0, 1.0, n)


FUNCTIONS = {"stencil": stencil, "regression": regression, "network": network, "recurrence": recurrence}


def measure(sizes: dict[str, tuple[int, ...]], rounds: int = 5) -> str:
    """The table; autograd's gradient, where there is one, is the reference."""
    autograd: ModuleType | None
    try:
        autograd, reverse_numpy = import_module("autograd"), import_module("autograd.numpy")
    except ImportError:
        autograd = None
    lines = [f"{'':12} {'inputs':>7} {'f (ms)':>9} {'dd.grad':>9} {'autograd':>9}   (x f, least times)"]
    for name, make in FUNCTIONS.items():
        for n in sizes[name]:
            f, x = make(n)
            gradient = dd.grad(f)
            calls: dict[str, Callable[[], Any]] = {"f": partial(f, x), "dd": partial(gradient, x)}
            if autograd is not None:
                reverse = autograd.grad(make(n, reverse_numpy)[0])
                np.testing.assert_allclose(gradient(x), reverse(x), rtol=1e-8, atol=1e-12)
                calls["autograd"] = partial(reverse, x)
            least = {key: min(seconds) for key, seconds in interleaved(calls, rounds).items()}
            ratios = [f"{least[key] / least['f']:9.1f}" if key in least else f"{'-':>9}" for key in ("dd", "autograd")]
            lines.append(f"{name:12} {x.size:7d} {1e3 * least['f']:9.3f} {' '.join(ratios)}")
            print(lines[-1], flush=True)
    return "\n".join(lines)


if __name__ == "__main__":
    each = (10, 100, 1000, 10_000)
    print(measure({"stencil": (*each, 100_000), "regression": each, "network": (18, 200, 2048), "recurrence": each[:3]}))
