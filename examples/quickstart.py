"""Fit the NIST data set Thurber with exact derivatives: certified parameters, and their certified uncertainties.

Run ``python examples/quickstart.py [picture.png]``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.stats import t as student_t

import dualdiff as dd

Array = NDArray[np.float64]
DATA = Path(__file__).parent / "data" / "Thurber.dat"


def read(path: Path) -> tuple[Array, Array, Array, Array]:
    """The starting points (one a row), the certified parameters with their deviations, and the observations x, y."""
    lines = path.read_text().splitlines()
    start_1, start_2, certified, deviations = np.array([line.split("=")[1].split() for line in lines[40:47]], float).T
    y, x = np.array([line.split() for line in lines[60:97]], float).T
    return np.stack([start_1, start_2]), np.stack([certified, deviations]), x, y


STARTS, (CERTIFIED, DEVIATIONS), X, Y = read(DATA)


def model(b: Any, x: Array) -> Any:
    """Electron mobility as a rational function of the logarithm of the density, cubic over cubic."""
    return (b[0] + b[1] * x + b[2] * x**2 + b[3] * x**3) / (1 + b[4] * x + b[5] * x**2 + b[6] * x**3)


def residuals(b: Any) -> Any:
    """What the fit makes small: an ordinary NumPy function, with no derivative in sight."""
    return model(b, X) - Y


def loss(b: Any) -> Any:
    """The residual sum of squares."""
    return np.sum(residuals(b) ** 2)


def fit(start: Array) -> tuple[Array, Array]:
    """The parameters of least squares, and a square root L of their covariance matrix L @ L.T."""
    jacobian = dd.jacobian(residuals)
    result = least_squares(residuals, start, jac=jacobian, x_scale="jac", ftol=1e-15, xtol=1e-15, gtol=1e-15)
    R = np.linalg.qr(jacobian(result.x), mode="r")
    variance = loss(result.x) / (X.size - start.size)
    return result.x, np.sqrt(variance) * np.linalg.inv(R)


def digits(found: Array, certified: Array) -> Array:
    """The number of decimal digits that agree."""
    return -np.log10(np.abs(found - certified) / np.abs(certified) + 1e-16)


def report(start: Array) -> tuple[Array, Array]:
    """Fit from one starting point, print the table, and hold the result against the certified one."""
    b, L = fit(start)
    deviations = np.linalg.norm(L, axis=1)
    b_digits, s_digits = digits(b, CERTIFIED), digits(deviations, DEVIATIONS)
    print(f"from {', '.join(f'{s:g}' for s in start)}:")
    print("         parameter   digits    standard deviation   digits")
    for i, row in enumerate(zip(b, b_digits, deviations, s_digits, strict=True), 1):
        print("  b{} {:15.9g} {:8.1f} {:21.9g} {:8.1f}".format(i, *row))
    assert b_digits.min() > 7
    assert s_digits.min() > 6
    return b, L


def steepest(b: Array, directions: int = 1000) -> None:
    """The loss rises fastest along its gradient: faster than along any of many random unit vectors."""
    random = np.random.default_rng(0).standard_normal((directions, b.size))
    random /= np.linalg.norm(random, axis=1, keepdims=True)
    _, slopes = dd.jvp(loss, (b,), (random,))  # all directions in one evaluation
    gradient = dd.grad(loss)(b)
    along_gradient = dd.directional_derivative(loss, b, gradient, normalize=True)
    print(f"slope of the loss along its gradient {along_gradient:.6g}, along {directions} others <= {slopes.max():.6g}")
    assert np.isclose(along_gradient, np.linalg.norm(gradient), rtol=1e-14)
    assert slopes.max() < along_gradient


def plot(b: Array, L: Array, path: Path) -> None:
    """Draw the data, the fitted curve and its 95 % confidence band, which the Jacobian of the model gives."""
    import matplotlib.pyplot as plt

    x = np.linspace(X.min(), X.max(), 400)
    band = student_t.ppf(0.975, X.size - b.size) * np.linalg.norm(dd.jacobian(model)(b, x) @ L, axis=1)
    y = model(b, x)
    figure, (curve, width) = plt.subplots(2, sharex=True, height_ratios=[3, 1], figsize=(7, 5.5), layout="constrained")
    curve.fill_between(x, y - band, y + band, color="tab:blue", alpha=0.3, label="95 % confidence band")
    curve.plot(x, y, color="tab:blue", label="fit")
    curve.plot(X, Y, "k.", label="data")
    curve.set(ylabel="electron mobility", title="NIST Thurber, fitted with the Jacobian of dualdiff")
    curve.legend(loc="upper left")
    width.plot(x, band, color="tab:blue")
    width.set(xlabel="logarithm of the density", ylabel="half width of\nthe band", ylim=(0, None))
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(path: Path | None = None) -> None:
    """Fit from both starting points, look at the gradient, and draw."""
    fits = [report(start) for start in STARTS]
    steepest(STARTS[0])
    if path is not None:
        try:
            plot(*fits[0], path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "quickstart.png"))
