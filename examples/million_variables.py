"""Minimise a function of a million variables with exact gradients: the denoising of a 1000 x 1000 picture.

The gradient of the smoothed total variation comes from the plain NumPy function, at a few times the function's price and
without a matrix anywhere. Run ``python examples/million_variables.py [picture.png]``.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import dualdiff as dd

Array = NDArray[np.float64]
WEIGHT, EDGE = 0.1, 0.05  # of the total variation; the slope from which on it counts as an edge
DOUBLES = 40  # per variable: what one gradient may take


def pictures(n: int) -> tuple[Array, Array]:
    """A disc on a stripe, and the same with noise."""
    s = np.linspace(-1.0, 1.0, n)
    clean = 1.0 * (s[:, None] ** 2 + s**2 < 0.5) + 0.5 * (np.abs(s) < 0.3)
    return clean, clean + 0.2 * np.random.default_rng(0).standard_normal((n, n))


def energy(x: Any, noisy: Array) -> Any:
    """How far x is from the noisy picture, plus how much it varies (Rudin, Osher and Fatemi 1992, smoothed)."""
    u = x.reshape(noisy.shape)
    down = u[1:, :-1] - u[:-1, :-1]
    right = u[:-1, 1:] - u[:-1, :-1]
    variation = np.sum(np.sqrt(down * down + right * right + EDGE**2))
    return 0.5 * np.sum((u - noisy) ** 2) + WEIGHT * variation


def best_time(call: Callable[[], object], rounds: int = 5) -> float:
    """The least time of some calls, in seconds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return min(times)


def peak(call: Callable[[], object]) -> int:
    """The most memory a call holds, in bytes."""
    tracemalloc.start()
    call()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def check_gradient(x: Array, noisy: Array) -> None:
    """The gradient times a random direction is the derivative along it."""
    direction = np.random.default_rng(1).standard_normal(x.size)
    along = dd.jvp(lambda x: energy(x, noisy), (x,), (direction,))[1]
    assert np.isclose(dd.grad(energy)(x, noisy) @ direction, along, rtol=1e-11)


def check_minimum(x: Array, noisy: Array, tolerance: float) -> None:
    """The energy is a convex function plus |x|^2 / 2, so the minimum is no farther away than the gradient is long."""
    distance = np.linalg.norm(dd.grad(energy)(x, noisy)) / np.sqrt(x.size)
    print(f"the minimum is within {distance:.1e} a pixel, in the mean")
    assert distance < tolerance


def plot(shown: dict[str, Array], path: Path) -> None:
    """Draw a detail of the pictures."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(shown), figsize=(9, 3.35), layout="constrained")
    for panel, (name, picture) in zip(panels, shown.items(), strict=True):
        n = len(picture)
        panel.imshow(picture[n // 20 : n // 3, n // 4 : n * 8 // 15], cmap="gray", vmin=-0.5, vmax=2.0)
        panel.set(title=name, xticks=[], yticks=[])
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(n: int = 1000, path: Path | None = None) -> None:
    """Measure one gradient, minimise, look at the result, and draw it."""
    clean, noisy = pictures(n)
    x = noisy.reshape(-1)
    both = dd.value_and_grad(energy)
    check_gradient(x, noisy)

    doubles = peak(lambda: both(x, noisy)) / (8 * x.size)
    ratio = best_time(lambda: both(x, noisy)) / best_time(lambda: energy(x, noisy))
    print(f"{x.size} variables; energy and gradient: {ratio:.1f} times the energy's time, {doubles:.1f} doubles a variable")
    assert doubles < DOUBLES

    found = minimize(both, x, args=(noisy,), jac=True, method="L-BFGS-B", options={"ftol": 0.0, "gtol": 1e-5, "maxiter": 200})
    print(f"{found.nit} iterations: energy {energy(x, noisy):.8g} -> {found.fun:.8g}")
    assert found.success
    check_minimum(found.x, noisy, tolerance=1e-5)

    before, after = np.std(noisy - clean), np.std(found.x.reshape(n, n) - clean)
    print(f"distance from the clean picture: {before:.3f} -> {after:.3f}")
    assert after < before / 2
    if path is not None:
        try:
            plot({"clean": clean, "noisy": noisy, "minimum of the energy": found.x.reshape(n, n)}, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(path=Path(sys.argv[1] if len(sys.argv) > 1 else "million_variables.png"))
