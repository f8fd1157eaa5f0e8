"""Optimise with exact derivatives: fewer function calls than finite differences, and answers that can be differentiated.

Run ``python examples/optimisation.py [picture.png]``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize

import dualdiff as dd
from dualdiff.scipy import optimize

LINES = (Path(__file__).parent / "data" / "Thurber.dat").read_text().splitlines()
START, _, CERTIFIED, DEVIATIONS = np.array([line.split("=")[1].split() for line in LINES[40:47]], float).T
Y, X = np.array([line.split() for line in LINES[60:97]], float).T


class Counted:
    """A function that counts its calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.calls = function, 0

    def __call__(self, *args: Any) -> Any:
        """Call it."""
        self.calls += 1
        return self.function(*args)


def rosenbrock(x: Any) -> Any:
    """A long, curved valley with its minimum at ones."""
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def chain(x: Any) -> Any:
    """Broyden's tridiagonal system, one equation for each unknown."""
    y = (3 - 2 * x) * x + 1
    y[1:] -= x[:-1]
    y[:-1] -= 2 * x[1:]
    return y


def residuals(b: Any) -> Any:
    """NIST's data set Thurber, cubic over cubic."""
    return (b[0] + b[1] * X + b[2] * X**2 + b[3] * X**3) / (1 + b[4] * X + b[5] * X**2 + b[6] * X**3) - Y


BALL = {"type": "ineq", "fun": lambda x: x.size / 2 - x @ x}
TIGHT: dict[str, Any] = {"x_scale": "jac", "ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15}
Run = Callable[[Any, Callable[..., Any]], Any]
PROBLEMS: dict[str, tuple[Callable[..., Any], Run]] = {
    "Rosenbrock, 50 variables, BFGS": (rosenbrock, lambda module, f: module.minimize(f, np.full(50, -1.0), method="BFGS")),
    "Rosenbrock, 50 variables, L-BFGS-B": (
        rosenbrock,
        lambda module, f: module.minimize(f, np.full(50, -1.0), method="L-BFGS-B", bounds=[(-2, 2)] * 50),
    ),
    "Rosenbrock in a ball, SLSQP": (rosenbrock, lambda module, f: module.minimize(f, np.zeros(20), constraints=BALL)),
    "Rosenbrock in a ball, trust-constr": (
        rosenbrock,
        lambda module, f: module.minimize(f, np.zeros(20), constraints=BALL, method="trust-constr"),
    ),
    "NIST Thurber, least_squares": (residuals, lambda module, f: module.least_squares(f, START, **TIGHT)),
    "Broyden, 300 unknowns, root": (chain, lambda module, f: module.root(f, -np.ones(300))),
    "Broyden, 1100 unknowns, least_squares": (chain, lambda module, f: module.least_squares(f, -np.ones(1100))),
}


def solved(module: Any, function: Callable[..., Any], run: Run) -> tuple[Any, int, float]:
    """The result, the number of calls of the function, and the time."""
    f = Counted(function)
    start = time.perf_counter()
    result = run(module, f)
    return result, f.calls, time.perf_counter() - start


def compare(name: str) -> tuple[int, int]:
    """Solve a problem with SciPy's finite differences and with exact derivatives; the calls that either takes."""
    function, run = PROBLEMS[name]
    expected, their_calls, their_time = solved(scipy.optimize, function, run)
    found, our_calls, our_time = solved(optimize, function, run)
    print(f"{name:40} {their_calls:7} {our_calls:6} {their_calls / our_calls:9.1f} {their_time / our_time:8.1f}")
    assert our_calls < their_calls
    assert np.sum(found.fun**2) <= np.sum(expected.fun**2) * (1 + 1e-6) + 1e-6
    return their_calls, our_calls


def check_thurber() -> None:
    """The fit has its certified parameters and standard deviations."""
    result = optimize.least_squares(residuals, START, **TIGHT)
    np.testing.assert_allclose(result.x, CERTIFIED, rtol=1e-7)
    np.testing.assert_allclose(np.sqrt(np.diag(result.covariance)), DEVIATIONS, rtol=1e-6)


def best_penalty() -> None:
    """Ridge regression whose penalty minimises the loss on other data, by the gradient through the inner optimiser."""
    rng = np.random.default_rng(1)
    A, A_other = rng.normal(size=(2, 30, 10))
    truth = rng.normal(size=10)
    y, y_other = A @ truth + 2 * rng.normal(size=30), A_other @ truth + 2 * rng.normal(size=30)

    def loss(k: Any) -> Any:
        penalty = np.exp(k[0])
        fit = optimize.minimize(lambda w: np.sum((A @ w - y) ** 2) + penalty * np.sum(w**2), np.zeros(10))
        return np.mean((A_other @ fit.x - y_other) ** 2)

    def exact(k: Any) -> Any:
        w = np.linalg.solve(A.T @ A + np.exp(k[0]) * np.eye(10), A.T @ y)
        return np.mean((A_other @ w - y_other) ** 2)

    start = np.zeros(1)
    np.testing.assert_allclose(dd.grad(loss)(start), dd.grad(exact)(start), rtol=1e-9)
    np.testing.assert_allclose(dd.hessian(loss)(start), dd.hessian(exact)(start), rtol=1e-8)
    result = optimize.minimize(loss, start, method="trust-exact")
    print(f"\nbest penalty {np.exp(result.x[0]):.3f}: loss on other data {result.fun:.3f}, {loss(start):.3f} at the start")
    assert result.fun < loss(start)
    assert abs(dd.grad(exact)(result.x)[0]) < 1e-4


def plot(calls: dict[str, tuple[int, int]], path: Path) -> None:
    """Draw the numbers of calls."""
    import matplotlib.pyplot as plt

    theirs, ours = np.array(list(calls.values())).T
    rows = np.arange(len(calls))
    figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
    axes.barh(rows - 0.2, theirs, 0.4, color="tab:red", label="finite differences")
    axes.barh(rows + 0.2, ours, 0.4, color="tab:blue", label="exact derivatives")
    axes.set(xscale="log", xlabel="calls of the function", yticks=rows, yticklabels=list(calls))
    axes.invert_yaxis()
    axes.set_xlim(left=1)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.2))
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(names: Collection[str] = tuple(PROBLEMS), path: Path | None = None) -> None:
    """Compare, differentiate an optimiser, and draw."""
    print(f"{'':40} {'calls':>7} {'calls':>6} {'ratio of':>9} {'ratio of':>8}")
    print(f"{'':40} {'SciPy':>7} {'here':>6} {'calls':>9} {'times':>8}")
    calls = {name: compare(name) for name in names}
    check_thurber()
    best_penalty()
    if path is not None:
        try:
            plot(calls, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(path=Path(sys.argv[1] if len(sys.argv) > 1 else "optimisation.png"))
