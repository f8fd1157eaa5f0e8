"""A program with finite differences, and what one changed line makes of it: the curve of fastest descent.

The program is as one finds them: loops, an array that is filled, Python's math, a gradient by finite differences. The answer is
known since 1697, a cycloid. Run ``python examples/one_line.py [picture.png]``.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, root

import dualdiff as dd

Array = NDArray[np.float64]
GRAVITY, WIDTH, DEPTH = 9.81, 3.0, 1.0


# ------------------------------------------------------------------------------ the program


def slide(depths: Any) -> Any:
    """The time in which a bead slides along a wire, from rest, through points of these depths."""
    n = len(depths) + 1
    x = WIDTH * (np.arange(n + 1) / n) ** 2
    y = np.zeros(n + 1)
    y[1:n] = depths
    y[n] = DEPTH
    time, speed = 0.0, 0.0
    for i in range(n):
        length = math.hypot(x[i + 1] - x[i], y[i + 1] - y[i])
        next_speed = math.sqrt(2 * GRAVITY * abs(y[i + 1]))
        time += 2 * length / (speed + next_speed)
        speed = next_speed
    return time


def parabola(points: int) -> Array:
    """The depths of a wire bent as a parabola, to start from."""
    return DEPTH * np.arange(1, points + 1) / (points + 1)


def finite_differences(depths: Array, step: float = 1.5e-8) -> Array:
    """The gradient of the time, nearly."""
    start = slide(depths)
    return np.array([(slide(depths + step * unit) - start) / step for unit in np.eye(len(depths))])


def fastest(points: int, gradient: Callable[[Array], Array]) -> Any:
    """The depths at which the gradient vanishes, by SciPy from the parabola."""
    return root(gradient, parabola(points), tol=1e-10)


BEFORE = finite_differences
AFTER = dd.grad(dd.lift(slide))  # the one line


# ------------------------------------------------------------------------------ what is known


def gradient_by_hand(depths: Array) -> Array:
    """Each point is the end of one piece and the start of the next."""
    n = len(depths) + 1
    x, y = WIDTH * (np.arange(n + 1) / n) ** 2, np.concatenate([[0.0], depths, [DEPTH]])
    length, speed = np.hypot(np.diff(x), np.diff(y)), np.sqrt(2 * GRAVITY * y)
    total = speed[1:] + speed[:-1]
    by_length = 2 * np.diff(y) / (length * total)
    by_speed = -2 * length / total**2
    return np.asarray(by_length[:-1] - by_length[1:] + (by_speed[:-1] + by_speed[1:]) * GRAVITY / speed[1:-1])


def cycloid() -> tuple[float, float]:
    """The radius of the rolling circle and its last angle (Johann Bernoulli 1697)."""
    end = brentq(lambda a: (a - math.sin(a)) / (1 - math.cos(a)) - WIDTH / DEPTH, 0.1, 6.2, xtol=1e-14)
    return DEPTH / (1 - math.cos(end)), end


def report(name: str, gradient: Callable[[Array], Array], points: int) -> tuple[float, float, Array]:
    """How wrong the gradient is at the start, how far from zero at the end, and the solution."""
    expected = gradient_by_hand(parabola(points))
    error = float(np.abs(gradient(parabola(points)) - expected).max() / np.abs(expected).max())
    found = fastest(points, gradient)
    left = float(np.abs(gradient_by_hand(found.x)).max())
    print(f"{name:20} error of the gradient {error:.0e}; solved: {found.success}, slope of the time at the end {left:.0e}")
    return error, left, found.x


def check(points: int) -> dict[str, Array]:
    """The exact gradient is that of the formula, and what it leads to is the cycloid; differences lead nowhere."""
    error_before, left_before, before = report("finite differences", BEFORE, points)
    error_after, left_after, after = report("one line changed", AFTER, points)
    assert error_after < 1e-12
    assert left_after < 1e-9
    assert error_before > 1e-7
    assert left_before > 100 * left_after
    radius, end = cycloid()
    least = end * math.sqrt(radius / GRAVITY)
    print(f"time of descent {slide(after):.6f} s with {points} points; of the cycloid {least:.6f} s")
    assert 0 < slide(after) - least < 3 / points**2 * least
    return {"finite differences": before, "exact gradient": after}


def plot(solutions: dict[str, Array], path: Path) -> None:
    """Draw the curves, and how far each point is from where it should be."""
    import matplotlib.pyplot as plt

    radius, end = cycloid()
    angle = np.linspace(0, end, 200)
    figure, axes = plt.subplots(figsize=(7, 3.5), layout="constrained")
    axes.plot(radius * (angle - np.sin(angle)), -radius * (1 - np.cos(angle)), color="0.8", linewidth=6, label="cycloid")
    for (name, y), style in zip(solutions.items(), ["r.-", "b.-"], strict=True):
        x = WIDTH * (np.arange(1, len(y) + 1) / (len(y) + 1)) ** 2
        axes.plot(x, -y, style, linewidth=1, label=name)
    axes.set(xlabel="m", ylabel="m", title="The curve of fastest descent, where SciPy's root ends")
    axes.legend()
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(points: int = 50, path: Path | None = None) -> None:
    """Run the program as it was and as it is, and draw."""
    solutions = check(points)
    if path is not None:
        try:
            plot(solutions, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(path=Path(sys.argv[1] if len(sys.argv) > 1 else "one_line.png"))
