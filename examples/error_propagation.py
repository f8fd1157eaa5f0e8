"""Propagate measurement errors through a nonlinear function: the Jacobian, the second-order correction, and Monte Carlo.

A lidar measures a distance and two angles; wanted is the point in space with its covariance. For this one the exact mean
and covariance are known, so it shows what each approximation is worth.

Run ``python examples/error_propagation.py [picture.png]``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import dualdiff as dd

Array = NDArray[np.float64]
MEASURED = np.array([50.0, 0.6, 0.3])  # metres, radians, radians
DEVIATIONS = np.array([0.5, 0.12, 0.08])  # independent and normal
CONFIDENCE = 5.0  # standard errors that a mean of samples may be away from what is true


def point(measured: Any) -> Any:
    """Cartesian coordinates from distance, azimuth and elevation on the last axis."""
    r, azimuth, elevation = (measured[..., i] for i in range(3))
    level = r * np.cos(elevation)
    return np.stack([level * np.cos(azimuth), level * np.sin(azimuth), r * np.sin(elevation)], axis=-1)


def first_order(x: Array, C: Array) -> tuple[Array, Array]:
    """The mean f(x) and the covariance J C J' (JCGM 102:2011, 6.2)."""
    value, J = dd.value_and_jacobian(point)(x)
    return value, J @ C @ J.T


def mean_value(x: Any, C: Array) -> Any:
    """The mean to second order, f + tr(H C) / 2 for each coordinate with its Hessian H."""
    return point(x) + np.trace(dd.hessian(point)(x) @ C, axis1=1, axis2=2) / 2


def second_order(x: Array, C: Array) -> tuple[Array, Array]:
    """The next term of both.

    The covariance's is tr(H_i C H_j C) / 2, and third derivatives besides: they come in through the Jacobian of the mean, a
    derivative of a Hessian.
    """
    mean, J = dd.value_and_jacobian(mean_value)(x, C)
    HC = dd.hessian(point)(x) @ C
    return mean, J @ C @ J.T + np.einsum("iab,jba->ij", HC, HC) / 2


def monte_carlo(x: Array, C: Array, samples: int) -> tuple[Array, Array, Array]:
    """Mean and covariance of samples, and the samples."""
    drawn = point(np.random.default_rng(0).multivariate_normal(x, C, samples))
    return drawn.mean(axis=0), np.cov(drawn.T), drawn


def exact(x: Array, s: Array) -> tuple[Array, Array]:
    """From E exp(i k a) = exp(i k m - k^2 s^2 / 2) for a normal angle a of mean m and deviation s."""
    (r, azimuth, elevation), (s_r, s_azimuth, s_elevation) = x, s

    def moments(m: float, deviation: float) -> tuple[Array, Array]:
        """The means of cosine and sine, and of their products."""
        once, twice = np.exp(-(deviation**2) / 2), np.exp(-2 * deviation**2)
        c, s = twice * np.cos(2 * m), twice * np.sin(2 * m)
        return once * np.array([np.cos(m), np.sin(m)]), np.array([[1 + c, s], [s, 1 - c]]) / 2

    (a, aa), (e, ee) = moments(azimuth, s_azimuth), moments(elevation, s_elevation)
    mean = r * np.array([e[0] * a[0], e[0] * a[1], e[1]])
    products = (r**2 + s_r**2) * np.block([[ee[0, 0] * aa, ee[0, 1] * a[:, None]], [ee[0, 1] * a, ee[1:, 1:]]])
    return mean, products - np.outer(mean, mean)


def check(samples: int) -> dict[str, tuple[Array, Array]]:
    """Each order of the approximation is ten times better than the one before, and samples agree with the exact moments."""
    C = np.diag(DEVIATIONS**2)
    mean, covariance, drawn = monte_carlo(MEASURED, C, samples)
    results = {
        "exact": exact(MEASURED, DEVIATIONS),
        "first order": first_order(MEASURED, C),
        "second order": second_order(MEASURED, C),
        f"{samples} samples": (mean, covariance),
    }
    true_mean, true_covariance = results["exact"]
    print(f"{'':16} {'x':>9} {'y':>9} {'z':>9} {'error':>8} {'s(x)':>9} {'s(y)':>9} {'s(z)':>9} {'error of C':>11}")
    errors = {}
    for name, (m, V) in results.items():
        errors[name] = np.linalg.norm(m - true_mean), np.linalg.norm(V - true_covariance) / np.linalg.norm(true_covariance)
        row = *m, errors[name][0], *np.sqrt(np.diag(V)), errors[name][1]
        print("{:16} {:9.4f} {:9.4f} {:9.4f} {:8.4f} {:9.4f} {:9.4f} {:9.4f} {:11.5f}".format(name, *row))
    for i in range(2):
        assert errors["second order"][i] < errors["first order"][i] / 10
    standard_errors = drawn.std(axis=0) / np.sqrt(samples)
    assert np.all(np.abs(mean - true_mean) < CONFIDENCE * standard_errors)
    return results


def check_orders() -> None:
    """With all deviations a tenth, the errors fall by the powers of ten that the theory says."""
    for approximation, orders in ((first_order, (2, 4)), (second_order, (4, 6))):
        errors: list[list[Any]] = []
        for k in (1.0, 0.1):
            pairs = zip(approximation(MEASURED, np.diag((k * DEVIATIONS) ** 2)), exact(MEASURED, k * DEVIATIONS), strict=True)
            errors.append([np.linalg.norm(found - true) for found, true in pairs])
        far, near = np.array(errors)
        found = np.log10(far / near)
        print("{}: errors of order {:.2f} (mean) and {:.2f} (covariance)".format(approximation.__name__, *found))
        np.testing.assert_allclose(found, orders, atol=0.15)


def plot(results: dict[str, tuple[Array, Array]], path: Path) -> None:
    """Draw samples, seen from above, with ellipses of two standard deviations."""
    import matplotlib.pyplot as plt

    drawn = monte_carlo(MEASURED, np.diag(DEVIATIONS**2), 4000)[2]
    circle = np.stack([np.cos(t := np.linspace(0, 2 * np.pi, 200)), np.sin(t)])
    figure, axes = plt.subplots(figsize=(6, 5), layout="constrained")
    axes.plot(drawn[:, 0], drawn[:, 1], ".", color="0.75", markersize=2, label="samples")
    styles = {"exact": ("k", "-"), "first order": ("tab:red", "--"), "second order": ("tab:blue", "--")}
    for name, (color, line) in styles.items():
        mean, covariance = results[name]
        x, y = mean[:2, None] + 2 * np.linalg.cholesky(covariance[:2, :2]) @ circle
        axes.plot(x, y, color=color, linestyle=line, label=name)
        axes.plot(*mean[:2], "+", color=color)
    axes.set(xlabel="x (m)", ylabel="y (m)", title="Mean and two standard deviations", aspect="equal")
    axes.legend(loc="lower left")
    figure.savefig(path, dpi=100)
    plt.close(figure)
    print(f"saved {path}")


def main(samples: int = 1_000_000, path: Path | None = None) -> None:
    """Compare the four, look at the orders, and draw."""
    results = check(samples)
    check_orders()
    if path is not None:
        try:
            plot(results, path)
        except ImportError:
            print("no plot: matplotlib is not installed")


if __name__ == "__main__":
    main(path=Path(sys.argv[1] if len(sys.argv) > 1 else "error_propagation.png"))
