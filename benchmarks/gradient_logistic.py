"""What the gradient of a function with a matrix in it costs: the logistic loss, 1000 observations, 100 parameters.

Run ``python -m benchmarks.gradient_logistic``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import dualdiff as dd

from .timing import interleaved, table
from .workloads import ALL

__all__ = ["measure"]


def measure(rounds: int = 9) -> str:
    """The table, once both gradients agree."""
    work = ALL["W6"]()
    f, X, w = work.plain, work.data["X"], work.x

    def by_hand() -> NDArray[np.float64]:
        g: NDArray[np.float64] = X.T @ (1 / (1 + np.exp(-(X @ w)))) + 0.1 * w
        return g

    gradient = dd.grad(f)
    assert np.abs(gradient(w) - by_hand()).max() <= 1e-12 * np.abs(by_hand()).max()
    structured = dd.grad(f, tangents="structured")
    dense = dd.grad(f, tangents="dense")
    assert np.allclose(structured(w), dense(w), rtol=1e-12)
    calls = {
        "f": lambda: f(w),
        "by hand": by_hand,
        "dd.grad": lambda: gradient(w),
        "dd.grad, structured": lambda: structured(w),
        "dd.grad, dense": lambda: dense(w),
    }
    return table("gradient of the logistic loss, 1000 x 100", interleaved(calls, rounds))


if __name__ == "__main__":
    print(measure())
