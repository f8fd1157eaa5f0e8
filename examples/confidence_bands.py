"""Fit two data sets of NIST, and draw how far to trust the curves: confidence and prediction bands by the delta method.

The parameters and their standard deviations are certified; the Jacobians and the Hessian are checked against formulas.
Run ``python examples/confidence_bands.py [picture.png]``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

import dualdiff as dd
from dualdiff.scipy import optimize

Array = NDArray[np.float64]
DATA = Path(__file__).parent / "data"


def saturation(b: Any, x: Any) -> Any:
    """Misra1a: adsorption that saturates."""
    return b[0] * (1 - np.exp(-b[1] * x))


def enzyme(b: Any, x: Any) -> Any:
    """MGH09: Kowalik and Osborne's rate of an enzyme, linear over quadratic."""
    return b[0] * (x**2 + x * b[1]) / (x**2 + x * b[2] + b[3])


class Problem(NamedTuple):
    """A data set with its model, and the Jacobian of the model written by hand."""

    name: str
    model: Callable[[Any, Any], Any]
    by_hand: Callable[[Array, Array], list[Array]]
    parameters: int
    observations: int

    def read(self) -> tuple[Array, Array, Array]:
        """The table of the file (two starts, certified parameters, their deviations; one a row), and y and x."""
        lines = (DATA / f"{self.name}.dat").read_text().splitlines()
        table = np.array([line.split("=")[1].split() for line in lines[40 : 40 + self.parameters]], float).T
        y, x = np.array([line.split() for line in lines[60 : 60 + self.observations]], float).T
        return table, y, x


def saturation_by_hand(b: Array, x: Array) -> list[Array]:
    """The partial derivatives of `saturation`."""
    return [1 - np.exp(-b[1] * x), b[0] * x * np.exp(-b[1] * x)]


def enzyme_by_hand(b: Array, x: Array) -> list[Array]:
    """The partial derivatives of `enzyme`."""
    N, D = x**2 + x * b[1], x**2 + x * b[2] + b[3]
    return [N / D, b[0] * x / D, -b[0] * N * x / D**2, -b[0] * N / D**2]


PROBLEMS = [
    Problem("Misra1a", saturation, saturation_by_hand, parameters=2, observations=14),
    Problem("MGH09", enzyme, enzyme_by_hand, parameters=4, observations=11),
]


class Fit(NamedTuple):
    """Parameters, their covariance, and the standard deviation of an observation."""

    b: Array
    covariance: Array
    deviation: float


def fit(problem: Problem, start: Array, x: Array, y: Array) -> Fit:
    """The parameters of least squares, with the exact Jacobian at every step."""

    def residuals(b: Any) -> Any:
        return problem.model(b, x) - y

    tight: dict[str, Any] = {"x_scale": "jac", "ftol": 1e-15, "xtol": 1e-15, "gtol": 1e-15, "max_nfev": 2000}
    result = optimize.least_squares(residuals, start, **tight)
    return Fit(result.x, result.covariance, float(np.sqrt(2 * result.cost / (x.size - start.size))))


def bands(problem: Problem, found: Fit, x: Array) -> tuple[Array, Array]:
    """The half widths of the 95 % bands: of the curve, and of one more observation."""
    J = dd.jacobian(problem.model)(found.b, x)
    variance = np.sum((J @ found.covariance) * J, axis=1)  # the delta method: J C J', its diagonal
    quantile = student_t.ppf(0.975, problem.observations - problem.parameters)
    return quantile * np.sqrt(variance), quantile * np.sqrt(variance + found.deviation**2)


def check(problem: Problem) -> tuple[Fit, Array, Array]:
    """The fit from both starts has the certified parameters and deviations, and the bands those of a Jacobian by hand."""
    (*starts, certified, deviations), y, x = problem.read()
    for start in starts:
        found = fit(problem, start, x, y)
        np.testing.assert_allclose(found.b, certified, rtol=1e-6)
        np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), deviations, rtol=1e-5)
    print(f"{problem.name}: {problem.parameters} parameters from two starts")
    for i, (value, s) in enumerate(zip(found.b, np.sqrt(np.diag(found.covariance)), strict=True)):
        print(f"  b{i + 1} {value:16.10g} +- {s:<14.8g} certified {certified[i]:16.10g} +- {deviations[i]:.8g}")
    J = dd.jacobian(problem.model)(found.b, x)
    np.testing.assert_allclose(J, np.stack(problem.by_hand(found.b, x), axis=1), rtol=1e-12)
    inverse = np.linalg.inv(np.linalg.qr(J, mode="r"))
    width = student_t.ppf(0.975, x.size - start.size) * found.deviation * np.linalg.norm(J @ inverse, axis=1)
    np.testing.assert_allclose(bands(problem, found, x)[0], width, rtol=1e-6)
    return found, x, y


def half_time(b: Any) -> Any:
    """The x at which `saturation` reaches half its limit."""
    return np.log(2) / b[1]


def check_quantity(found: Fit) -> None:
    """Any function of the parameters has a standard deviation, by its gradient."""
    gradient = dd.grad(half_time)(found.b)
    s = np.sqrt(gradient @ found.covariance @ gradient)
    print(f"  x of half the limit {half_time(found.b):.3f} +- {s:.3f}")
    np.testing.assert_allclose(s, np.log(2) / found.b[1] ** 2 * np.sqrt(found.covariance[1, 1]), rtol=1e-13)


def plot(fits: list[tuple[Fit, Array, Array]], path: Path) -> None:
    """Draw data, curves and both bands."""
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    for panel, problem, (found, x, y) in zip(panels, PROBLEMS, fits, strict=True):
        fine = np.linspace(0.0, 3 * x.max(), 300)
        curve = problem.model(found.b, fine)
        inner, outer = bands(problem, found, fine)
        panel.fill_between(fine, curve - outer, curve + outer, color="tab:orange", alpha=0.25, label="one more observation")
        panel.fill_between(fine, curve - inner, curve + inner, color="tab:blue", alpha=0.4, label="the curve")
        panel.plot(fine, curve, color="tab:blue")
        panel.plot(x, y, "k.", label="data")
        panel.set(title=f"NIST {problem.name}: 95 % bands", xlabel="x", ylabel="y")
    panels[0].legend(loc="lower right")
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(path: Path | None = None) -> None:
    """Fit, check against what is certified, and draw."""
    fits = [check(problem) for problem in PROBLEMS]
    check_quantity(fits[0][0])
    if path is not None:
        try:
            plot(fits, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "confidence_bands.png"))
