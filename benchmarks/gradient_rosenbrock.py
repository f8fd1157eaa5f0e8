"""What the gradient of a million variables costs, beside the function and beside a gradient written by hand.

Run ``python -m benchmarks.gradient_rosenbrock [n]``.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.optimize import rosen_der

import dualdiff as dd

from .timing import interleaved, peak, table
from .workloads.sparse import rosenbrock, rosenbrock_gradient

__all__ = ["measure"]


def measure(n: int = 1_000_000, rounds: int = 9) -> str:
    """The table, once all gradients agree."""
    x = np.random.default_rng(7).uniform(-1, 1, n)
    gradient = dd.grad(rosenbrock)
    expected = rosen_der(x)
    for found in (gradient(x), rosenbrock_gradient(x)):
        assert np.abs(found - expected).max() <= 1e-12 * np.abs(expected).max()
    calls = {
        "f": lambda: rosenbrock(x),
        "by hand": lambda: rosenbrock_gradient(x),
        "scipy.optimize.rosen_der": lambda: rosen_der(x),
        "dd.grad": lambda: gradient(x),
        "dd.value_and_grad": lambda: dd.value_and_grad(rosenbrock)(x),
    }
    doubles = {name: peak(call) / (8 * n) for name, call in calls.items()}
    memory = ", ".join(f"{name} {count:.1f}" for name, count in doubles.items())
    return f"{table(f'gradient of Rosenbrock, n = {n}', interleaved(calls, rounds))}\n  peak, in doubles a variable: {memory}"


if __name__ == "__main__":
    print(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
