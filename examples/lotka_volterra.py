"""Sensitivities of an ordinary differential equation, through an integrator of one's own in plain NumPy.

Dormand and Prince's method with automatic steps is written as for numbers. Differentiated, it gives the derivatives of the
solution by the four rates and both starting values, which are checked against the variational equations that one would
otherwise derive and integrate, and against a conserved quantity. Run ``python examples/lotka_volterra.py [picture.png]``.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

import dualdiff as dd

Array = NDArray[np.float64]
NAMES = ["birth", "predation", "death", "growth", "prey at 0", "predators at 0"]
PARAMETERS = np.array([1.1, 0.4, 0.4, 0.1, 10.0, 5.0])
#: The tableau of Dormand and Prince (1980): nodes are not needed, since the equations do not depend on time.
A = [
    np.array([1 / 5]),
    np.array([3 / 40, 9 / 40]),
    np.array([44 / 45, -56 / 15, 32 / 9]),
    np.array([19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729]),
    np.array([9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656]),
    np.array([35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84]),
]
ERROR = np.array([71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])


def rate(y: Any, p: Any) -> Any:
    """Lotka and Volterra's equations: prey and predators."""
    prey, predators = y
    return np.stack([p[0] * prey - p[1] * prey * predators, p[3] * prey * predators - p[2] * predators])


def integrate(y: Any, p: Any, times: Array, tolerance: float) -> Any:
    """The solution at the times, by steps whose length the local error decides."""
    solution, h = [y], 0.01
    first = rate(y, p)
    for start, end in pairwise(times):
        t = start
        while end - t > 1e-12:
            step = min(h, end - t)
            stages = first[np.newaxis]
            for row in A:
                new = y + step * (row @ stages)
                stages = np.concatenate([stages, rate(new, p)[np.newaxis]])
            error = np.max(np.abs(step * (ERROR @ stages)))
            if error <= tolerance:
                t, y, first = t + step, new, stages[-1]
            # A step's length is no function of the parameters: only its value counts.
            h = float(dd.value_of(step * np.clip(0.9 * (tolerance / (error + 1e-300)) ** 0.2, 0.2, 5.0)))
        solution.append(y)
    return np.stack(solution)


def solution(parameters: Any, times: Array, tolerance: float = 1e-11) -> Any:
    """Prey and predators at the times, from all six parameters."""
    return integrate(parameters[4:], parameters[:4], times, tolerance)


def variational(times: Array) -> tuple[Array, Array]:
    """The solution and its sensitivities S' = (df/dy) S + df/dp, derived by hand and integrated by SciPy."""

    def right_hand_side(_: float, z: Array) -> Array:
        (x, y), S, p = z[:2], z[2:].reshape(2, 6), PARAMETERS
        by_y = np.array([[p[0] - p[1] * y, -p[1] * x], [p[3] * y, p[3] * x - p[2]]])
        by_p = np.array([[x, -x * y, 0, 0, 0, 0], [0, 0, -y, x * y, 0, 0]])
        return np.concatenate([np.asarray(rate(z[:2], p)), (by_y @ S + by_p).reshape(-1)])

    start = np.concatenate([PARAMETERS[4:], np.eye(2, 6, 4).reshape(-1)])
    z = solve_ivp(right_hand_side, (times[0], times[-1]), start, method="DOP853", t_eval=times, rtol=1e-12, atol=1e-12).y.T
    return z[:, :2], z[:, 2:].reshape(-1, 2, 6)


def invariant(y: Any, p: Any) -> Any:
    """What stays as it is along a solution (Volterra 1926)."""
    return p[3] * y[..., 0] - p[2] * np.log(y[..., 0]) + p[1] * y[..., 1] - p[0] * np.log(y[..., 1])


def check_invariant(times: Array) -> None:
    """Its derivative at every time is the one at the start, whatever the path."""

    def along(q: Any) -> Any:
        return invariant(solution(q, times), q)

    J = dd.jacobian(along)(PARAMETERS)
    np.testing.assert_allclose(J, np.broadcast_to(J[0], J.shape), rtol=1e-7, atol=1e-7)
    by_start = np.array([0.1 - 0.4 / 10.0, 0.4 - 1.1 / 5.0])  # from the formula
    np.testing.assert_allclose(J[-1, 4:], by_start, rtol=1e-7)


def plot(times: Array, y: Array, S: Array, path: Path) -> None:
    """Draw the populations, and how each parameter moves the prey."""
    import matplotlib.pyplot as plt

    figure, (top, bottom) = plt.subplots(2, sharex=True, figsize=(7, 5.5), layout="constrained")
    top.plot(times, y, label=["prey", "predators"])
    top.set(ylabel="population", title="Lotka and Volterra's equations")
    top.legend(loc="upper right")
    for i, name in enumerate(NAMES):  # two coincide, by a symmetry of the equations
        bottom.plot(times, S[:, 0, i] * PARAMETERS[i], label=name, linestyle="--" if i == 5 else "-")
    bottom.set(xlabel="time", ylabel="derivative of the prey by\nthe logarithm of each")
    bottom.legend(loc="upper left", ncols=2, fontsize="small")
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(end: float = 20.0, path: Path | None = None) -> None:
    """Integrate with sensitivities, compare, and draw."""
    times = np.linspace(0.0, end, round(8 * end) + 1)
    y, S = dd.value_and_jacobian(solution)(PARAMETERS, times)
    expected_y, expected_S = variational(times)
    for name, found, expected in zip(NAMES, np.moveaxis(S, -1, 0), np.moveaxis(expected_S, -1, 0), strict=True):
        error = np.abs(found - expected).max() / np.abs(expected).max()
        print(f"  {name:14} largest sensitivity {np.abs(found).max():9.3f}, error {error:.0e} of it")
        assert error < 1e-7
    np.testing.assert_allclose(y, expected_y, rtol=1e-7)
    check_invariant(times)
    if path is not None:
        try:
            plot(times, y, S, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(path=Path(sys.argv[1] if len(sys.argv) > 1 else "lotka_volterra.png"))
